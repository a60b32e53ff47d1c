"""The unwritten rules, row by row: what each one stops, and what it lets pass."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from lengowctl.orders.arguments import Ask
from lengowctl.orders.quirks import RULES, Rule
from lengowctl.orders.reason import About
from lengowctl.orders.unwritten import concerns

from .markets import markets, order_at, prepared, refusal
from .samples import make_line

N = {"tracking_number": "AB12CD34EF56G"}
OTHER, LINK = {"carrier": "Other"}, {"tracking_url": "https://bob.example/1"}
NAME, RETURN = {"carrier_name": "Bob"}, {"return_tracking_number": "AB12CD34EF56H"}
AMAZON = {**N, "shipping_method": "Standard"}
OTTO = {"tracking_number": "09980000020033", "carrier": "DPD"}
PRICE = {"reason": "DAMAGED"}
LONG, FITTING = {"shipping_method": "x" * 51}, {"shipping_method": "x" * 50}
BOB = {**N, "carrier": "Bobonov"}
WAITS = "waiting_shipment"

#: Row, marketplace, action, status, what it stops, what it lets pass.
CASES: tuple[tuple[str, str, str, str, dict[str, str], dict[str, str]], ...] = (
    ("amazon-other", "amazon_fr", "ship", WAITS, {**AMAZON, **OTHER}, {**AMAZON, **OTHER, **NAME}),
    ("amazon-other", "amazon_de", "ship", WAITS, {**AMAZON, "carrier": "other"},
     {**AMAZON, "carrier": "OTHER", **NAME}),
    ("amazon-name", "amazon_fr", "ship", WAITS, {**AMAZON, "carrier": "Geodis", **NAME},
     {**AMAZON, "carrier": "Geodis"}),
    ("amazon-method", "amazon_fr", "ship", WAITS, {**AMAZON, "carrier": "Geodis", **LONG},
     {**AMAZON, "carrier": "Geodis", **FITTING}),
    ("ebay-number", "ebay_fr", "ship", WAITS, N, {}),
    ("ebay-number", "ebay_fr", "ship", WAITS, N, {**N, "carrier": "FR_Autre"}),
    ("ebay-number", "ebay_fr", "ship", WAITS, N, {**N, "carrier_name": "Bob"}),
    ("ebay-carrier", "ebay_fr", "ship", WAITS, {"carrier": "FR_Autre"}, {**N, "carrier": "FR_Autre"}),
    ("ebay-custom-carrier", "ebay_fr", "ship", WAITS, {"carrier": "Bobonov"}, BOB),
    ("fnac-carrier", "fnac", "ship", WAITS, N, {**N, "carrier": "COURRIER_SUIVI"}),
    ("fnac-carrier", "fnac", "ship", WAITS, N, {}),
    ("manomano-other", "manomano_fr", "ship", WAITS, {**OTHER, **NAME}, {**OTHER, **NAME, **LINK}),
    ("manomano-other", "manomano_fr", "ship", WAITS, {**OTHER, **LINK}, {"carrier": "heppner"}),
    ("zalando-return", "zalando_fr", "ship", WAITS, {**N, "carrier": "CHRONOPOST"},
     {**N, "carrier": "CHRONOPOST", **RETURN}),
    ("mirakl-closed", "decathlon_fr", "refund", "closed", {"reason": "15"}, {}),
    ("mirakl-closed", "worten_pt", "refund", "closed", {"reason": "15"}, {}),
    ("mirakl-closed", "galeries_lafayette", "refund", "closed", {"reason": "15"}, {}),
    ("decathlon-link", "decathlon_fr", "ship", WAITS, {**N, **NAME}, {**N, **NAME, **LINK}),
    ("decathlon-link", "decathlon_fr", "ship", WAITS, BOB, {**N, "carrier": "Chronopost"}),
    ("decathlon-link", "decathlon_fr", "ship", WAITS, BOB, N),
    ("leroymerlin-link", "leroymerlin_fr", "ship", WAITS, BOB, {**N, "carrier": "Geodis"}),
    ("kaufland-part", "kaufland_de", "refund", "shipped", {**PRICE, "amount": "45.30"}, {**PRICE, "amount": "45.29"}),
    ("rakuten-other", "rakuten_fr", "ship", WAITS, {**N, "carrier": "autre"}, {**N, "carrier": "autre", **LINK}),
    ("veepee-other", "veepee", "ship", WAITS, {**N, "carrier": "Custom carrier"}, {**N, "carrier": "130", **LINK}),
    ("miravia-number", "miravia_es", "ship", WAITS, N, {}),
    ("miravia-carrier", "miravia_es", "ship", WAITS, {"carrier": "SEUR"}, {**N, "carrier": "SEUR"}),
)  # fmt: skip

#: Rows that another demand of the description or of lines covers today; each is tried on its own below.
ELSEWHERE = {"amazon-refund-line", "cdiscount-whole", "otto-return", "zalando-refund", "veepee-part"}


@pytest.mark.parametrize(("name", "code", "action", "status", "stopped", "passed"), CASES)
def test_a_row_stops_what_it_is_there_for_and_nothing_else(
    name: str, code: str, action: str, status: str, stopped: dict[str, str], passed: dict[str, str]
) -> None:
    rule = next(rule for rule in RULES if rule.name == name)
    line = make_line(status=status, original_amount=Decimal("45.30"))
    order = order_at(code, status, line, marketplace_status="CLOSED")
    reasons = refusal(order, Ask(action, stopped)).reasons
    assert reasons
    assert all(reason.about is About.RULE and reason.sentence.startswith(rule.why) for reason in reasons)
    if name != "mirakl-closed":
        assert prepared(order, Ask(action, passed)).requests
    waived = tuple(row for row in RULES if row is not rule)
    assert prepared(order, Ask(action, stopped), rules=waived).requests, "a row can be switched off by its name"


def test_every_row_is_tried_and_named_once() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert {case[0] for case in CASES} | ELSEWHERE == set(names)


@pytest.mark.parametrize("word", ["RECEIVED", "received"])
def test_mirakl_refunds_a_closed_order_while_it_is_received(word: str) -> None:
    order = order_at("leroymerlin_fr", "closed", marketplace_status=word)
    assert prepared(order, Ask("refund", {"reason": "15"})).requests
    assert prepared(replace(order, status="shipped", marketplace_status=None), Ask("refund", {"reason": "15"})).requests


def test_mirakl_is_known_by_its_words_not_by_a_list_of_names() -> None:
    closed = order_at("decathlon_fr", "closed", marketplace_status=None)
    assert [reason.sentence for reason in refusal(closed, Ask("refund", {"reason": "15"})).reasons] == [
        "Mirakl refunds a closed order only while its own word for it is RECEIVED; it is not known now"
    ]
    fnac = order_at("fnac", "closed", marketplace_status="CLOSED")
    assert prepared(fnac, Ask("refund", {"reason": "other"})).requests


def test_zalando_takes_none_for_an_answer_when_it_is_given_on_purpose() -> None:
    ask = Ask("ship", {**N, "carrier": "CHRONOPOST"}, {"return_tracking_number": ""})
    assert dict(prepared(order_at("zalando_fr"), ask).requests[0].arguments) == {**N, "carrier": "CHRONOPOST"}
    fnac = Ask("ship", N, {"carrier": ""})
    assert refusal(order_at("fnac"), fnac).reasons[0].about is About.RULE


def test_otto_wants_both_return_arguments_even_where_its_description_only_lists_them() -> None:
    market = markets()["otto_de"]
    ship = market.action("ship")
    assert ship is not None
    asked = refusal(order_at("otto_de"), Ask("ship", OTTO)).reasons
    assert [(reason.about, reason.argument) for reason in asked] == [
        (About.ARGUMENT, "return_carrier"),
        (About.ARGUMENT, "return_tracking_number"),
    ]
    row = next(rule for rule in RULES if rule.name == "otto-return")
    elsewhere = replace(row, marketplaces="zalando_*")
    both = refusal(
        order_at("zalando_fr"),
        Ask("ship", {"tracking_number": "XY123456789FR", "carrier": "CHRONOPOST"}),
        rules=(elsewhere,),
    ).reasons
    assert [reason.sentence for reason in both] == [f"{row.why}; give --return-carrier and --return-tracking-number"]


def test_what_must_not_be_given_is_named() -> None:
    row = next(rule for rule in RULES if rule.name == "cdiscount-whole")
    order = order_at("fnac", "shipped")
    ask = Ask("refund", {"reason": "other"}, lines=(("L1", None),))
    found = refusal(order, ask, rules=(replace(row, marketplaces="fnac*"),))
    assert [reason.sentence for reason in found.reasons] == [
        "Cdiscount refunds the whole order only, no part and no line; leave out --line"
    ]


@pytest.mark.parametrize(
    ("code", "action", "status", "ask"),
    [
        ("zalando_fr", "refund", "shipped", Ask("refund", {"reason": "1"})),
        ("veepee", "cancel", "waiting_shipment", Ask("cancel", lines=(("L1", None),))),
    ],
)
def test_some_rows_only_warn(code: str, action: str, status: str, ask: Ask) -> None:
    rule = next(rule for rule in RULES if not rule.stops and rule.action == action)
    assert prepared(order_at(code, status), ask).warnings == (rule.why,)


def test_which_rows_only_warn_and_which_are_a_guess() -> None:
    assert {rule.name for rule in RULES if not rule.stops} == {"zalando-refund", "veepee-part"}
    assert {rule.name for rule in RULES if not rule.sure} == {"leroymerlin-link", "miravia-number", "miravia-carrier"}


def test_kaufland_is_not_capped_where_nobody_knows_what_was_paid() -> None:
    order = order_at("kaufland_de", "shipped", make_line(status="shipped", amount=None))
    assert prepared(order, Ask("refund", {**PRICE, "amount": "999"})).requests


def test_a_row_that_wants_what_the_marketplace_does_not_list_wants_nothing() -> None:
    row = Rule("x", "x", "spartoo_*", "ship", needs=("carrier",), below_total=Decimal(1))
    assert prepared(order_at("spartoo_fr"), Ask("ship", N), rules=(row,)).requests


def test_what_is_not_sure_says_so() -> None:
    found = refusal(order_at("miravia_es"), Ask("ship", N))
    assert "(as far as is known)" in found.reasons[0].sentence


def test_every_row_concerns_an_action_that_a_marketplace_of_the_sample_offers() -> None:
    for rule in RULES:
        offering = [market for market in markets().values() if market.action(rule.action)]
        assert any(concerns(rule, market, rule.action) for market in offering), rule.name
