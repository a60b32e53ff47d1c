"""The check before anything leaves: what would be sent, and every reason why it is not."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lengowctl.orders.arguments import FLAGS, Ask
from lengowctl.orders.check import CheckSettings, Prepared, Refusal, check
from lengowctl.orders.marketplace import Action, Argument, Marketplace
from lengowctl.orders.model import BY_MARKETPLACE, OrderType, Package
from lengowctl.orders.quirks import RULES
from lengowctl.orders.reason import About, Reason
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request
from lengowctl.orders.tracking import Sighting

from .markets import GOOD, good, markets, order_at, prepared, refusal, required, sentences, try_check
from .samples import NOON, make_line, make_order

OFFERED = [(code, action.name) for code, market in markets().items() for action in market.actions]
STATUSES = ["new", "waiting_acceptance", "accepted", "waiting_shipment", "shipped", "closed", "canceled", "odd_word"]
NUMBER = "340434188123"
#: What the unwritten rules want beside what the descriptions require.
UNWRITTEN = {
    ("zalando_fr", "ship"): {"return_tracking_number": "6A12345678918"},
    ("amazon_fr", "ship"): {},
}


def ask_of(code: str, action: str) -> Ask:
    """A request with every required argument, by the marketplace's own names; the date and the line are left out."""
    offered = markets()[code].action(action)
    assert offered is not None
    extra = required(offered) | UNWRITTEN.get((code, action), {})
    left = {name: value for name, value in extra.items() if name not in ("line", "quantity", "shipping_date")}
    return Ask(action, extra=left)


def first_status(code: str, action: str) -> str:
    offered = markets()[code].action(action)
    assert offered is not None
    return offered.statuses[0]


@pytest.mark.parametrize(("code", "action"), OFFERED)
def test_what_every_marketplace_offers_is_sent_when_its_required_arguments_are_there(code: str, action: str) -> None:
    """… exactly as given, with the line, the pieces and the moment filled in where they are required."""
    order = order_at(code, first_status(code, action))
    ask = ask_of(code, action)
    offered = markets()[code].action(action)
    assert offered is not None
    filled = {"line": "L1", "quantity": "2", "shipping_date": "2026-11-23T12:00:00+00:00"}
    wanted = {name: value for name, value in filled.items() if name in required(offered)}
    assert prepared(order, ask).requests == (Request.of(action, order.key, {**ask.extra, **wanted}),)


@pytest.mark.parametrize(("code", "action"), OFFERED)
def test_every_marketplace_is_asked_in_its_own_statuses_only(code: str, action: str) -> None:
    """In any other status it is refused for the status alone, with what would have been sent."""
    offered = markets()[code].action(action)
    assert offered is not None
    ask = ask_of(code, action)
    for status in set(STATUSES) - set(offered.statuses):
        found = refusal(order_at(code, status, make_line(status=None)), ask)
        assert [(reason.about, reason.valid) for reason in found.reasons] == [(About.STATUS, offered.statuses)]
        assert found.requests == prepared(order_at(code, offered.statuses[0]), ask).requests


@pytest.mark.parametrize(("code", "action"), OFFERED)
def test_every_required_argument_is_missed_when_it_is_not_given(code: str, action: str) -> None:
    """… by name, with its valid values; a default of the marketplace's is never sent."""
    offered = markets()[code].action(action)
    assert offered is not None
    found = try_check(order_at(code, first_status(code, action)), Ask(action))
    missed = {reason.argument: reason.valid for reason in found.reasons} if isinstance(found, Refusal) else {}
    rows = {
        rule.needs[0] for rule in RULES if rule.name == "zalando-return" and (code, action) == ("zalando_fr", "ship")
    }
    wanted = {
        argument.name: tuple(code for code, _ in argument.values) for argument in offered.arguments if argument.required
    }
    filled = {"line", "quantity", "shipping_date"}
    assert missed == {name: valid for name, valid in wanted.items() if name not in filled} | dict.fromkeys(rows, ())


