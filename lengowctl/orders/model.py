"""What an order is: frozen values, read once at the edge and never changed.

Fields follow Lengow's order object. Optional there is optional here: any text may be None, any list empty.
Amounts are `Decimal` or None; an amount that Lengow could not convert (`-1`) is None. Instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Generic, TypeVar

from lengowctl.orders.reference import OrderKey, format_ref

BY_MARKETPLACE = "is_delivered_by_marketplace"

_Part = TypeVar("_Part")


class _Worked(Generic[_Part]):
    """A part of an order that is worked out when it is first asked for. As `functools.cached_property`, without the
    lock that it takes before Python 3.12: two threads may work the same part out twice, and find the same.
    """

    def __init__(self, work: Callable[[Order], _Part]) -> None:
        self._work = work
        self._name = work.__name__
        self.__doc__ = work.__doc__

    def __get__(self, order: Order, owner: type[Order]) -> _Part:
        found = order.__dict__[self._name] = self._work(order)
        return found


@dataclass(frozen=True, slots=True)
class OrderType:
    """A mark such as express, prime, business or fulfilled; `label` is the marketplace's own word for it."""

    type: str
    label: str | None


@dataclass(frozen=True, slots=True)
class Address:
    """A delivery or billing address as the marketplace gave it; often only `full_name` or `full_address`."""

    company: str | None = None
    civility: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    first_line: str | None = None
    second_line: str | None = None
    complement: str | None = None
    full_address: str | None = None
    zipcode: str | None = None
    city: str | None = None
    state_region: str | None = None
    country: str | None = None
    """Two letters."""
    phone_home: str | None = None
    phone_office: str | None = None
    phone_mobile: str | None = None
    email: str | None = None
    vat_number: str | None = None

    @property
    def name(self) -> str | None:
        """The person, else the company."""
        parts = " ".join(part for part in (self.first_name, self.last_name) if part)
        return self.full_name or parts or self.company

    @property
    def phone(self) -> str | None:
        return self.phone_mobile or self.phone_home or self.phone_office


_NOWHERE = Address()


@dataclass(frozen=True, slots=True)
class Document:
    """A document that the marketplace supplies; Lengow publishes no shape, so both parts may be missing."""

    name: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order. `line_id` is what an action sends as `line`. `amount` is for all units, tax included."""

    line_id: str
    sku: str | None
    marketplace_product_id: str | None
    title: str | None
    quantity: int
    amount: Decimal | None
    tax: Decimal | None
    shipping: Decimal | None
    refunded_amount: Decimal | None
    original_amount: Decimal | None
    status: str | None
    marketplace_status: str | None
    due_at: datetime | None
    """Latest shipping date (`max_shipping_date`)."""
    category: str | None = None
    types: tuple[OrderType, ...] = ()
    documents: tuple[Document, ...] = ()
    original_refunded_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """One tracking of a package: a parcel on its way, and the lines in it (empty: not said)."""

    carrier: str | None
    method: str | None
    tracking_number: str | None
    tracking_url: str | None
    shipped_at: datetime | None
    relay_id: str | None
    relay_name: str | None
    by_marketplace: bool
    line_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Package:
    """What goes to one address."""

    lines: tuple[Line, ...]
    delivery: Address | None
    parcels: tuple[Parcel, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    type: str | None
    status: str | None
    settled_at: datetime | None
    transaction_id: str | None
    vat_number: str | None = None


@dataclass(frozen=True)
class Order:
    """An order as read from its source at one moment (`updated_at` is the source's word for which version)."""

    marketplace: str
    order_id: str
    status: str
    marketplace_status: str | None
    ordered_at: datetime | None
    imported_at: datetime | None
    updated_at: datetime
    total: Decimal | None
    currency: str | None
    original_total: Decimal | None
    original_currency: str | None
    shipping: Decimal | None
    tax: Decimal | None
    commission: Decimal | None
    discount: Decimal | None
    processing_fee: Decimal | None
    merchant_order_ids: tuple[str, ...]
    packages: tuple[Package, ...]
    billing: Address | None
    types: tuple[OrderType, ...]
    anonymized: bool
    customer_id: str | None = None
    market_country: str | None = None
    comments: tuple[str, ...] = ()
    payments: tuple[Payment, ...] = ()
    documents: tuple[Document, ...] = ()
    invoice_number: str | None = None
    invoice_url: str | None = None
    locale: str | None = None
    meta_due_at: datetime | None = None
    """`order_meta.shipping_deadline`, where a marketplace gives it for the whole order."""
    meta: tuple[tuple[str, str], ...] = field(default=())

    @property
    def key(self) -> OrderKey:
        return OrderKey(self.marketplace, self.order_id)

    @_Worked
    def ref(self) -> str:
        return format_ref(self.marketplace, self.order_id)

    @_Worked
    def lines(self) -> tuple[Line, ...]:
        if len(self.packages) == 1:
            return self.packages[0].lines
        return tuple(line for package in self.packages for line in package.lines)

    @_Worked
    def parcels(self) -> tuple[Parcel, ...]:
        if len(self.packages) == 1:
            return self.packages[0].parcels
        return tuple(parcel for package in self.packages for parcel in package.parcels)

    @_Worked
    def address(self) -> Address | None:
        """Where it goes: the first delivery address, else the billing address."""
        first = next((package.delivery for package in self.packages if package.delivery), None)
        return first or self.billing

    @_Worked
    def destination(self) -> Address:
        """As `address`; empty when there is none."""
        return self.address or _NOWHERE

    @_Worked
    def buyer(self) -> Address:
        """Who bought: the billing address, else where it goes; empty when there is neither."""
        return self.billing if self.billing and self.billing.name else (self.address or _NOWHERE)

    @_Worked
    def by_marketplace(self) -> bool:
        """Shipped by the marketplace itself (AFN, FBB, ...): nothing is asked of the merchant."""
        if self.types and any(mark.type == BY_MARKETPLACE for mark in self.types):
            return True
        return any(parcel.by_marketplace for parcel in self.parcels)


#: ISO 4217 currencies whose smallest unit is not a hundredth.
_DECIMALS = {"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3} | dict.fromkeys(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ),
    0,
)


def decimals_of(currency: str | None) -> int:
    """How many decimals amounts in that currency have."""
    return _DECIMALS.get(currency or "", 2)


def money_text(amount: Decimal | None, currency: str | None) -> str | None:
    """`90.60`: plain digits, at least the currency's decimals, never rounded. None stays None."""
    if amount is None:
        return None
    least = decimals_of(currency)
    text = str(amount)
    point = text.find(".")
    if point > 0 and len(text) - point > max(least, 1) and "E" not in text:
        return text  # the usual case, without a second look at the digits
    exponent = amount.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{amount:.{max(decimals, least)}f}"
