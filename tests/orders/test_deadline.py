"""When an order is due."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lengowctl.orders.deadline import due_at, line_due_at
from lengowctl.orders.model import BY_MARKETPLACE, OrderType

from .samples import NOON, make_line, make_order

SOON, LATER = NOON + timedelta(hours=5), NOON + timedelta(days=3)


def test_an_order_to_ship_is_due_with_its_earliest_open_line() -> None:
    lines = (make_line(due_at=LATER), make_line(due_at=SOON), make_line(due_at=NOON, status="shipped"))
    assert due_at(make_order(*lines, meta_due_at=NOON)) == SOON


def test_without_dates_on_lines_the_orders_own_deadline_counts() -> None:
    assert due_at(make_order(meta_due_at=LATER)) == LATER
    assert due_at(make_order()) is None


def test_an_order_to_accept_is_due_at_the_marketplaces_limit_or_the_ship_by_date_if_that_is_first() -> None:
    waiting = {"status": "waiting_acceptance", "marketplace": "cdiscount", "ordered_at": NOON}
    line = {"status": "waiting_acceptance"}
    assert due_at(make_order(make_line(**line), **waiting)) == NOON + timedelta(hours=48)
    assert due_at(make_order(make_line(due_at=SOON, **line), **waiting)) == SOON
    assert due_at(make_order(make_line(**line), **waiting | {"marketplace": "veepee"})) is None
    assert due_at(make_order(make_line(**line), **waiting | {"ordered_at": None})) == NOON + timedelta(hours=48)


@pytest.mark.parametrize("status", ["new", "accepted", "shipped", "closed", "refused", "canceled", "unheard_of"])
def test_an_order_that_does_not_wait_for_us_is_never_due(status: str) -> None:
    assert due_at(make_order(make_line(due_at=SOON), status=status, meta_due_at=SOON)) is None


def test_an_order_that_the_marketplace_ships_is_never_due() -> None:
    order = make_order(make_line(due_at=SOON), types=(OrderType(BY_MARKETPLACE, None),))
    assert due_at(order) is None


@pytest.mark.parametrize(
    ("status", "due"),
    [
        ("waiting_shipment", SOON),
        (None, SOON),
        ("accepted", SOON),
        ("shipped", None),
        ("canceled", None),
        ("refunded", None),
    ],
)
def test_a_line_is_due_while_it_is_still_to_be_shipped(status: str | None, due: object) -> None:
    assert line_due_at(make_line(status=status, due_at=SOON)) == due
