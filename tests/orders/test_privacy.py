"""An order without its buyer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from lengowctl.orders.model import Address, Line, Order, Package, Parcel, Payment
from lengowctl.orders.privacy import without_buyer

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
)  # fmt: skip


def test_nothing_of_the_buyer_stays_but_the_country() -> None:
    """Names, addresses, e-mail, phones, tax numbers, the customer's number and words go; goods and parcels stay."""
    country = Address(country="FR")
    assert without_buyer(ORDER) == replace(
        ORDER,
        packages=(Package((LINE,), country, (PARCEL,)),),
        billing=country,
        customer_id=None,
        comments=(),
        payments=(Payment("card", None, AT, "T1"),),
    )


def test_what_is_not_there_is_not_made_up() -> None:
    """An order without addresses stays one."""
    bare = replace(ORDER, packages=(Package((LINE,), None),), billing=None)
    cleaned = without_buyer(bare)
    assert (cleaned.billing, cleaned.packages[0].delivery) == (None, None)


def test_twice_is_once() -> None:
    assert without_buyer(without_buyer(ORDER)) == without_buyer(ORDER)