@pytest.mark.parametrize(("code", "action"), OFFERED)
def test_a_value_outside_a_closed_list_is_never_sent(code: str, action: str) -> None:
    offered = markets()[code].action(action)
    assert offered is not None
    order = order_at(code, first_status(code, action))
    for argument in offered.arguments:
        if argument.values and not argument.free:
            found = refusal(order, replace(ask_of(code, action), extra={argument.name: "Bobonov"}))
            told = [reason for reason in found.reasons if reason.argument == argument.name]
            assert len(told) == 1
            kind = ("true", "false") if argument.type == "boolean" else tuple(code for code, _ in argument.values)
            assert told[0].valid == kind


@pytest.mark.parametrize("code", sorted(markets()))
def test_what_a_marketplace_does_not_offer_is_refused_with_what_it_offers(code: str) -> None:
    market = markets()[code]
    names = tuple(action.name for action in market.actions)
    for action in {"accept", "refuse", "ship", "cancel", "refund", "dance"} - set(names):
        offers = f"it offers {', '.join(names)}" if names else "it offers no action at all"
        told = f"{market.name} does not offer {action}; {offers}"
        assert refusal(order_at(code), Ask(action)) == Refusal((Reason(About.OFFER, told, None, names),))


def test_nothing_is_sent_to_a_marketplace_of_which_nothing_is_known() -> None:
    assert sentences(order_at("jumble_fr"), Ask("ship")) == [
        "nothing is known of the marketplace jumble_fr; run lengowctl sync"
    ]


def test_an_order_that_the_marketplace_ships_itself_is_never_acted_on() -> None:
    order = order_at("amazon_fr", "shipped", types=(OrderType(BY_MARKETPLACE, "AFN"),))
    assert sentences(order, Ask("refund")) == ["Amazon FR ships this order itself; nothing can be asked for it"]


# Flags


def test_one_flag_becomes_each_marketplaces_own_name() -> None:
    sent = {}
    for code, reason in (("amazon_fr", "No inventory"), ("bol", "OTHER"), ("demo_quantity", "wrong price")):
        action = "cancel" if code == "amazon_fr" else "refuse"
        order = order_at(code, first_status(code, action))
        sent[code] = prepared(order, Ask(action, {"reason": reason})).requests[0].arguments
    sent["fnac"] = prepared(order_at("fnac", "shipped"), Ask("refund", {"reason": "other"})).requests[0].arguments
    assert sent == {
        "amazon_fr": (("reason", "NoInventory"),),
        "bol": (("reason", "OTHER"),),
        "demo_quantity": (("reason", "WRONG_PRICE"),),
        "fnac": (("refund_reason", "other"),),
    }


def test_a_flag_that_a_marketplace_has_no_argument_for_is_left_out_and_said() -> None:
    found = prepared(order_at("spartoo_fr"), Ask("ship", {"tracking_number": NUMBER, "carrier": "DPD", "comment": ""}))
    assert found == Prepared(
        (Request.of("ship", OrderKey("spartoo_fr", "403-1"), {"tracking_number": NUMBER}),),
        ("Spartoo FR takes no --carrier for ship; it is left out",),
    )


def test_an_amount_where_amounts_are_not_taken_is_refused_because_it_would_mean_everything() -> None:
    order = order_at("cdiscount", "shipped")
    given = {"reason": "ClientClaim", "amount": "3", "shipping_amount": "2"}
    assert sentences(order, Ask("refund", given)) == [
        "Cdiscount takes no --amount for refund, so it would mean all of it; it takes refund_reason, refund_mode, "
        "refund_shipping_fees",
        "--shipping-amount: it is all or nothing here: say yes or no, not '2'",
    ]
    sent = prepared(order, Ask("refund", {"reason": "ClientClaim", "shipping_amount": "yes"})).requests[0]
    assert sent.arguments == (("refund_reason", "ClientClaim"), ("refund_shipping_fees", "true"))


def test_unknown_names_are_refused_with_what_comes_near() -> None:
    ask = Ask("ship", {"carier": "DPD"}, {"tracking": NUMBER, "weight": "3"})
    assert sentences(order_at("spartoo_fr"), ask) == [
        "'carier' is no argument that lengowctl knows; did you mean carrier, carrier_name?",
        "--arg tracking: Spartoo FR has no such argument for ship; did you mean tracking_number?",
        "--arg weight: Spartoo FR has no such argument for ship; it has tracking_number",
        "tracking_number is required: give --tracking-number",
    ]
    assert sentences(order_at("spartoo_fr"), Ask("refuse", {"pigeon": "x"}, {"reason": "x"})) == [
        "'pigeon' is no argument that lengowctl knows",
        "--arg reason: Spartoo FR has no such argument for refuse; it has none",
    ]


