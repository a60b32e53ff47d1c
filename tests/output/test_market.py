"""The channel guide of one marketplace, and the list of them."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from lengowctl.orders.marketplace import Action, Argument, Marketplace
from lengowctl.output import market, table
from lengowctl.output.screen import Screen

from .samples import CARRIERS, DANGEROUS_FEW, HOSTILE, MARKET, SHIP, hostile_market, screen, unsafe, widest


def page(shown: Marketplace, on: Screen) -> str:
    stream = io.StringIO()
    market.render(shown, stream, on)
    return stream.getvalue()


def test_the_page_of_eighty_columns() -> None:
    assert (
        page(MARKET, screen(80))
        == """\
amazon_fr  Amazon France, FR
Homepage      https://www.amazon.example
Read          every 1 h by Lengow; a status can be that old

Actions
  ship      while waiting_shipment
            carrier          needed    one of the carriers below
            tracking_number  needed
            line             optional  line_number
  cancel    while waiting_shipment
            reason  optional  such as:
              NoInventory (No stock)
  refund    never, by its own description

Statuses
  waiting_shipment  Unshipped, PartiallyShipped
  odd               -

Carriers (6)
  COLISSIMO   CHRONOPOST  DPD         GLS         UPS         TNT

Shipping methods
  STD (Standard)

Not understood
  the status map holds a number
"""
    )


def test_how_long_one_may_wait_with_an_answer_says_how_sure_it_is() -> None:
    accept = Action("accept", ("waiting_acceptance",), (Argument("country", True, default="FR"),))
    told = [
        page(replace(MARKET, code=code, actions=(accept,)), screen(80)).splitlines()[3]
        for code in ("cdiscount", "fnac")
    ]
    assert told == [
        "Accept        within 2 d; else the marketplace cancels",
        "Accept        within 2 d; a careful guess: the marketplace does not say",
    ]
    assert "country  needed    FR proposed" in page(replace(MARKET, actions=(accept,)), screen(80))


def test_a_marketplace_without_actions_says_so() -> None:
    assert "none: this marketplace takes no actions through Lengow" in page(Marketplace("x", "X", None), screen(80))


def test_many_values_stand_in_columns() -> None:
    many = tuple((f"R{number}", f"Reason {number}") for number in range(30))
    shown = replace(MARKET, actions=(Action("cancel", ("shipped",), (Argument("reason", True, "string", many),)),))
    text = page(shown, screen(80))
    assert "              R0 (Reason 0)    R8 (Reason 8)    R16 (Reason 16)  R24 (Reason 24)\n" in text
    assert all(f"{code} ({label})" in text for code, label in many)


@pytest.mark.parametrize("columns", [20, 40, 60, 80, 120, 200])
def test_no_line_is_ever_wider_than_the_terminal(columns: int) -> None:
    for shown in (MARKET, hostile_market(HOSTILE), hostile_market("日本語" * 30), hostile_market("x" * 300)):
        assert widest(page(shown, screen(columns))) <= columns


@pytest.mark.parametrize("on", [screen(100, color=True), screen(tty=False)], ids=["terminal", "pipe"])
def test_every_dangerous_character_is_shown(on: Screen) -> None:
    for start in range(0, len(DANGEROUS_FEW), 120):
        assert not unsafe(page(hostile_market("".join(DANGEROUS_FEW[start : start + 120])), on))


def test_the_list_has_a_row_for_each() -> None:
    accept = Action("accept", ("waiting_acceptance",), ())
    shops = [MARKET, *(replace(MARKET, code=code, actions=(accept, SHIP)) for code in ("cdiscount", "fnac"))]
    assert list(market.rows(shops)) == [
        ("amazon_fr", "Amazon France", '["ship", "cancel", "refund"]', "FR", None, "1 h", len(CARRIERS)),
        ("cdiscount", "Amazon France", '["accept", "ship"]', "FR", "2 d", "15 min", len(CARRIERS)),
        ("fnac", "Amazon France", '["accept", "ship"]', "FR", "2 d?", "30 min", len(CARRIERS)),
    ]
    stream = io.StringIO()
    table.write(market.rows([MARKET]), market.COLUMNS, stream, screen=screen(80))
    assert stream.getvalue().splitlines()[1].startswith("amazon_fr    Amazon France  ship, cancel, refund")
