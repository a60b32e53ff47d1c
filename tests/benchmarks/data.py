"""Synthetic orders in the shape of Lengow's API, about 4.6 KB of JSON each, the same for the same number and day."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from functools import cache

MARKETPLACES = ("amazon_fr", "amazon_de", "cdiscount", "fnac", "manomano_fr", "zalando_fr", "bol", "kaufland_de")
STATUSES = ("waiting_acceptance", "waiting_shipment", "shipped", "shipped", "closed", "closed", "closed", "canceled")
FIRST = ("Léa", "Hugo", "Emma", "Jürgen", "Sofia", "Piet", "Inès", "Karol", "Aino", "Bruno")
LAST = ("Martin", "Dupont", "Müller", "de Vries", "García", "Nowak", "Rossi", "Virtanen", "Silva", "Exemple")
#: A first sync goes 90 days back, so the orders must not grow old.
NEWEST = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=2)
SPREAD = timedelta(days=85)


def updated_at(number: int, total: int) -> datetime:
    """Evenly spread, the highest number newest, whole microseconds that differ from order to order."""
    step = SPREAD / max(total, 1)
    return NEWEST - step * (total - number) + timedelta(microseconds=number % 1000)


def iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@cache
def _padding() -> str:
    return "https://shop.example/" + "p" * 600


def order(number: int, total: int, *, version: int = 0, status: str | None = None) -> dict[str, object]:
    """The order; with another `version` it was updated after NEWEST and its status moved. Or in the given status."""
    rng = random.Random(number)
    market = MARKETPLACES[number % len(MARKETPLACES)]
    updated = (
        updated_at(number, total) if not version else NEWEST + timedelta(minutes=version, microseconds=number % 1000)
    )
    status = status or STATUSES[(number + version) % len(STATUSES)]
    first, last = rng.choice(FIRST), rng.choice(LAST)
    lines = [_line(number, index, rng, status, updated) for index in range(1 + number % 3)]
    goods = sum(float(str(line["amount"])) for line in lines)
    address = _address(number, first, last, rng)
    money = {
        "total_order": round(goods + 4.9, 2), "total_tax": f"{goods / 6:.2f}", "shipping": 4.9, "discount": 0,
        "commission": f"{goods * 0.15:.2f}", "processing_fee": None,
    }  # fmt: skip
    return {
        "marketplace": market, "account_id": 4242, "marketplace_country_iso2": "FR",
        "marketplace_order_id": f"{400 + number % 7}-{number:07d}-{rng.randrange(10**7):07d}",
        "merchant_order_id": [f"SO-{number}"] if number % 2 else None, "marketplace_status": status.upper(),
        "lengow_status": status, "workflow_rank": 5, "marketplace_order_date": iso(updated - timedelta(hours=3)),
        "marketplace_customer_id": f"C{number}", **money,
        "currency": {"iso_a3": "EUR", "symbol": "€", "name": "Euro"},
        "original_currency": {"iso_a3": "EUR", "symbol": "€", "name": "Euro"},
        **{f"original_{name}": value for name, value in money.items()},
        "comments": None, "invoice_number": None, "invoice_url": None,
        "payments": [{"id": number, "checkout": None, "status": None, "type": "Standard", "settled_at": iso(updated)}],
        "packages": [{"cart": lines, "delivery": {**address, "trackings": _trackings(number, status, updated)}}],
        "billing_address": address, "contact_address": None, "documents": [],
        "imported_at": iso(updated - timedelta(hours=2)),
        "updated_at": iso(updated), "order_meta": {"feed_id": 515, "checksum": f"{number:032x}"},
        "anonymized": False, "order_types": [],
    }  # fmt: skip


def _line(number: int, index: int, rng: random.Random, status: str, updated: datetime) -> dict[str, object]:
    quantity = 1 + rng.randrange(3)
    amount = f"{quantity * (5 + rng.randrange(9000) / 100):.2f}"
    return {
        "id": number * 10 + index, "marketplace_order_line_id": f"{number}-{index}",
        "marketplace_product_id": f"B{number % 5000:06d}",
        "merchant_product_id": {"field": "sku", "id": f"SKU-{(number * 7 + index) % 5000:05d}"}, "feed_id": 515,
        "marketplace_package_id": None, "marketplace_status": status.upper(), "lengow_status": status,
        "max_shipping_date": iso(updated + timedelta(days=2)), "title": f"Stoneware mug, model {number % 900}, blue",
        "category": "Kitchen > Mugs", "url_product": _padding() if index == 0 else None, "url_image": None,
        "order_line_meta": [], "quantity": quantity, "amount": amount, "tax": "1.00", "discount": None,
        "shipping": None,
        "refunded_amount": None, "original_amount": amount, "original_tax": "1.00", "original_discount": None,
        "original_shipping": None, "original_refunded_amount": None, "documents": [], "orderline_types": [],
        "created_at": iso(updated), "updated_at": iso(updated),
    }  # fmt: skip


def _address(number: int, first: str, last: str, rng: random.Random) -> dict[str, object]:
    return {
        "id": number, "type": "delivery", "company": None, "civility": "Mme", "first_name": first, "last_name": last,
        "full_name": f"{first} {last}", "first_line": f"{rng.randrange(200)} rue du Test", "second_line": None,
        "complement": None, "full_address": None, "zipcode": f"{rng.randrange(1000, 99999):05d}", "city": "Nantes",
        "state_region": None, "common_country_iso_a2": "FR", "phone_home": None, "phone_office": None,
        "phone_mobile": "0600000000", "email": f"buyer-{number}@marketplace.example", "vat_number": None, "metas": None,
    }  # fmt: skip


def _trackings(number: int, status: str, updated: datetime) -> list[dict[str, object]]:
    if status not in ("shipped", "closed"):
        return []
    return [{
        "number": f"8R{number:011d}", "method": "Standard", "carrier": "LAPOSTE", "url": None,
        "is_delivered_by_marketplace": False, "parcel_weight": None, "shipped_at": iso(updated),
        "relay": {"id": None, "name": None}, "marketplace_order_line_ids": [f"{number}-0"],
    }]  # fmt: skip


def rendered(number: int, total: int, version: int = 0, status: str | None = None) -> bytes:
    """The order as the API would send it."""
    return json.dumps(
        order(number, total, version=version, status=status), ensure_ascii=False, separators=(",", ":")
    ).encode()
