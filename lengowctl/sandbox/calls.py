"""One call on its way through the sandbox, and the answers that a route can give."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lengowctl.sandbox.messages import Request
from lengowctl.sandbox.settings import Settings

_DETAILS = {
    "en": {
        "not_found": "Not found.",
        "invalid_page": "Invalid page.",
        "required": "This field is required.",
        "method": 'Method "{method}" not allowed.',
        "parse": "Parse error: the body is neither a form nor a JSON object.",
    },
    "fr": {
        "not_found": "Pas trouvé.",
        "invalid_page": "Page non valide.",
        "required": "Ce champ est obligatoire.",
        "method": "Méthode «\u00a0{method}\u00a0» non autorisée.",
        "parse": "Erreur d'analyse du contenu.",
    },
}


@dataclass(frozen=True)
class Answer:
    """What a route says. `effect`: it changed something in the world."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    effect: bool = False


@dataclass(frozen=True)
class Call:
    """A request that has reached a route, inside its transaction. `now` is in microseconds."""

    request: Request
    connection: sqlite3.Connection
    settings: Settings
    seed: int
    account_id: int
    now: int
    query: dict[str, str]

    def text(self, name: str) -> str:
        return _DETAILS[self.settings.language][name]

    def required(self, *names: str) -> Answer:
        """The field-level refusal: which fields are missing."""
        return answer(400, {name: [self.text("required")] for name in names})


def dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def answer(status: int, value: Any, *, effect: bool = False) -> Answer:
    return Answer(status, dumps(value), effect=effect)


def error(status: int, message: str, *, code: int | None = None) -> Answer:
    """The gateway's envelope."""
    return answer(status, {"error": {"code": code or status, "message": message}})


def detail(status: int, message: str) -> Answer:
    """The orders service's envelope."""
    return answer(status, {"detail": message})


def page_of(call: Call) -> tuple[int, int] | None:
    """The page asked for and its size; None for a page number that is none."""
    try:
        page = int(call.query.get("page") or 1)
    except ValueError:
        return None
    try:
        size = int(call.query.get("page_size") or call.settings.page_size)
    except ValueError:
        size = call.settings.page_size
    if page < 1 or page > 10**9:
        return None
    return page, min(size if size > 0 else call.settings.page_size, call.settings.page_size_max)


def envelope(call: Call, count: int, page: int, size: int, results: list[bytes]) -> Answer:
    """A page of results that are JSON already; a page past the end is not found."""
    if page > 1 and (page - 1) * size >= count:
        return detail(404, call.text("invalid_page"))
    following = _page_url(call, page + 1) if page * size < count else None
    previous = _page_url(call, page - 1) if page > 1 else None
    head = dumps({"count": count, "next": following, "previous": previous})[:-1]
    return Answer(200, head + b',"results":[' + b",".join(results) + b"]}")


def _page_url(call: Call, page: int) -> str:
    host = call.request.headers.get("host", "api.lengow.io")
    scheme = "http" if host.partition(":")[0] in ("127.0.0.1", "localhost") else "https"
    query = urlencode({**call.query, "page": str(page)})
    return f"{scheme}://{host}{call.request.path}?{query}"
