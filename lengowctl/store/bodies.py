"""The JSON that orders were read from: packed against phrases that all of them share, in a table of its own."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cached_property

from lengowctl.store.connection import Connection
from lengowctl.store.faults import decoding

_LEVEL = 3  # as fast as 1 on orders, and a fifth smaller
_PHRASES = 8 * 1024
#: A packer that knows the phrases is copied for every body, and this is most of what packing costs. A window that
#: holds the phrases and one order, and tables no larger than that, make the copy a sixth of the usual 256 KB.
_WINDOW = 14
_MEMORY = 5
#: Unpacks whatever window was packed with.
_ANY_WINDOW = 15


class Packer:
    """Packs and unpacks bodies by what they all repeat; for several threads at once."""

    def __init__(self, phrases: bytes) -> None:
        self.phrases = phrases

    @cached_property
    def _primed(self) -> zlib._Compress:
        return zlib.compressobj(_LEVEL, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, self.phrases)

    def pack(self, body: bytes) -> bytes:
        packer = self._primed.copy()
        return packer.compress(body) + packer.flush()

    def unpack(self, packed: bytes) -> bytes:
        """Raises zlib.error or ValueError for what `pack` did not make."""
        unpacker = zlib.decompressobj(_ANY_WINDOW, self.phrases)
        body = unpacker.decompress(packed)
        if not unpacker.eof:
            raise ValueError("the body is cut off")
        return body


class Bodies:
    """Bodies by order row. Keys and words that every order repeats are kept once, as phrases: a body then takes less
    than half the room. Made anew for each transaction, since the phrases may be rolled back with it.
    """

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._packer: Packer | None = None

    def learn(self, samples: Iterable[bytes]) -> None:
        """Take the phrases from these bodies, which must be without buyer's data, unless they are known already."""
        if self.packer() is None:
            text = b"".join(samples)[:_PHRASES]
            self._db.run("INSERT INTO phrases (id, text) VALUES (1, ?)", (text,))
            self._packer = Packer(text)

    def packer(self) -> Packer | None:
        """What packs by the phrases; None as long as there are none."""
        if self._packer is None:
            text = self._db.value("SELECT text FROM phrases")
            self._packer = Packer(text) if isinstance(text, bytes) else None
        return self._packer

    def pack(self, body: bytes, packer: Packer | None = None) -> bytes:
        """The body packed by our phrases; `packer` tells what it is packed with already."""
        ours = self.packer() or Packer(b"")
        if packer is None:
            return ours.pack(body)
        return body if packer.phrases == ours.phrases else ours.pack(packer.unpack(body))

    def unpack(self, packed: object) -> bytes:
        """Raises StoreDamaged for what `pack` did not make."""
        with decoding(self._db.path):
            if not isinstance(packed, bytes):
                raise TypeError("bytes were stored here")
            return (self.packer() or Packer(b"")).unpack(packed)

    def load(self, row: int) -> bytes | None:
        """The body of this order; None when there is none, or nothing is left of it."""
        packed = self._db.value("SELECT body FROM bodies WHERE order_row = ?", (row,))
        return None if packed is None else self.unpack(packed) or None

    def save(self, row: int, body: bytes, packer: Packer | None = None) -> None:
        """Store or replace the body of this order."""
        self._db.run("INSERT OR REPLACE INTO bodies (order_row, body) VALUES (?, ?)", (row, self.pack(body, packer)))
