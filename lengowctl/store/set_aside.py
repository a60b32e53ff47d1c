"""Orders that could not be understood: kept as they came, with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from lengowctl.orders.moment import from_micros, micros, read_instant, utc_text
from lengowctl.orders.reference import OrderKey
from lengowctl.store.connection import Connection
from lengowctl.store.faults import decoding
from lengowctl.store.packing import pack, unpack
from lengowctl.store.text import digest, storable


class SetAsideOrder(NamedTuple):
    """One order as it came. What could not even be read of it is None; `raw` is empty once it was purged."""

    raw: bytes
    reason: str
    marketplace: str | None
    order_id: str | None
    updated_at: datetime | None
    at: datetime


class SetAside:
    """The orders that wait for a lengowctl that understands them. Writes belong inside the store's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def add(
        self,
        raw: bytes,
        reason: str,
        marketplace: str | None,
        order_id: str | None,
        updated_at: datetime | None,
        at: datetime,
    ) -> bool:
        """Keep one; True when it is new. An order whose number is known has one row, its latest reading. Of one whose
        buyer's data was removed for good, only the reason is kept.
        """
        code, number = _storable(marketplace), _storable(order_id)
        mark = digest(raw)
        known = self._db.one(
            "SELECT 1 FROM set_aside WHERE marketplace IS ? AND order_id IS ? AND digest = ?", (code, number, mark)
        )
        if known:
            return False
        if code is not None and number is not None:
            self._drop(code, number)
            raw = b"" if self._is_forgotten(code, number) else raw
        self._db.run(
            "INSERT INTO set_aside (marketplace, order_id, digest, raw, reason, updated_at, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (code, number, mark, pack(raw), storable(reason), _micros(updated_at), utc_text(at)),
        )
        return True

    def resolve(self, keys: Iterable[OrderKey]) -> int:
        """Drop the rows of orders that are understood now; how many there were."""
        if not self.count():
            return 0
        return sum(self._drop(storable(key.marketplace), storable(key.order_id)) for key in keys)

    def purge(self, before: datetime) -> int:
        """Empty the copies last changed before then, or that came before then, whatever they say; how many.
        The row stays, so that the same bytes are not called new when they come again.
        """
        return self._db.run(
            "UPDATE set_aside SET raw = ?1 WHERE raw <> ?1 AND (updated_at < ?2 OR at < ?3)",
            (pack(b""), micros(before), utc_text(before)),
        )

    def all(self) -> list[SetAsideOrder]:
        """Every one, oldest first."""
        rows = self._db.all("SELECT raw, reason, marketplace, order_id, updated_at, at FROM set_aside ORDER BY id")
        with decoding(self._db.path):
            return [_read(row) for row in rows]

    def count(self) -> int:
        return self._db.number("SELECT count(*) FROM set_aside")

    def _is_forgotten(self, code: str, number: str) -> bool:
        sql = "SELECT count(*) FROM orders WHERE marketplace = ? AND order_id = ? AND buyer_removed"
        return self._db.number(sql, (code, number)) > 0

    def _drop(self, code: str, number: str) -> int:
        return self._db.run("DELETE FROM set_aside WHERE marketplace = ? AND order_id = ?", (code, number))


def _read(row: tuple[object, ...]) -> SetAsideOrder:
    raw, reason, code, number, updated_at, at = row
    if not isinstance(raw, bytes):
        raise TypeError("bytes were stored here")
    return SetAsideOrder(
        unpack(raw),
        str(reason),
        None if code is None else str(code),
        None if number is None else str(number),
        from_micros(updated_at) if isinstance(updated_at, int) else None,
        read_instant(str(at)),
    )


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _micros(moment: datetime | None) -> int | None:
    return None if moment is None else micros(moment)
