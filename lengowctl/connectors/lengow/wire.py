"""Lengow's JSON of orders to our values: the only place, with its neighbours here, that knows their key names.

Reading is lenient. What an order is (marketplace, number, when it moved) and what it holds (packages, lines, whole
quantities) must make sense, or the order is unreadable; any other value of a strange type reads as missing, and
keys that we do not know are passed over: the body keeps them. Missing words: an order without `lengow_status` has
the status `unknown`; a line without `marketplace_order_line_id` is called `#1`, `#2` by its place in the order; a
line without a quantity counts 0; an order without `updated_at` takes `imported_at` for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lengowctl.connectors.base import Reading, Unreadable
from lengowctl.connectors.lengow.description import read_description
from lengowctl.connectors.lengow.scan import Broken, Cursor, Element, glimpse, read_element
from lengowctl.connectors.lengow.scrub import scrub
from lengowctl.connectors.lengow.values import (
    Object,
    converted,
    flag,
    is_storable,
    moment,
    money,
    record,
    records,
    storable,
    text,
    texts,
    whole,
)
from lengowctl.errors import BadAnswer
from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.model import Address, Document, Line, Order, OrderType, Package, Parcel, Payment

UNKNOWN_STATUS = "unknown"

_CODE = re.compile(r"[a-z0-9_.\-]{1,100}")
_IDENTITY = frozenset({"marketplace", "marketplace_order_id", "updated_at"})
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")
_ADDRESS = (
    "company", "civility", "first_name", "last_name", "full_name", "first_line", "second_line", "complement",
    "full_address", "zipcode", "city", "state_region", "common_country_iso_a2", "phone_home", "phone_office",
    "phone_mobile", "email", "vat_number",
)  # fmt: skip
_COUNTRY = _ADDRESS.index("common_country_iso_a2")
_DOCUMENT_NAMES = ("name", "label", "title", "filename", "file_name", "document_type", "type", "id")
_DOCUMENT_URLS = ("url", "link", "href", "document_url", "download_url")


class Senseless(ValueError):
    """An order that is JSON and yet no order; the reason names keys, never values."""


@dataclass(frozen=True, slots=True)
class WirePage:
    """One page as it stood in the answer. `next` says that the source knows of a further page; `span` is the
    earliest and the latest `updated_at` that its orders carry.
    """

    count: int
    next: bool
    readings: tuple[Reading, ...]
    unreadable: tuple[Unreadable, ...]
    span: tuple[datetime, datetime] | None


class LengowReader:
    """Reads stored bodies again, offline (keeps the contract `Reader`)."""

    def order(self, body: bytes) -> Order:
        """The order in `body`. Raises ValueError with the reason when it cannot be understood."""
        words, _ = decode(body)
        element = read_element(words)
        if element.fault:
            raise Senseless(element.fault)
        return _order(_clean(words, element))

    def marketplace(self, code: str, body: bytes) -> Marketplace:
        """The description in `body`. Raises ValueError when it is no JSON object."""
        element = read_element(decode(body)[0])
        if element.fault or not isinstance(element.value, dict):
            raise Senseless(element.fault or "it is no description of a marketplace")
        return read_description(code, record(storable(element.value)))


def decode(body: bytes) -> tuple[str, bool]:
    """The text, and whether it was UTF-8; bytes that were not stand in it as lone surrogates (`surrogateescape`)."""
    try:
        return body.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return body.decode("utf-8-sig", "surrogateescape"), False


def read_page(body: bytes) -> WirePage:
    """Read one page of orders, keeping the text of each as it came. Raises BadAnswer when it is no page at all."""
    words, sound = decode(body)
    envelope: dict[str, object] = {}
    elements: list[Element] | None = None
    cursor = Cursor(words)
    try:
        for key in cursor.members():
            if key == "results" and cursor.peek() == "[":
                elements = list(cursor.items())
            else:
                envelope[key] = cursor.element().value
        cursor.finish()
    except Broken as fault:
        raise no_page(words, cut=fault.cut) from fault
    count = whole(envelope.get("count"))
    if elements is None or count is None or count < 0:
        raise _no_orders(envelope)
    if not sound and _is_foreign_outside(words, elements):
        raise BadAnswer("Lengow's answer is not in UTF-8")
    return _page(words, elements, count, bool(envelope.get("next")))


def no_page(words: str, *, cut: bool) -> BadAnswer:
    """What to say of an answer that should have been JSON and is not."""
    if words.lstrip()[:1] == "<":
        return BadAnswer(
            "a web page came where Lengow's data was due: a proxy or a login page answered",
            hint="check the network, the proxy settings and the address of the API",
        )
    if cut and words.strip():
        return BadAnswer("Lengow's answer was cut off")
    return BadAnswer(
        "Lengow's answer is empty" if not words.strip() else "Lengow's answer is not the JSON it should be"
    )


def _no_orders(envelope: Object) -> BadAnswer:
    said = "error" in envelope or "detail" in envelope
    return BadAnswer(f"Lengow's answer is {'an error' if said else 'something else'} where a page of orders was due")


def _is_foreign_outside(words: str, elements: list[Element]) -> bool:
    ends = [0, *(element.end for element in elements)]
    starts = [*(element.start for element in elements), len(words)]
    return any(_ESCAPED_BYTE.search(words, end, start) for end, start in zip(ends, starts, strict=True))


def _page(words: str, elements: list[Element], count: int, more: bool) -> WirePage:
    readings: list[Reading] = []
    unreadable: list[Unreadable] = []
    dates: list[datetime] = []
    for element in elements:
        raw = words[element.start : element.end].encode("utf-8", "surrogateescape")
        try:
            if element.fault:
                raise Senseless(element.fault)
            value = _clean(words, element)
            readings.append(Reading(_order(value), raw))
            moved = moment(value.get("updated_at"))
        except Senseless as fault:
            unreadable.append(_set_aside(words, element, raw, str(fault)))
            moved = unreadable[-1].updated_at
        if moved:
            dates.append(moved)
    span = (min(dates), max(dates)) if dates else None
    return WirePage(count, more, tuple(readings), tuple(unreadable), span)


def _set_aside(words: str, element: Element, raw: bytes, reason: str) -> Unreadable:
    known = record(element.value)
    if element.fault:
        known = glimpse(words, element.start, element.end, _IDENTITY)
    code, number = _storable_text(known.get("marketplace")), _storable_text(known.get("marketplace_order_id"))
    return Unreadable(raw, reason, code.lower() if code else None, number, moment(known.get("updated_at")))


def _storable_text(value: object) -> str | None:
    word = text(value)
    return word if word and is_storable(word) else None


def _clean(words: str, element: Element) -> Object:
    """The element as an object whose texts can be stored."""
    if not isinstance(element.value, dict):
        raise Senseless("it is no object")
    if not _may_be_unstorable(words[element.start : element.end]):
        return element.value
    for name in ("marketplace", "marketplace_order_id"):
        if not is_storable(text(element.value.get(name)) or ""):
            raise Senseless(f"{name} holds characters that cannot be stored")
    return record(storable(element.value))


def _may_be_unstorable(raw: str) -> bool:
    escaped = "\\u" in raw and ("\\ud" in raw or "\\uD" in raw or "\\u0000" in raw)
    return escaped or "\x00" in raw or (not raw.isascii() and not is_storable(raw))


def _order(value: Object) -> Order:
    get = value.get
    marketplace, order_id = (text(get("marketplace")) or "").lower(), text(get("marketplace_order_id"))
    imported_at = moment(get("imported_at"))
    updated_at = moment(get("updated_at")) or imported_at
    if not _CODE.fullmatch(marketplace):
        raise Senseless("marketplace is missing or is no marketplace code")
    if order_id is None:
        raise Senseless("marketplace_order_id is missing")
    if updated_at is None:
        raise Senseless("neither updated_at nor imported_at is a time")
    total = money(get("total_order"))
    amount = converted if total == -1 else money
    meta = record(get("order_meta"))
    return Order(
        marketplace=marketplace,
        order_id=order_id,
        status=text(get("lengow_status")) or UNKNOWN_STATUS,
        marketplace_status=text(get("marketplace_status")),
        ordered_at=moment(get("marketplace_order_date")),
        imported_at=imported_at,
        updated_at=updated_at,
        total=amount(get("total_order")),
        currency=_currency(get("currency")),
        original_total=amount(get("original_total_order")),
        original_currency=_currency(get("original_currency")),
        shipping=amount(get("shipping")),
        tax=amount(get("total_tax")),
        commission=amount(get("commission")),
        discount=amount(get("discount")),
        processing_fee=amount(get("processing_fee")),
        merchant_order_ids=texts(get("merchant_order_id")),
        packages=_packages(get("packages"), rated=total != -1),
        billing=_address(get("billing_address")),
        types=_types(get("order_types")),
        anonymized=flag(get("anonymized")),
        customer_id=text(get("marketplace_customer_id")),
        market_country=_upper(get("marketplace_country_iso2")),
        comments=texts(get("comments")),
        payments=tuple(_payment(item) for item in records(get("payments"))),
        documents=_documents(get("documents")),
        invoice_number=text(get("invoice_number")),
        invoice_url=text(get("invoice_url")),
        locale=text(get("locale")) or text(meta.get("locale")),
        meta_due_at=moment(meta.get("shipping_deadline")),
        meta=tuple((name, said) for name, inner in meta.items() if (said := ", ".join(texts(inner)))),
    )


def _packages(value: object, *, rated: bool) -> tuple[Package, ...]:
    packages: list[Package] = []
    lines = 0
    for package in _strict(value, "packages"):
        cart = _strict(package.get("cart"), "packages[].cart")
        found = tuple(_line(line, lines + place, rated) for place, line in enumerate(cart, 1))
        lines += len(found)
        delivery = package.get("delivery")
        trackings = records(record(delivery).get("trackings"))
        parcels = tuple(parcel for tracking in trackings if _says_something(parcel := _parcel(tracking)))
        packages.append(Package(found, _address(delivery), parcels))
    return tuple(packages)


def _strict(value: object, name: str) -> list[dict[str, object]]:
    """An array of objects, or nothing. Anything else would drop lines in silence."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Senseless(f"{name} is no array of objects")
    return value


