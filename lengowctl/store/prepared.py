"""Readings made ready to be stored: all of the work that needs no database, so that any thread may do it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from lengowctl.orders.model import Order
from lengowctl.orders.moment import micros
from lengowctl.orders.privacy import without_buyer
from lengowctl.orders.reference import OrderKey
from lengowctl.store.bodies import Packer
from lengowctl.store.columns import line_rows, order_row, parcel_rows, search_row
from lengowctl.store.erasure import Scrub, scrubbed
from lengowctl.store.fields import StoredValue
from lengowctl.store.text import digest, storable

Values = tuple[StoredValue, ...]


@dataclass(slots=True)
class Rows:
    """What an order becomes in the tables."""

    order: Values
    lines: list[Values]
    parcels: list[Values]
    words: tuple[str, str, str]
    body: bytes
    packer: Packer | None
    """What the body is packed with; None when it is not packed."""


@dataclass(slots=True)
class Prepared:
    """One reading as it will be stored, unless the store knows that its buyer's data has to go.

    `mark` is the body's digest. `removed`: the buyer's data is gone for good; `hidden`: it is not stored, for that
    reason or because the order is older than such data is kept.
    """

    key: OrderKey
    order: Order
    body: bytes
    mark: bytes
    version: int
    removed: bool
    hidden: bool
    rows: Rows | None = None

    def written(self) -> Rows:
        """Its rows, made now if nobody made them before."""
        if self.rows is None:
            self.rows = _rows(self.order, self.body, None)
        return self.rows

    def plain_body(self) -> bytes:
        """The body as it came, or as it was scrubbed."""
        packer = self.rows.packer if self.rows else None
        return packer.unpack(self.rows.body) if self.rows and packer else self.body


class Preparation:
    """Prepares readings, on several threads at once. Orders from before `personal_since` lose their buyer's data."""

    def __init__(self, scrub: Scrub, personal_since: datetime | None, packer: Packer | None) -> None:
        self.scrub = scrub
        self.packer = packer
        self._personal_since = personal_since

    def read(self, order: Order, body: bytes) -> Prepared:
        """What has to be known to decide whether the reading is news."""
        order = _storable_key(order)
        hidden = order.anonymized or self._past_retention(order)
        if hidden:
            order, body = without_buyer(order), scrubbed(self.scrub, body)
        return Prepared(order.key, order, body, digest(body), micros(order.updated_at), order.anonymized, hidden)

    def read_all(self, readings: Iterable[tuple[Order, bytes]]) -> list[Prepared]:
        return [self.read(order, body) for order, body in readings]

    def write_out(self, prepared: Iterable[Prepared]) -> None:
        """Make the rows ahead of time, where most readings are news. The bodies then are kept in packed form only,
        once it is known what they are packed with.
        """
        for one in prepared:
            one.rows = _rows(one.order, one.body, self.packer)
            if self.packer:
                one.body = b""

    def latched(self, one: Prepared, *, anonymized: bool) -> Prepared:
        """The reading of an order that lost its buyer's data for good: neither does it bring it back, nor does it
        take back that the source anonymised it.
        """
        order, body, mark = one.order, one.plain_body(), one.mark
        if anonymized and not order.anonymized:
            order = replace(order, anonymized=True)
        if not one.hidden:
            order, body = without_buyer(order), scrubbed(self.scrub, body)
            mark = digest(body)
        return Prepared(one.key, order, body, mark, one.version, True, True)

    def _past_retention(self, order: Order) -> bool:
        if self._personal_since is None:
            return False
        return (order.ordered_at or order.imported_at or order.updated_at) < self._personal_since


def under_code(one: Prepared, code: str) -> Prepared:
    """The same reading as one of another marketplace: the one that its order is known by."""
    order = replace(one.order, marketplace=code)
    return replace(one, key=order.key, order=order, body=one.plain_body(), rows=None)


def _rows(order: Order, body: bytes, packer: Packer | None) -> Rows:
    packed = packer.pack(body) if packer else body
    return Rows(order_row(order), line_rows(order), parcel_rows(order), search_row(order), packed, packer)


def _storable_key(order: Order) -> Order:
    marketplace, order_id = storable(order.marketplace), storable(order.order_id)
    if (marketplace, order_id) == (order.marketplace, order.order_id):
        return order
    return replace(order, marketplace=marketplace, order_id=order_id)
