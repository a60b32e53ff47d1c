"""What goes into the sandbox and what comes out: a request, a response, or a fault of the connection."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

FaultKind = Literal["reset", "timeout", "cut", "slow"]


@dataclass(frozen=True)
class Request:
    """One HTTP request. `target` is the raw path and query, header names are in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        """The decoded query; of a repeated name the last value counts."""
        return dict(parse_qsl(self.target.partition("?")[2], keep_blank_values=True))

    def fields(self) -> dict[str, Any]:
        """The body as names and values, form-encoded or JSON. Raises ValueError when it is neither, or holds text
        that is no Unicode."""
        if "json" not in self.headers.get("content-type", "") and not self.body.lstrip().startswith(b"{"):
            return dict(parse_qsl(self.body.decode("utf-8"), keep_blank_values=True))
        try:
            value = json.loads(self.body)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        if not isinstance(value, dict):
            raise ValueError("not an object")
        json.dumps(value, ensure_ascii=False).encode()
        return value


@dataclass(frozen=True)
class Response:
    """One complete HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def json(self) -> Any:
        """The body as JSON; only for answers that were not compressed."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Fault:
    """A fault of the connection, which the door has to act out.

    `reset`: the socket is closed at once. `timeout`: no answer comes; a door may give up after `delay` seconds.
    `cut`: the headers of `response` go out in full, half of its body follows, then the socket is closed.
    `slow`: `response` goes out after `delay` seconds of real time.
    """

    kind: FaultKind
    response: Response | None = None
    delay: float = 0.0
