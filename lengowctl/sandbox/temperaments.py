"""How each marketplace behaves: what its description says, and what only shows in its manners.

The descriptions are in `marketplaces.json`. The manners come from Lengow's channel guides and the marketplaces'
own seller help; where no source gives a figure, a plausible one stands here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Temperament:
    """The manners of one marketplace. Times are hours unless the name says otherwise."""

    style: str
    """The pattern of its order numbers; see `shop.number`."""
    poll_minutes: int = 15
    """How often Lengow reads its orders."""
    answer_seconds: int = 60
    """How long it takes to answer an action."""
    accept_limit: float | None = None
    """Unanswered that long, an order is refused by the marketplace; None: no acceptance step."""
    timeout_status: str = "canceled"
    """Where an unanswered order ends."""
    refused_status: str = "refused"
    """Where a refused order ends; some call that canceled."""
    debit: float = 0.0
    """How long an accepted order stays `accepted`; 0: accepting leads straight to `waiting_shipment`."""
    ship_days: int = 2
    """Working days until the parcel has to leave."""
    late_days: int = 30
    """Days after which an order that was not shipped is cancelled."""
    close_days: int | None = None
    """Days from shipped to closed; None: it has no `closed`."""
    second_parcel: bool = True
    """Whether shipping what is already shipped makes another parcel, or is refused."""
    fulfilment: str | None = None
    """The marketplace's label for orders that it ships itself."""
    currencies: tuple[str, ...] = ()
    """Foreign currencies that its buyers pay in, now and then."""
    weight: int = 1
    """Its share of an ordinary shop's orders."""
    commission: int = 12
    """Percent."""
    family: str = ""
    """`mirakl`, `amazon` …: marketplaces that share the unwritten rules."""


def _mirakl(style: str, weight: int, limit: float | None, fulfilment: str | None = None) -> Temperament:
    return Temperament(
        style,
        accept_limit=limit,
        timeout_status="refused",
        debit=2,
        close_days=10,
        second_parcel=False,
        fulfilment=fulfilment,
        weight=weight,
        commission=15,
        family="mirakl",
    )


_AMAZON = Temperament(
    "3-7-7",
    poll_minutes=60,
    answer_seconds=600,
    fulfilment="AFN",
    currencies=("GBP", "SEK", "PLN"),
    weight=18,
    commission=15,
    family="amazon",
)

TEMPERAMENTS: dict[str, Temperament] = {
    "amazon_fr": _AMAZON,
    "amazon_de": replace(_AMAZON, weight=9),
    "ebay_fr": Temperament("2-5-5", answer_seconds=2, weight=4, commission=10, currencies=("GBP",), ship_days=3),
    "cdiscount": Temperament(
        "12C", accept_limit=48, refused_status="canceled", fulfilment="Fulfillment", weight=16, commission=15
    ),
    "fnac": Temperament(
        "13C", poll_minutes=30, accept_limit=48, timeout_status="refused", debit=1, close_days=12, weight=7
    ),
    "manomano_fr": Temperament("M13", accept_limit=48, timeout_status="refused", fulfilment="MMF", weight=6),
    "zalando_fr": Temperament(
        "14",
        poll_minutes=60,
        accept_limit=120,
        second_parcel=False,
        fulfilment="ZFS",
        currencies=("CHF", "SEK", "PLN"),
        weight=6,
        commission=20,
    ),
    "bol": Temperament("A10", refused_status="canceled", fulfilment="FBB", weight=4),
    "kaufland_de": Temperament("M7C", second_parcel=False, weight=4, commission=13),
    "veepee": Temperament("9", accept_limit=72, debit=6, ship_days=3, late_days=21, weight=2, commission=25),
    "aliexpress": Temperament("16", close_days=15, ship_days=5),
    "miravia_es": Temperament("15", close_days=9, fulfilment="DBM", ship_days=2),
    "otto_de": Temperament("10C", second_parcel=False, weight=2, ship_days=3),
    "tiktokshop_fr": Temperament("18", close_days=8, late_days=7, fulfilment="FBT", weight=2, ship_days=2),
    "rakuten_fr": Temperament("9", accept_limit=48, timeout_status="canceled", close_days=14, weight=3, ship_days=4),
    "laredoute": Temperament("7C", accept_limit=72, timeout_status="canceled"),
    "decathlon_fr": _mirakl("frA", 5, None),
    "galeries_lafayette": _mirakl("8-A", 3, 72),
    "leroymerlin_fr": _mirakl("001-9-A", 4, 96, "LMF"),
    "worten_pt": _mirakl("8-A", 3, 48),
    "laredoute_mirakl": _mirakl("8-A", 3, 72),
    "spartoo_fr": Temperament("8", poll_minutes=60, accept_limit=72, refused_status="canceled"),
    "demo_quantity": Temperament("Q9", accept_limit=48, timeout_status="refused", close_days=10),
}


@cache
def descriptions() -> dict[str, Any]:
    """What `GET /v3.0/marketplaces` says, by marketplace code."""
    text = Path(__file__).with_name("marketplaces.json").read_text(encoding="utf-8")
    described: dict[str, Any] = json.loads(text)
    return described


@cache
def temperament(code: str) -> Temperament:
    """The manners of a marketplace; a plain one for a code that is not known (a renamed marketplace)."""
    return TEMPERAMENTS.get(code, Temperament("12C"))


def describes(code: str) -> dict[str, Any]:
    """The `orders` part of a marketplace's description; empty parts for a code that is not known."""
    found: dict[str, Any] = descriptions().get(code, {}).get("orders", {})
    return {"status": {}, "actions": {}, "carriers": {}, "shipping_methods": {}, **found}


_WORDS = {
    ("amazon", "waiting_shipment"): "Unshipped",
    ("amazon", "shipped"): "Shipped",
    ("mirakl", "closed"): "RECEIVED",
    ("rakuten_fr", "waiting_shipment"): "ACCEPTED",
    ("tiktokshop_fr", "shipped"): "IN_TRANSIT",
    ("aliexpress", "canceled"): "CANCELLED",
}

_TIMEOUT_WORDS = {
    "cdiscount": "Rejected",
    "zalando_fr": "ZALANDO_CANCELED",
    "otto_de": "CANCELLED_BY_MARKETPLACE",
    "spartoo_fr": "41",
}

_PART_SHIPPED = {
    "amazon_fr": "PartiallyShipped",
    "amazon_de": "PartiallyShipped",
    "aliexpress": "SELLER_PART_SEND_GOODS",
    "tiktokshop_fr": "PARTIALLY_SHIPPING",
    "demo_quantity": "PARTLY_SENT",
}


def word(code: str, status: str) -> str:
    """The marketplace's own word for a Lengow status; its upper-case form where it has none."""
    preferred = _WORDS.get((temperament(code).family or code, status))
    if preferred:
        return preferred
    known = describes(code)["status"].get(status)
    return str(known[0]) if known else status.upper()


def timeout_word(code: str) -> str:
    """The word for an order that the marketplace ended because nobody answered."""
    return _TIMEOUT_WORDS.get(code) or word(code, temperament(code).timeout_status)


def part_shipped_word(code: str) -> str | None:
    return _PART_SHIPPED.get(code)


def has_status(code: str, status: str) -> bool:
    return status in describes(code)["status"]


def has_acceptance(code: str) -> bool:
    return temperament(code).accept_limit is not None


def first_status(code: str) -> str:
    """Where an order stands when Lengow first reads it."""
    if has_status(code, "new"):
        return "new"
    return "waiting_acceptance" if has_acceptance(code) else "waiting_shipment"
