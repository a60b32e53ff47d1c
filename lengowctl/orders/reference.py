"""Order references: `MARKETPLACE:ORDER_ID`, the one spelling that is printed, piped and typed."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

_CODE = re.compile(r"[a-z0-9_]+")
_KEPT = re.compile(r"[^\x00-\x20\x7f-\xa0\"',#%\u2028\u2029]+")


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
    """`amazon_fr:403-1180092-5527741`; spaces, quotes, `,`, `#`, `%` and controls percent-encoded."""
    return f"{marketplace}:{_encode(order_id)}"


def read_ref(text: str, known: Collection[str] | None) -> TypedRef:
    """Read a reference as typed or piped.

    The part before the first `:` is a marketplace when it is in `known`, or, with `known` None (nothing was
    synchronised yet), when it looks like one. Never raises: text that makes no sense is simply a number that
    nobody knows.
    """
    code, colon, number = text.partition(":")
    lowered = code.lower()
    is_code = lowered in known if known is not None else _CODE.fullmatch(lowered) is not None
    key = OrderKey(lowered, _decode(number)) if colon and number and is_code else None
    return TypedRef(text, tuple(dict.fromkeys((text, _decode(text)))), key)


def _encode(number: str) -> str:
    if _KEPT.fullmatch(number):
        return number
    kept = (char if _KEPT.fullmatch(char) else _percent(char) for char in number)
    return "".join(kept)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))


def _decode(text: str) -> str:
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        return text
