"""What an answer of Lengow means: which statuses are worth another try, and Lengow's own words for a refusal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TypeVar
from urllib.parse import urlsplit

from lengowctl.connectors.http import Answer
from lengowctl.connectors.lengow.values import Object, record, text
from lengowctl.connectors.retry import Again
from lengowctl.errors import BadAnswer, LengowctlError, OutOfReach, Refused

#: 540 is Lengow's own "technical error"; 530, its "logical error", is a refusal although it begins with a 5.
PASSING = frozenset({500, 502, 503, 504, 540})
LOGICAL_ERROR = 530
UNAUTHORISED = frozenset({401, 403})
TOO_MANY = 429
_PROXY_SIGN_IN = 407
_LONGEST = 300

_T = TypeVar("_T")


def judge(answer: Answer, asked: str, mask: Callable[[str], str]) -> None:
    """Return for a success (2xx); raise Again, OutOfReach, BadAnswer or Refused for every other status.

    `asked` names what was asked for; `mask` keeps secrets out of Lengow's own words.
    """
    if 200 <= answer.status < 300:
        return
    fault = refusal(answer, asked, mask)
    raise Again(fault) if answer.status in PASSING and isinstance(fault, OutOfReach) else fault


def refusal(answer: Answer, asked: str, mask: Callable[[str], str]) -> LengowctlError:
    """What to raise for a status that is no success."""
    status = answer.status
    said = message_of(answer.body)
    words = f": {mask(said)}" if said else ""
    if 300 <= status < 400:
        hint = "check the address of the API, and whether a login page stands in the way"
        return OutOfReach(f"{asked}: the answer leads to {_target(answer)}; redirects are never followed", hint=hint)
    if status in PASSING:
        return OutOfReach(f"{asked}: Lengow has a fault of its own ({status}){words}")
    if status == _PROXY_SIGN_IN:
        return OutOfReach(f"{asked}: the proxy wants a name and a password", hint="check HTTPS_PROXY")
    if 400 <= status < 500 or status == LOGICAL_ERROR:
        return (
            web_page(asked, status)
            if is_web_page(answer.body)
            else Refused(f"{asked}: Lengow refused ({status}){words}")
        )
    return OutOfReach(f"{asked}: Lengow answered with {status}, which makes no sense here{words}")


def understood(read: Callable[[bytes], _T], body: bytes) -> _T:
    """What `read` makes of a body. One that was cut off or came from somewhere else may come right the next time."""
    try:
        return read(body)
    except BadAnswer as fault:
        raise Again(fault) from fault


def is_past_end(answer: Answer, page: int) -> bool:
    """Whether this is how Lengow says that a listing has no such page."""
    return answer.status == 404 and page > 1 and "detail" in (error_of(answer.body) or {})


def is_web_page(body: bytes) -> bool:
    return body.lstrip()[:1] == b"<"


def web_page(asked: str, status: int) -> BadAnswer:
    return BadAnswer(
        f"{asked}: a web page came where Lengow's data was due ({status}); a proxy or a login page answered",
        hint="check the network, the proxy settings and the address of the API",
    )


def message_of(body: bytes) -> str | None:
    """Lengow's own message from any of its envelopes, on one line, at most 300 characters; None when there is none."""
    found = error_of(body)
    words = ", ".join(_words(found)) if found is not None else ""
    return " ".join(words.split())[:_LONGEST] or None


def error_of(body: bytes) -> Object | None:
    """The JSON object of an error answer; None when the body is none."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _words(value: Object) -> Iterator[str]:
    """From `{"error": {"message"}}`, `{"error": ""}`, `{"detail": ""}`, `{"detail": [{"msg"}]}`, `{key: [""]}`."""
    for name, said in value.items():
        named = "" if name in ("error", "detail") else f"{name}: "
        for item in said if isinstance(said, list) else [said]:
            words = text(item) or text(record(item).get("message")) or text(record(item).get("msg"))
            if words:
                yield named + words


def _target(answer: Answer) -> str:
    try:
        parts = urlsplit(answer.headers.get("location", ""))
        return parts.hostname or "another path"
    except ValueError:
        return "another place"
