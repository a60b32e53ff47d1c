"""What reached the sandbox: one entry a request, without secrets."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, urlencode

from lengowctl.sandbox import clock
from lengowctl.sandbox.calls import Call

_KEPT = 50_000
_SECRET_NAMES = ("access_token", "secret", "token")


@dataclass(frozen=True)
class LogEntry:
    """A request that reached the sandbox. `effect`: it changed something (a session counts); `note`: what broke
    inside the sandbox, or that it was done late. `status` is None when no answer was given; the method is `-` for an
    event of the world that broke."""

    at: datetime
    method: str
    target: str
    status: int | None
    fault: str | None
    effect: bool
    note: str | None


def write(call: Call, status: int | None, fault: str | None, *, effect: bool, note: str | None = None) -> None:
    added = call.connection.execute(
        "INSERT INTO log (at, method, target, status, fault, effect, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (call.now, call.request.method, _masked(call.request.target), status, fault, int(effect), note),
    ).lastrowid
    if added and added % 1000 == 0:
        call.connection.execute("DELETE FROM log WHERE id <= ?", (added - _KEPT,))


def _masked(target: str) -> str:
    path, sign, query = target.partition("?")
    if not any(name in query for name in _SECRET_NAMES):
        return target
    pairs = parse_qsl(query, keep_blank_values=True)
    return path + sign + urlencode([(name, "****" if name in _SECRET_NAMES else value) for name, value in pairs])


def read(connection: sqlite3.Connection, limit: int | None, since: datetime | None) -> list[LogEntry]:
    """The last `limit` entries since a moment, oldest first."""
    start = -(2**62) if since is None else clock.to_us(since)
    found = connection.execute(
        "SELECT at, method, target, status, fault, effect, note FROM log WHERE at >= ? ORDER BY id DESC LIMIT ?",
        (start, -1 if limit is None else limit),
    ).fetchall()
    return [_entry(*row) for row in reversed(found)]


def _entry(
    at: int, method: str, target: str, status: int | None, fault: str | None, effect: int, note: str | None
) -> LogEntry:
    return LogEntry(clock.from_us(at), method, target, status, fault, bool(effect), note)
