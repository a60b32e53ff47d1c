"""Where an order stands: Lengow's sixteen words, an open list. An unknown word passes through unharmed."""

from __future__ import annotations

from typing import NamedTuple


class Status(NamedTuple):
    """One status: the API's word, its name for people, what it means, who moves the order on, whether it is over."""

    word: str
    name: str
    meaning: str
    moved_by: str
    next: tuple[str, ...]
    over: bool


def _table(*rows: Status) -> dict[str, Status]:
    return {row.word: row for row in rows}


STATUSES: dict[str, Status] = _table(
    Status(
        "new", "New", "The marketplace has the order; nothing can be done yet.",
        "the marketplace, when payment is cleared", ("waiting_acceptance", "waiting_shipment", "canceled"), False,
    ),
    Status(
        "waiting_acceptance", "Awaiting acceptance", "You must accept or refuse; many marketplaces set a time limit.",
        "you (accept or refuse), or the marketplace when time is up",
        ("accepted", "waiting_shipment", "refused", "canceled"), False,
    ),
    Status(
        "accepted", "Accepted", "You accepted; the marketplace is still collecting the payment.",
        "the marketplace", ("waiting_shipment", "canceled", "refunded"), False,
    ),
    Status(
        "waiting_shipment", "Awaiting shipment", "Prepare it, send it, then confirm the shipment.",
        "you (ship); the buyer or the marketplace may still cancel",
        ("shipped", "canceled", "refused", "refunding", "refunded"), False,
    ),
    Status(
        "shipped", "Shipped", "On its way; the marketplace has not closed it yet.",
        "the marketplace, when the buyer has it or a delay is over",
        ("closed", "refunding", "refunded", "partial_refunded", "to_refund"), True,
    ),
    Status("closed", "Closed", "Finished.", "nobody; some marketplaces still take a refund", ("refunding",), True),
    Status(
        "refused", "Refused", "You refused it; the buyer was told.",
        "nobody; some marketplaces still take a refund", ("refunded",), True,
    ),
    Status(
        "canceled", "Canceled", "Cancelled by the buyer, the marketplace or you.",
        "nobody; some marketplaces still take a refund", ("refunded",), True,
    ),
    Status(
        "refunding", "Refunding", "A refund was asked for; the marketplace has to carry it out.",
        "the marketplace", ("refunded", "partial_refunded"), True,
    ),
    Status("refunded", "Refunded", "Fully refunded. Finished.", "nobody", (), True),
    Status("partial_refunded", "Partly refunded", "A part was refunded.", "nobody", (), True),
    Status("to_refund", "To refund", "You have to refund the buyer.", "you (refund)", ("refunding", "refunded"), False),
    Status(
        "pickup_to_prepare", "Pick-up to prepare", "eBay: prepare the goods for the buyer to collect.",
        "you, in the shop", ("to_pickup", "pickup_canceled"), False,
    ),
    Status(
        "to_pickup", "To be picked up", "eBay: ready, waiting for the buyer.",
        "the buyer", ("pickup_completed", "pickup_canceled"), False,
    ),
    Status("pickup_completed", "Picked up", "eBay: the buyer has it.", "nobody", (), True),
    Status("pickup_canceled", "Pick-up canceled", "eBay: the pick-up was called off.", "nobody", (), True),
)  # fmt: skip

#: Statuses in which the order may still move by itself or by us: what a sync re-reads when they stand still.
OPEN: frozenset[str] = frozenset(word for word, status in STATUSES.items() if not status.over)

#: Statuses that wait for the merchant, who has a deadline.
WAITING: frozenset[str] = frozenset({"waiting_acceptance", "waiting_shipment", "to_refund", "pickup_to_prepare"})


def name_of(word: str | None) -> str:
    """The name for people; an unknown word is its own name."""
    known = STATUSES.get(word or "")
    return known.name if known else (word or "")
