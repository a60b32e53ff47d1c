"""Pages of orders, read and kept as they came."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lengowctl.connectors.base import Reading, Unreadable
from lengowctl.connectors.lengow.wire import LengowReader, WirePage, read_page
from lengowctl.errors import BadAnswer
from lengowctl.orders.model import Address, Document, Line, Order, OrderType, Package, Parcel, Payment

from ..world import PAGE, example, numbered, page_of


def at(day: int, hour: int, minute: int, second: int) -> datetime:
    return datetime(2025, 3, day, hour, minute, second, tzinfo=UTC)


LEA = Address(
    civility="Mme",
    first_name="Lea",
    last_name="Exemple",
    full_name="Lea Exemple",
    first_line="12 rue du Test",
    second_line="Bat. B",
    zipcode="44000",
    city="Nantes",
    country="FR",
    phone_mobile="0600000000",
    email="buyer-0001@marketplace.example",
)
MUG = Line(
    line_id="11905563481034",
    sku="MUG-BLUE-2",
    marketplace_product_id="B0TESTMUG1",
    title="Stoneware mug, blue",
    quantity=2,
    amount=Decimal("59.80"),
    tax=Decimal("9.97"),
    shipping=Decimal("3.90"),
    refunded_amount=None,
    original_amount=Decimal("59.80"),
    status="shipped",
    marketplace_status="Shipped",
    due_at=at(13, 22, 59, 59),
    category="Kitchen > Mugs",
)
TEA = Line(
    line_id="11905563481035",
    sku="TEA-250G",
    marketplace_product_id="B0TESTTEA9",
    title="Loose leaf tea, 250 g",
    quantity=1,
    amount=Decimal("24.90"),
    tax=Decimal("4.15"),
    shipping=Decimal("2.00"),
    refunded_amount=None,
    original_amount=Decimal("24.90"),
    status="waiting_shipment",
    marketplace_status="Unshipped",
    due_at=at(13, 22, 59, 59),
    category="Grocery > Tea",
)
PARCEL = Parcel(
    carrier="LAPOSTE",
    method="Standard",
    tracking_number="8R00000000001",
    tracking_url=None,
    shipped_at=at(12, 7, 45, 0),
    relay_id=None,
    relay_name=None,
    by_marketplace=False,
    line_ids=("11905563481034",),
)
EXAMPLE = Order(
    marketplace="amazon_fr",
    order_id="403-1180092-5527741",
    status="waiting_shipment",
    marketplace_status="PartiallyShipped",
    ordered_at=at(11, 9, 14, 5),
    imported_at=at(11, 9, 31, 2),
    updated_at=at(12, 8, 2, 11),
    total=Decimal("90.6"),
    currency="EUR",
    original_total=Decimal("90.6"),
    original_currency="EUR",
    shipping=Decimal("5.9"),
    tax=Decimal("15.10"),
    commission=Decimal("13.59"),
    discount=Decimal(0),
    processing_fee=None,
    merchant_order_ids=("SO-100231",),
    packages=(Package((MUG, TEA), LEA, (PARCEL,)),),
    billing=LEA,
    types=(OrderType("is_prime", "Prime"),),
    anonymized=False,
    customer_id="A1B2C3D4",
    market_country="FR",
    payments=(Payment("Standard", None, at(11, 9, 14, 40), "T-5599-01"),),
    meta=(("feed_id", "515"), ("checksum", "0f3a6c1d9b0c4b7f8d2e5a4c6b7d8e9f")),
)


def read(order: object) -> Order:
    return LengowReader().order(json.dumps(order).encode())


def set_aside(body: bytes) -> list[tuple[str, str | None, str | None]]:
    return [(found.reason, found.marketplace, found.order_id) for found in read_page(body).unreadable]


def test_the_example_is_read_whole_and_kept_byte_for_byte() -> None:
    start, end = PAGE.index(b'{\n      "marketplace"'), PAGE.rindex(b"]")
    body = PAGE[start:end].rstrip()
    moved = at(12, 8, 2, 11)
    assert read_page(PAGE) == WirePage(1, False, (Reading(EXAMPLE, body),), (), (moved,))


def test_a_stored_body_reads_as_the_page_did() -> None:
    (reading,) = read_page(PAGE).readings
    assert LengowReader().order(reading.body) == reading.order


def test_keys_that_stand_twice_are_kept_in_the_body() -> None:
    body = b'{"marketplace":"A","marketplace":"b","marketplace_order_id":1,"updated_at":"2025-01-01T00:00:00Z"}'
    (reading,) = read_page(b'{"count":1,"next":"https://x/?page=2","results":[' + body + b"]}").readings
    assert (reading.body, reading.order.marketplace, reading.order.order_id) == (body, "b", "1")


def test_a_further_page_is_known() -> None:
    assert read_page(page_of(next="https://api.lengow.io/v3.0/orders/?page=2")).next


def test_the_2015_order_reads_too() -> None:
    order = example()
    for name in ("original_currency", "order_meta", "order_types", "documents", "billing_address", "anonymized"):
        del order[name]
    order |= {"total_order": "90.60", "shipping": "5.90", "merchant_order_id": [], "comments": ["Ring twice", "", None]}
    del order["packages"][0]["cart"][0]["id"]
    order["packages"][0]["delivery"]["trackings"][0]["relay"] = {"id": 77, "name": "Tabac"}
    found = read(order)
    assert (found.total, found.shipping, found.merchant_order_ids) == (Decimal("90.60"), Decimal("5.90"), ())
    assert (found.comments, found.billing, found.types, found.anonymized) == (("Ring twice",), None, (), False)
    assert (found.parcels[0].relay_id, found.parcels[0].relay_name) == ("77", "Tabac")


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"marketplace": "Amazon_FR"}, "marketplace", "amazon_fr"),
        ({"marketplace_order_id": 4711}, "order_id", "4711"),
        ({"lengow_status": None}, "status", "unknown"),
        ({"lengow_status": "brand_new_word"}, "status", "brand_new_word"),
        ({"updated_at": None}, "updated_at", at(11, 9, 31, 2)),
        ({"merchant_order_id": None}, "merchant_order_ids", ()),
        ({"merchant_order_id": [1, "b"]}, "merchant_order_ids", ("1", "b")),
        ({"merchant_order_id": "SO-1"}, "merchant_order_ids", ("SO-1",)),
        ({"comments": "Leave at door"}, "comments", ("Leave at door",)),
        ({"order_meta": []}, "meta", ()),
        ({"order_meta": None}, "meta", ()),
        ({"order_meta": {"a": [1, 2], "b": {"c": 1}, "d": None}}, "meta", (("a", "1, 2"),)),
        ({"order_meta": {"shipping_deadline": "2025-03-13T22:59:59Z"}}, "meta_due_at", at(13, 22, 59, 59)),
        ({"locale": "de_DE"}, "locale", "de_DE"),
        ({"order_meta": {"locale": "de_DE"}}, "locale", "de_DE"),
        ({"anonymized": True}, "anonymized", True),
        ({"currency": "gbp"}, "currency", "GBP"),
        ({"currency": None}, "currency", None),
        ({"total_order": {"amount": 3}}, "total", None),
        ({"packages": None}, "packages", ()),
        ({"packages": []}, "packages", ()),
        ({"payments": None}, "payments", ()),
        ({"order_types": [{"type": "is_express"}, {"label": "x"}, "y"]}, "types", (OrderType("is_express", None),)),
        ({"documents": [{"type": "invoice", "url": "https://d"}]}, "documents", (Document("invoice", "https://d"),)),
        ({"documents": ["https://d", "note", 7, {}, {"z": 1}]}, "documents", (
            Document(None, "https://d"), Document("note", None), Document("7", None), Document(None, None))),
        ({"marketplace_country_iso2": "fr"}, "market_country", "FR"),
        ({"brand_new_key": {"a": 1}}, "order_id", "403-1180092-5527741"),
    ],
)  # fmt: skip
def test_every_shape_that_was_seen_is_read(change: dict[str, Any], field: str, value: object) -> None:
    assert getattr(read(example() | change), field) == value


def test_without_an_exchange_rate_no_amount_of_minus_one_is_believed() -> None:
    order = example() | {"total_order": -1, "total_tax": "-1.00", "shipping": -1, "original_total_order": 100}
    order["packages"][0]["cart"][0]["amount"] = "-1"
    found = read(order)
    assert (found.total, found.tax, found.shipping, found.original_total) == (None, None, None, Decimal(100))
    assert (found.lines[0].amount, found.lines[1].amount) == (None, Decimal("24.90"))


def test_lines_without_a_number_are_called_by_their_place() -> None:
    order = example()
    order["packages"] += [json.loads(json.dumps(order["packages"][0]))]
    for package in order["packages"]:
        package["cart"][1] |= {"marketplace_order_line_id": None, "quantity": None, "merchant_product_id": None}
    found = read(order)
    assert [line.line_id for line in found.lines] == ["11905563481034", "#2", "11905563481034", "#4"]
    assert (found.lines[1].quantity, found.lines[1].sku) == (0, None)


def test_addresses_and_parcels_of_any_shape() -> None:
    order = example() | {"billing_address": [], "contact_address": "x"}
    delivery = order["packages"][0]["delivery"]
    delivery |= {"zipcode": 44000, "common_country_iso_a2": "fr", "city": {"a": 1}}
    delivery["trackings"] += [{}, None, {"number": None, "is_delivered_by_marketplace": True}, {"relay": "x"}]
    found = read(order)
    assert found.billing is None
    assert found.address == Address(**{**{f: getattr(LEA, f) for f in LEA.__slots__}, "zipcode": "44000", "city": None})
    assert [parcel.by_marketplace for parcel in found.parcels] == [False, True, False]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"marketplace": None}, "marketplace is missing or is no marketplace code"),
        ({"marketplace": "x y"}, "marketplace is missing or is no marketplace code"),
        ({"marketplace_order_id": ""}, "marketplace_order_id is missing"),
        ({"marketplace_order_id": []}, "marketplace_order_id is missing"),
        ({"marketplace_order_id": "a\ud800"}, "marketplace_order_id holds characters that cannot be stored"),
        ({"marketplace_order_id": "a\x00"}, "marketplace_order_id holds characters that cannot be stored"),
        ({"updated_at": 5, "imported_at": "never"}, "neither updated_at nor imported_at is a time"),
        ({"packages": "none"}, "packages is no array of objects"),
        ({"packages": [1]}, "packages is no array of objects"),
        ({"packages": [{"cart": {"a": 1}}]}, "packages[].cart is no array of objects"),
        ({"packages": [{"cart": [{"quantity": "1.5"}]}]}, "packages[].cart[].quantity is no whole number"),
        ({"packages": [{"cart": [{"quantity": 2**63}]}]}, "packages[].cart[].quantity is no whole number"),
    ],
)
def test_an_order_without_sense_is_set_aside_and_its_neighbours_go_in(change: dict[str, Any], reason: str) -> None:
    bad = example() | change
    page = read_page(page_of(numbered(1), bad, numbered(2)))
    (aside,) = page.unreadable
    assert [reading.order.order_id for reading in page.readings] == ["N-1", "N-2"]
    assert (aside.reason, aside.raw) == (reason, json.dumps(bad).encode())
    with pytest.raises(ValueError) as caught:
        read(bad)
    assert str(caught.value) == reason


def test_what_is_known_of_an_unreadable_order_is_told() -> None:
    raw = b'{"marketplace": "Amazon_FR", "marketplace_order_id": "X-1", "updated_at": "2025-03-12T08:02:11Z", "n": NaN}'
    (aside,) = read_page(b'{"count": 1, "results": [' + raw + b"]}").unreadable
    assert aside == Unreadable(raw, "it holds NaN, which is no number", "amazon_fr", "X-1", at(12, 8, 2, 11))


@pytest.mark.parametrize("bomb", ['{"a":' * 3000 + "1" + "}" * 3000, '{"id": ' + "9" * 5000 + "}", "[1]", "7", "null"])
def test_a_bomb_among_orders_is_set_aside(bomb: str) -> None:
    good = json.dumps(numbered(1))
    page = read_page(f'{{"count": 3, "next": null, "results": [{good}, {bomb}, {good}]}}'.encode())
    assert (len(page.readings), [aside.raw.decode() for aside in page.unreadable]) == (2, [bomb])


def test_ids_of_any_size_do_no_harm() -> None:
    order = example()
    order["packages"][0]["cart"][0] |= {"id": 2**80, "marketplace_order_line_id": 2**80}
    order["packages"][0]["delivery"]["id"] = 2**80
    assert read(order).lines[0].line_id == str(2**80)


def test_texts_that_cannot_be_stored_are_mended_and_the_body_keeps_them() -> None:
    order = example() | {"marketplace_status": "a\ud800b\x00c😀"}
    body = page_of(order, numbered(2))
    first, second = read_page(body).readings
    assert (first.order.marketplace_status, first.body) == ("a\ufffdb\ufffdc😀", json.dumps(order).encode())
    assert LengowReader().order(first.body) == first.order
    assert second.order.marketplace_status == "PartiallyShipped"


def test_bytes_that_are_no_utf8_inside_an_order_spoil_nothing_else() -> None:
    body = page_of(example(), numbered(2)).replace(b"Nantes", b"N\xe2ntes", 1)
    first, second = read_page(body).readings
    assert (first.order.address.city, b"N\xe2ntes" in first.body) == ("N\ufffdntes", True)  # type: ignore[union-attr]
    assert LengowReader().order(first.body) == first.order
    assert second.order.address.city == "Nantes"  # type: ignore[union-attr]


def test_a_byte_order_mark_is_no_harm() -> None:
    assert read_page(b"\xef\xbb\xbf" + PAGE) == read_page(PAGE)


WEB = "a web page came where Lengow's data was due: a proxy or a login page answered"
ELSE = "Lengow's answer is something else where a page of orders was due"
ERROR = "Lengow's answer is an error where a page of orders was due"
NO_JSON = "Lengow's answer is not the JSON it should be"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Lengow's answer is empty"),
        (b" \n", "Lengow's answer is empty"),
        (b"<!DOCTYPE html><html></html>", WEB),
        (b"  <html>", WEB),
        (PAGE[:-20], "Lengow's answer was cut off"),
        (PAGE[:2000], "Lengow's answer was cut off"),
        (b'{"error": {"code": 500, "message": "x"}}', ERROR),
        (b'{"detail": "x"}', ERROR),
        (b"[]", NO_JSON),
        (b"null", NO_JSON),
        (b"{}", ELSE),
        (b'{"count": 1}', ELSE),
        (b'{"count": 1, "results": {}}', ELSE),
        (b'{"count": 1, "results": null}', ELSE),
        (b'{"results": []}', ELSE),
        (b'{"count": -1, "results": []}', ELSE),
        (b'{"count": "x", "results": []}', ELSE),
        (b'{"count": 0, "results": []} trailing', NO_JSON),
        (b'{"count": 0, "x\xff": 1, "results": []}', "Lengow's answer is not in UTF-8"),
        (PAGE.decode().encode("utf-16"), NO_JSON),
        (b"\x1f\x8b\x08 packed", NO_JSON),
    ],
)
def test_what_is_no_page_gets_one_clear_sentence(body: bytes, said: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        read_page(body)
    assert caught.value.message == said


def test_a_cut_anywhere_is_seen() -> None:
    small = page_of({"marketplace": "a", "marketplace_order_id": "1"}, {"x": ["]}", 1.5]})
    for end in range(len(small)):
        with pytest.raises(BadAnswer):
            read_page(small[:end])


def test_the_reader_refuses_what_is_no_order() -> None:
    for body in (b"", b"[]", b"{}", b"{", b"<html>", b"NaN", b'{"a": 1} x'):
        with pytest.raises(ValueError):
            LengowReader().order(body)
