"""The page of one order."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from lengowctl.orders.model import BY_MARKETPLACE, OrderType, Package
from lengowctl.output.screen import Screen
from lengowctl.output.sheet import Sheet, render
from lengowctl.output.sheet_goods import link

from .samples import (
    ADDRESS,
    DANGEROUS_FEW,
    HOSTILE,
    LAMP,
    MARKUP,
    NOW,
    ORDER,
    SHEET,
    hostile_sheet,
    item,
    screen,
    unsafe,
    widest,
)


def page(sheet: Sheet, on: Screen) -> str:
    stream = io.StringIO()
    render(sheet, stream, on)
    return stream.getvalue()


EIGHTY = """\
amazon_fr:403-1180092-5527741                                        1190.60 EUR
waiting_shipment  Prepare it, send it, then confirm the shipment.
But 1 of 3 lines is shipped.

Due           in 5 h  by Mon 23 Nov 15:00
Ordered       Sat 21 Nov 14:05
Updated       Sun 22 Nov 19:45, read 8 min ago; Lengow looks every 1 h
Marketplace   Amazon France (amazon_fr), says: PartiallyShipped
Buyer         Élodie Fontaine, compta@fontaine.example, FR40303265045
Type          prime (Prime), business
Your numbers  WEB-10045, WEB-10046
Invoice       INV-1102

Products
  Package 1 of 2, to Élodie Fontaine, 75011, Paris, FR
   2 x Blue mug, hand made                                             45.30 EUR
       SKU MUG-1 · line 05221-1 · waiting_shipment · due in 5 h
   1 x Standing lamp in solid oak with a linen shade, dimmable,      1129.00 EUR
       with foot switch and two spare bulbs, 165 cm
       SKU LAMP-XL · line 05221-2 · waiting_shipment · due in 2 d

  Package 2 of 2, to Élodie Fontaine, 75011, Paris, FR
  12 x Greeting card                                                    6.30 EUR
       SKU CARD-5 · line 05221-3 · shipped · 1.05 EUR refunded

Totals
  Products       1180.60 EUR
  Shipping         10.00 EUR
  Total          1190.60 EUR
  of which tax    198.43 EUR
  Commission      101.20 EUR
  Originally     1021.35 GBP

Parcels
  1  Colissimo · 6A12345678901 · Domicile · sent Sun 22 Nov 17:00 · pick-up
     point 012345 Tabac de la Gare · line 05221-3
     https://www.laposte.example/suivre?code=6A12345678901

Documents
  delivery note  https://docs.example/1234.pdf

Deliver to                                Bill to
  Mme Élodie Fontaine                       Élodie Fontaine
  12 rue des Lilas                          Fontaine & Filles SARL
  Bâtiment C                                4 avenue du Général Leclerc
  75011 Paris, FR                           69003 Lyon, FR
  +33 6 12 34 56 78
  b7xk2p@marketplace.example

Payments
  card · settled · Sat 21 Nov 14:06 · transaction pay_8832110

Comments
  Please ring twice.

What can be done now
  ship    needs --carrier: COLISSIMO, CHRONOPOST, DPD, GLS or 2 more
          needs --tracking-number
          takes --line
  cancel  takes --reason
  All valid values: lengowctl marketplaces show amazon_fr

What we sent
  22 Nov 16:58  ship line=05221-3 carrier=Colissimo: done
  22 Nov 16:59  refund: rejected
                Amount exceeds what is left
  Each step: lengowctl actions show 1 2

History
  21 Nov 14:20  status: new → waiting_shipment
  22 Nov 17:05  line_status of line 05221-3: waiting_shipment → shipped
  22 Nov 19:45  due_at: 24 Nov 15:00 → 23 Nov 15:00