def test_two_values_for_one_argument_are_refused_and_one_value_twice_is_one() -> None:
    order = order_at("spartoo_fr")
    twice = Ask("ship", {"tracking_number": NUMBER}, {"tracking_number": NUMBER})
    assert prepared(order, twice).requests[0].arguments == (("tracking_number", NUMBER),)
    other = replace(twice, extra={"tracking_number": "6A1234567890X"})
    assert sentences(order, other) == [f"tracking_number is given twice, as {NUMBER!r} and as '6A1234567890X'"]


def test_the_country_is_filled_in_from_the_configuration_where_it_is_required_only() -> None:
    fnac, worten = (order_at(code, "waiting_acceptance") for code in ("fnac", "worten_pt"))
    assert prepared(fnac, Ask("accept"), from_country="fr").requests[0].arguments == (
        ("expedition_country_code", "FR"),
    )
    assert prepared(worten, Ask("accept"), from_country="PT").requests[0].arguments == ()
    given = Ask("accept", {"from_country": "BE"})
    assert prepared(fnac, given, from_country="FR").requests[0].arguments == (("expedition_country_code", "BE"),)
    told = "expedition_country_code is required: give --from-country, or set from_country in the configuration; valid"
    assert sentences(fnac, Ask("accept"))[0].startswith(told)


def test_a_date_that_is_required_and_not_given_is_now_and_an_empty_one_is_not() -> None:
    ask = ask_of("amazon_fr", "ship")
    order = order_at("amazon_fr")
    assert ("shipping_date", "2026-11-23T12:00:00+00:00") in prepared(order, ask).requests[0].arguments
    emptied = replace(ask, extra={**ask.extra, "shipping_date": ""})
    assert sentences(order, emptied) == ["shipping_date is required: give --shipping-date"]
    wrong = replace(ask, given={"shipping_date": "soon"})
    assert len(sentences(order, wrong)) == 1


def test_a_default_of_the_marketplaces_is_told_and_not_sent() -> None:
    assert sentences(order_at("bol"), Ask("refuse"))[0].endswith("(the marketplace proposes OUT_OF_STOCK)")


@pytest.mark.parametrize(
    ("code", "given", "arguments"),
    [
        ("ebay_fr", {"carrier": "Bobonov"}, {"custom_carrier": "Bobonov"}),
        ("ebay_fr", {"carrier": "colissimo", "tracking_number": "6A12345678901"},
         {"carrier": "FR_ColiposteColissimo", "tracking_number": "6A12345678901"}),
        ("leroymerlin_fr", {"carrier": "Bobonov", "tracking_url": "https://b.example/"},
         {"carrier_name": "Bobonov", "tracking_url": "https://b.example/"}),
        ("laredoute", {"carrier": "Bobonov"}, {"carrier": "Bobonov"}),
    ],
)  # fmt: skip
def test_a_carrier_that_nobody_lists_goes_where_the_marketplace_takes_names(
    code: str, given: dict[str, str], arguments: dict[str, str]
) -> None:
    ask = Ask("ship", {"tracking_number": NUMBER, **given})
    sent = prepared(order_at(code), ask).requests[0].arguments
    assert dict(sent) == {"tracking_number": NUMBER, **arguments}


def test_a_near_miss_is_not_sent_as_a_name_either() -> None:
    ask = Ask("ship", {"tracking_number": NUMBER, "carrier": "Colisimo"})
    assert "did you mean FR_ColiposteColissimo (Colissimo)" in sentences(order_at("ebay_fr"), ask)[0]


# Lines and pieces


TWO = (make_line(), make_line(line_id="L2", quantity=3))


def lines_of(found: Prepared) -> list[tuple[str, dict[str, str]]]:
    return [(one.scope, dict(one.arguments)) for one in found.requests]


def test_a_whole_order_is_one_request_and_named_lines_are_one_each() -> None:
    order = order_at("bol", "waiting_shipment", *TWO)
    given = {"tracking_number": NUMBER}
    assert lines_of(prepared(order, Ask("ship", given))) == [("*", given)]
    asked = Ask("ship", given, lines=(("L1", None), ("L2", 3)))
    assert lines_of(prepared(order, asked)) == [("L1", {**given, "line": "L1"}), ("L2", {**given, "line": "L2"})]


