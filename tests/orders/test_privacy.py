"""An order without its buyer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lengowctl.orders.model import Address, Document, Line, Order, Package, Parcel, Payment
from lengowctl.orders.privacy import is_telling, without_buyer

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
WHO = Address(
    "ACME", "M.", "Jean", "Dupont", "Jean Dupont", "7 rue Mercière", "2e", "porte 4", "7 rue Mercière, Lyon", "69002",
    "Lyon", "ARA", "FR", "+331", "+332", "+336", "jean@shop.fr", "FR123",
)  # fmt: skip
LINE = Line("L1", "SKU", "B0", "Lampe", 1, Decimal(9), None, None, None, None, "shipped", None, None)
PARCEL = Parcel("DHL", None, "6A1", "https://example.org/6A1", AT, None, None, False)
ORDER = Order(
    "amazon_fr", "A-1", "shipped", "Shipped", AT, AT, AT, Decimal(9), "EUR", Decimal(9), "EUR", None, None, None, None,
    None, ("ERP-1",), (Package((LINE,), WHO, (PARCEL,)),), WHO, (), False, customer_id="C-77", market_country="FR",
    comments=("ring twice",), payments=(Payment("card", None, AT, "T1", vat_number="FR123"),),
    documents=(Document("Invoice Jean Dupont", "https://example.org/dupont"),), invoice_number="F-7",
    invoice_url="https://example.org/dupont", meta=(("customer_note", "for Jean"), ("checksum", "77ab")),
)  # fmt: skip


def test_nothing_of_the_buyer_stays_but_the_country() -> None:
    """Names, addresses, e-mail, phones, numbers, words and documents go; goods, parcels and sums stay."""
    country = Address(country="FR")
    assert without_buyer(ORDER) == replace(
        ORDER,
        packages=(Package((LINE,), country, (PARCEL,)),),
        billing=country,
        customer_id=None,
        comments=(),
        payments=(Payment("card", None, AT, None),),
        documents=(),
        invoice_url=None,
        meta=(("checksum", "77ab"),),
    )


def test_a_document_of_a_line_goes() -> None:
    line = replace(LINE, documents=(Document("Label Dupont", None),))
    order = replace(ORDER, packages=(Package((line,), WHO),))
    assert without_buyer(order).packages == (Package((LINE,), Address(country="FR")),)


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://example.org/6A1?country=FR", True),
        ("https://example.org/6A1?zip=69002", False),
        ("https://example.org/6A1/JEAN%20DUPONT", False),
        ("https://example.org/6A1?to=7+rue+merci%C3%A8re", False),
    ],
)
def test_a_tracking_link_goes_when_it_spells_out_part_of_an_address(link: str, kept: bool) -> None:
    parcel = replace(PARCEL, tracking_url=link)
    order = replace(ORDER, packages=(Package((LINE,), WHO, (parcel,)),))
    assert without_buyer(order).parcels == ((parcel if kept else replace(parcel, tracking_url=None)),)


def test_no_link_tells_nothing() -> None:
    assert not is_telling(None, ("lyon",))


def test_what_is_not_there_is_not_made_up() -> None:
    """An order without addresses stays one."""
    bare = replace(ORDER, packages=(Package((LINE,), None),), billing=None)
    cleaned = without_buyer(bare)
    assert (cleaned.billing, cleaned.packages[0].delivery) == (None, None)


def test_twice_is_once() -> None:
    assert without_buyer(without_buyer(ORDER)) == without_buyer(ORDER)