def _line(value: Object, place: int, rated: bool) -> Line:
    get = value.get
    amount = money if rated else converted
    product = get("merchant_product_id")
    quantity = whole(get("quantity"))
    if quantity is None:
        if text(get("quantity")):
            raise Senseless("packages[].cart[].quantity is no whole number")
        quantity = 0
    return Line(
        line_id=text(get("marketplace_order_line_id")) or f"#{place}",
        sku=text(product.get("id")) if isinstance(product, dict) else text(product),
        marketplace_product_id=text(get("marketplace_product_id")),
        title=text(get("title")),
        quantity=quantity,
        amount=amount(get("amount")),
        tax=amount(get("tax")),
        shipping=amount(get("shipping")),
        refunded_amount=amount(get("refunded_amount")),
        original_amount=amount(get("original_amount")),
        status=text(get("lengow_status")),
        marketplace_status=text(get("marketplace_status")),
        due_at=moment(get("max_shipping_date")),
        category=text(get("category")),
        types=_types(get("orderline_types")),
        documents=_documents(get("documents")),
    )


def _parcel(value: Object) -> Parcel:
    get = value.get
    relay = record(get("relay"))
    return Parcel(
        carrier=text(get("carrier")),
        method=text(get("method")),
        tracking_number=text(get("number")),
        tracking_url=text(get("url")),
        shipped_at=moment(get("shipped_at")),
        relay_id=text(relay.get("id")),
        relay_name=text(relay.get("name")),
        by_marketplace=flag(get("is_delivered_by_marketplace")),
        line_ids=texts(get("marketplace_order_line_ids")),
    )


