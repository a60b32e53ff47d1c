"""Taking the buyer out of a stored order."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lengowctl.connectors.lengow.scrub import scrub
from lengowctl.connectors.lengow.wire import LengowReader, read_page
from lengowctl.orders.model import Address
from lengowctl.orders.privacy import without_buyer

from ..world import PAGE, example

BUYER = (
    "Lea", "Exemple", "12 rue du Test", "Bat. B", "44000", "Nantes", "0600000000", "buyer-0001", "Mme", "A1B2C3D4",
    "T-5599-01", "Ring twice", "FR123", "Secret GmbH",
)  # fmt: skip


def full_order() -> dict[str, object]:
    order = example() | {
        "comments": ["Ring twice"],
        "contact_address": {"full_name": "Lea Exemple"},
        "documents": [{"name": "Invoice Lea Exemple", "url": "https://d/lea"}],
        "invoice_url": "https://invoices/Lea-Exemple",
        "brand_new_key": {"buyer": "Lea Exemple"},
    }
    order["order_meta"] |= {"customer_note": "Lea", "shipping_deadline": "2025-03-13T22:59:59Z"}
    order["billing_address"] |= {"company": "Secret GmbH", "vat_number": "FR123"}
    order["payments"][0]["payment_terms"]["vat_number"] = "FR123"
    order["packages"][0]["delivery"]["trackings"][0]["url"] = "https://track/8R1?zip=44000"
    order["packages"][0]["cart"][0]["gift_note"] = "Lea"
    return dict(order)


def test_nothing_of_the_buyer_is_left() -> None:
    left = scrub(json.dumps(full_order()).encode()).decode()
    assert [word for word in BUYER if word in left] == []


def test_the_order_still_reads_and_has_lost_the_buyer_alone() -> None:
    whole = read_page(PAGE).readings[0]
    left = LengowReader().order(scrub(whole.body))
    package = replace(whole.order.packages[0], delivery=Address(country="FR"))
    assert left == replace(
        whole.order,
        packages=(package,),
        billing=Address(country="FR"),
        customer_id=None,
        payments=(replace(whole.order.payments[0], transaction_id=None),),
    )


def test_it_leaves_what_the_order_without_its_buyer_has() -> None:
    """Columns are made by the one, bodies by the other: both must have lost the same."""
    body = json.dumps(full_order()).encode()
    reader = LengowReader()
    assert reader.order(scrub(body)) == without_buyer(reader.order(body))


def test_it_is_the_same_every_time_and_scrubbing_twice_changes_nothing() -> None:
    body = json.dumps(full_order()).encode()
    assert scrub(body) == scrub(body) == scrub(scrub(body))


def test_numbers_keep_every_digit() -> None:
    body = b'{"marketplace":"a","marketplace_order_id":"1","total_order":40.300,"shipping":1E+2,"account_id":7}'
    assert scrub(body) == body


def test_a_link_that_does_not_tell_where_the_buyer_lives_stays() -> None:
    order = example()
    order["packages"][0]["delivery"]["trackings"][0]["url"] = "https://track/8R00000000001"
    parcel = LengowReader().order(scrub(json.dumps(order).encode())).parcels[0]
    assert parcel.tracking_url == "https://track/8R00000000001"


@pytest.mark.parametrize(
    "change",
    [
        {"billing_address": "Lea Exemple"},
        {"packages": "Lea Exemple"},
        {"packages": ["Lea", {"cart": ["Lea"], "delivery": "Lea"}]},
        {"packages": [{"delivery": ["Lea"]}, ["Lea"]]},
        {"order_meta": "Lea"},
        {"order_meta": {"checksum": ["Lea"], "locale": {"a": "Lea"}}},
        {"marketplace_status": {"by": "Lea"}},
        {"order_types": ["Lea"]},
        {"payments": "Lea"},
        {"merchant_order_id": {"of": "Lea"}},
        {"merchant_order_id": [["Lea"]]},
    ],
)
def test_values_of_a_strange_type_take_nobody_along(change: dict[str, object]) -> None:
    assert b"Lea" not in scrub(json.dumps(example() | change).encode())


def test_bare_values_that_are_no_buyers_data_stay() -> None:
    order = example() | {"currency": "EUR", "merchant_order_id": "SO-1"}
    order["packages"][0]["cart"][0]["merchant_product_id"] = "MUG"
    left = LengowReader().order(scrub(json.dumps(order).encode()))
    assert (left.currency, left.merchant_order_ids, left.lines[0].sku) == ("EUR", ("SO-1",), "MUG")


@pytest.mark.parametrize("raw", [b"", b"[", b"[]", b'"Lea"', b'{"a": NaN}', b"\xff\xfe", b"<html>", b"{" * 9000])
def test_what_cannot_be_read_as_an_order_becomes_empty(raw: bytes) -> None:
    assert scrub(raw) == b""


def test_lone_surrogates_do_not_stop_it() -> None:
    assert scrub(b'{"marketplace":"a\\ud800","x":"Lea"}') == b'{"marketplace":"a\\ud800"}'
