"""Takes the buyer out of a stored order: what is known to be no buyer's data is kept, everything else goes.

A list of what to keep, not of what to take: a key that Lengow invents tomorrow cannot carry a name along.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from json.encoder import encode_basestring_ascii

from lengowctl.connectors.lengow.scan import Broken, read_element
from lengowctl.connectors.lengow.values import Object, record, records, text
from lengowctl.orders.privacy import LONG_ENOUGH, META_KEPT, is_telling

# What a key may keep: a single value, an array of values, an object or an array of objects with keys of its own.
# The empty key in an object's shape says that a bare value may stand in its place.
_ONE = "one"
_MANY = "many"
_BARE = ""
Shape = Mapping[str, "str | Shape | tuple[Shape]"]


def _ones(*names: str) -> dict[str, str | Shape | tuple[Shape]]:
    return dict.fromkeys(names, _ONE)


_CURRENCY: Shape = _ones("iso_a3", "symbol", "name", _BARE)
_TYPE: Shape = _ones("type", "label")
_LINE: Shape = {
    **_ones(
        "id", "marketplace_order_line_id", "marketplace_product_id", "feed_id", "marketplace_package_id",
        "marketplace_status", "lengow_status", "max_shipping_date", "title", "category", "url_product", "url_image",
        "quantity", "amount", "tax", "discount", "shipping", "refunded_amount", "original_amount", "original_tax",
        "original_discount", "original_shipping", "original_refunded_amount", "original_buyer_amount",
        "original_buyer_tax", "created_at", "updated_at",
    ),
    "merchant_product_id": _ones("field", "id", _BARE),
    "orderline_types": (_TYPE,),
}  # fmt: skip
_TRACKING: Shape = {
    **_ones("number", "method", "carrier", "url", "is_delivered_by_marketplace", "parcel_weight", "shipped_at"),
    "relay": _ones("id", "name"),
    "marketplace_order_line_ids": _MANY,
}
_ADDRESS: Shape = _ones("type", "common_country_iso_a2")
_PACKAGE: Shape = {"cart": (_LINE,), "delivery": {**_ADDRESS, "trackings": (_TRACKING,)}}
_ORDER: Shape = {
    **_ones(
        "marketplace", "account_id", "marketplace_country_iso2", "marketplace_order_id", "marketplace_status",
        "lengow_status", "workflow_rank", "marketplace_order_date", "total_order", "total_tax", "shipping", "discount",
        "commission", "processing_fee", "original_total_order", "original_total_tax", "original_shipping",
        "original_discount", "original_commission", "original_processing_fee", "original_total_buyer_amount",
        "original_total_buyer_tax", "original_buyer_currency", "invoice_number", "imported_at", "updated_at",
        "anonymized", "locale",
    ),
    "merchant_order_id": _MANY,
    "currency": _CURRENCY,
    "original_currency": _CURRENCY,
    "payments": (_ones("id", "checkout", "status", "type", "settled_at"),),
    "packages": (_PACKAGE,),
    "billing_address": _ADDRESS,
    "order_meta": _ones(*sorted(META_KEPT)),
    "order_types": (_TYPE,),
}  # fmt: skip


def scrub(body: bytes) -> bytes:
    """The same order without any buyer's data, and readable as before; the same bytes for the same body.

    Kept are numbers, statuses, times, amounts, articles, countries, tracking numbers and pick-up points. A tracking
    link goes too when it spells out part of the address. A body that cannot be read as an object becomes empty.
    """
    try:
        value = read_element(body.decode("utf-8-sig", "replace")).value
    except Broken:
        return b""
    if not isinstance(value, dict):
        return b""
    kept = _keep(value, _ORDER)
    _drop_telling_links(kept, frozenset(_buyer_words(value)))
    return "".join(_write(kept)).encode("ascii")


def _keep(value: Object, shape: Shape) -> dict[str, object]:
    return {name: _keep_value(inner, shape[name]) for name, inner in value.items() if name in shape}


def _keep_value(value: object, allowed: str | Shape | tuple[Shape]) -> object:
    if isinstance(allowed, tuple):
        return [_keep(item, allowed[0]) for item in records(value)]
    if isinstance(value, list):
        return [item for item in value if _is_one(item)] if allowed is _MANY else None
    if isinstance(value, dict):
        return _keep(value, allowed) if not isinstance(allowed, str) else None
    return value if isinstance(allowed, str) or _BARE in allowed else None


def _is_one(value: object) -> bool:
    return not isinstance(value, dict | list)


def _buyer_words(order: Object) -> Iterator[str]:
    """Texts of the addresses, lower case, long enough to mean somebody."""
    deliveries = [record(package.get("delivery")) for package in records(order.get("packages"))]
    for address in (*deliveries, record(order.get("billing_address")), record(order.get("contact_address"))):
        for name, value in address.items():
            word = text(value)
            if name not in _ADDRESS and word and len(word) >= LONG_ENOUGH:
                yield word.lower()


def _drop_telling_links(order: dict[str, object], words: frozenset[str]) -> None:
    for package in records(order.get("packages")):
        for tracking in records(record(package.get("delivery")).get("trackings")):
            if isinstance(tracking, dict) and is_telling(text(tracking.get("url")), words):
                tracking["url"] = None


def _write(value: object) -> Iterator[str]:
    """JSON with decimals as they were: json.dumps knows no Decimal."""
    if isinstance(value, dict):
        yield "{"
        for place, (name, inner) in enumerate(value.items()):
            yield f"{',' if place else ''}{encode_basestring_ascii(name)}:"
            yield from _write(inner)
        yield "}"
    elif isinstance(value, list):
        yield "["
        for place, inner in enumerate(value):
            yield "," if place else ""
            yield from _write(inner)
        yield "]"
    else:
        yield _write_one(value)


def _write_one(value: object) -> str:
    if isinstance(value, str):
        return encode_basestring_ascii(value)
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value) if isinstance(value, int | Decimal) else "null"
