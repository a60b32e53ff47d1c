"""Orders as values: what follows from their parts, and money as text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.orders.model import BY_MARKETPLACE, Address, OrderType, Package, money_text

from .samples import make_line, make_order, make_parcel

AMOUNTS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("90.6", "EUR", "90.60"),
        ("90.605", "EUR", "90.605"),
        ("90", None, "90.00"),
        ("18900", "JPY", "18900"),
        ("18900.5", "JPY", "18900.5"),
        ("1.5", "KWD", "1.500"),
        ("1E+3", "EUR", "1000.00"),
        ("1E-3", "EUR", "0.001"),
        ("-0.1", "EUR", "-0.10"),
        ("12345678901234567890.12", "EUR", "12345678901234567890.12"),
        ("7", "no such currency", "7.00"),
    ],
)
def test_money_has_at_least_its_currencys_decimals(amount: str, currency: str | None, text: str) -> None:
    assert money_text(Decimal(amount), currency) == text


def test_no_amount_is_no_text() -> None:
    assert money_text(None, "EUR") is None


@given(AMOUNTS, st.sampled_from(["EUR", "JPY", "KWD", "XXX", None]))
def test_money_is_never_rounded_and_always_plain_digits(amount: Decimal, currency: str | None) -> None:
    text = money_text(amount, currency)
    assert text is not None
    assert Decimal(text) == amount
    assert set(text) <= set("-0123456789.")


def test_an_order_shipped_by_the_marketplace_is_known_by_its_type_or_by_a_parcel() -> None:
    assert not make_order().by_marketplace
    assert make_order(types=(OrderType(BY_MARKETPLACE, "AFN"),)).by_marketplace
    assert make_order(parcels=(make_parcel(by_marketplace=True),)).by_marketplace


def test_lines_and_parcels_are_those_of_all_packages() -> None:
    one, two = make_line(line_id="1"), make_line(line_id="2")
    parcel = make_parcel()
    order = make_order(packages=(Package((one,), None), Package((two,), None, (parcel,))))
    assert (order.lines, order.parcels) == ((one, two), (parcel,))


def test_an_order_goes_to_its_first_delivery_address_or_else_to_the_billing_address() -> None:
    home, office = Address(city="Paris"), Address(city="Lyon")
    assert make_order(delivery=home, billing=office).address == home
    assert make_order(billing=office).address == office
    assert make_order().address is None


@pytest.mark.parametrize(
    ("address", "name", "phone"),
    [
        (Address(full_name="Élodie F.", first_name="E", phone_home="1", phone_mobile="2"), "Élodie F.", "2"),
        (Address(first_name="Élodie", last_name="Fontaine", phone_office="3"), "Élodie Fontaine", "3"),
        (Address(company="Fontaine SARL"), "Fontaine SARL", None),
        (Address(), None, None),
    ],
)
def test_a_person_is_named_before_the_company(address: Address, name: str | None, phone: str | None) -> None:
    assert (address.name, address.phone) == (name, phone)
