"""Which intents a listing is about: the filters become SQL, and rows are read as they are wanted."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from lengowctl.orders.action import State
from lengowctl.store.conditions import distinct
from lengowctl.store.connection import Cell, Connection
from lengowctl.store.faults import decoding
from lengowctl.store.intent import COLUMNS, Intent, read_intent, stamp

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """The intents that all of this holds for; what is empty or None sets no condition. `marketplaces` are globs,
    `since` is when they were asked for.
    """

    states: tuple[State, ...] = ()
    actions: tuple[str, ...] = ()
    marketplaces: tuple[str, ...] = ()
    since: datetime | None = None
    ids: tuple[int, ...] | None = None


def listed(connection: Connection, wanted: Wanted, limit: int | None = None) -> Iterator[Intent]:
    """The intents, newest first, at most `limit`. Read in batches, so that no cursor is open while they are shown."""
    clauses, params = _conditions(connection, wanted)
    before: int | None = None
    while limit is None or limit > 0:
        size = _AT_ONCE if limit is None else min(_AT_ONCE, limit)
        more, last = ([], []) if before is None else (["id < ?"], [before])
        sql = f"SELECT {', '.join(COLUMNS)} FROM intents{_where([*clauses, *more])} ORDER BY id DESC LIMIT ?"
        rows = connection.all(sql, [*params, *last, size])
        with decoding(connection.path):
            found = [read_intent(row) for row in rows]
        yield from found
        if len(found) < size:
            return
        before, limit = found[-1].id, None if limit is None else limit - size


def number(connection: Connection, wanted: Wanted) -> int:
    """How many there are."""
    clauses, params = _conditions(connection, wanted)
    return connection.number(f"SELECT count(*) FROM intents{_where(clauses)}", params)


def _conditions(connection: Connection, wanted: Wanted) -> tuple[list[str], list[Cell]]:
    clauses: list[str] = []
    params: list[Cell] = []
    lists: list[tuple[str, Sequence[str | int] | None]] = [
        ("state", [state.value for state in wanted.states] or None),
        ("action", wanted.actions or None),
        ("marketplace", _codes(connection, wanted.marketplaces) if wanted.marketplaces else None),
        ("id", wanted.ids),
    ]
    for column, values in lists:
        if values is not None:
            clauses.append(f"{column} IN (SELECT value FROM json_each(?))")
            params.append(json.dumps(list(values)))
    if wanted.since is not None:
        clauses.append("created_at >= ?")
        params.append(stamp(wanted.since))
    return clauses, params


def _codes(connection: Connection, globs: Sequence[str]) -> list[str]:
    known = distinct(connection, "intents", "marketplace")
    return [code for code in known if any(fnmatchcase(code, glob) for glob in globs)]


def _where(clauses: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(clauses)}" if clauses else ""