def test_amazon_refunds_line_by_line() -> None:
    given = {"reason": "CustomerReturn", "shipping_amount": "0"}
    extra = {"refund_taxes": "0", "refund_shipping_taxes": "0"}
    one = order_at("amazon_fr", "shipped")
    assert [scope for scope, _ in lines_of(prepared(one, Ask("refund", given, extra)))] == ["L1"]
    two = order_at("amazon_fr", "shipped", *(replace(line, status="shipped") for line in TWO))
    assert refusal(two, Ask("refund", given, extra)).reasons == (
        Reason(
            About.LINE,
            "Amazon FR wants one line for each refund: say --line L1 or --line L2, or several of them",
            "line",
            ("L1", "L2"),
        ),
    )
    asked = Ask("refund", given, extra, (("L1", None), ("L2", None)))
    assert [scope for scope, _ in lines_of(prepared(two, asked))] == ["L1", "L2"]


def test_the_row_of_amazon_holds_where_the_description_only_lists_the_line() -> None:
    refund = Action("refund", ("shipped",), (Argument("line", False),))
    market = Marketplace("amazon_it", "Amazon IT", "IT", actions=(refund,))
    settings = CheckSettings(now=NOON)
    two = order_at("amazon_it", "shipped", *(replace(line, status="shipped") for line in TWO))
    found = check(market, two, Ask("refund"), settings=settings)
    assert isinstance(found, Refusal)
    assert [reason.about for reason in found.reasons if reason.argument == "line"] == [About.LINE, About.RULE]
    only = check(market, order_at("amazon_it", "shipped"), Ask("refund"), settings=settings)
    assert isinstance(only, Prepared)
    assert lines_of(only) == [("L1", {"line": "L1"})]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((("L9", None),), "there is no line L9 in this order; it has L1, L2"),
        ((("L1", None), ("L1", 1)), "line L1 is named twice"),
        ((("L1", 1),), "bol takes no number of pieces for ship: it goes to all 2 of line L1"),
    ],
)
def test_lines_that_do_not_fit_the_order(lines: tuple[tuple[str, int | None], ...], told: str) -> None:
    order = order_at("bol", "waiting_shipment", *TWO)
    assert told in sentences(order, Ask("ship", {"tracking_number": NUMBER}, lines=lines))


def test_a_marketplace_without_lines_takes_the_only_line_as_the_order_and_no_other() -> None:
    given = {"tracking_number": NUMBER}
    asked = Ask("ship", given, lines=(("L1", 2),))
    assert lines_of(prepared(order_at("spartoo_fr"), asked)) == [("*", given)]
    told = ["Spartoo FR takes no lines for ship: it goes to the whole order or not at all"]
    assert sentences(order_at("spartoo_fr", "waiting_shipment", *TWO), asked) == told
    assert sentences(order_at("spartoo_fr"), replace(asked, lines=(("L1", 1),))) == told


@pytest.mark.parametrize(
    ("lines", "taken", "pieces"),
    [
        ((), {}, "2"),
        ((("L1", None),), {}, "2"),
        ((("L1", 1),), {}, "1"),
        ((("L1", 1),), {"L1": 1}, "1"),
        ((), {"L1": 1}, "1"),
    ],
)
def test_pieces_are_counted_where_the_marketplace_counts_them(
    lines: tuple[tuple[str, int | None], ...], taken: dict[str, int], pieces: str
) -> None:
    order = order_at("demo_quantity")
    ask = Ask("ship", {"carrier": "DHL", "tracking_number": NUMBER}, lines=lines)
    found = check(markets()["demo_quantity"], order, ask, settings=CheckSettings(now=NOON), taken=taken)
    assert isinstance(found, Prepared)
    assert lines_of(found) == [("L1", {"carrier": "DHL", "tracking_number": NUMBER, "line": "L1", "quantity": pieces})]


