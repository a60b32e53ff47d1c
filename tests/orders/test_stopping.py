"""Stop: which of refuse, cancel, refund or nothing applies, for every marketplace at every step."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from lengowctl.orders.model import BY_MARKETPLACE, OrderType
from lengowctl.orders.stopping import StopAdvice, stop

from .markets import markets, order_at
from .samples import make_line

#: What stops an order while it waits for acceptance, while it is accepted, and while it waits for shipment.
TABLE = """
amazon_fr           -       -       cancel
amazon_de           -       -       cancel
ebay_fr             -       -       cancel
cdiscount           refuse  refund  refund
fnac                refuse  -       refund
manomano_fr         refuse  -       -
zalando_fr          -       -       cancel
bol                 -       -       refuse
kaufland_de         -       -       cancel
veepee              cancel  -       cancel
aliexpress          -       -       -
miravia_es          -       -       cancel
otto_de             -       -       cancel
tiktokshop_fr       -       -       cancel
rakuten_fr          refuse  -       cancel
laredoute           refuse  -       cancel
decathlon_fr        -       -       -
galeries_lafayette  refuse  -       -
leroymerlin_fr      refuse  -       -
worten_pt           refuse  -       -
laredoute_mirakl    refuse  -       refund
spartoo_fr          refuse  -       refuse
admarkt             -       -       -
demo_quantity       refuse  -       cancel
"""
STEPS = ("waiting_acceptance", "accepted", "waiting_shipment")


def test_what_stops_an_order_everywhere() -> None:
    found = {
        code: [stop(market, order_at(code, step)).action or "-" for step in STEPS] for code, market in markets().items()
    }
    assert found == {row.split()[0]: row.split()[1:] for row in TABLE.strip().splitlines()}


def advice(code: str, status: str = "waiting_shipment", *lines: object, **changes: object) -> StopAdvice:
    return stop(markets().get(code), order_at(code, status, *lines, **changes))


def test_each_way_says_what_happens_and_what_the_buyer_sees() -> None:
    assert [advice("bol"), advice("amazon_fr"), advice("cdiscount")] == [
        StopAdvice(
            "refuse",
            "you tell bol that you do not take the order; the order becomes canceled",
            "The buyer is told that you did not take the order, and pays nothing or gets the money back from bol.",
        ),
        StopAdvice(
            "cancel",
            "you cancel the order at Amazon FR, which may count against your shop; the order becomes canceled",
            "The buyer is told that you cancelled, and gets the money back from Amazon FR.",
        ),
        StopAdvice(
            "refund",
            "Cdiscount knows no cancelling at this point: you pay the order back and do not send it; the order becomes "
            "refunded. The shipping fee stays with you unless --shipping-amount says otherwise",
            "The buyer is told of a refund, with the reason that you give, and gets the money back.",
        ),
    ]


@pytest.mark.parametrize(
    ("code", "ends"),
    [("cdiscount", "canceled"), ("spartoo_fr", "canceled"), ("fnac", "refused"), ("worten_pt", "refused")],
)
def test_a_refused_order_ends_as_the_marketplace_calls_it(code: str, ends: str) -> None:
    assert advice(code, "waiting_acceptance").happens.endswith(f"the order becomes {ends}")


@pytest.mark.parametrize(
    ("code", "status", "told"),
    [
        ("amazon_fr", "shipped", "it is shipped: it has left, or is over. When the goods come back, refund"),
        ("amazon_fr", "odd_word", "it is odd_word: it has left, or is over. When the goods come back, refund"),
        ("amazon_fr", "canceled", "it is canceled already; do not send it"),
        ("jumble_fr", "new", "nothing is known of the marketplace jumble_fr; run lengowctl sync"),
        ("zalando_fr", "waiting_acceptance", "Zalando FR knows no way to stop an order that is awaiting acceptance: do "
         "not send it, and try again later: it takes cancel at waiting_shipment"),
        ("zalando_fr", "accepted", "Zalando FR knows no way to stop an order that is accepted: do not send it, and try "
         "again later: it takes cancel at waiting_shipment"),
        ("manomano_fr", "waiting_shipment", "ManoMano FR knows no way to stop an order that is awaiting shipment: do "
         "not send it, and ask ManoMano FR to cancel it"),
        ("ebay_fr", "to_pickup", "eBay FR knows no way to stop an order that is to be picked up: do not send it, and "
         "ask eBay FR to cancel it"),
    ],
)  # fmt: skip
def test_where_nothing_can_be_done_it_says_what_is_left_to_do(code: str, status: str, told: str) -> None:
    found = advice(code, status)
    assert (found.action, found.happens) == (None, told)


@pytest.mark.parametrize(
    ("code", "status", "buyer"),
    [
        ("amazon_fr", "canceled", "The buyer sees no change."),
        ("bol", "shipped", "The buyer gets the parcel, and the money back only with a refund."),
        ("manomano_fr", "waiting_shipment", "The buyer sees no change until the marketplace ends the order."),
    ],
)
def test_where_nothing_can_be_done_it_says_what_the_buyer_sees(code: str, status: str, buyer: str) -> None:
    assert advice(code, status).buyer == buyer


def test_a_refund_that_leaves_the_shipping_fee_out_says_so() -> None:
    """Cdiscount pays the fee back only when it is told to; at bol nobody else makes refunds than bol."""
    assert "The shipping fee stays with you" in advice("cdiscount").happens
    free = replace(order_at("cdiscount", "waiting_shipment"), shipping=Decimal(0))
    assert stop(markets()["cdiscount"], free).happens.endswith("the order becomes refunded")
    assert advice("bol", "shipped").happens.endswith("or is over. Refunds are made by bol itself")


def test_what_the_marketplace_ships_itself_only_it_can_stop() -> None:
    found = advice("amazon_fr", types=(OrderType(BY_MARKETPLACE, "AFN"),))
    assert found.happens == "Amazon FR ships this order itself; only Amazon FR can stop it"


def test_lines_that_are_on_their_way_are_named() -> None:
    lines = (make_line(status="shipped"), make_line(line_id="L2"), make_line(line_id="L3", status="closed"))
    assert advice("bol", "waiting_shipment", *lines).happens.endswith(
        "the order becomes canceled. Already sent, and not to be stopped: line L1, line L3"
    )


def test_a_refund_that_is_never_whole_stops_nothing() -> None:
    """Kaufland at a moment when only its refund is offered."""
    market = markets()["kaufland_de"]
    only = replace(market, actions=tuple(action for action in market.actions if action.name == "refund"))
    assert stop(only, order_at("kaufland_de")).action is None
    assert stop(only, order_at("kaufland_de"), rules=()).action == "refund"
