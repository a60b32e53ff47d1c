"""From an order to the rows of the store: every field encoded as its column holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, TypeVar, cast

from lengowctl.orders.fields import LINE_FIELDS, ORDER_FIELDS, PARCEL_FIELDS, Field, Kind, Value
from lengowctl.orders.model import Address, Order, money_text
from lengowctl.orders.moment import utc_text
from lengowctl.store.fields import StoredValue
from lengowctl.store.text import list_text, storable, storable_number

_S = TypeVar("_S")


class _Columns(NamedTuple):
    """How rows of one kind are made: what reads each value, and where those stand that are no text."""

    names: tuple[str, ...]
    readers: tuple[Callable[[object], Value], ...]
    texts: tuple[int, ...]
    times: tuple[int, ...]
    amounts: tuple[int, ...]
    originals: tuple[int, ...]
    """Money in the currency of the sale."""
    numbers: tuple[int, ...]
    lists: tuple[int, ...]


def _columns(fields: Iterable[Field[_S]]) -> _Columns:
    read = [field for field in fields if field.value is not None]

    def places(*kinds: Kind, currency: str | None = None) -> tuple[int, ...]:
        meant = [field.kind in kinds and currency in (None, field.currency) for field in read]
        return tuple(place for place, is_meant in enumerate(meant) if is_meant)

    return _Columns(
        names=tuple(field.name for field in read),
        readers=tuple(cast(Callable[[object], Value], field.value) for field in read),
        texts=places(Kind.REF, Kind.CODE, Kind.STATUS, Kind.TEXT),
        times=places(Kind.TIME),
        amounts=places(Kind.MONEY, currency="currency"),
        originals=places(Kind.MONEY, currency="original_currency"),
        numbers=places(Kind.COUNT, Kind.FLAG),
        lists=places(Kind.LIST),
    )


_ORDER = _columns(ORDER_FIELDS)
_LINE = _columns(LINE_FIELDS)
_PARCEL = _columns(PARCEL_FIELDS)

#: The columns that come from the order itself, in the order of `order_row`.
ORDER_COLUMNS = _ORDER.names
LINE_COLUMNS = _LINE.names
PARCEL_COLUMNS = _PARCEL.names


def order_row(order: Order) -> tuple[StoredValue, ...]:
    """The order's values, by `ORDER_COLUMNS`."""
    return _row(_ORDER, order, order.currency, order.original_currency)


def line_rows(order: Order) -> list[tuple[StoredValue, ...]]:
    """Its lines' values, by `LINE_COLUMNS`."""
    return [_row(_LINE, line, order.currency, None) for line in order.lines]


def parcel_rows(order: Order) -> list[tuple[StoredValue, ...]]:
    """Its parcels' values, by `PARCEL_COLUMNS`."""
    return [_row(_PARCEL, parcel, None, None) for parcel in order.parcels]


def _row(columns: _Columns, subject: object, currency: str | None, original: str | None) -> tuple[StoredValue, ...]:
    """What is no text is encoded by its kind, place by place: this is most of the work of storing an order."""
    row: list[Any] = [read(subject) for read in columns.readers]
    for place in columns.texts:
        if row[place] is not None:
            row[place] = storable(row[place])
    for place in columns.times:
        if row[place] is not None:
            row[place] = utc_text(row[place])
    for place in columns.amounts:
        row[place] = money_text(row[place], currency)
    for place in columns.originals:
        row[place] = money_text(row[place], original)
    for place in columns.numbers:
        row[place] = storable_number(int(row[place]))
    for place in columns.lists:
        row[place] = list_text(row[place])
    return tuple(row)


def search_row(order: Order) -> tuple[str, str, str]:
    """The words by which the order is found: numbers, the buyer, the goods."""
    numbers = (order.order_id, *order.merchant_order_ids, *[parcel.tracking_number for parcel in order.parcels])
    people = [order.billing, *[package.delivery for package in order.packages]]
    buyer = [word for person in people if person for word in _words(person)]
    goods = [word for line in order.lines for word in (line.sku, line.title)]
    return _joined(numbers), _joined(buyer), _joined(goods)


def _words(person: Address) -> tuple[str | None, ...]:
    first, last = person.first_name, person.last_name
    first_last = f"{first} {last}" if first and last else first or last
    return person.full_name, first_last, person.company, person.email, person.zipcode


def _joined(words: Iterable[str | None]) -> str:
    return storable("\n".join(dict.fromkeys(filter(None, words))))