@pytest.mark.parametrize(
    ("pieces", "taken", "told"),
    [
        (3, {}, "line L1 has 2 left; 3 cannot be asked for"),
        (0, {}, "line L1 has 2 left; 0 cannot be asked for"),
        (2, {"L1": 1}, "line L1 has 1 of 2 left; 2 cannot be asked for"),
        (None, {"L1": 2}, "line L1 has 0 of 2 left; 0 cannot be asked for"),
    ],
)
def test_no_more_pieces_than_are_left(pieces: int | None, taken: dict[str, int], told: str) -> None:
    ask = Ask("ship", {"carrier": "DHL", "tracking_number": NUMBER}, lines=(("L1", pieces),))
    settings = CheckSettings(now=NOON)
    found = check(markets()["demo_quantity"], order_at("demo_quantity"), ask, settings=settings, taken=taken)
    assert isinstance(found, Refusal)
    assert [reason.sentence for reason in found.reasons] == [told]


def test_several_lines_where_one_is_wanted_are_asked_for_by_name_together_with_all_that_is_missing() -> None:
    order = order_at("demo_quantity", "waiting_shipment", *TWO)
    assert [reason.argument for reason in refusal(order, Ask("ship")).reasons] == ["line", "carrier", "tracking_number"]


@pytest.mark.parametrize(
    ("extra", "count", "outcome"),
    [
        ({"line": "L1"}, 1, [("L1", {"line": "L1", "quantity": "2"})]),
        ({"line": "L2", "quantity": "1"}, 2, [("L2", {"line": "L2", "quantity": "1"})]),
        ({"quantity": "1"}, 1, [("L1", {"line": "L1", "quantity": "1"})]),
        ({"line": " "}, 1, [("L1", {"line": "L1", "quantity": "2"})]),
        ({"quantity": "1"}, 2, "--arg quantity: say of which line, with --line LINE=QTY"),
        ({"line": "L1", "quantity": "x"}, 1, "'x' is not a number of pieces; write it as --line L1=2"),
    ],
)
def test_lines_given_by_the_marketplaces_own_names_are_lines(
    extra: dict[str, str], count: int, outcome: list[tuple[str, dict[str, str]]] | str
) -> None:
    given = {"carrier": "DHL", "tracking_number": NUMBER}
    order = order_at("demo_quantity", "waiting_shipment", *TWO[:count])
    ask = Ask("ship", given, extra)
    if isinstance(outcome, str):
        assert sentences(order, ask) == [outcome]
    else:
        assert lines_of(prepared(order, ask)) == [(scope, {**given, **more}) for scope, more in outcome]


def test_lines_given_in_both_ways_are_refused() -> None:
    ask = Ask("ship", {"tracking_number": NUMBER}, {"line": "L1"}, (("L1", None),))
    assert sentences(order_at("bol"), ask) == ["lines are given twice, with --line and with --arg"]


def test_an_action_that_the_marketplace_takes_in_no_status_says_so() -> None:
    market = replace(markets()["spartoo_fr"], actions=(Action("ship", (), ()),))
    found = check(market, order_at("spartoo_fr"), Ask("ship"), settings=CheckSettings(now=NOON))
    assert isinstance(found, Refusal)
    assert [reason.sentence for reason in found.reasons] == [
        "the order is awaiting shipment; Spartoo FR takes ship at no status only"
    ]


GONE, LATE = make_line(status="canceled"), make_line(line_id="L3", status="waiting_acceptance")
OPEN_LINE = make_line(line_id="L2", status="waiting_shipment")


def test_lines_that_are_over_are_not_acted_on_again() -> None:
    order = order_at("bol", "waiting_shipment", GONE, OPEN_LINE)
    given = {"tracking_number": NUMBER}
    assert sentences(order, Ask("ship", given, lines=(("L1", None),))) == [
        "line L1 is canceled; nothing is left to ship there"
    ]
    found = prepared(order, Ask("ship", given))
    assert lines_of(found) == [("L2", {**given, "line": "L2"})]
    assert found.warnings == ("line L1 is canceled; the action goes to the other lines only",)


@pytest.mark.parametrize("status", ["shipped", "closed", "refused", "canceled", "refunding", "refunded"])
def test_a_line_is_over_in_each_of_these(status: str) -> None:
    order = order_at("bol", "waiting_shipment", make_line(status=status), OPEN_LINE)
    found = prepared(order, Ask("ship", {"tracking_number": NUMBER}))
    assert [request.scope for request in found.requests] == ["L2"]


