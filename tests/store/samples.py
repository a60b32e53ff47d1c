"""Orders to store, bodies to go with them, and a scrub that knows this one shape of body."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from lengowctl.orders.model import Address, Line, Order, OrderType, Package, Parcel
from lengowctl.orders.selection import Selection
from lengowctl.store.intake import Saved
from lengowctl.store.store import Store

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def buyer(name: str = "Jean Dupont", email: str = "jean.dupont@shop.fr", **more: Any) -> Address:
    values: dict[str, Any] = {"full_name": name, "email": email, "zipcode": "69002", "city": "Lyon", "country": "FR"}
    return Address(**(values | {"first_line": "7 rue Mercière", "phone_mobile": "+33600000007"} | more))


def line(line_id: str = "L1", sku: str = "SKU-1", **more: Any) -> Line:
    values: dict[str, Any] = {
        "marketplace_product_id": "B001", "title": "Lampe en bois", "quantity": 2, "amount": Decimal("90.6"),
        "tax": None, "shipping": None, "refunded_amount": None, "original_amount": None,
        "status": "waiting_shipment", "marketplace_status": None, "due_at": NOON + DAY,
    }  # fmt: skip
    return Line(line_id, sku, **(values | more))


def parcel(carrier: str = "Colis Privé", number: str = "6A1", **more: Any) -> Parcel:
    values: dict[str, Any] = {
        "method": None, "tracking_url": "https://example.org/t", "shipped_at": NOON, "relay_id": "R7",
        "relay_name": "Tabac", "by_marketplace": False,
    }  # fmt: skip
    return Parcel(carrier, tracking_number=number, **(values | more))


def order(number: str = "A-1", marketplace: str = "amazon_fr", **more: Any) -> Order:
    """An order by number; `lines`, `parcels` and `to` (the address) are put into its one package."""
    lines = more.pop("lines", (line(f"{number}-1"),))
    to = more.pop("to", buyer())
    package = Package(lines, to, more.pop("parcels", ()))
    values: dict[str, Any] = {
        "status": "waiting_shipment", "marketplace_status": "Unshipped", "ordered_at": NOON - DAY,
        "imported_at": NOON - DAY, "updated_at": NOON, "total": Decimal("90.6"), "currency": "EUR",
        "original_total": Decimal("90.6"), "original_currency": "EUR", "shipping": Decimal("4.9"), "tax": None,
        "commission": None, "discount": None, "processing_fee": None, "merchant_order_ids": (),
        "packages": (package,), "billing": to, "types": (), "anonymized": False,
    }  # fmt: skip
    return Order(marketplace, number, **(values | more))


def prime() -> OrderType:
    return OrderType("is_prime", "Prime")


def body_of(wanted: Order, note: str = "") -> bytes:
    """A body whose key `buyer` holds all that is the buyer's."""
    who = None if wanted.anonymized or wanted.billing is None else [wanted.billing.name, wanted.billing.email]
    known = {"n": wanted.order_id, "at": wanted.updated_at.isoformat(), "status": wanted.status}
    return json.dumps(known | {"note": note, "buyer": who}).encode()


def scrub(body: bytes) -> bytes:
    return json.dumps(json.loads(body) | {"buyer": None}).encode()


def save(store: Store, *orders: Order, at: datetime = NOON, personal_since: datetime | None = None) -> Saved:
    """One page into the store."""
    with store.transaction():
        readings = [(each, body_of(each)) for each in orders]
        return store.orders.save(readings, at=at, scrub=scrub, personal_since=personal_since)


def refs(store: Store, **filters: Any) -> list[str]:
    """The references of the selected orders, newest first."""
    found = store.orders.rows(Selection(**filters), ("ref",), profile="test")
    return [str(ref) for (ref,) in found]


def rows_in(store: Store) -> dict[str, int]:
    """How many rows each table has."""
    tables = ("orders", "lines", "parcels", "bodies", "search", "changes", "set_aside")
    return {table: store.connection.number(f"SELECT count(*) FROM {table}") for table in tables}
