"""Readings of orders into the store: what is new, what moved, what must not come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from lengowctl.orders.change import Change, differences
from lengowctl.orders.model import Order
from lengowctl.orders.moment import micros, utc_text
from lengowctl.orders.privacy import without_buyer
from lengowctl.orders.reference import OrderKey
from lengowctl.store.bodies import Bodies
from lengowctl.store.columns import (
    LINE_COLUMNS,
    ORDER_COLUMNS,
    PARCEL_COLUMNS,
    PERSONAL,
    StoredValue,
    line_rows,
    order_row,
    parcel_rows,
    search_row,
)
from lengowctl.store.connection import Connection, Row
from lengowctl.store.erasure import Scrub, due, erase, erase_changes, erase_set_aside, scrubbed
from lengowctl.store.line_changes import line_changes
from lengowctl.store.text import digest, storable
from lengowctl.store.verdict import Outcome, Stored, decide, read_stored

#: Bodies that show what all of them repeat.
_SAMPLES = 4
_INNER = ("version", "digest", "buyer_removed", "synced_at", "seq")
_COLUMNS = (*ORDER_COLUMNS, *_INNER)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _marks(columns: Sequence[str]) -> str:
    return ", ".join("?" * len(columns))


_FIND = "SELECT id, version, digest, buyer_removed, anonymized FROM orders WHERE marketplace = ? AND order_id = ?"
_INSERT = f"INSERT INTO orders ({_names(_COLUMNS)}, id) VALUES ({_marks(_COLUMNS)}, ?)"
_UPDATE = f"UPDATE orders SET ({_names(_COLUMNS)}) = ({_marks(_COLUMNS)}) WHERE id = ?"
_STORED = f"SELECT {_names(ORDER_COLUMNS)} FROM orders WHERE id = ?"
_PARTS = {
    table: (
        f"SELECT {_names(columns)} FROM {table} WHERE order_row = ? ORDER BY position",
        f"DELETE FROM {table} WHERE order_row = ?",
        f"INSERT INTO {table} (order_row, position, {_names(columns)}) VALUES (?, ?, {_marks(columns)})",
    )
    for table, columns in (("lines", LINE_COLUMNS), ("parcels", PARCEL_COLUMNS))
}
_WORDS = "INSERT OR REPLACE INTO search (rowid, numbers, buyer, goods) VALUES (?, ?, ?, ?)"
_CHANGE = "INSERT INTO changes (order_row, at, field, old, new, line_id) VALUES (?, ?, ?, ?, ?, ?)"
_KNOWN = "SELECT count(*) FROM marketplaces WHERE code = ?"
_TWINS = "SELECT marketplace FROM orders WHERE order_id = ? AND marketplace <> ?"


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of the readings. `anonymized` counts stored orders that lost their buyer's data just now;
    `status_changes` are (order, from, to).
    """

    new: int
    changed: int
    unchanged: int
    older: int
    status_changes: tuple[tuple[OrderKey, str, str], ...]
    anonymized: int


class _Reading(NamedTuple):
    """A reading as it will be stored."""

    order: Order
    body: bytes
    mark: bytes
    version: int
    buyer_removed: bool