@pytest.mark.parametrize("status", ["new", "waiting_acceptance"])
def test_a_line_is_not_ready_in_each_of_these(status: str) -> None:
    order = order_at("bol", "waiting_shipment", make_line(status=status), OPEN_LINE)
    (said,) = sentences(order, Ask("ship", {"tracking_number": NUMBER}, lines=(("L1", None),)))
    assert said.startswith("line L1 is ")


def test_a_mixed_order_without_lines_goes_as_a_whole_unless_a_part_is_not_ready() -> None:
    given = {"tracking_number": NUMBER}
    found = prepared(order_at("spartoo_fr", "waiting_shipment", GONE, OPEN_LINE), Ask("ship", given))
    assert lines_of(found) == [("*", given)]
    assert found.warnings == ("line L1 is canceled; the action goes to the order as a whole",)
    assert sentences(order_at("spartoo_fr", "waiting_shipment", OPEN_LINE, LATE), Ask("ship", given)) == [
        "line L3 is awaiting acceptance, and Spartoo FR knows no lines for ship: wait until all of it is ready"
    ]


def test_an_order_of_which_no_line_is_left_is_refused_with_what_would_have_been_sent() -> None:
    """At Zalando `shipped` can mean that every line was cancelled."""
    order = order_at("zalando_fr", "shipped", GONE)
    found = refusal(order, Ask("refund", {"reason": "1"}))
    assert [reason.sentence for reason in found.reasons] == ["no line is left to refund: line L1 is canceled"]
    assert found.requests == (Request.of("refund", order.key, {"refund_reason": "1"}),)


def test_a_line_in_an_unknown_status_or_in_none_is_no_obstacle() -> None:
    lines = (
        make_line(status="odd_word"),
        make_line(line_id="L2", status=None),
        make_line(line_id="L3", status="accepted"),
    )
    order = order_at("spartoo_fr", "waiting_shipment", *lines)
    assert lines_of(prepared(order, Ask("ship", {"tracking_number": NUMBER}))) == [("*", {"tracking_number": NUMBER})]


def test_an_order_without_lines_is_taken_as_a_whole() -> None:
    order = replace(order_at("spartoo_fr"), packages=())
    assert lines_of(prepared(order, Ask("ship", {"tracking_number": NUMBER}))) == [("*", {"tracking_number": NUMBER})]
    amazon = replace(order_at("amazon_fr", "shipped"), packages=())
    assert "wants one line for each refund: say --line" in sentences(amazon, Ask("refund"))[0]


# Amounts


PAID = make_line(amount=Decimal("40"), original_amount=Decimal("45.30"), status="shipped")
FIFTY = Decimal("50.30")


@pytest.mark.parametrize(
    ("amount", "lines", "most"),
    [("50.30", (), None), ("50.31", (), "50.30"), ("50.30", (("L1", None),), None), ("60", (("L1", None),), "50.30")],
)
def test_no_more_is_paid_back_than_was_paid(amount: str, lines: tuple[tuple[str, None], ...], most: str | None) -> None:
    """The marketplace's currency counts; what is not goods (shipping) may come with any line."""
    order = order_at("ebay_fr", "shipped", PAID, original_total=FIFTY)
    ask = Ask("refund", {"reason": "BUYER_RETURN", "amount": amount}, lines=lines)
    if most is None:
        assert dict(prepared(order, ask).requests[0].arguments)["refund_price"] == amount
    else:
        assert sentences(order, ask) == [f"--amount: {Decimal(amount):.2f} is more than was paid ({most})"]


@pytest.mark.parametrize(
    ("fee", "said"), [("0", ["--amount: 0 pays nothing back"]), ("0.01", []), (None, ["--amount: 0 pays nothing back"])]
)
def test_a_refund_of_nothing_is_none_but_the_fee_alone_may_be_paid_back(fee: str | None, said: list[str]) -> None:
    """Some marketplaces take nothing for all of it."""
    code = "veepee" if fee else "ebay_fr"
    given = {"amount": "0.00"} | ({"shipping_amount": fee} if fee else {"reason": "BUYER_RETURN"})
    order = order_at(code, "shipped", PAID, original_total=FIFTY)
    ask = Ask("refund", given)
    assert (sentences(order, ask) if said else list(prepared(order, ask).warnings)) == said


