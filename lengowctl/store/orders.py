"""The stored orders: readings in, rows, counts and single orders out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from lengowctl.errors import UnknownOrder
from lengowctl.orders.fields import ORDER_FIELDS, Rows
from lengowctl.orders.moment import micros, read_instant, utc_text
from lengowctl.orders.reference import OrderKey, TypedRef, format_ref
from lengowctl.orders.selection import NEWEST, Selection, Sort
from lengowctl.orders.status import STATUSES
from lengowctl.store.bodies import Bodies
from lengowctl.store.conditions import distinct
from lengowctl.store.connection import Connection
from lengowctl.store.faults import decoding
from lengowctl.store.fields import StoredValue
from lengowctl.store.finding import Found, find_all, names_of
from lengowctl.store.listing import Ask, cells, count, grouped, objects, words
from lengowctl.store.parcel_numbers import with_numbers
from lengowctl.store.text import storable

if TYPE_CHECKING:
    from lengowctl.orders.model import Order
    from lengowctl.store.erasure import Scrub
    from lengowctl.store.intake import Saved
    from lengowctl.store.prepared import Preparation, Prepared

_SHIPPED_MAY_MOVE = timedelta(days=30)
#: What was read so long after the moment in question was stamped by a clock that was wrong.
_AHEAD = timedelta(days=2)
_ALL = tuple(field.name for field in ORDER_FIELDS)
_ROW = "(SELECT id FROM orders WHERE marketplace = ? AND order_id = ?)"


class Event(NamedTuple):
    """One difference between two readings of an order. `line_id` is None for the order itself; the field `line_id`
    says that a line came (`new`) or went (`old`).
    """

    at: datetime
    field: str
    old: str | None
    new: str | None
    line_id: str | None


class Orders:
    """The orders of one source. `with_ledger` gives a connection that also sees the ledger, as `ledger`."""

    def __init__(self, connection: Connection, with_ledger: Callable[[], Connection]) -> None:
        self._db = connection
        self._with_ledger = with_ledger

    # In

    def save(
        self, readings: Iterable[tuple[Order, bytes]], *, at: datetime, scrub: Scrub, personal_since: datetime | None
    ) -> Saved:
        """Take in readings, each an order and the JSON it was read from. Belongs inside the store's transaction.

        Never goes back in time; an unchanged order writes nothing; one whose `updated_at` stood still while its
        content differs is written. What was anonymised once loses its buyer's data everywhere (`scrub` takes it out
        of a body) and never gets it back; orders from before `personal_since` are stored without it.
        """
        preparation = self.preparation(scrub=scrub, personal_since=personal_since)
        return self.save_prepared(preparation.read_all(readings), preparation, at=at)

    def preparation(self, *, scrub: Scrub, personal_since: datetime | None) -> Preparation:
        """What makes readings ready to be stored; it may then be used on any thread."""
        from lengowctl.store.prepared import Preparation  # costs a start-up that only reads

        return Preparation(scrub, personal_since, Bodies(self._db).packer())

    def save_prepared(self, readings: Sequence[Prepared], preparation: Preparation, *, at: datetime) -> Saved:
        """As `save`, for readings that `preparation` made ready."""
        from lengowctl.store.intake import Intake

        intake = Intake(self._db, preparation, at=at)
        intake.take_all(readings)
        return intake.finish()

    def mark_read(self, keys: Iterable[OrderKey], at: datetime) -> None:
        """These were read again and had not changed."""
        self._db.run_many(
            "UPDATE orders SET synced_at = ? WHERE marketplace = ? AND order_id = ?",
            [(utc_text(at), *_storable(key)) for key in keys],
        )

    # Out: many

    def rows(
        self,
        selection: Selection,
        columns: Sequence[str],
        *,
        rows: Rows = Rows.ORDER,
        sort: tuple[Sort, ...] = NEWEST,
        limit: int | None = None,
        profile: str,
        after_seq: int | None = None,
        before_seq: int | None = None,
    ) -> Iterator[tuple[StoredValue, ...]]:
        """The selected rows, their columns as stored: text, whole numbers, None; times `…Z`, money canonical text,
        lists JSON arrays, flags 0 or 1. `after_seq` is exclusive, `before_seq` inclusive.

        Which rows and in what order is decided at the first one; values are read in batches. Raises UsageFault for
        an unknown column or sort key.
        """
        ask = Ask(selection, rows, sort, limit, profile, after_seq, before_seq)
        return cells(self._for(ask.needs_ledger(columns)), ask, columns)

    def words(
        self,
        selection: Selection,
        columns: Sequence[str],
        *,
        rows: Rows = Rows.ORDER,
        sort: tuple[Sort, ...] = NEWEST,
        limit: int | None = None,
        profile: str,
        after_seq: int | None = None,
        before_seq: int | None = None,
    ) -> Iterator[list[tuple[str, ...]]]:
        """The selected rows as text, a thousand at a time: of each column its words, one for each row. What is missing
        is "", of lists the members with a comma between, flags are true or false; all else is as stored.
        """
        ask = Ask(selection, rows, sort, limit, profile, after_seq, before_seq)
        return words(self._for(ask.needs_ledger(columns)), ask, columns)

    def json_lines(
        self,
        selection: Selection,
        columns: Sequence[str],
        *,
        rows: Rows = Rows.ORDER,
        sort: tuple[Sort, ...] = NEWEST,
        limit: int | None = None,
        profile: str,
        after_seq: int | None = None,
        before_seq: int | None = None,
    ) -> Iterator[str]:
        """The selected rows as JSON objects, a line each, many lines to a text: times and money text, counts numbers,
        lists arrays, flags true or false, what is missing null. Control characters are escaped as JSON demands, and
        nothing else.
        """
        ask = Ask(selection, rows, sort, limit, profile, after_seq, before_seq)
        return objects(self._for(ask.needs_ledger(columns)), ask, columns)

    def count(
        self,
        selection: Selection,
        *,
        rows: Rows = Rows.ORDER,
        after_seq: int | None = None,
        before_seq: int | None = None,
    ) -> int:
        """How many rows are selected."""
        ask = Ask(selection, rows, after_seq=after_seq, before_seq=before_seq)
        return count(self._for(ask.needs_ledger()), ask)

    def counts(self, selection: Selection, by: Sequence[str]) -> list[tuple[StoredValue | int, ...]]:
        """How many orders there are by the values of these fields: (value, …, count), sorted by value."""
        ask = Ask(selection)
        found = grouped(self._for(ask.needs_ledger(by)), ask, by, "count(*)")
        return [tuple(cell if isinstance(cell, str | int) else None for cell in row) for row in found]

    # Out: one

    def resolve(self, typed: TypedRef) -> OrderKey:
        """The order that is meant. A full match on the bare number comes first; last comes the code that the
        marketplace of the order had before it was renamed.

        Raises UnknownOrder and AmbiguousOrder, which lists the references that it could be.
        """
        (found,) = self.resolve_all((typed,))
        if isinstance(found, OrderKey):
            return found
        raise found

    def resolve_all(self, typed: Sequence[TypedRef]) -> list[Found]:
        """As `resolve`, a thousand or so at once: what it would raise stands in the place of the order."""
        return find_all(self._db, typed)

    def names(self, keys: Iterable[OrderKey]) -> dict[OrderKey, tuple[OrderKey, ...]]:
        """Every name of those of these orders whose marketplace was renamed, the present one first; a thousand or so
        at once.
        """
        return names_of(self._db, keys)

    def row(self, key: OrderKey, *, profile: str) -> dict[str, StoredValue]:
        """Every field of one order. Raises UnknownOrder."""
        selection = Selection(keys=(key,))
        found = next(self.rows(selection, _ALL, profile=profile, limit=1), None)
        if found is None:
            ref = format_ref(*key)
            raise UnknownOrder(f"{ref} is not in the cache", hint="run lengowctl sync")
        return dict(zip(_ALL, found, strict=True))

    def body(self, key: OrderKey) -> bytes | None:
        """The JSON that the order was read from (without the buyer where that had to go), or None."""
        return next(self.bodies((key,)))

    def bodies(self, keys: Iterable[OrderKey]) -> Iterator[bytes | None]:
        """As `body`, one after the other."""
        packed = Bodies(self._db)
        for key in keys:
            row = self._db.value(f"SELECT {_ROW}", _storable(key))
            yield packed.load(row) if isinstance(row, int) else None

    def outlines(self, keys: Iterable[OrderKey]) -> dict[OrderKey, Order]:
        """Orders as far as their columns tell, quick by the thousand; see `store/outlines.py` for what that is."""
        from lengowctl.store.outlines import outlines  # costs a start-up that only lists

        return outlines(self._db, keys)

    def with_numbers(self, numbers: Iterable[str]) -> dict[str, list[OrderKey]]:
        """The orders that have a parcel by one of these numbers, or were asked to, by number. Numbers are compact."""
        return with_numbers(self._with_ledger(), numbers)

    def history(self, key: OrderKey) -> list[Event]:
        """What changed between the readings, oldest first."""
        rows = self._db.all(
            f"SELECT at, field, old, new, line_id FROM changes WHERE order_row = {_ROW} ORDER BY id", _storable(key)
        )
        with decoding(self._db.path):
            return [
                Event(read_instant(str(at)), str(field), _text(old), _text(new), _text(line))
                for at, field, old, new, line in rows
            ]

    # For the sync

    def still_open(self, *, checked_before: datetime, limit: int) -> list[OrderKey]:
        """Orders that may still move and were last read before then, longest unread first: open ones, those with a
        status that we do not know, and shipped ones ordered in the last 30 days.
        """
        words = [word for word in distinct(self._db, "orders", "status") if not _is_over(word)]
        marks = ", ".join("?" * len(words))
        since = utc_text(checked_before - _SHIPPED_MAY_MOVE)
        found = self._db.all(
            f"SELECT marketplace, order_id FROM orders WHERE (synced_at < ? OR synced_at > ?) AND (status IN ({marks})"
            " OR (status = 'shipped' AND ordered_at >= ?)) ORDER BY synced_at, ref LIMIT ?",
            (utc_text(checked_before), utc_text(checked_before + _AHEAD), *words, since, limit),
        )
        return [OrderKey(str(marketplace), str(order_id)) for marketplace, order_id in found]

    def day_counts(self, since: date, until: date) -> dict[tuple[date, str], int]:
        """How many orders were ordered on each day (UTC) from `since` to `until`, both included, by marketplace."""
        sql = (
            "SELECT substr(ordered_at, 1, 10), count(*) FROM orders"
            " WHERE marketplace = ? AND ordered_at >= ? AND ordered_at < ? GROUP BY 1"
        )
        bounds = since.isoformat(), (until + timedelta(days=1)).isoformat()
        with decoding(self._db.path):
            return {
                (date.fromisoformat(str(day)), code): _number(number)
                for code in distinct(self._db, "orders", "marketplace")
                for day, number in self._db.all(sql, (code, *bounds))
            }

    def known_in(self, since: datetime, until: datetime) -> int:
        """How many orders have their `updated_at` between the two, both included."""
        sql = "SELECT count(*) FROM orders WHERE version BETWEEN ? AND ?"
        return self._db.number(sql, (micros(since), micros(until)))

    def newest_seq(self) -> int:
        """The number of the latest write; 0 before the first."""
        return self._db.number("SELECT max(seq) FROM orders")

    def _for(self, ledger: bool) -> Connection:
        return self._with_ledger() if ledger else self._db


def _is_over(word: str) -> bool:
    known = STATUSES.get(word)
    return known is not None and known.over


def _storable(key: OrderKey) -> tuple[str, str]:
    return storable(key.marketplace), storable(key.order_id)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("a number was stored here")
    return value


__all__ = ["Event", "Orders"]
