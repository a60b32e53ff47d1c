"""The value of an argument, from what people write to what is sent."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lengowctl.orders.marketplace import Argument, Marketplace
from lengowctl.orders.reason import About, Reason, shown
from lengowctl.orders.values import Reading, read_value

from .markets import markets
from .samples import NOON

SHOP = Marketplace("shop_fr", "Shop FR", "FR", carriers=(("DPD", "DPD"), ("COL", "Colissimo")))
READING = Reading(SHOP, NOON, {"blue van": {"*": "COL"}}, ZoneInfo("Europe/Paris"), "EUR")
YES_NO = (("true", "Yes"), ("false", "No"))
LISTED = (("15", "Item returned"), ("16", "Damaged"))


def read(argument: Argument, text: str) -> str | Reason:
    return read_value(argument, text, READING)


@pytest.mark.parametrize(
    ("argument", "text", "sent"),
    [
        (Argument("carrier", True, free=False), "colissimo", "COL"),
        (Argument("carrier", True, free=False), "Blue Van", "COL"),
        (Argument("return_carrier", True, free=False), " dpd ", "DPD"),
        (Argument("carrier", True), "Bobonov", "Bobonov"),
        (Argument("reason", True, values=LISTED, free=False), "item returned", "15"),
        (Argument("reason", True, values=LISTED, free=False), "16", "16"),
        (Argument("reason", True, values=LISTED), "something else", "something else"),
        (Argument("fees", True, "boolean", YES_NO, free=False), "Yes", "true"),
        (Argument("fees", True, "boolean", YES_NO, free=False), "0.00", "false"),
        (Argument("fees", True, "boolean", (("True", "y"), ("False", "n"))), "no", "False"),
        (Argument("fees", True, "boolean"), "non", "false"),
        (Argument("refund_price", True, "decimal"), "12.5", "12.50"),
        (Argument("refund_price", True, "decimal"), "0", "0.00"),
        (Argument("quantity", True, "quantity"), "02", "2"),
        (Argument("weight", True, "integer"), "3", "3"),
        (Argument("shipping_date", True, "datetime"), "2026-11-23T10:00", "2026-11-23T09:00:00+00:00"),
        (Argument("shipping_date", True, "datetime"), "2026-11-23T10:00:30-05:00", "2026-11-23T15:00:30+00:00"),
        (Argument("shipping_date", True), "now", "2026-11-23T12:00:00+00:00"),
        (Argument("shipping_date", True), "yesterday", "2026-11-21T23:00:00+00:00"),
        (Argument("tracking_url", True), "https://dpd.example/1", "https://dpd.example/1"),
        (Argument("comment", True), " Désolé ", "Désolé"),
    ],
)
def test_what_is_sent(argument: Argument, text: str, sent: str) -> None:
    assert read(argument, text) == sent


@pytest.mark.parametrize("code", ["laredoute", "decathlon_fr"])
def test_where_any_carrier_is_taken_an_alias_goes_as_what_it_stands_for(code: str) -> None:
    """La Redoute lists no carriers, Decathlon some: the merchant's own word means nothing to either."""
    market = markets()[code]
    ship = market.action("ship")
    assert ship is not None
    argument = next(argument for argument in ship.arguments if argument.name == "carrier")
    reading = Reading(market, NOON, {"night van": {"*": "Kurier Nord"}})
    assert read_value(argument, "Night Van", reading) == "Kurier Nord"
    assert read_value(argument, "Bobonov", reading) == "Bobonov"
    assert read_value(argument, "Night Van", replace(reading, exact=True)) == "Night Van"


def test_an_alias_that_names_no_carrier_is_told_with_what_it_stands_for() -> None:
    reading = replace(READING, aliases={"night van": {"*": "Kurier Nord"}})
    said = read_value(Argument("carrier", True, free=False), "Night Van", reading)
    assert isinstance(said, Reason)
    assert said.sentence.startswith(
        "--carrier: 'Kurier Nord', which your own name 'Night Van' stands for, is no carrier of Shop FR; valid are "
    )


def test_a_zero_width_joiner_is_part_of_a_word() -> None:
    assert read(Argument("comment", True), "می\u200cخواهم") == "می\u200cخواهم"


CARRIER, REASON = Argument("carrier", True, free=False), Argument("reason", True, values=LISTED, free=False)


