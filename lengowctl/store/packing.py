"""Bodies as they lie in the cache. By itself, because completion reads them and must load no more."""

from __future__ import annotations

import zlib

_LEVEL = 1  # twice as fast as the default, and within a tenth of its size on orders


def pack(body: bytes) -> bytes:
    return zlib.compress(body, _LEVEL)


def unpack(packed: bytes) -> bytes:
    """Raises zlib.error for what `pack` did not make."""
    return zlib.decompress(packed)
