"""Buyer's data taken out of what is stored, so that no byte of it stays in the folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lengowctl.orders.reference import OrderKey
from lengowctl.store.bodies import Bodies
from lengowctl.store.connection import Connection
from lengowctl.store.facts import Facts
from lengowctl.store.fields import PERSONAL
from lengowctl.store.text import digest, storable

Scrub = Callable[[bytes], bytes]

#: The fact that says: old words are still in the file, the search index has to be rewritten.
_SWEEP = "sweep_due"
_BLANK = ", ".join(f'"{name}" = NULL' for name in PERSONAL)
_FIELDS = ", ".join("?" * len(PERSONAL))


def scrubbed(scrub: Scrub, body: bytes) -> bytes:
    """The body without buyer's data; nothing of a body that cannot be read."""
    try:
        return scrub(body)
    except ValueError:
        return b""


def erase(connection: Connection, rows: Iterable[int], scrub: Scrub) -> None:
    """Take the buyer's data out of these stored orders for good: columns, body, words, history, set-aside copies.

    Part of the caller's transaction. A later reading that still has the data does not bring it back.
    """
    bodies = Bodies(connection)
    for row in rows:
        body = bodies.load(row)
        clean = scrubbed(scrub, body) if body else b""
        bodies.save(row, clean)
        connection.run(f"UPDATE orders SET {_BLANK}, buyer_removed = 1, digest = ? WHERE id = ?", (digest(clean), row))
        connection.run("UPDATE search SET buyer = '' WHERE rowid = ? AND buyer <> ''", (row,))
        erase_changes(connection, row)
        connection.run(
            "DELETE FROM set_aside WHERE (marketplace, order_id) ="
            " (SELECT marketplace, order_id FROM orders WHERE id = ?)",
            (row,),
        )
        due(connection)


def erase_changes(connection: Connection, row: int) -> None:
    """Forget how the buyer's data of this order changed."""
    connection.run(f"DELETE FROM changes WHERE order_row = ? AND field IN ({_FIELDS})", (row, *PERSONAL))


def erase_set_aside(connection: Connection, key: OrderKey) -> None:
    """Forget the copy of this order that once could not be understood."""
    code, number = storable(key.marketplace), storable(key.order_id)
    connection.run("DELETE FROM set_aside WHERE marketplace = ? AND order_id = ?", (code, number))


def due(connection: Connection) -> None:
    """Note that words were taken out which the search index still holds in its old parts."""
    if not is_due(connection):
        Facts(connection).set(_SWEEP, "1")


def is_due(connection: Connection) -> bool:
    return Facts(connection).get(_SWEEP) is not None


def sweep(connection: Connection) -> bool:
    """Make the erased words leave the file: rewrite the search index, empty the log of WAL mode. False when a reader
    kept the log from being emptied; then it stays due.
    """
    connection.run("INSERT INTO search (search) VALUES ('optimize')")
    if connection.value("PRAGMA journal_mode") == "wal" and connection.number("PRAGMA wal_checkpoint(TRUNCATE)"):
        return False
    Facts(connection).drop(_SWEEP)
    return True