@pytest.mark.parametrize("changes", [{"original_currency": "PLN"}, {"packages": ()}])
def test_what_was_paid_is_not_known_without_amounts_in_the_marketplaces_currency(changes: dict[str, object]) -> None:
    order = replace(order_at("ebay_fr", "shipped", make_line(status="shipped")), **changes)  # type: ignore[arg-type]
    assert prepared(order, Ask("refund", {"reason": "BUYER_RETURN", "amount": "999"}))


@pytest.mark.parametrize(
    ("currencies", "sent"),
    [
        ({"original_currency": "JPY"}, "12"),
        ({"original_currency": None}, "12.00"),
        ({"original_currency": None, "currency": "JPY"}, "12"),
    ],
)
def test_an_amount_has_the_decimals_of_the_marketplaces_currency(currencies: dict[str, Any], sent: str) -> None:
    """Where that is not known, those of ours."""
    order = order_at("ebay_fr", "shipped", **currencies)
    arguments = prepared(order, Ask("refund", {"reason": "BUYER_RETURN", "amount": "12"})).requests[0].arguments
    assert dict(arguments)["refund_price"] == sent


# The tracking guard


def test_the_tracking_guard_stops_and_can_be_overruled_for_one_run() -> None:
    order = order_at("spartoo_fr")
    ask = Ask("ship", {"tracking_number": "0000"})
    told = "'0000' is no parcel's number: it only fills the place"
    assert sentences(order, ask) == [f"{told}; --force-tracking overrules that"]
    found = prepared(order, ask, force_tracking=True)
    assert found.warnings == (f"{told}; sent all the same (--force-tracking)",)


def test_a_number_is_sent_as_its_carrier_counts_it_and_that_is_said() -> None:
    """Printed in groups, whoever names the carrier, and by code alone; the marketplace's own name for the argument
    says that it is exact."""
    order = order_at("veepee")
    ask = Ask("ship", {"tracking_number": "6A 1234 5678 901", "carrier": "2"})
    found = prepared(order, ask)
    assert dict(found.requests[0].arguments) == {"carrier": "2", "tracking_number": "6A12345678901"}
    assert found.warnings == ("spaces and dashes in a parcel's number are left out: the carrier counts none",)
    exact = Ask("ship", {"carrier": "2"}, {"tracking_number": "6A 1234 5678 901"})
    assert dict(prepared(order, exact).requests[0].arguments)["tracking_number"] == "6A 1234 5678 901"


def test_how_to_overrule_the_guard_is_said_once() -> None:
    given = {"carrier": "GLS", "tracking_number": "test", "return_carrier": "DHL", "return_tracking_number": "n/a"}
    only, *others = [
        sentence for sentence in sentences(order_at("otto_de"), Ask("ship", given)) if "--force-tracking" in sentence
    ]
    assert (only, others) == (
        "'n/a' is no parcel's number: it only fills the place; --force-tracking overrules that", []
    )  # fmt: skip


def test_the_guard_knows_the_carrier_by_its_label() -> None:
    order = order_at("veepee")
    ask = Ask("ship", {"carrier": "7", "tracking_number": "1Z999AA10123456780"})
    assert sentences(order, ask) == [
        "1Z999AA10123456780 cannot be a number of UPS: its check digit is wrong; --force-tracking overrules that"
    ]
    odd = replace(ask, given={"carrier": "7", "tracking_number": "ABCDE"})
    unlike = "ABCDE does not look like a number of UPS (18 characters that begin with 1Z)"
    assert sentences(order, odd) == [f"{unlike}; --force-tracking overrules that"]
    unsure = replace(ask, given={"carrier": "DHL", "tracking_number": "3318810026"})
    assert prepared(order_at("otto_de"), replace(unsure, given={**unsure.given, "return_carrier": "DHL",
                    "return_tracking_number": "340434188123"})).warnings == (
        "3318810026 cannot be a number of DHL: its check digit is wrong",
    )  # fmt: skip