@pytest.mark.parametrize(
    ("argument", "text", "sentence", "valid"),
    [
        (CARRIER, "colisimo", "--carrier: 'colisimo' is no carrier of Shop FR; did you mean COL (Colissimo)?",
         ("DPD", "COL")),
        (CARRIER, "Bobonov", "--carrier: 'Bobonov' is no carrier of Shop FR; valid are DPD, COL (Colissimo)",
         ("DPD", "COL")),
        (REASON, "broken", "--reason: 'broken' is no reason of Shop FR; valid are 15 (Item returned), 16 (Damaged)",
         ("15", "16")),
        (Argument("carrier", True), "colisimo",
         "--carrier: 'colisimo' is no carrier of Shop FR; did you mean COL (Colissimo)? "
         "To send it as it is: --arg carrier='colisimo'", ("DPD", "COL")),
        (Argument("reason", True, values=(("1", "Late"), ("2", "late"))), "LATE",
         "--reason: 'LATE' may mean several: 1 (Late), 2 (late); give the code. To send it as it is: "
         "--arg reason='LATE'", ("1", "2")),
        (Argument("refund_shipping_fees", True, "boolean", YES_NO), "1",
         "--shipping-amount: it is all or nothing here: say yes or no, not '1'", ("true", "false")),
        (Argument("refund_price", True), "12,50", "--amount: '12,50' is not an amount; write it as 12.50", ()),
        (Argument("refund_price", True), "7.125", "--amount: '7.125' has more decimals than EUR has", ()),
        (Argument("shipping_date", True), "2026-11-25",
         "--shipping-date: '2026-11-25' is still to come; it says when the parcel left", ()),
        (Argument("quantity", True), "0", "--line: '0' is not a number of pieces; write it as 2", ()),
        (Argument("quantity", True), "1.5", "--line: '1.5' is not a number of pieces; write it as 2", ()),
        (Argument("weight", True, "integer"), "x", "--arg weight: 'x' is not a number of pieces; write it as 2", ()),
        (Argument("shipping_date", True), "soon", "--shipping-date: 'soon' is not a date; write it as 2026-11-01, "
         "2026-11-01T08:00, today, yesterday, monday, -3d or -2h", ()),
        (Argument("tracking_url", True), "dpd.example/1",
         "--tracking-url: 'dpd.example/1' is no link; it begins with https://", ()),
        (Argument("comment", True), "a\x1b[2Jb", "--comment: 'a\\x1b[2Jb' holds characters that cannot be seen", ()),
        (Argument("tracking_number", True), "6A\u200b1",
         "--tracking-number: '6A\\u200b1' holds characters that cannot be seen", ()),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_told_in_one_sentence_with_the_valid_values(
    argument: Argument, text: str, sentence: str, valid: tuple[str, ...]
) -> None:
    assert read(argument, text) == Reason(About.ARGUMENT, sentence, argument.name, valid)


@pytest.mark.parametrize(
    ("currency", "text", "sent"),
    [("EUR", "7.1250", None), ("EUR", "7.1200", "7.1200"), ("JPY", "7.5", None), ("JPY", "7", "7"),
     ("KWD", "7.125", "7.125"), (None, "7.125", "7.125")],
)  # fmt: skip
def test_no_currency_pays_fractions_of_its_smallest_coin(currency: str | None, text: str, sent: str | None) -> None:
    found = read_value(Argument("refund_price", True), text, replace(READING, currency=currency))
    assert found == sent if sent else isinstance(found, Reason)


@pytest.mark.parametrize("text", ["-1", "NaN", "Infinity", "1e3", "1_000", "twelve", "9" * 30, "\u0663"])
def test_an_amount_is_plain_figures(text: str) -> None:
    assert read(Argument("refund_price", True), text) == Reason(
        About.ARGUMENT, f"--amount: {text!r} is not an amount; write it as 12.50", "refund_price"
    )


@pytest.mark.parametrize(
    ("code", "hint"),
    [
        ("amazon_fr", ". Another carrier is --carrier Other --carrier-name 'Bobonov'"),
        ("manomano_fr", ". Another carrier is --carrier Other --carrier-name 'Bobonov'"),
        ("rakuten_fr", ". Another carrier is --carrier Autre"),
        ("veepee", ". Another carrier is --carrier 130"),
        ("fnac", ""),
    ],
)
def test_a_carrier_outside_the_list_is_told_how_the_marketplace_calls_such_ones(code: str, hint: str) -> None:
    market = markets()[code]
    ship = market.action("ship")
    assert ship is not None
    argument = next(argument for argument in ship.arguments if argument.name == "carrier")
    said = read_value(argument, "Bobonov", Reading(market, NOON))
    assert isinstance(said, Reason)
    choices = shown(argument.values)
    assert said.sentence == f"--carrier: 'Bobonov' is no carrier of {market.name}; valid are {choices}{hint}"


def test_a_return_carrier_has_no_other() -> None:
    market = Marketplace("amazon_xx", "Amazon XX", None, carriers=(("DPD", "DPD"),))
    said = read_value(Argument("return_carrier", True, free=False), "Bobonov", Reading(market, NOON))
    assert isinstance(said, Reason)
    assert said.sentence == "--return-carrier: 'Bobonov' is no return_carrier of Amazon XX; valid are DPD"


def test_by_the_marketplaces_own_name_a_near_miss_goes_as_it_is_where_free_values_are_taken() -> None:
    exact = Reading(SHOP, NOON, exact=True)
    assert read_value(Argument("carrier", True), "colisimo", exact) == "colisimo"
    assert isinstance(read_value(CARRIER, "colisimo", exact), Reason)


def test_long_lists_are_cut_in_the_sentence_only() -> None:
    assert shown((str(n), str(n)) for n in range(14)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more"


@given(
    some.sampled_from(
        [
            CARRIER,
            REASON,
            *(Argument(n, True) for n in ("refund_price", "quantity", "shipping_date", "tracking_url", "comment")),
        ]
    ),
    some.text(min_size=1),
)
def test_any_text_is_a_value_or_a_reason(argument: Argument, text: str) -> None:
    assert isinstance(read(argument, text), str | Reason)
