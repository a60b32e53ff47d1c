"""One order to vary, for tests of the pure room."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from lengowctl.orders.model import Address, Line, Order, Package, Parcel

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def make_line(**changes: Any) -> Line:
    """A line that waits to be shipped."""
    line = Line(
        line_id="L1",
        sku="MUG-1",
        marketplace_product_id="B00X1",
        title="Blue mug",
        quantity=2,
        amount=Decimal("45.30"),
        tax=None,
        shipping=None,
        refunded_amount=None,
        original_amount=None,
        status="waiting_shipment",
        marketplace_status=None,
        due_at=None,
    )
    return replace(line, **changes)


def make_parcel(**changes: Any) -> Parcel:
    """A parcel with a number."""
    parcel = Parcel(
        carrier="Colissimo",
        method=None,
        tracking_number="6A1",
        tracking_url="https://www.laposte.example/6A1",
        shipped_at=NOON,
        relay_id=None,
        relay_name=None,
        by_marketplace=False,
    )
    return replace(parcel, **changes)


def make_order(
    *lines: Line, parcels: tuple[Parcel, ...] = (), delivery: Address | None = None, **changes: Any
) -> Order:
    """An order in one package."""
    order = Order(
        marketplace="amazon_fr",
        order_id="403-1",
        status="waiting_shipment",
        marketplace_status="Unshipped",
        ordered_at=NOON,
        imported_at=NOON,
        updated_at=NOON,
        total=Decimal("90.60"),
        currency="EUR",
        original_total=Decimal("90.60"),
        original_currency="EUR",
        shipping=Decimal("5"),
        tax=None,
        commission=None,
        discount=None,
        processing_fee=None,
        merchant_order_ids=(),
        packages=(Package(lines or (make_line(),), delivery, parcels),),
        billing=None,
        types=(),
        anonymized=False,
    )
    return replace(order, **changes)
