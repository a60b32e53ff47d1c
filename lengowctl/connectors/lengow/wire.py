"""Pages of orders as Lengow sends them: every order read, and kept as the very bytes that came.

An order that cannot be understood is set aside with its reason; the rest of its page is read all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from lengowctl.connectors.base import Reading, Unreadable
from lengowctl.connectors.lengow.description import read_description
from lengowctl.connectors.lengow.order import UNKNOWN_STATUS, Senseless, read_order
from lengowctl.connectors.lengow.scan import Broken, Cursor, Element, glimpse, read_element
from lengowctl.connectors.lengow.scrub import scrub
from lengowctl.connectors.lengow.values import Object, is_storable, moment, record, storable, text, whole
from lengowctl.errors import BadAnswer
from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.model import Order

_IDENTITY = frozenset({"marketplace", "marketplace_order_id", "updated_at"})
_EMOJI = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True, slots=True)
class WirePage:
    """One page as it stood in the answer. `next` says that the source knows of a further page; `moved` has the
    `updated_at` that each of the readings carries itself, None for one without.
    """

    count: int
    next: bool
    readings: tuple[Reading, ...]
    unreadable: tuple[Unreadable, ...]
    moved: tuple[datetime | None, ...]


class LengowReader:
    """Reads stored bodies again, offline (keeps the contract `Reader`)."""

    def order(self, body: bytes) -> Order:
        """The order in `body`. Raises ValueError with the reason when it cannot be understood."""
        words, sound = decode(body)
        element = read_element(words)
        if element.fault:
            raise Senseless(element.fault)
        return read_order(_clean(element, sound and not _escapes_unstorable(words)))

    def scrub(self, body: bytes) -> bytes:
        """The same order without any buyer's data, still readable; empty when it cannot be read."""
        return scrub(body)

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
    rows: _Rows | None = None
    cursor = Cursor(words)
    try:
        for key in cursor.members():
            if key == "results" and cursor.peek() == "[":
                rows = _Rows(words, sound)
                for element in cursor.items():
                    rows.take(element)
            else:
                envelope[key] = cursor.element().value
        cursor.finish()
    except Broken as fault:
        raise no_page(words, cut=fault.cut) from fault
    count = whole(envelope.get("count"))
    if rows is None or count is None or count < 0:
        raise _no_orders(envelope)
    if not sound and _is_foreign_outside(words, rows.spans):
        raise BadAnswer("Lengow's answer is not in UTF-8")
    return WirePage(count, bool(envelope.get("next")), tuple(rows.readings), tuple(rows.unreadable), tuple(rows.moved))


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


def _is_foreign_outside(words: str, spans: list[tuple[int, int]]) -> bool:
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(words)]
    return any(_ESCAPED_BYTE.search(words, end, start) for end, start in zip(ends, starts, strict=True))


class _Rows:
    """The orders that make sense, those that do not, and when the former say that they were updated. Each element is
    read as it comes and then let go: what one order takes stays in the processor's cache, a whole page does not.
    """

    def __init__(self, words: str, sound: bool) -> None:
        self.readings: list[Reading] = []
        self.unreadable: list[Unreadable] = []
        self.moved: list[datetime | None] = []
        self.spans: list[tuple[int, int]] = []
        self._words = words
        self._sound = sound
        self._clean = sound and not _escapes_unstorable(words)

    def take(self, element: Element) -> None:
        part = self._words[element.start : element.end]
        raw = part.encode("utf-8", "surrogateescape")
        self.spans.append((element.start, element.end))
        try:
            if element.fault:
                raise Senseless(element.fault)
            value = _clean(element, self._clean or (self._sound and not _escapes_unstorable(part)))
            self.readings.append(Reading(read_order(value), raw))
            self.moved.append(moment(value.get("updated_at")))
        except Senseless as fault:
            self.unreadable.append(_set_aside(self._words, element, raw, str(fault)))


def _set_aside(words: str, element: Element, raw: bytes, reason: str) -> Unreadable:
    known = record(element.value)
    if element.fault:
        known = glimpse(words, element.start, element.end, _IDENTITY)
    code, number = _storable_text(known.get("marketplace")), _storable_text(known.get("marketplace_order_id"))
    return Unreadable(raw, reason, code.lower() if code else None, number, moment(known.get("updated_at")))


def _storable_text(value: object) -> str | None:
    word = text(value)
    return word if word and is_storable(word) else None


def _clean(element: Element, clean: bool) -> Object:
    """The element as an object whose texts can be stored; `clean` says that they are so already."""
    if not isinstance(element.value, dict):
        raise Senseless("it is no object")
    if clean:
        return element.value
    for name in ("marketplace", "marketplace_order_id"):
        if not is_storable(text(element.value.get(name)) or ""):
            raise Senseless(f"{name} holds characters that cannot be stored")
    return record(storable(element.value))


def _escapes_unstorable(words: str) -> bool:
    """Whether a text in it may hold a NUL or a lone surrogate. A false alarm costs time, no more."""
    if "\x00" in words:
        return True
    if "\\" not in words or "\\u" not in words:
        return False
    if "\\u0000" in words:
        return True
    if "\\ud" not in words and "\\uD" not in words:
        return False
    rest = _EMOJI.sub("", words)
    return "\\ud" in rest or "\\uD" in rest


__all__ = [
    "UNKNOWN_STATUS", "LengowReader", "Senseless", "WirePage", "decode", "no_page", "read_page", "scrub",
]  # fmt: skip
