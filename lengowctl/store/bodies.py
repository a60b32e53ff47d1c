"""The JSON that orders were read from: packed against phrases that all of them share, in a table of its own."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lengowctl.store.connection import Connection
from lengowctl.store.faults import decoding

if TYPE_CHECKING:
    from zlib import _Compress

_LEVEL = 3  # as fast as 1 on orders, and a fifth smaller
_PHRASES = 8 * 1024
#: A packer that knows the phrases is copied for every body, and this is most of what packing costs. A window that
#: holds the phrases and one order, and tables no larger than that, make the copy a sixth of the usual 256 KB.
_WINDOW = 14
_MEMORY = 5
#: Unpacks whatever window was packed with.
_ANY_WINDOW = 15


class Bodies:
    """Bodies by order row. Keys and words that every order repeats are kept once, as phrases: a body then takes less
    than half the room. Made anew for each transaction, since the phrases may be rolled back with it.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._phrases: bytes | None = None
        self._primed: _Compress | None = None

    def learn(self, samples: Iterable[bytes]) -> None:
        """Take the phrases from these bodies, which must be without buyer's data, unless they are known already."""
        if not self._known():
            text = b"".join(samples)[:_PHRASES]
            self._db.run("INSERT INTO phrases (id, text) VALUES (1, ?)", (text,))
            self._phrases, self._primed = text, None

    def pack(self, body: bytes) -> bytes:
        if self._primed is None:
            phrases = self._known() or b""
            self._primed = zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, phrases)
        packer = self._primed.copy()
        return packer.compress(body) + packer.flush()

    def unpack(self, packed: object) -> bytes:
        """Raises StoreDamaged for what `pack` did not make."""
        with decoding(self._db.path):
            if not isinstance(packed, bytes):
                raise TypeError("bytes were stored here")
            unpacker = zlib.decompressobj(_ANY_WINDOW, self._known() or b"")
            body = unpacker.decompress(packed)
            if not unpacker.eof:
                raise ValueError("the body is cut off")
            return body

    def load(self, row: int) -> bytes | None:
        """The body of this order; None when there is none, or nothing is left of it."""
        packed = self._db.value("SELECT body FROM bodies WHERE order_row = ?", (row,))
        return None if packed is None else self.unpack(packed) or None

    def save(self, bodies: Iterable[tuple[int, bytes]]) -> None:
        """Store or replace bodies by order row."""
        self._db.run_many(
            "INSERT OR REPLACE INTO bodies (order_row, body) VALUES (?, ?)",
            ((row, self.pack(body)) for row, body in bodies),
        )

    def _known(self) -> bytes | None:
        if self._phrases is None:
            text = self._db.value("SELECT text FROM phrases")
            self._phrases = text if isinstance(text, bytes) else None
        return self._phrases
