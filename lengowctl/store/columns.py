"""From an order to the rows of the store: every field encoded as its column holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar, cast

from lengowctl.orders.fields import LINE_FIELDS, ORDER_FIELDS, PARCEL_FIELDS, Field, Value
from lengowctl.orders.model import Address, Order, money_text
from lengowctl.orders.moment import utc_text
from lengowctl.store.text import list_text, storable, storable_number

StoredValue = str | int | None
_S = TypeVar("_S")


class _Column(NamedTuple):
    name: str
    value: Callable[[object], Value]
    original: bool
    """Money in the currency of the sale."""


def _columns(fields: Iterable[Field[_S]]) -> tuple[_Column, ...]:
    return tuple(
        _Column(field.name, cast(Callable[[object], Value], field.value), field.currency == "original_currency")
        for field in fields
        if field.value is not None
    )


_ORDER = _columns(ORDER_FIELDS)
_LINE = _columns(LINE_FIELDS)
_PARCEL = _columns(PARCEL_FIELDS)

#: The columns that come from the order itself, in the order of `order_row`.
ORDER_COLUMNS = tuple(column.name for column in _ORDER)
LINE_COLUMNS = tuple(column.name for column in _LINE)
PARCEL_COLUMNS = tuple(column.name for column in _PARCEL)
#: The columns that hold buyer's data.
PERSONAL = tuple(field.name for field in ORDER_FIELDS if field.personal)


def order_row(order: Order) -> tuple[StoredValue, ...]:
    """The order's values, by `ORDER_COLUMNS`."""
    return _row(_ORDER, order, order.currency, order.original_currency)


def line_rows(order: Order) -> list[tuple[StoredValue, ...]]:
    """Its lines' values, by `LINE_COLUMNS`."""
    return [_row(_LINE, line, order.currency, None) for line in order.lines]


def parcel_rows(order: Order) -> list[tuple[StoredValue, ...]]:
    """Its parcels' values, by `PARCEL_COLUMNS`."""
    return [_row(_PARCEL, parcel, None, None) for parcel in order.parcels]


def _row(
    columns: tuple[_Column, ...], subject: object, currency: str | None, original: str | None
) -> tuple[StoredValue, ...]:
    """Plain text and nothing, by far the commonest, go straight through: this runs fifty times an order."""
    row: list[StoredValue] = []
    for _, value_of, is_original in columns:
        value = value_of(subject)
        if value is None or (type(value) is str and value.isascii() and "\0" not in value):
            row.append(value)
        else:
            row.append(_stored(value, original if is_original else currency))
    return tuple(row)


def _stored(value: str | int | Decimal | datetime | tuple[str, ...], currency: str | None) -> StoredValue:
    """A value as its column holds it."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Decimal):
        return money_text(value, currency)
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, int):
        return storable_number(int(value))
    return list_text(value)


def search_row(order: Order) -> tuple[str, str, str]:
    """The words by which the order is found: numbers, the buyer, the goods."""
    numbers = (order.order_id, *order.merchant_order_ids, *(parcel.tracking_number for parcel in order.parcels))
    people = [package.delivery for package in order.packages if package.delivery]
    buyer = [word for person in (order.billing, *people) if person for word in _words(person)]
    goods = [word for line in order.lines for word in (line.sku, line.title)]
    return _joined(numbers), _joined(buyer), _joined(goods)


def _words(person: Address) -> tuple[str | None, ...]:
    first_last = " ".join(name for name in (person.first_name, person.last_name) if name)
    return person.full_name, first_last, person.company, person.email, person.zipcode


def _joined(words: Iterable[str | None]) -> str:
    return "\n".join(dict.fromkeys(storable(word) for word in words if word))
