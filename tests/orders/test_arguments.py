"""One flag, one meaning, and the name that each marketplace has for it."""

from __future__ import annotations

import pytest

from lengowctl.orders.arguments import FLAGS, argument_for, flag_named, option_of, quantity_of, type_of
from lengowctl.orders.marketplace import Action, Argument

from .markets import markets

NAMED = {
    "reason": {"reason", "refund_reason"},
    "amount": {"refund_price"},
    "shipping_amount": {"refund_shipping_price", "refund_shipping_fees", "shipping_price"},
    "carrier_name": {"carrier_name", "custom_carrier"},
    "from_country": {"expedition_country_code"},
}


def test_every_flag_finds_the_names_that_the_marketplaces_use() -> None:
    found: dict[str, set[str]] = {name: set() for name in NAMED}
    for market in markets().values():
        for action in market.actions:
            for name in NAMED:
                argument = argument_for(action, FLAGS[name].names)
                found[name] |= {argument.name} if argument else set()
    assert found == NAMED


def test_every_argument_of_every_marketplace_has_a_flag_or_is_given_by_name() -> None:
    by_name = {
        argument.name
        for market in markets().values()
        for action in market.actions
        for argument in action.arguments
        if option_of(argument.name).startswith("--arg")
    }
    assert by_name == {"delivery_date", "refund_mode", "refund_taxes", "refund_shipping_taxes"}


def test_a_required_name_is_taken_before_one_that_is_only_listed() -> None:
    action = Action("cancel", (), (Argument("reason", False), Argument("cancel_reason", True)))
    assert argument_for(action, FLAGS["reason"].names) == Argument("cancel_reason", True)
    assert argument_for(action, ("comment",)) is None
    assert quantity_of(action) is None


@pytest.mark.parametrize("heading", ["tracking_number", "--tracking-number", " Tracking Number ", "TRACKING-NUMBER"])
def test_a_heading_names_a_flag_however_it_is_spelled(heading: str) -> None:
    assert flag_named(heading) is FLAGS["tracking_number"]
    assert flag_named(heading + "x") is None


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        (Argument("refund_taxes", False, "boolean"), "boolean"),
        (Argument("refund_taxes", False, None, (("true", "Yes"), ("false", "No"))), "boolean"),
        (Argument("refund_price", False), "decimal"),
        (Argument("line", False), "line_number"),
        (Argument("cancel_quantity", False, "string"), "quantity"),
        (Argument("shipping_date", False, ""), "datetime"),
        (Argument("refund_price", False, "DECIMAL"), "decimal"),
        (Argument("comment", False, "list"), "text"),
        (Argument("comment", False, "essay"), "text"),
    ],
)
def test_the_kind_of_an_argument_is_what_is_said_else_what_its_name_says(argument: Argument, kind: str) -> None:
    assert type_of(argument) == kind


def test_how_an_argument_is_given() -> None:
    assert [option_of(name) for name in ("refund_reason", "line", "refund_quantity", "weight")] == [
        "--reason",
        "--line",
        "--line",
        "--arg weight=…",
    ]
