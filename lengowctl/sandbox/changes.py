"""How an order in the world file becomes another version of itself."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from typing import Any

from lengowctl.sandbox import bodies, world
from lengowctl.sandbox.bodies import MEMO, lines_of
from lengowctl.sandbox.clock import SECOND, iso, parse
from lengowctl.sandbox.temperaments import word
from lengowctl.sandbox.world import OrderRow

Document = dict[str, Any]


def rewrite(
    connection: sqlite3.Connection, seed: int, row: OrderRow, change: Callable[[Document], object], *, at: int
) -> Document:
    """Change an order where Lengow and the marketplace see it alike, as of `at`. Returns what Lengow shows."""
    document = bodies.kept(row, seed)
    change(document)
    future = None
    if row.future is not None:
        ahead = json.loads(row.future)
        change(ahead)
        future = json.dumps(ahead)
    store(connection, row, document, at=at, future=future, poll_at=row.poll_at)
    document["updated_at"] = iso(at)
    document.pop(MEMO, None)
    return document


def store(connection: sqlite3.Connection, row: OrderRow, document: Document, *, at: int, **columns: Any) -> OrderRow:
    """Keep a new version, with the slim row in step. Returns the new row."""
    keep_prior(connection, row, at)
    ordered = parse(document.get("marketplace_order_date"))
    changed: dict[str, Any] = {
        "marketplace": document["marketplace"],
        "number": document["marketplace_order_id"],
        "status": document["lengow_status"],
        "word": str(document["marketplace_status"]),
        "line_statuses": bodies.line_statuses(document),
        "ordered_at": row.ordered_at if ordered is None else ordered,
        "updated_at": at,
        "numbered": int(bool(document.get("merchant_order_id"))),
        "body": json.dumps(document),
        **columns,
    }
    world.update_order(connection, row.n, **changed)
    return row._replace(**changed)


def bump(connection: sqlite3.Connection, row: OrderRow, at: int) -> None:
    """Move `updated_at` and nothing else."""
    keep_prior(connection, row, at)
    world.update_order(connection, row.n, updated_at=at)


def keep_prior(connection: sqlite3.Connection, row: OrderRow, at: int, *, unborn: bool = False) -> None:
    """Let listings go on showing the version before, for as long as changes take to become visible."""
    delay = world.settings(connection).visible_delay
    if delay <= 0:
        return
    connection.execute("DELETE FROM prior WHERE until <= ?", (at,))
    shown = None if unborn else json.dumps(row._replace(poison=None))
    connection.execute("INSERT OR IGNORE INTO prior VALUES (?, ?, ?)", (row.n, at + int(delay * SECOND), shown))


def move(document: Document, status: str, *, said: str | None = None, lines: bool = True) -> None:
    """Set an order's status in both vocabularies, and that of its lines that are still under way."""
    code = document["marketplace"]
    document["lengow_status"] = status
    document["marketplace_status"] = said or word(code, status)
    document["workflow_rank"] = bodies.rank(status)
    if lines:
        for line in lines_of(document):
            if line["lengow_status"] not in ("canceled", "refused", "refunded"):
                move_line(document, line, status)


def move_line(document: Document, line: Document, status: str) -> None:
    line["lengow_status"] = status
    line["marketplace_status"] = word(document["marketplace"], status)


def mistrust(document: Document, value: str) -> None:
    """Remember a value that the marketplace will not believe."""
    document.setdefault(MEMO, {}).setdefault("unknown", []).append(value)
