"""What an order shows of an action."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lengowctl.orders.model import Order, Parcel
from lengowctl.orders.request import Request
from lengowctl.orders.status import STATUSES
from lengowctl.outbox.evidence import evidence, fingerprint

from .source import NOON, key, make_order

SHOWN = {
    "accept": {
        "accepted", "waiting_shipment", "to_pickup", "shipped", "closed", "pickup_completed", "refunding", "refunded",
        "partial_refunded",
    },
    "refuse": {"refused", "canceled"},
    "ship": {"shipped", "closed"},
    "cancel": {"canceled"},
    "refund": {"refunded", "refunding"},
    "dance": set(),
}  # fmt: skip


def request(action: str, **arguments: str) -> Request:
    return Request.of(action, key(1), arguments)


@pytest.mark.parametrize("action", SHOWN)
def test_a_status_shows_what_led_to_it(action: str) -> None:
    shown = {status for status in STATUSES if evidence(request(action), make_order(1, status))}
    assert shown == SHOWN[action]


def test_it_is_told_with_the_version_of_the_order() -> None:
    assert evidence(request("ship"), make_order(1, "shipped")) == "the order is shipped (2026-11-20T12:00:00Z)"
    line = request("cancel", line="1-2")
    assert evidence(line, make_order(1, "canceled")) == "the line 1-2 is canceled (2026-11-20T12:00:00Z)"


def test_a_line_is_proved_by_its_own_status() -> None:
    order = make_order(1, "waiting_shipment")
    first, second = order.lines
    lines = (replace(first, status="canceled"), second)
    order = replace(order, status="canceled", packages=(replace(order.packages[0], lines=lines),))
    assert evidence(request("cancel", line="1-1"), order)
    assert evidence(request("cancel", line="1-2"), order) is None
    assert evidence(request("cancel", line="none"), order) is None


@pytest.mark.parametrize("part", [{"refund_price": "5.00"}, {"line": "1-1", "refund_quantity": "1"}])
def test_a_part_is_never_proved_by_a_status(part: dict[str, str]) -> None:
    assert evidence(request("refund", **part), make_order(1, "refunded")) is None


def shipped(*numbers: str) -> Order:
    order = make_order(1, "shipped")
    parcels = tuple(Parcel(None, None, number, None, NOON, None, None, False) for number in numbers)
    return replace(order, packages=(replace(order.packages[0], parcels=parcels),))


def test_a_parcel_is_proved_by_its_number() -> None:
    assert evidence(request("ship", tracking_number="B"), shipped("A")) is None
    assert evidence(request("ship", tracking_number="B", quantity="1", line="1-1"), shipped("A", "B"))
    taken = request("ship", tracking_number="B")
    assert evidence(taken, shipped("A"), any_parcel=True) == "the order is shipped (2026-11-20T12:00:00Z)"


def test_what_actions_change_changes_the_fingerprint() -> None:
    order = make_order(1)
    others = [replace(order, status="x"), shipped("A"), shipped("B"), replace(order, updated_at=NOON.replace(hour=13))]
    assert len({fingerprint(it) for it in (order, *others)}) == 5
    assert fingerprint(order) == fingerprint(make_order(1))
