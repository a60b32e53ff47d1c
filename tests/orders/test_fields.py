"""The names of fields are a promise: they are all here, in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lengowctl.errors import UsageFault
from lengowctl.orders.fields import (
    DEFAULT_LINES,
    DEFAULT_PARCELS,
    DEFAULT_PIPE,
    DEFAULT_TABLE,
    LINE_FIELDS,
    ORDER_FIELDS,
    PARCEL_FIELDS,
    Kind,
    Rows,
    check_columns,
    fields_of,
)
from lengowctl.orders.model import Address, OrderType

from .samples import NOON, make_line, make_order, make_parcel

ORDER_NAMES = (
    "ref", "profile", "marketplace", "order_id", "status", "marketplace_status", "ordered_at", "imported_at",
    "updated_at", "due_at", "total", "currency", "original_total", "original_currency", "shipping", "tax",
    "commission", "items", "lines", "skus", "customer", "email", "country", "city", "postcode", "address", "phone",
    "carrier", "tracking_number", "types", "fulfilled_by_marketplace", "merchant_order_ids", "action",
    "action_state", "anonymized", "synced_at",
)  # fmt: skip
LINE_NAMES = (
    "line_id", "sku", "marketplace_product_id", "title", "quantity", "amount", "line_status", "line_due_at",
)  # fmt: skip
PARCEL_NAMES = ("parcel", "carrier", "tracking_number", "tracking_url", "shipped_at", "relay")


def test_no_name_is_missing_renamed_or_moved() -> None:
    assert tuple(field.name for field in ORDER_FIELDS) == ORDER_NAMES
    assert tuple(field.name for field in LINE_FIELDS) == LINE_NAMES
    assert tuple(field.name for field in PARCEL_FIELDS) == PARCEL_NAMES


def test_the_default_columns_are_those_of_the_contract() -> None:
    assert DEFAULT_TABLE == ("ref", "status", "ordered_at", "due_at", "total", "items", "customer", "country")
    assert DEFAULT_PIPE == (
        "ref", "status", "ordered_at", "due_at", "total", "currency", "items", "customer", "country",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("names", "rows"), [(DEFAULT_LINES, Rows.LINE), (DEFAULT_PARCELS, Rows.PARCEL), (DEFAULT_PIPE, Rows.ORDER)]
)
def test_default_columns_are_known(names: tuple[str, ...], rows: Rows) -> None:
    assert check_columns(names, rows) == names


def test_rows_of_lines_and_parcels_have_the_orders_fields_too() -> None:
    assert tuple(fields_of(Rows.ORDER)) == ORDER_NAMES
    assert tuple(fields_of(Rows.LINE)) == ORDER_NAMES + LINE_NAMES
    assert set(fields_of(Rows.PARCEL)) == set(ORDER_NAMES) | set(PARCEL_NAMES)


def test_the_buyers_data_is_marked() -> None:
    personal = {field.name for field in ORDER_FIELDS if field.personal}
    assert personal == {"customer", "email", "city", "postcode", "address", "phone"}


def test_money_names_a_currency_that_is_there() -> None:
    for rows in Rows:
        known = fields_of(rows)
        assert all(field.currency in known for field in known.values() if field.kind is Kind.MONEY)


def test_an_unknown_column_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageFault, match="'totl'") as caught:
        check_columns(["ref", "totl"], Rows.ORDER)
    assert caught.value.hint == "did you mean total? --columns help lists them all"
    with pytest.raises(UsageFault, match="'sku'"):
        check_columns(["sku"], Rows.ORDER)


def test_a_column_named_twice_counts_once() -> None:
    assert check_columns(["ref", "total", "ref"], Rows.ORDER) == ("ref", "total")


def test_each_field_is_read_from_the_order() -> None:
    buyer = Address(full_name="Élodie Fontaine", email="e@example.org", country="FR")
    home = Address(company="SARL", first_line="1 rue X", zipcode="01000", city="Bourg", country="BE", phone_home="1")
    order = make_order(
        make_line(),
        make_line(sku="LAMP", quantity=1, due_at=NOON + timedelta(hours=1)),
        make_line(sku=None, quantity=1),
        delivery=home,
        billing=buyer,
        parcels=(make_parcel(), make_parcel(tracking_number="6A2"), make_parcel(carrier=None, tracking_number=None)),
        types=(OrderType("is_prime", "Prime"), OrderType("is_prime", None)),
    )
    values = {field.name: field.value(order) for field in ORDER_FIELDS if field.value}
    expected = {
        "ref": "amazon_fr:403-1", "due_at": NOON + timedelta(hours=1), "items": 4, "lines": 3,
        "skus": ("MUG-1", "LAMP"), "customer": "Élodie Fontaine", "email": "e@example.org", "country": "BE",
        "city": "Bourg", "postcode": "01000", "address": "SARL, 1 rue X", "phone": "1", "carrier": "Colissimo",
        "tracking_number": "6A1, 6A2", "types": ("is_prime",), "fulfilled_by_marketplace": False, "ordered_at": NOON,
    }  # fmt: skip
    assert {name: values[name] for name in expected} == expected


def test_an_order_without_people_or_dates_has_fields_without_values() -> None:
    order = make_order(ordered_at=None)
    values = {field.name: field.value(order) for field in ORDER_FIELDS if field.value}
    assert values["ordered_at"] == order.imported_at
    assert {values[name] for name in ("customer", "email", "country", "address", "phone", "carrier", "due_at")} == {
        None
    }


def test_a_column_of_other_rows_is_told_where_it_is() -> None:
    with pytest.raises(UsageFault) as told:
        check_columns(["title"], Rows.ORDER)
    assert told.value.hint == "it is a column of export --rows line; --columns help lists them all"