class Intake:
    """Takes the readings of one transaction. New orders are collected and written together."""

    def __init__(self, connection: Connection, *, at: datetime, scrub: Scrub, personal_since: datetime | None) -> None:
        self._db = connection
        self._bodies = Bodies(connection)
        self._at = utc_text(at)
        self._scrub = scrub
        self._personal_since = personal_since
        self._counts = dict.fromkeys(Outcome, 0)
        self._anonymized = 0
        self._moves: list[tuple[OrderKey, str, str]] = []
        self._fresh: dict[OrderKey, tuple[int, int, _Reading]] = {}
        self._next_id = connection.number("SELECT max(id) FROM orders") + 1
        self._next_seq = connection.number("SELECT max(seq) FROM orders") + 1
        self._codes_known = connection.number("SELECT EXISTS (SELECT 1 FROM marketplaces)") == 1

    def take(self, order: Order, body: bytes) -> None:
        """Store this reading, or not, by `decide`."""
        order = _storable_key(order)
        if order.key in self._fresh:
            self._flush()
        stored = self._stored(order.key)
        if stored is None and self._codes_known and (code := self._other_code(order)):
            order, stored = self._recognised(order, code)
        reading = self._prepared(order, body, stored)
        outcome = decide(stored, reading.version, reading.mark)
        self._counts[outcome] += 1
        if stored is None:
            self._fresh[order.key] = self._next_id, self._seq(), reading
            self._next_id += 1
            return
        gone = order.anonymized and not stored.anonymized
        self._anonymized += gone
        if outcome is Outcome.CHANGED:
            self._change(stored, reading)
        elif gone:
            self._forget(stored)

    def finish(self) -> Saved:
        """Write what is left, and say what became of all."""
        self._flush()
        new, changed, unchanged, older = (self._counts[outcome] for outcome in Outcome)
        return Saved(new, changed, unchanged, older, tuple(self._moves), self._anonymized)

    def _seq(self) -> int:
        self._next_seq += 1
        return self._next_seq - 1

    def _stored(self, key: OrderKey) -> Stored | None:
        row = self._db.one(_FIND, key)
        return None if row is None else read_stored(row)

    def _prepared(self, order: Order, body: bytes, stored: Stored | None) -> _Reading:
        """The reading without what may not be stored, or not any more."""
        removed = order.anonymized or (stored is not None and stored.buyer_removed)
        if stored is not None and stored.anonymized:
            order = replace(order, anonymized=True)
        if removed or self._past_retention(order):
            order, body = without_buyer(order), scrubbed(self._scrub, body)
        return _Reading(order, body, digest(body), micros(order.updated_at), removed)

    def _past_retention(self, order: Order) -> bool:
        ordered = order.ordered_at or order.imported_at or order.updated_at
        return self._personal_since is not None and ordered < self._personal_since

    def _other_code(self, order: Order) -> str | None:
        """The marketplace under which this very order is stored already, when one of the two codes is an old name:
        same number, same lines, and only one of the codes known to the source.
        """
        lines = {line.line_id for line in order.lines}
        for (twin,) in self._db.all(_TWINS, (order.order_id, order.marketplace)):
            one_is_old = self._db.number(_KNOWN, (twin,)) != self._db.number(_KNOWN, (order.marketplace,))
            if lines and one_is_old and self._line_ids(str(twin), order.order_id) == lines:
                return str(twin)
        return None

    def _line_ids(self, marketplace: str, order_id: str) -> set[str]:
        rows = self._db.all(
            "SELECT line_id FROM lines"
            " WHERE order_row = (SELECT id FROM orders WHERE marketplace = ? AND order_id = ?)",
            (marketplace, order_id),
        )
        return {str(line_id) for (line_id,) in rows}

    def _recognised(self, order: Order, code: str) -> tuple[Order, Stored | None]:
        """The order under the code that is known, and the row that holds it."""
        stored = self._stored(OrderKey(code, order.order_id))
        if self._db.number(_KNOWN, (code,)):
            order = replace(order, marketplace=code)
        return order, stored

    def _change(self, stored: Stored, reading: _Reading) -> None:
        order, row = reading.order, stored.id
        old, new = self._old_row(row), order_row(order)
        found = differences(dict(zip(ORDER_COLUMNS, old, strict=True)), dict(zip(ORDER_COLUMNS, new, strict=True)))
        found += self._parts("lines", row, line_rows(order))
        self._parts("parcels", row, parcel_rows(order))
        hidden = PERSONAL if reading.buyer_removed or self._past_retention(order) else ()
        self._db.run_many(
            _CHANGE, [(row, self._at, c.field, c.old, c.new, c.line_id) for c in found if c.field not in hidden]
        )
        self._db.run(_UPDATE, (*new, *self._inner(reading), self._seq(), row))
        self._bodies.save([(row, reading.body)])
        named = self._reword(row, search_row(order))
        if hidden:
            self._erase_rest(row, order, named)
        status = old[ORDER_COLUMNS.index("status")]
        if status != order.status:
            self._moves.append((order.key, str(status), order.status))

    def _erase_rest(self, row: int, order: Order, named: bool) -> None:
        """What the row, the body and the words no longer say may still stand in the history and be set aside."""
        erase_changes(self._db, row)
        erase_set_aside(self._db, order.key)
        if named:
            due(self._db)

    def _forget(self, stored: Stored) -> None:
        """An older reading says that the buyer's data is gone: it goes, whatever else the row knows better."""
        erase(self._db, [stored.id], self._scrub)
        self._db.run("UPDATE orders SET anonymized = 1, seq = ? WHERE id = ?", (self._seq(), stored.id))

    def _old_row(self, row: int) -> Row:
        return self._db.one(_STORED, (row,)) or (None,) * len(ORDER_COLUMNS)

    def _parts(self, table: str, row: int, new: list[tuple[StoredValue, ...]]) -> list[Change]:
        """Replace an order's lines or parcels where they differ; for lines, what differs."""
        select, delete, insert = _PARTS[table]
        old = self._db.all(select, (row,))
        if old == new:
            return []
        self._db.run(delete, (row,))
        self._db.run_many(insert, ((row, position, *values) for position, values in enumerate(new)))
        return line_changes(old, new) if table == "lines" else []

    def _reword(self, row: int, words: tuple[str, str, str]) -> bool:
        """Replace the words where they differ; whether there were words about the buyer before."""
        old = self._db.one("SELECT numbers, buyer, goods FROM search WHERE rowid = ?", (row,))
        if old != words:
            self._db.run(_WORDS, (row, *words))
        return old is not None and bool(old[1])

    def _inner(self, reading: _Reading) -> tuple[int | bytes | str, ...]:
        return reading.version, reading.mark, int(reading.buyer_removed), self._at

    def _flush(self) -> None:
        """Write the new orders, table by table."""
        fresh = list(self._fresh.values())
        self._fresh.clear()
        self._db.run_many(_INSERT, ((*order_row(new.order), *self._inner(new), seq, row) for row, seq, new in fresh))
        for table, rows_of in (("lines", line_rows), ("parcels", parcel_rows)):
            self._db.run_many(
                _PARTS[table][2],
                ((row, n, *values) for row, _, new in fresh for n, values in enumerate(rows_of(new.order))),
            )
        if fresh:
            self._bodies.learn(scrubbed(self._scrub, new.body) for _, _, new in fresh[:_SAMPLES])
        self._bodies.save((row, new.body) for row, _, new in fresh)
        self._db.run_many(_WORDS, ((row, *search_row(new.order)) for row, _, new in fresh))
        for _, _, new in fresh:
            if new.order.anonymized:
                erase_set_aside(self._db, new.order.key)


def _storable_key(order: Order) -> Order:
    marketplace, order_id = storable(order.marketplace), storable(order.order_id)
    if (marketplace, order_id) == (order.marketplace, order.order_id):
        return order
    return replace(order, marketplace=marketplace, order_id=order_id)
