"""Buyer's data of old orders out of the cache, to the last byte."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lengowctl.orders.moment import utc_text
from lengowctl.store.connection import Connection
from lengowctl.store.erasure import Scrub, due, erase
from lengowctl.store.store import Store

_BATCH = 500
#: An order without an order date is as old as its last change.
_OLD = "coalesce(ordered_at, imported_at, updated_at) < ? AND NOT buyer_removed"


@dataclass(frozen=True, slots=True)
class Purged:
    """How many orders lost their buyer's data, and how many set-aside copies were emptied."""

    orders: int
    set_aside: int


def purge(store: Store, before: datetime, scrub: Scrub) -> Purged:
    """Take the buyer's data out of all orders ordered before: rows, bodies, search, history, set-aside copies, and
    the backups that migrations made. It does not come back with a later reading.

    The caller holds the writer's lock. Works in batches; stopped anywhere, the next run goes on.
    """
    orders, done = 0, 0
    while True:
        with store.transaction():
            rows = _old_orders(store.connection, before, done)
            erase(store.connection, rows, scrub)
        orders += len(rows)
        if len(rows) < _BATCH:
            break
        done = rows[-1]
    with store.transaction():
        emptied = store.set_aside.purge(before)
        if emptied:
            due(store.connection)
    store.sweep()
    return Purged(orders, emptied)


def _old_orders(connection: Connection, before: datetime, done: int) -> list[int]:
    """The next ones beyond those that are done, so that the table is walked once."""
    sql = f"SELECT id FROM orders WHERE id > ? AND {_OLD} ORDER BY id LIMIT ?"
    return connection.numbers(sql, (done, utc_text(before), _BATCH), "q").tolist()