def test_a_return_number_is_guarded_too_but_may_be_used_again() -> None:
    order = order_at("otto_de")
    given = {"carrier": "DPD", "tracking_number": "09980000020033", "return_carrier": "DHL"}
    ask = Ask("ship", {**given, "return_tracking_number": "n/a"})
    used = {"09980000020045": (Sighting("otto_de:2", "elsewhere"),)}
    assert len(sentences(order, ask)) == 1
    again = Ask("ship", {**given, "return_tracking_number": "00340434161094042557"})
    assert prepared(order, again, used=used).warnings == ()


# Reasons


def test_every_reason_is_told_once_and_nothing_would_have_been_sent() -> None:
    found = refusal(order_at("amazon_fr", "shipped"), Ask("ship", {"carrier": "colisimo", "tracking_number": "test"}))
    assert [(reason.about, reason.argument) for reason in found.reasons] == [
        (About.STATUS, None),
        (About.ARGUMENT, "carrier"),
        (About.ARGUMENT, "shipping_method"),
        (About.TRACKING, "tracking_number"),
    ]
    assert found.requests == ()


def test_the_good_values_of_this_file_are_what_the_marketplaces_describe() -> None:
    names = {
        argument.name for market in markets().values() for action in market.actions for argument in action.arguments
    }
    assert set(GOOD) <= names
    assert good(Argument("carrier", True, values=(("1", "DPD"),))) == "1"
    assert make_order().key == OrderKey("amazon_fr", "403-1")


# Any wish at all

FLAG_NAMES = some.sampled_from([*FLAGS, "pigeon"])
TEXTS = some.sampled_from(
    ["", " ", "DPD", "dhl", "15", "other", "yes", "12.50", "2", "now", NUMBER, "https://b.example/1"]
)
ARGUMENT_NAMES = some.sampled_from(
    sorted({argument.name for market in markets().values() for one in market.actions for argument in one.arguments})
)
LINES = some.lists(some.tuples(some.sampled_from(["L1", "L2", "L9"]), some.none() | some.integers(-1, 4)), max_size=3)
LINE_STATUSES = some.lists(some.none() | some.sampled_from(STATUSES), max_size=3)


@given(
    some.sampled_from(OFFERED),
    some.sampled_from(STATUSES),
    LINE_STATUSES,
    some.dictionaries(FLAG_NAMES, TEXTS | some.text(max_size=5)),
    some.dictionaries(ARGUMENT_NAMES, TEXTS, max_size=4),
    LINES,
)
def test_whatever_is_wished_for_the_answer_is_reasons_or_requests_that_the_description_allows(
    offer: tuple[str, str],
    status: str,
    line_statuses: list[str | None],
    given_flags: dict[str, str],
    extra: dict[str, str],
    lines: list[tuple[str, int | None]],
) -> None:
    code, name = offer
    action = markets()[code].action(name)
    assert action is not None
    cart = tuple(make_line(line_id=f"L{place}", status=word) for place, word in enumerate(line_statuses, 1))
    order = replace(order_at(code, status), packages=(Package(cart, None),))
    found = try_check(order, Ask(name, given_flags, extra, tuple(lines)))
    if isinstance(found, Refusal):
        assert found.reasons
        return
    assert status in action.statuses
    described = {argument.name: argument for argument in action.arguments}
    for request in found.requests:
        sent = dict(request.arguments)
        assert sent.keys() <= described.keys()
        assert {argument.name for argument in action.arguments if argument.required} <= sent.keys()
        assert all(
            argument.free
            or not argument.values
            or sent.get(argument.name, argument.values[0][0]) in dict(argument.values)
            for argument in action.arguments
        )
        assert request.scope in {"*", *(line.line_id for line in cart)}
    assert len(set(found.requests)) == len(found.requests) > 0


def test_a_refund_price_that_is_a_choice_and_no_figure_is_compared_with_nothing() -> None:
    price = Argument("refund_price", True, "string", (("FULL", "All of it"), ("HALF", "Half")), free=False)
    market = Marketplace("kaufland_xx", "Kaufland XX", None, actions=(Action("refund", ("shipped",), (price,)),))
    found = check(
        market, order_at("kaufland_xx", "shipped"), Ask("refund", {"amount": "half"}), settings=CheckSettings(now=NOON)
    )
    assert found == Prepared((Request.of("refund", OrderKey("kaufland_xx", "403-1"), {"refund_price": "HALF"}),))