def _says_something(parcel: Parcel) -> bool:
    return parcel != Parcel(None, None, None, None, None, None, None, False)


def _address(value: object) -> Address | None:
    if not isinstance(value, dict):
        return None
    get = value.get
    parts = [text(get(name)) for name in _ADDRESS]
    country = parts[_COUNTRY]
    if country:
        parts[_COUNTRY] = country.upper()
    return Address(*parts)


def _types(value: object) -> tuple[OrderType, ...]:
    if not isinstance(value, list) or not value:
        return ()
    marks = (OrderType(word, text(item.get("label"))) for item in records(value) if (word := text(item.get("type"))))
    return tuple(marks)


def _payment(value: Object) -> Payment:
    terms = record(value.get("payment_terms"))
    return Payment(
        type=text(value.get("type")),
        status=text(value.get("status")),
        settled_at=moment(value.get("settled_at")),
        transaction_id=text(terms.get("external_transaction_id")),
        vat_number=text(terms.get("vat_number")) or text(terms.get("siret_number")) or text(terms.get("fiscalnb")),
    )


def _documents(value: object) -> tuple[Document, ...]:
    if not isinstance(value, list) or not value:
        return ()
    return tuple(_document(item) for item in value if item)


def _document(value: object) -> Document:
    if not isinstance(value, dict):
        word = text(value)
        return Document(None, word) if word and word.startswith(("https://", "http://")) else Document(word, None)
    return Document(_first(value, _DOCUMENT_NAMES), _first(value, _DOCUMENT_URLS))


def _first(value: Object, names: tuple[str, ...]) -> str | None:
    return next((word for name in names if (word := text(value.get(name)))), None)


def _currency(value: object) -> str | None:
    return _upper(value.get("iso_a3") if isinstance(value, dict) else value)


def _upper(value: object) -> str | None:
    word = text(value)
    return word.upper() if word else None


__all__ = ["UNKNOWN_STATUS", "LengowReader", "Senseless", "WirePage", "decode", "no_page", "read_page", "scrub"]
