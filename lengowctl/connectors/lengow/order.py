"""One order of Lengow's JSON to an `Order`: the one place that knows its key names.

Reading is lenient. What an order is (marketplace, number, when it moved) and what it holds (packages, lines, whole
quantities) must make sense, or the order is unreadable; any other value of a strange type reads as missing, and
keys that we do not know are passed over: the body keeps them. Missing words: an order without `lengow_status` has
the status `unknown`; a line without `marketplace_order_line_id` is called `#1`, `#2` by its place in the order; a
line without a quantity counts 0; an order without `updated_at` takes `imported_at` for it.
"""

from __future__ import annotations

import re

from lengowctl.connectors.lengow.values import (
    Object,
    converted,
    flag,
    moment,
    money,
    record,
    records,
    text,
    texts,
    whole,
)
from lengowctl.orders.model import Address, Document, Line, Order, OrderType, Package, Parcel, Payment

UNKNOWN_STATUS = "unknown"

_CODE = re.compile(r"[a-z0-9_.\-]{1,100}")
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


def read_order(value: Object) -> Order:
    """The order in a JSON object whose texts can be stored. Raises Senseless with the reason."""
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
        payments=tuple([_payment(item) for item in records(get("payments"))]),
        documents=_documents(get("documents")),
        invoice_number=text(get("invoice_number")),
        invoice_url=text(get("invoice_url")),
        locale=text(get("locale")) or text(meta.get("locale")),
        meta_due_at=moment(meta.get("shipping_deadline")),
        meta=tuple([(name, said) for name, inner in meta.items() if (said := _said(inner))]),
    )


def _said(value: object) -> str | None:
    return ", ".join(texts(value)) if isinstance(value, list) else text(value)


def _packages(value: object, *, rated: bool) -> tuple[Package, ...]:
    packages: list[Package] = []
    lines = 0
    for package in _strict(value, "packages"):
        cart = _strict(package.get("cart"), "packages[].cart")
        found = tuple([_line(line, place, rated) for place, line in enumerate(cart, lines + 1)])
        lines += len(found)
        delivery = package.get("delivery")
        trackings = records(record(delivery).get("trackings"))
        parcels = tuple([_parcel(tracking) for tracking in trackings if any(tracking.values())])
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
        original_refunded_amount=amount(get("original_refunded_amount")),
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


def _address(value: object) -> Address | None:
    if not isinstance(value, dict):
        return None
    parts = [None if part is None else text(part) for part in map(value.get, _ADDRESS)]
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
