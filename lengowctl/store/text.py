"""Text as SQLite can hold it, and the digest that tells two of them apart."""

from __future__ import annotations

import re
from collections.abc import Collection
from json.encoder import encode_basestring

_UNSTORABLE = "[\0\ud800-\udfff]"
_LARGEST = 2**63 - 1


def storable(text: str) -> str:
    """The text with a replacement character for what a database cannot hold: NUL and lone surrogates."""
    if text.isascii():
        return text.replace("\0", "\ufffd") if "\0" in text else text
    return re.sub(_UNSTORABLE, "\ufffd", text)


def storable_number(value: int) -> int:
    """The number, or the nearest that 64 bits hold."""
    return value if -_LARGEST <= value <= _LARGEST else max(-_LARGEST, min(_LARGEST, value))


def list_text(values: Collection[str]) -> str:
    """A JSON array."""
    if not values:
        return "[]"
    return "[" + ",".join([encode_basestring(storable(value)) for value in values]) + "]"


def digest(body: bytes) -> bytes:
    """Sixteen bytes that differ when the body differs."""
    from hashlib import blake2b  # costs a start-up that only writes

    return blake2b(body, digest_size=16).digest()
