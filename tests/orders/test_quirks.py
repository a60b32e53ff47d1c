"""What is true of a marketplace and stands nowhere in its description."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lengowctl.orders.marketplace import Action, Marketplace, allowed_actions
from lengowctl.orders.model import BY_MARKETPLACE, OrderType
from lengowctl.orders.quirks import accept_limit, read_every

from .samples import make_order


@pytest.mark.parametrize(
    ("marketplace", "within", "sure"),
    [
        ("cdiscount", timedelta(hours=48), True),
        ("jardiland_fr", timedelta(days=5), True),
        ("fnac", timedelta(hours=48), False),
    ],
)
def test_a_limit_says_how_sure_it_is(marketplace: str, within: timedelta, sure: bool) -> None:
    limit = accept_limit(marketplace)
    assert limit is not None
    assert (limit.within, limit.sure) == (within, sure)


def test_a_marketplace_without_a_known_limit_has_none() -> None:
    assert accept_limit("amazon_fr") is None


def test_lengow_looks_every_quarter_of_an_hour_unless_it_is_known_otherwise() -> None:
    assert [read_every(code) for code in ("amazon_de", "fnac", "bol")] == [
        timedelta(hours=1),
        timedelta(minutes=30),
        timedelta(minutes=15),
    ]


def test_allowed_is_what_the_marketplace_lists_for_the_status_and_nothing_for_what_it_ships_itself() -> None:
    ship, refund = Action("ship", ("waiting_shipment",), ()), Action("refund", ("shipped", "closed"), ())
    market = Marketplace("amazon_fr", "Amazon", "FR", actions=(ship, refund))
    assert allowed_actions(market, make_order()) == (ship,)
    assert allowed_actions(market, make_order(status="closed")) == (refund,)
    assert allowed_actions(market, make_order(types=(OrderType(BY_MARKETPLACE, None),))) == ()
    assert allowed_actions(None, make_order()) == ()
    assert (market.action("refund"), market.action("accept")) == (refund, None)
