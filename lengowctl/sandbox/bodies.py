"""The full order, as the API shows it, from its slim row and the seed.

Shapes follow real payloads: some amounts are numbers and some strings, orders of past years have strings
throughout, nulls come where marketplaces leave things out.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from lengowctl.sandbox import pools
from lengowctl.sandbox.clock import DAY, HOUR, MINUTE, SECOND, from_us, iso
from lengowctl.sandbox.shop import account_id, randomness
from lengowctl.sandbox.temperaments import describes, descriptions, temperament, word
from lengowctl.sandbox.world import OrderRow

_RANKS = {
    "new": 1, "waiting_acceptance": 2, "refused": 3, "accepted": 4, "waiting_shipment": 5, "shipped": 6, "closed": 7,
    "canceled": 8, "refunding": 9, "refunded": 10, "partial_refunded": 11, "to_refund": 12,
}  # fmt: skip
_SENT = ("shipped", "closed", "refunding", "refunded", "partial_refunded", "to_refund", "pickup_completed")
MEMO = "_memo"
_PERSONAL = (
    "company", "civility", "first_name", "last_name", "full_name", "first_line", "second_line", "complement",
    "full_address", "zipcode", "city", "state_region", "phone_home", "phone_office", "phone_mobile", "email",
    "vat_number",
)  # fmt: skip
_DEADLINE_SHOPS = ("leroymerlin_fr", "worten_pt", "galeries_lafayette")


def body(row: OrderRow, seed: int) -> dict[str, Any]:
    """The order as Lengow shows it now."""
    document = kept(row, seed)
    document.pop(MEMO, None)
    return document


def kept(row: OrderRow, seed: int) -> dict[str, Any]:
    """The order as Lengow shows it, with what the sandbox remembers about it under `MEMO`."""
    document: dict[str, Any] = json.loads(row.body) if row.body is not None else compose(row, seed)
    document["updated_at"] = iso(row.updated_at)
    document["marketplace"] = row.marketplace
    return document


def truth(row: OrderRow, seed: int) -> dict[str, Any]:
    """The order as it stands at the marketplace, which Lengow may not have read yet."""
    if row.future is None:
        return kept(row, seed)
    document: dict[str, Any] = json.loads(row.future)
    return document


def compose(row: OrderRow, seed: int) -> dict[str, Any]:
    """The order as the shop made it, before anything happened to it. Only its own `updated_at` may follow the row's:
    an order whose date was moved and nothing else must stay the same otherwise."""
    dice = randomness(seed, row.n, 3)
    currency = _currency(row, dice)
    lines = [_line(row, dice, place, status) for place, status in enumerate(row.line_statuses.split(","))]
    shipping = dice.choice((0, 0, 390, 490, 590, 690))
    fee = dice.choice((None, None, None, 150)) if row.marketplace == "rakuten_fr" else None
    country = pools.COUNTRY_OF.get(currency) or descriptions().get(row.marketplace, {}).get("country_iso_a2", "FR")
    buyer = _buyer(row, dice, country)
    order = {
        "marketplace": row.marketplace,
        "account_id": account_id(seed),
        "marketplace_country_iso2": country,
        "marketplace_order_id": row.number,
        "merchant_order_id": _own_numbers(row, dice),
        "marketplace_status": row.word,
        "lengow_status": row.status,
        "workflow_rank": _RANKS.get(row.status, 0),
        "marketplace_order_date": iso(row.ordered_at),
        "marketplace_customer_id": f"C{dice.randrange(10**7):07d}" if dice.random() < 0.7 else None,
        **_totals(lines, shipping, fee, currency, temperament(row.marketplace).commission),
        "original_total_buyer_amount": None,
        "original_total_buyer_tax": None,
        "original_buyer_currency": None,
        "comments": _comments(row, dice),
        "invoice_number": None,
        "invoice_url": None,
        "payments": _payments(row, dice),
        "packages": _packages(row, dice, lines, buyer),
        "billing_address": None
        if row.kind == "no_billing"
        else {"id": 2 * row.n + 1_000_001, "type": "billing", **buyer},
        "contact_address": None,
        "documents": _documents(row),
        "imported_at": iso(row.imported_at),
        "updated_at": iso(row.updated_at),
        "order_meta": _meta(row, dice),
        "anonymized": False,
        "order_types": _types(row, dice),
    }
    return _finish(order, row)


def _finish(order: dict[str, Any], row: OrderRow) -> dict[str, Any]:
    """Oddities that change the order as a whole."""
    if row.kind == "no_rate":
        order["total_order"] = -1
        order["total_tax"] = None
    elif row.kind == "unknown_status":
        order["dispute_opened_at"] = iso(row.imported_at)
        order["x_experimental"] = {"level": 2, "tags": ["new", None]}
    elif row.kind == "sparse":
        for name in ("locale", "contact_address", "comments", "invoice_url", "order_types", "documents", "discount"):
            order.pop(name, None)
    elif row.kind == "large":
        order["locale"] = "de_DE"
    if row.kind == "old":
        anonymise(order)
        order["total_order"] = f"{order['total_order']:.2f}"
        order["shipping"] = f"{order['shipping']:.2f}"
    return order


def anonymise(order: dict[str, Any]) -> None:
    """Take the personal data away, as happens six months after the order."""
    order["anonymized"] = True
    order["comments"] = None
    order["marketplace_customer_id"] = None
    addresses = [package["delivery"] for package in order.get("packages", [])]
    for address in [*addresses, order.get("billing_address"), order.get("contact_address")]:
        if address:
            address.update(dict.fromkeys(_PERSONAL))
    for payment in order.get("payments", []):
        if payment.get("payment_terms"):
            payment["payment_terms"] = None


def lines_of(order: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for package in order["packages"] for line in package["cart"]]


def line_statuses(order: dict[str, Any]) -> str:
    return ",".join(line["lengow_status"] or "-" for line in lines_of(order))


def rank(status: str) -> int:
    return _RANKS.get(status, 0)


def currency_object(code: str) -> dict[str, str]:
    symbol, name = pools.CURRENCIES.get(code, (code, code))
    return {"iso_a3": code, "symbol": symbol, "name": name}


def _currency(row: OrderRow, dice: Random) -> str:
    if row.kind == "no_rate":
        return "TRY"
    if row.kind == "foreign":
        return dice.choice(temperament(row.marketplace).currencies or ("GBP",))
    return row.kind[8:].upper() if row.kind.startswith("foreign_") else "EUR"


def text(cents: int) -> str:
    """An amount in cents as Lengow writes amounts that are strings."""
    sign, size = ("-", -cents) if cents < 0 else ("", cents)
    return f"{sign}{size // 100}.{size % 100:02d}"


def converted(cents: int, currency: str) -> int:
    """Cents of the account's euros; the same figure where there is no rate."""
    return round(cents * pools.RATES.get(currency, 1.0))


