"""Reads single JSON values whatever their type: nothing here raises, what makes no sense is None or empty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache

Object = Mapping[str, object]

_NOTHING: Object = {}
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?")
_LARGEST = 10**15
_FINEST = -10
_WHOLE = re.compile(r"-?[0-9]{1,9}(?:\.0+)?")
# SQLite takes no lone surrogates, and texts are cut at a NUL by many who read them.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_FROM_ISO = datetime.fromisoformat


def text(value: object) -> str | None:
    """A text or a number as text; the empty text, and all else, is None."""
    if type(value) is str:
        return value or None
    if value is None:
        return None
    if type(value) is int or type(value) is Decimal:
        return str(value)
    return None


def texts(value: object) -> tuple[str, ...]:
    """One text, or an array of them."""
    if value is None:
        return ()
    values = value if isinstance(value, list) else (value,)
    return tuple([word for item in values if (word := text(item)) is not None])


def money(value: object) -> Decimal | None:
    """An amount from a number or a text. Beyond 15 digits, or 10 decimals, it is no amount."""
    if value is None:
        return None
    if type(value) is str:
        return _written(value)
    if type(value) is int:
        return Decimal(value) if abs(value) < _LARGEST else None
    if type(value) is Decimal and _is_amount(value):
        return value
    return None


@lru_cache(2048)
def _written(word: str) -> Decimal | None:
    """Remembered, since prices repeat: within an order, and from order to order."""
    return Decimal(word) if _AMOUNT.fullmatch(word) else None


def _is_amount(value: Decimal) -> bool:
    """Whether a number is short enough; one with an exponent (`1E+2`) counts as it would be written plainly."""
    if _AMOUNT.fullmatch(str(value)):
        return True
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= _FINEST and abs(value) < _LARGEST


def converted(value: object) -> Decimal | None:
    """As `money`, for an order whose total is -1 (no exchange rate was known): -1 is no amount there."""
    amount = money(value)
    return None if amount == -1 else amount


def whole(value: object) -> int | None:
    """A whole number of at most nine digits, from a number or a text."""
    if type(value) is int:
        return value if abs(value) < 1_000_000_000 else None
    if type(value) is str or type(value) is Decimal:
        word = str(value)
        return int(Decimal(word)) if _WHOLE.fullmatch(word) else None
    return None


def moment(value: object) -> datetime | None:
    """An ISO 8601 instant; without an offset it is UTC, as Lengow's answers are."""
    if type(value) is not str:
        return None
    try:
        read = _FROM_ISO(value)
        if read.tzinfo is UTC:
            return read
        return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def flag(value: object) -> bool:
    return value is True or value in ("true", "True", "1") or (type(value) is int and value == 1)


def record(value: object) -> Object:
    """An object; anything else reads as an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def records(value: object) -> list[Object]:
    """The objects of an array; what else is in it is passed over."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def is_storable(word: str) -> bool:
    return _UNSTORABLE.search(word) is None


def storable(value: object) -> object:
    """The same value with NUL and lone surrogates in its texts replaced by U+FFFD."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    return [storable(inner) for inner in value] if isinstance(value, list) else value
