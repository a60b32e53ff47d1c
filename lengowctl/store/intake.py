"""Readings of orders into the store: what is new, what moved, what must not come back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lengowctl.orders.change import Change, differences
from lengowctl.orders.model import Order
from lengowctl.orders.moment import utc_text
from lengowctl.orders.reference import OrderKey
from lengowctl.store.bodies import Bodies
from lengowctl.store.columns import LINE_COLUMNS, ORDER_COLUMNS, PARCEL_COLUMNS
from lengowctl.store.connection import Connection, Row
from lengowctl.store.erasure import due, erase, erase_changes, erase_set_aside, scrubbed
from lengowctl.store.fields import PERSONAL, StoredValue
from lengowctl.store.line_changes import line_changes
from lengowctl.store.prepared import Preparation, Prepared, under_code
from lengowctl.store.verdict import Outcome, Stored, decide, read_stored

#: So many orders are looked up together.
_AT_ONCE = 100
#: Bodies that show what all of them repeat.
_SAMPLES = 4
_INNER = ("version", "digest", "buyer_removed", "synced_at", "seq")
_COLUMNS = (*ORDER_COLUMNS, *_INNER)


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _marks(columns: Sequence[str]) -> str:
    return ", ".join("?" * len(columns))


_FIND = (
    "SELECT marketplace, order_id, id, version, digest, buyer_removed, anonymized"
    " FROM (WITH asked (number) AS (VALUES {}) SELECT number FROM asked) CROSS JOIN orders ON order_id = number"
)
_INSERT = f"INSERT INTO orders ({_names(_COLUMNS)}, id)"
_UPDATE = f"UPDATE orders SET ({_names(_COLUMNS)}) = ({_marks(_COLUMNS)}) WHERE id = ?"
_STORED = f"SELECT {_names(ORDER_COLUMNS)} FROM orders WHERE id = ?"
_PARTS = {
    table: (
        f"SELECT {_names(columns)} FROM {table} WHERE order_row = ? ORDER BY position",
        f"DELETE FROM {table} WHERE order_row = ?",
        f"INSERT INTO {table} (order_row, position, {_names(columns)})",
    )
    for table, columns in (("lines", LINE_COLUMNS), ("parcels", PARCEL_COLUMNS))
}
_WORDS = "INSERT OR REPLACE INTO search (rowid, numbers, buyer, goods)"
_BODY = "INSERT OR REPLACE INTO bodies (order_row, body)"
_CHANGE = "INSERT INTO changes (order_row, at, field, old, new, line_id) VALUES (?, ?, ?, ?, ?, ?)"
_KNOWN = "SELECT count(*) FROM marketplaces WHERE code = ?"


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


class Intake:
    """Takes the readings of one transaction. New orders are collected and written together."""

    def __init__(self, connection: Connection, preparation: Preparation, *, at: datetime) -> None:
        self._db = connection
        self._preparation = preparation
        self._bodies = Bodies(connection)
        self._at = utc_text(at)
        self._counts = dict.fromkeys(Outcome, 0)
        self._anonymized = 0
        self._moves: list[tuple[OrderKey, str, str]] = []
        self._known: dict[str, dict[str, Stored]] = {}
        self._taken: set[OrderKey] = set()
        self._fresh: list[tuple[int, int, Prepared]] = []
        self._next_id = connection.number("SELECT max(id) FROM orders") + 1
        self._next_seq = connection.number("SELECT max(seq) FROM orders") + 1
        self._codes_known = connection.number("SELECT EXISTS (SELECT 1 FROM marketplaces)") == 1

    def take_all(self, readings: Sequence[Prepared]) -> None:
        """Store these readings, or not, by `decide`."""
        for start in range(0, len(readings), _AT_ONCE):
            some = readings[start : start + _AT_ONCE]
            self._known = self._find([reading.key.order_id for reading in some])
            for reading in some:
                self._take(reading)

    def finish(self) -> Saved:
        """Write what is left, and say what became of all."""
        self._flush()
        new, changed, unchanged, older = (self._counts[outcome] for outcome in Outcome)
        return Saved(new, changed, unchanged, older, tuple(self._moves), self._anonymized)

    def _take(self, reading: Prepared) -> None:
        stored = self._stored(reading.key)
        if stored is None and self._codes_known and (code := self._other_code(reading.order)):
            reading, stored = self._recognised(reading, code)
        if stored is not None and (stored.buyer_removed or stored.anonymized) and not reading.removed:
            reading = self._preparation.latched(reading, anonymized=stored.anonymized)
        outcome = decide(stored, reading.version, reading.mark)
        self._counts[outcome] += 1
        if stored is None:
            self._fresh.append((self._next_id, self._seq(), reading))
            self._next_id += 1
            return
        gone = reading.order.anonymized and not stored.anonymized
        self._anonymized += gone
        if outcome is Outcome.CHANGED:
            self._change(stored, reading)
        elif gone:
            self._forget(stored)

    def _seq(self) -> int:
        self._next_seq += 1
        return self._next_seq - 1

    def _find(self, numbers: Sequence[str]) -> dict[str, dict[str, Stored]]:
        """What is stored under these order numbers, by number and marketplace."""
        found: dict[str, dict[str, Stored]] = {}
        asked = ", ".join(["(?)"] * len(numbers))
        for code, number, *rest in self._db.all(_FIND.format(asked), numbers):
            found.setdefault(str(number), {})[str(code)] = read_stored(tuple(rest))
        return found

    def _stored(self, key: OrderKey) -> Stored | None:
        """What is stored of this order now: all were looked up together, one that comes twice is looked up again."""
        if key in self._taken:
            self._flush()
            self._known |= self._find([key.order_id]) or {key.order_id: {}}
        self._taken.add(key)
        return self._known.get(key.order_id, {}).get(key.marketplace)

    def _other_code(self, order: Order) -> str | None:
        """The marketplace under which this very order is stored already, when one of the two codes is an old name:
        same number, same lines, and only one of the codes known to the source.
        """
        for twin in self._known.get(order.order_id, {}):
            lines = {line.line_id for line in order.lines}
            one_is_old = self._db.number(_KNOWN, (twin,)) != self._db.number(_KNOWN, (order.marketplace,))
            if lines and one_is_old and self._line_ids(twin, order.order_id) == lines:
                return twin
        return None

    def _line_ids(self, marketplace: str, order_id: str) -> set[str]:
        rows = self._db.all(
            "SELECT line_id FROM lines"
            " WHERE order_row = (SELECT id FROM orders WHERE marketplace = ? AND order_id = ?)",
            (marketplace, order_id),
        )
        return {str(line_id) for (line_id,) in rows}

    def _recognised(self, reading: Prepared, code: str) -> tuple[Prepared, Stored | None]:
        """The reading under the code that is known, and the row that holds its order."""
        stored = self._stored(OrderKey(code, reading.key.order_id))
        if self._db.number(_KNOWN, (code,)):
            reading = under_code(reading, code)
        return reading, stored

    def _change(self, stored: Stored, reading: Prepared) -> None:
        order, row, new = reading.order, stored.id, reading.written()
        old = self._old_row(row)
        found = differences(
            dict(zip(ORDER_COLUMNS, old, strict=True)), dict(zip(ORDER_COLUMNS, new.order, strict=True))
        )
        found += self._parts("lines", row, new.lines)
        self._parts("parcels", row, new.parcels)
        hidden = PERSONAL if reading.hidden else ()
        self._db.run_many(
            _CHANGE, [(row, self._at, c.field, c.old, c.new, c.line_id) for c in found if c.field not in hidden]
        )
        self._db.run(_UPDATE, (*new.order, *self._inner(reading), self._seq(), row))
        self._bodies.save(row, new.body, new.packer)
        named = self._reword(row, new.words)
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
        erase(self._db, [stored.id], self._preparation.scrub)
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
        self._db.insert_rows(insert, [(row, position, *values) for position, values in enumerate(new)])
        return line_changes(old, new) if table == "lines" else []

    def _reword(self, row: int, words: tuple[str, str, str]) -> bool:
        """Replace the words where they differ; whether there were words about the buyer before."""
        old = self._db.one("SELECT numbers, buyer, goods FROM search WHERE rowid = ?", (row,))
        if old != words:
            self._db.insert_rows(_WORDS, [(row, *words)])
        return old is not None and bool(old[1])

    def _inner(self, reading: Prepared) -> tuple[int | bytes | str, ...]:
        return reading.version, reading.mark, int(reading.removed), self._at

    def _flush(self) -> None:
        """Write the new orders, table by table."""
        fresh, self._fresh = self._fresh, []
        if not fresh:
            return
        self._bodies.learn(scrubbed(self._preparation.scrub, new.plain_body()) for _, _, new in fresh[:_SAMPLES])
        written = [(row, new.written()) for row, _, new in fresh]
        insert = self._db.insert_rows
        insert(_INSERT, [(*new.written().order, *self._inner(new), seq, row) for row, seq, new in fresh])
        insert(_PARTS["lines"][2], [(row, n, *line) for row, new in written for n, line in enumerate(new.lines)])
        insert(
            _PARTS["parcels"][2], [(row, n, *parcel) for row, new in written for n, parcel in enumerate(new.parcels)]
        )
        insert(_BODY, [(row, self._bodies.pack(new.body, new.packer)) for row, new in written])
        insert(_WORDS, [(row, *new.words) for row, new in written])
        for _, _, new in fresh:
            if new.order.anonymized:
                erase_set_aside(self._db, new.key)
