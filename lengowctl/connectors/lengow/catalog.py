"""The other answers of Lengow: every marketplace's description, and the request limits."""

from __future__ import annotations

from lengowctl.connectors.base import MarketplaceReading, RouteBudget
from lengowctl.connectors.lengow.description import read_description
from lengowctl.connectors.lengow.scan import Broken, Cursor, Element, read_element
from lengowctl.connectors.lengow.values import Object, record, records, storable, text, whole
from lengowctl.connectors.lengow.wire import decode, no_page
from lengowctl.errors import BadAnswer
from lengowctl.orders.marketplace import Marketplace


def read_marketplaces(body: bytes) -> tuple[MarketplaceReading, ...]:
    """Each marketplace with the text it was read from, in the answer's order. Raises BadAnswer when it is no object.

    A description that cannot be read at all is still a marketplace: its name is its code, and `unknown` says why.
    """
    words, _ = decode(body)
    cursor = Cursor(words)
    try:
        found = {str(storable(code)).lower(): cursor.element() for code in cursor.members()}
        cursor.finish()
    except Broken as fault:
        raise no_page(words, cut=fault.cut) from fault
    if found and found.keys() <= {"error", "detail"}:
        raise BadAnswer("Lengow's answer is an error where the marketplaces were due")
    return tuple(
        MarketplaceReading(
            _describe(code, element), words[element.start : element.end].encode("utf-8", "surrogateescape")
        )
        for code, element in found.items()
        if code
    )


def read_limits(body: bytes) -> tuple[RouteBudget, ...]:
    """The limits of each route. Raises BadAnswer when it is no array."""
    words, _ = decode(body)
    try:
        element = read_element(words)
    except Broken as fault:
        raise no_page(words, cut=fault.cut) from fault
    if element.fault or not isinstance(element.value, list):
        raise BadAnswer("Lengow's answer is something else where the request limits were due")
    return tuple(_limit(row) for row in records(storable(element.value)) if text(row.get("url_base")))


def _describe(code: str, element: Element) -> Marketplace:
    if isinstance(element.value, dict):
        return read_description(code, record(storable(element.value)))
    return Marketplace(code, code, None, unknown=(element.fault or "the description is no object",))


def _limit(row: Object) -> RouteBudget:
    seconds = whole(row.get("remaining_time"))
    remaining = whole(row.get("remaining_credit"))
    return RouteBudget(
        route=text(row.get("url_base")) or "",
        method=(text(row.get("method")) or "GET").upper(),
        boundary=whole(row.get("boundary")),
        remaining=None if remaining is None else max(remaining, 0),
        resets_in=None if seconds is None else float(min(max(seconds, 0), 60)),
    )
