"""The fields of an order, a line and a parcel: name, title, kind and where the value comes from, once.

Columns of tables and files, keys of JSON, sort keys and help follow from these tables. Names are a promise:
one may be added, none renamed. A field whose `value` is None is filled by the store (`profile`, `synced_at`,
what became of our actions).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from lengowctl.errors import UsageFault
from lengowctl.orders.deadline import due_at, line_due_at
from lengowctl.orders.nearest import nearest

if TYPE_CHECKING:  # the names of fields are wanted where no order is
    from lengowctl.orders.model import Line, Order, Parcel

Value = str | int | Decimal | datetime | bool | tuple[str, ...] | None
_S = TypeVar("_S")


class Kind(StrEnum):
    """What a value is, which decides how it is stored, aligned, coloured and worded."""

    REF = "ref"
    CODE = "code"
    STATUS = "status"
    TIME = "time"
    MONEY = "money"
    COUNT = "count"
    TEXT = "text"
    LIST = "list"
    FLAG = "flag"


class Rows(StrEnum):
    """What one row stands for."""

    ORDER = "order"
    LINE = "line"
    PARCEL = "parcel"


class Field(NamedTuple, Generic[_S]):
    """One field. `currency` names the field that holds a money field's currency; `personal` marks buyer's data."""

    name: str
    title: str
    kind: Kind
    value: Callable[[_S], Value] | None
    personal: bool = False
    currency: str = "currency"


def _street(order: Order) -> str | None:
    to = order.destination
    parts = [part for part in (to.company, to.first_line, to.second_line, to.complement) if part]
    return ", ".join(parts) or to.full_address


def _joined(values: Iterable[str | None]) -> str | None:
    return ", ".join(dict.fromkeys(filter(None, values))) or None


ORDER_FIELDS: tuple[Field[Order], ...] = (
    Field("ref", "Reference", Kind.REF, lambda o: o.ref),
    Field("profile", "Profile", Kind.CODE, None),
    Field("marketplace", "Marketplace", Kind.CODE, lambda o: o.marketplace),
    Field("order_id", "Order number", Kind.TEXT, lambda o: o.order_id),
    Field("status", "Status", Kind.STATUS, lambda o: o.status),
    Field("marketplace_status", "Marketplace's status", Kind.CODE, lambda o: o.marketplace_status),
    Field("ordered_at", "Ordered", Kind.TIME, lambda o: o.ordered_at or o.imported_at),
    Field("imported_at", "Imported", Kind.TIME, lambda o: o.imported_at),
    Field("updated_at", "Updated", Kind.TIME, lambda o: o.updated_at),
    Field("due_at", "Due", Kind.TIME, due_at),
    Field("total", "Total", Kind.MONEY, lambda o: o.total),
    Field("currency", "Currency", Kind.CODE, lambda o: o.currency),
    Field("original_total", "Original total", Kind.MONEY, lambda o: o.original_total, currency="original_currency"),
    Field("original_currency", "Original currency", Kind.CODE, lambda o: o.original_currency),
    Field("shipping", "Shipping", Kind.MONEY, lambda o: o.shipping),
    Field("tax", "Tax", Kind.MONEY, lambda o: o.tax),
    Field("commission", "Commission", Kind.MONEY, lambda o: o.commission),
    Field("items", "Items", Kind.COUNT, lambda o: sum([line.quantity for line in o.lines])),
    Field("lines", "Lines", Kind.COUNT, lambda o: len(o.lines)),
    Field("skus", "SKUs", Kind.LIST, lambda o: tuple(dict.fromkeys([line.sku for line in o.lines if line.sku]))),
    Field("customer", "Customer", Kind.TEXT, lambda o: o.buyer.name, personal=True),
    Field("email", "E-mail", Kind.TEXT, lambda o: o.buyer.email or o.destination.email, personal=True),
    Field("country", "Country", Kind.CODE, lambda o: o.destination.country),
    Field("city", "City", Kind.TEXT, lambda o: o.destination.city, personal=True),
    Field("postcode", "Postcode", Kind.TEXT, lambda o: o.destination.zipcode, personal=True),
    Field("address", "Address", Kind.TEXT, _street, personal=True),
    Field("phone", "Phone", Kind.TEXT, lambda o: o.destination.phone or o.buyer.phone, personal=True),
    Field("carrier", "Carrier", Kind.TEXT, lambda o: _joined([p.carrier for p in o.parcels])),
    Field("tracking_number", "Tracking number", Kind.TEXT, lambda o: _joined([p.tracking_number for p in o.parcels])),
    Field("types", "Types", Kind.LIST, lambda o: tuple(dict.fromkeys([mark.type for mark in o.types]))),
    Field("fulfilled_by_marketplace", "Fulfilled by marketplace", Kind.FLAG, lambda o: o.by_marketplace),
    Field("merchant_order_ids", "Merchant order ids", Kind.LIST, lambda o: o.merchant_order_ids),
    Field("action", "Action", Kind.CODE, None),
    Field("action_state", "Action's state", Kind.STATUS, None),
    Field("anonymized", "Anonymized", Kind.FLAG, lambda o: o.anonymized),
    Field("synced_at", "Synced", Kind.TIME, None),
)

LINE_FIELDS: tuple[Field[Line], ...] = (
    Field("line_id", "Line", Kind.TEXT, lambda item: item.line_id),
    Field("sku", "SKU", Kind.TEXT, lambda item: item.sku),
    Field("marketplace_product_id", "Product id", Kind.TEXT, lambda item: item.marketplace_product_id),
    Field("title", "Title", Kind.TEXT, lambda item: item.title),
    Field("quantity", "Quantity", Kind.COUNT, lambda item: item.quantity),
    Field("amount", "Amount", Kind.MONEY, lambda item: item.amount),
    Field("line_status", "Line status", Kind.STATUS, lambda item: item.status),
    Field("line_due_at", "Line due", Kind.TIME, line_due_at),
)

PARCEL_FIELDS: tuple[Field[Parcel], ...] = (
    Field("parcel", "Parcel", Kind.COUNT, None),
    Field("carrier", "Carrier", Kind.TEXT, lambda parcel: parcel.carrier),
    Field("tracking_number", "Tracking number", Kind.TEXT, lambda parcel: parcel.tracking_number),
    Field("tracking_url", "Tracking link", Kind.TEXT, lambda parcel: parcel.tracking_url),
    Field("shipped_at", "Shipped", Kind.TIME, lambda parcel: parcel.shipped_at),
    Field("relay", "Pick-up point", Kind.TEXT, lambda parcel: _joined((parcel.relay_id, parcel.relay_name))),
)

#: A table for people; the output leaves out what does not fit, the least important first.
DEFAULT_TABLE = ("ref", "status", "ordered_at", "due_at", "total", "items", "customer", "country")
#: What a pipe gets, always.
DEFAULT_PIPE = ("ref", "status", "ordered_at", "due_at", "total", "currency", "items", "customer", "country")
DEFAULT_LINES = ("ref", "line_id", "sku", "title", "quantity", "amount", "currency", "line_status", "line_due_at")
DEFAULT_PARCELS = ("ref", "parcel", "carrier", "tracking_number", "tracking_url", "shipped_at", "relay")


@cache
def fields_of(rows: Rows) -> Mapping[str, Field[Order] | Field[Line] | Field[Parcel]]:
    """Every field that a row of this kind has, by name, in the documented order."""
    table: dict[str, Field[Order] | Field[Line] | Field[Parcel]] = {field.name: field for field in ORDER_FIELDS}
    if rows is Rows.LINE:
        table |= {field.name: field for field in LINE_FIELDS}
    elif rows is Rows.PARCEL:
        table |= {field.name: field for field in PARCEL_FIELDS}
    return table


def check_columns(names: Iterable[str], rows: Rows) -> tuple[str, ...]:
    """The names as given, once each. Raises UsageFault naming the nearest known column for one that is not."""
    known = fields_of(rows)
    wanted = tuple(dict.fromkeys(names))
    for name in wanted:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near}? " if near else ""
            other = next((kind for kind in Rows if name in fields_of(kind)), None)
            if other:
                hint = f"it is a column of export --rows {other}; "
            raise UsageFault(f"there is no column {name!r}", hint=f"{hint}--columns help lists them all")
    return wanted