def _tax_in(cents: int) -> int:
    """The tax in an amount at a rate of 20 %."""
    return cents - round(cents / 1.2)


def _totals(
    lines: list[dict[str, Any]], shipping: int, fee: int | None, currency: str, commission_percent: int
) -> dict[str, Any]:
    """The order's amounts, twice. The `original_…` twins are exact; the others are converted line by line, and
    lines plus shipping plus fee make the total on both sides."""
    original = sum(line["_cents"] for line in lines)
    plain = 0
    for line in lines:
        cents = line.pop("_cents")
        euros = converted(cents, currency)
        plain += euros
        line.update(
            amount=text(euros),
            tax=text(_tax_in(euros)),
            original_amount=text(cents),
            original_tax=text(_tax_in(cents)),
        )
        if line["lengow_status"] == "refunded":
            line.update(refunded_amount=text(euros), original_refunded_amount=text(cents))
    sides = {
        "": (plain, converted(shipping, currency), None if fee is None else converted(fee, currency)),
        "original_": (original, shipping, fee),
    }
    totals: dict[str, Any] = {}
    for prefix, (goods, freight, charge) in sides.items():
        total = goods + freight + (charge or 0)
        totals |= {
            f"{prefix}total_order": total / 100,
            f"{prefix}total_tax": text(_tax_in(total)),
            f"{prefix}shipping": freight / 100,
            f"{prefix}discount": 0,
            f"{prefix}commission": text(goods * commission_percent // 100),
            f"{prefix}processing_fee": None if charge is None else text(charge),
        }
    account_currency = "EUR" if currency in pools.RATES else currency
    return totals | {
        "currency": currency_object(account_currency),
        "original_currency": currency_object(currency),
    }


def _line(row: OrderRow, dice: Random, place: int, status: str) -> dict[str, Any]:
    sku, title, category, cents = dice.choice(pools.PRODUCTS)
    quantity = 3 if row.kind == "quantities" else dice.choice((1, 1, 1, 1, 1, 1, 1, 2, 2, 3))
    if row.kind == "formula":
        title = pools.FORMULA_TITLES[place % len(pools.FORMULA_TITLES)]
    title = pools.HOSTILE_TITLES[row.kind] if row.kind in pools.HOSTILE_TITLES and row.kind != "formula" else title
    if row.kind == "fulfilled" and row.marketplace.startswith("amazon"):
        sku = f"{sku}_FBA"
    sparse = row.kind == "sparse"
    feed = 500 + row.catalog % 100
    return {
        "id": 70_000 + row.n * 50 + place,
        "marketplace_order_line_id": _line_id(row, place),
        "marketplace_product_id": f"B0{dice.randrange(10**8):08d}",
        "merchant_product_id": {"field": None, "id": None} if sparse else {"field": "sku", "id": sku},
        "feed_id": None if sparse else feed,
        "marketplace_package_id": None,
        "marketplace_status": None if sparse else _line_word(row, status),
        "lengow_status": None if status == "-" else status,
        "max_shipping_date": None if sparse else _ship_by(row),
        "title": title,
        "category": None if sparse else category,
        "url_product": f"https://shop.example/p/{sku.lower()}" if place == 0 and not sparse else None,
        "url_image": None,
        "order_line_meta": [],
        "quantity": quantity,
        "amount": "",
        "tax": "",
        "discount": None,
        "shipping": None,
        "refunded_amount": None,
        "original_amount": "",
        "original_tax": "",
        "original_discount": None,
        "original_shipping": None,
        "original_refunded_amount": None,
        "original_buyer_amount": None,
        "original_buyer_tax": None,
        "documents": [],
        "orderline_types": [],
        "created_at": iso(row.imported_at),
        "updated_at": iso(row.imported_at),
        "_cents": cents * quantity,
    }


def _line_word(row: OrderRow, status: str) -> str | None:
    if status == "-":
        return None
    return row.word if status == row.status else word(row.marketplace, status)


def _line_id(row: OrderRow, place: int) -> str:
    if row.marketplace.startswith("amazon"):
        return str(11_000_000_000_000 + row.n * 100 + place)
    if row.marketplace == "ebay_fr":
        return f"{193_000_000_000 + row.n}-{1_740_000_000_000 + row.n * 100 + place}"
    if row.marketplace == "laredoute":
        return str(place + 1)
    return f"{row.number}-{place + 1}"


def _ship_by(row: OrderRow) -> str | None:
    """The latest ship date: the end of a working day, some days after the order."""
    if row.marketplace in ("spartoo_fr", "laredoute") or row.kind == "null_buyer":
        return None
    due = row.ordered_at + temperament(row.marketplace).ship_days * DAY
    weekday = from_us(due).weekday()
    due += DAY * (7 - weekday) if weekday >= 5 else 0
    return iso(due - due % DAY + 22 * HOUR + 59 * MINUTE + 59 * SECOND)


def _buyer(row: OrderRow, dice: Random, country: str) -> dict[str, Any]:
    """The fields that delivery and billing address share."""
    first, last = dice.choice(pools.FIRST_NAMES), dice.choice(pools.LAST_NAMES)
    postcode, city = dice.choice(pools.CITIES.get(country) or pools.CITIES["FR"])
    line = f"{dice.randrange(1, 199)} {dice.choice(pools.STREETS)}"
    draw = dice.random()
    full = pools.HOSTILE_NAMES.get(row.kind, f"{first} {last}")
    only_full = row.kind in pools.HOSTILE_NAMES or draw < 0.15
    address: dict[str, Any] = {
        "company": None,
        "civility": dice.choice(("M", "Mme", "Mr", None)),
        "first_name": None if only_full else first,
        "last_name": None if only_full else last,
        "full_name": full,
        "first_line": line,
        "second_line": "Bât. B" if draw > 0.85 else None,
        "complement": None,
        "full_address": f"{line}, {postcode} {city}" if draw < 0.1 else None,
        "zipcode": postcode,
        "city": city,
        "state_region": None,
        "common_country_iso_a2": country,
        "phone_home": None,
        "phone_office": None,
        "phone_mobile": f"06{dice.randrange(10**8):08d}" if draw < 0.8 else None,
        "email": _email(row, dice),
        "vat_number": None,
        "metas": None,
    }
    if row.kind == "business":
        address |= {"company": "Société Exemple & Fils <SARL>", "vat_number": "FR00000000000"}
    if row.kind in ("null_buyer", "fulfilled") and row.marketplace.startswith("amazon"):
        address.update(dict.fromkeys(_PERSONAL))
    return address


def _email(row: OrderRow, dice: Random) -> str:
    if row.marketplace == "cdiscount" and dice.random() < 0.2:
        return "relay@octopia.example"
    return f"buyer-{row.n:06d}@{row.marketplace.replace('_', '-')}.example"


def _own_numbers(row: OrderRow, dice: Random) -> list[str] | None:
    if not row.numbered:
        return [] if dice.random() < 0.3 else None
    own = f"SO-{100_000 + row.n}"
    return [own, f"{own}-B"] if row.kind == "packages" else [own]


def _comments(row: OrderRow, dice: Random) -> str | list[str] | None:
    if row.kind == "comments":
        return list(pools.COMMENTS[:2])
    return dice.choice(pools.COMMENTS) if dice.random() < 0.08 else None


def _payments(row: OrderRow, dice: Random) -> list[dict[str, Any]]:
    if row.kind == "sparse" or dice.random() < 0.2:
        return []
    terms = None
    if row.kind == "business":
        terms = {
            "external_transaction_id": f"T-{row.n:06d}",
            "fiscalnb": None,
            "vat_number": "FR00000000000",
            "siret_number": "00000000000000",
        }
    return [
        {
            "id": 880_000 + row.n,
            "checkout": None,
            "status": None,
            "type": dice.choice(("Standard", "paypal", "credit_card")),
            "settled_at": iso(row.ordered_at + 40 * SECOND) if row.status != "new" else None,
            "payment_terms": terms,
        }
    ]


def _packages(row: OrderRow, dice: Random, lines: list[dict[str, Any]], buyer: dict[str, Any]) -> list[dict[str, Any]]:
    """One package, or two with an address id each where the order is split."""
    split = [lines[:2], lines[2:]] if row.kind == "packages" else [lines]
    return [
        {
            "cart": cart,
            "delivery": {
                "id": 2 * row.n + 2_000_000 + place * 500_000_001,
                "type": "delivery",
                **buyer,
                "trackings": _trackings(row, dice, cart),
            },
        }
        for place, cart in enumerate(split)
    ]


def _trackings(row: OrderRow, dice: Random, cart: list[dict[str, Any]]) -> list[dict[str, Any]]:
    sent = [line["marketplace_order_line_id"] for line in cart if line["lengow_status"] in _SENT]
    if not sent or row.kind == "fulfilled":
        return []
    carriers = list(describes(row.marketplace)["carriers"]) or ["COLISSIMO"]
    carrier = dice.choice(carriers)
    parcel = f"8R{dice.randrange(10**11):011d}"
    relay = (
        {"id": dice.randrange(10**5), "name": "Relais Exemple"} if dice.random() < 0.15 else {"id": None, "name": None}
    )
    shipped = row.ordered_at + dice.randrange(12 * HOUR, 60 * HOUR) if row.status in _SENT else row.imported_at
    return [tracking(parcel, carrier, _link(parcel, dice), shipped, sent, relay=relay)]


def _link(parcel: str, dice: Random) -> str | None:
    return f"https://track.example/{parcel}" if dice.random() < 0.6 else None


def tracking(
    parcel: str | None,
    carrier: str | None,
    url: str | None,
    shipped_at: int,
    line_ids: list[str],
    *,
    method: str | None = "Standard",
    relay: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "number": parcel,
        "method": method,
        "carrier": carrier,
        "url": url,
        "is_delivered_by_marketplace": False,
        "parcel_weight": None,
        "shipped_at": iso(shipped_at),
        "relay": relay or {"id": None, "name": None},
        "marketplace_order_line_ids": line_ids,
    }


def _meta(row: OrderRow, dice: Random) -> dict[str, Any]:
    meta: dict[str, Any] = {"feed_id": 500 + row.catalog % 100, "checksum": f"{dice.getrandbits(128):032x}"}
    if row.marketplace in _DEADLINE_SHOPS:
        meta["shipping_deadline"] = _ship_by(row)
    return {} if row.kind == "sparse" else meta


def _documents(row: OrderRow) -> list[dict[str, str]]:
    """Some shops hand out a delivery slip once the order may be shipped."""
    if row.marketplace not in _DEADLINE_SHOPS or row.status not in ("waiting_shipment", *_SENT) or row.kind == "old":
        return []
    url = f"https://documents.example/{row.marketplace}/{row.n}.pdf"
    return [{"type": "delivery_slip", "name": f"{row.number}.pdf", "url": url}]


def _types(row: OrderRow, dice: Random) -> list[dict[str, str]]:
    if row.kind == "fulfilled":
        label = temperament(row.marketplace).fulfilment or "Fulfillment"
        return [{"type": "is_delivered_by_marketplace", "label": label}]
    if row.kind == "business":
        return [{"type": "is_business", "label": "Business"}]
    draw = dice.random()
    if row.marketplace.startswith("amazon") and draw < 0.25:
        return [{"type": "is_prime", "label": "Prime"}]
    return [{"type": "is_express", "label": "Express"}] if draw > 0.93 else []
