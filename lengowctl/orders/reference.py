"""Order references: `MARKETPLACE:ORDER_ID`, the one spelling that is printed, piped and typed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

#: Characters that steer a terminal or that nobody can see, as the inside of a regular expression's class: controls,
#: bidirectional marks, zero-width characters, line separators, tags, lone surrogates. The two joiners (U+200C,
#: U+200D) are not among them: names and emoji need them.
UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    r"\ud800-\udfff\U000e0000-\U000e007f"
)
#: Not compiled here, nor elsewhere where a start-up seldom needs it: that costs more than loading a module.
_CODE = r"[a-z0-9_]+"
_KEPT = rf"[^{UNSEEN}\s\"',#%]+"
_BRACKETS = frozenset({"[", "]", "[]"})
#: Of a line that is no reference, such as a row of a table: so much is named, and a sign that there was more.
_LONGEST = 24
CUT = "…"
#: No marketplace's order number is as long as that.
_LONGEST_REF = 200
_DIVIDERS = r"\t,"
_SEMICOLONS = r'"?ref"?\s*;'
_SURROGATE = "[\ud800-\udfff]"


class OrderKey(NamedTuple):
    """What identifies an order: order numbers repeat between marketplaces, so never the number alone."""

    marketplace: str
    order_id: str


class TypedRef(NamedTuple):
    """A reference as a person or a program wrote it, with every reading of it, in the order to be tried.

    `numbers` are the readings as a bare order number (as written, and decoded where that differs); `key` is the
    reading as marketplace and number, or None.
    """

    text: str
    numbers: tuple[str, ...]
    key: OrderKey | None


def format_ref(marketplace: str, order_id: str) -> str:
    """`amazon_fr:403-1180092-5527741`; spaces, quotes, `,`, `#`, `%` and all that is unseen percent-encoded."""
    return f"{marketplace}:{_encode(order_id)}"


def read_ref(text: str, known: Collection[str] | None) -> TypedRef:
    """Read a reference as typed or piped.

    The part before the first `:` is a marketplace when it is in `known`, or, with `known` None (nothing was
    synchronised yet), when it looks like one. Never raises: text that makes no sense is simply a number that
    nobody knows.
    """
    code, colon, number = text.partition(":")
    lowered = code.lower()
    is_code = lowered in known if known is not None else re.fullmatch(_CODE, lowered) is not None
    key = OrderKey(lowered, _decode(number)) if colon and number and is_code else None
    return TypedRef(text, tuple(dict.fromkeys((_storable(text), _decode(text)))), key)


def _encode(number: str) -> str:
    if re.fullmatch(_KEPT, number):
        return number
    kept = (char if re.fullmatch(_KEPT, char) else _percent(char) for char in number)
    return "".join(kept)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))


def _decode(text: str) -> str:
    text = _storable(text)
    if "%" not in text:
        return text
    from urllib.parse import unquote_to_bytes  # few numbers need it, and every start would pay for it

    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return text


def _storable(text: str) -> str:
    """Bytes that are no text reach us as lone surrogates, which no order number can hold and no database takes."""
    return re.sub(_SURROGATE, "\ufffd", text)


def piped_refs(lines: Iterable[str]) -> Iterator[str]:
    """The references in lines from a pipe or file: the first tab- or comma-separated word of each line, or `ref` of
    a JSON object. Blank lines, `#` lines, a first line that is a heading (`ref`), a byte-order mark and CRLF pass; so
    do the brackets and commas of a JSON array with an object a line, as we write it.
    """
    return (word for _, word in numbered_refs(lines))


def numbered_refs(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """As `piped_refs`, each with the number of its line, from 1. Semicolons divide where a heading (`ref;`) does so."""
    first, dividers = True, _DIVIDERS
    for number, line in enumerate(lines, 1):
        text = line.removeprefix("\ufeff").strip() if number == 1 else line.strip()
        if not text or text.startswith("#") or text in _BRACKETS:
            continue
        if first and re.match(_SEMICOLONS, text, re.IGNORECASE):
            dividers = ";"
        word = _first_word(text, dividers)
        if word and not (first and word.lower() == "ref"):
            yield number, word
        first = False


def is_row(text: str) -> bool:
    """Whether text that no order is known by is a whole row of something rather than a reference."""
    return len(text) > _LONGEST_REF or any(char in ";|" or char.isspace() for char in text.strip())


def _first_word(text: str, dividers: str) -> str:
    if text.startswith("{"):
        try:
            found = json.loads(text.removesuffix(","))
        except (ValueError, RecursionError):
            found = None
        return str(found["ref"]) if isinstance(found, dict) and found.get("ref") else brief(text)
    word = re.split(f"[{dividers}]", text, maxsplit=1)[0].strip().strip('"')
    return brief(word) if "  " in word else word


def brief(text: str) -> str:
    """What is no reference, short enough to be named in an error without all that stands in it: it may be a row of
    an order with its buyer."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}{CUT}"