"""


def test_the_page_of_eighty_columns() -> None:
    assert page(SHEET, screen(80)) == EIGHTY


def test_off_a_terminal_the_page_is_plain_with_whole_lines() -> None:
    text = page(SHEET, screen(40, tty=False))
    assert "\x1b" not in text
    assert f"1 x {LAMP}  1129.00 EUR\n" in text
    assert [text.startswith("amazon_fr:403-1180092-5527741  1190.60 EUR\n"), "\nBill to\n" in text] == [True, True]


def test_wide_terminals_get_two_columns_with_the_same_words() -> None:
    wide, narrow = page(SHEET, screen(200)), page(SHEET, screen(80))
    assert sorted(wide.split()) == sorted(narrow.split())
    assert len(wide.splitlines()) < len(narrow.splitlines()) / 1.7
    assert 160 < widest(wide) <= 200


@pytest.mark.parametrize("columns", [20, 33, 40, 60, 80, 100, 131, 132, 133, 160, 200, 250])
def test_no_line_is_ever_wider_than_the_terminal(columns: int) -> None:
    for sheet in (SHEET, hostile_sheet(HOSTILE), hostile_sheet("日本語" * 30), hostile_sheet("x" * 300)):
        assert widest(page(sheet, screen(columns))) <= columns


@pytest.mark.parametrize("on", [screen(150, color=True), screen(tty=False)], ids=["terminal", "pipe"])
def test_every_dangerous_character_is_shown(on: Screen) -> None:
    for start in range(0, len(DANGEROUS_FEW), 120):
        assert not unsafe(page(hostile_sheet("".join(DANGEROUS_FEW[start : start + 120])), on))


def test_markup_is_only_text() -> None:
    assert MARKUP in page(hostile_sheet(MARKUP), screen(tty=False))
    assert "\x1b]8" not in page(hostile_sheet(MARKUP), screen(100, color=True))


def test_empty_parts_are_left_out() -> None:
    order = replace(
        ORDER, packages=(Package((), None),), billing=None, types=(), comments=(), payments=(), documents=(),
        merchant_order_ids=(), invoice_number=None, total=None, shipping=None, tax=None, commission=None,
        original_total=None, marketplace_status=None, status="closed",
    )  # fmt: skip
    assert page(Sheet(order, allowed=()), screen(80)) == (
        "amazon_fr:403-1180092-5527741\n"
        "closed  Finished.\n"
        "\n"
        "Ordered       Sat 21 Nov 14:05\n"
        "Updated       Sun 22 Nov 19:45\n"
        "Marketplace   amazon_fr\n"
        "\n"
        "What can be done now\n"
        "  Nothing: amazon_fr takes no action while an order is closed.\n"
    )


def test_what_can_be_done_says_why_nothing_can() -> None:
    fulfilled = replace(ORDER, types=(OrderType(BY_MARKETPLACE, "AFN"),))
    assert "Nothing: the marketplace ships this order itself." in page(Sheet(fulfilled, allowed=()), screen(80))
    assert "by the marketplace; nothing is to be shipped" in page(Sheet(fulfilled, allowed=()), screen(80))
    assert "the description of amazon_fr is not in the cache" in page(Sheet(ORDER, allowed=None), screen(80))


def test_an_anonymised_order_says_so() -> None:
    assert "Anonymised    the buyer's data was removed at the source\n" in page(
        Sheet(replace(ORDER, anonymized=True)), screen(80)
    )


def test_an_order_that_is_late_says_so_in_words() -> None:
    late = Sheet(replace(ORDER, status="waiting_acceptance"), due_at=NOW - timedelta(hours=2))
    assert "Due           2 h late  accept or refuse it by Mon 23 Nov 08:00\n" in page(late, screen(80))


def test_an_unknown_status_passes_and_is_said_to_be_unknown() -> None:
    text = page(Sheet(replace(ORDER, status="on_the_moon")), screen(80))
    assert text.splitlines()[1] == "on_the_moon  A status that this version of lengowctl does not know."


def test_amounts_of_nothing_are_left_out_but_for_the_shipping() -> None:
    order = replace(ORDER, shipping=Decimal(0), tax=Decimal(0), discount=Decimal("0.00"), commission=None)
    text = page(Sheet(order), screen(80))
    assert "  Shipping          0.00 EUR\n  Total          1190.60 EUR\n  Originally" in text


def test_a_parcel_names_its_lines_unless_all_are_in_it() -> None:
    parcel = ORDER.parcels[0]
    mugs = (item("1", "Mug", 1, "5"), item("2", "Cup", 1, "5"), item("3", "Jug", 1, "5"))
    told = [
        page(
            Sheet(replace(ORDER, packages=(Package(mugs, None, (replace(parcel, line_ids=ids),)),))), screen(tty=False)
        )
        for ids in (("1",), ("1", "2"), ("1", "2", "3"), ())
    ]
    assert ["· line 1\n" in told[0], "· lines 1, 2\n" in told[1]] == [True, True]
    assert all("Tabac de la Gare\n" in text for text in told[2:])


def test_one_package_needs_no_heading_and_one_address_is_told_once() -> None:
    order = replace(ORDER, packages=(Package((item("1", "Mug", 1, "5"),), ADDRESS),), billing=ADDRESS)
    text = page(Sheet(order), screen(80))
    assert "Package" not in text
    assert ("Deliver to\n" in text, "Bill to" in text) == (True, False)


def test_the_same_amount_in_the_same_currency_is_told_once() -> None:
    assert "Originally" not in page(Sheet(replace(ORDER, original_currency="EUR")), screen(80))
    assert "Originally           5 JPY" in page(
        Sheet(replace(ORDER, original_total=Decimal(5), original_currency="JPY")), screen(80)
    )


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://www.laposte.example/x?y=1", "https://www.laposte.example/x?y=1"),
        ("http://dpd.example", "http://dpd.example"),
        ("javascript:alert(1)", "not shown: a link that is no web address"),
        ("file:///etc/passwd", "not shown: a link that is no web address"),
        ("//evil.example/x", "not shown: a link that is no web address"),
        ("https://", "not shown: a link that is no web address"),
        ("http://[::1", "a link that cannot be read: http://[::1"),
        ("https://dpd.example@evil.example/", "https://dpd.example@evil.example/  (leads to evil.example)"),
        ("https://xn--pple-43d.example/", "https://xn--pple-43d.example/  (leads to xn--pple-43d.example)"),
        ("https://раураl.example/", "https://раураl.example/  (leads to \\u0440\\u0430\\u0443\\u0440\\u0430l.example)"),
        ("https://a.example/\x1b]8;;x\x07", "https://a.example/\\x1b]8;;x\\x07"),
    ],
)
def test_a_link_is_text_that_says_where_it_leads(address: str, told: str) -> None:
    assert "".join(span.words for span in link(address)) == told
