"""Whether an order shows that an action took effect."""

from __future__ import annotations

import pytest

from lengowctl.orders.effect import evidence
from lengowctl.orders.model import Order
from lengowctl.orders.request import Request
from lengowctl.orders.status import STATUSES

from .samples import make_line, make_order, make_parcel

SHOWS = {
    "accept": {"accepted", "waiting_shipment", "shipped", "closed", "refunding", "partial_refunded"},
    "refuse": {"refused", "canceled"},
    "ship": {"shipped", "closed"},
    "cancel": {"refused", "canceled", "refunded"},
    "refund": {"refunding", "refunded"},
    "dance": set(),
}


def shows(order: Order, action: str, **arguments: str) -> str | None:
    return evidence(Request.of(action, order.key, arguments), order)


@pytest.mark.parametrize("action", sorted(SHOWS))
def test_the_statuses_that_prove_an_action(action: str) -> None:
    line = make_line(status=None)
    assert {word for word in STATUSES if shows(make_order(line, status=word), action)} == SHOWS[action]
    lines = {word for word in STATUSES if shows(make_order(make_line(status=word)), action, line="L1")}
    assert lines == SHOWS[action]


def test_the_evidence_is_a_sentence() -> None:
    assert shows(make_order(make_line(status="shipped"), status="shipped"), "ship") == "the order is shipped"
    assert shows(make_order(make_line(status="refunded")), "refund", line="L1") == "line L1 is refunded"
    assert shows(make_order(), "refund", line="L9") is None


@pytest.mark.parametrize("name", ["refund_price", "refund_quantity", "quantity"])
def test_a_part_shows_in_no_status(name: str) -> None:
    assert shows(make_order(make_line(status="refunded"), status="refunded"), "refund", **{name: "1"}) is None


@pytest.mark.parametrize(
    ("line_ids", "line", "number", "proved"),
    [
        ((), None, "6a 1", True),
        ((), "L1", "6A1", True),
        (("L1",), "L1", "6A1", True),
        (("L2",), "L1", "6A1", False),
        ((), None, "6A2", False),
        ((), None, "", False),
    ],
)
def test_a_shipment_is_proved_by_its_own_parcel(
    line_ids: tuple[str, ...], line: str | None, number: str, proved: bool
) -> None:
    order = make_order(parcels=(make_parcel(tracking_number=None), make_parcel(line_ids=line_ids)))
    arguments = {"tracking_number": number, "quantity": "1", **({"line": line} if line else {})}
    assert shows(order, "ship", **arguments) == ("the order has the parcel 6A1" if proved else None)


def test_a_shipped_order_whose_lines_were_all_cancelled_is_no_evidence_of_shipping() -> None:
    gone = make_line(status="canceled")
    assert shows(make_order(gone, status="shipped"), "ship") is None
    assert shows(make_order(gone, make_line(line_id="L2", status="shipped"), status="shipped"), "ship")
