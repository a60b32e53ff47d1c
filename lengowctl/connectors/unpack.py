"""Unpacks an answer piece by piece and never beyond a limit, so that a small answer cannot fill the memory."""

from __future__ import annotations

import zlib

from lengowctl.errors import BadAnswer

MAX_BODY = 64 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class Unpacker:
    """Takes the pieces of one body. `encoding` is the answer's Content-Encoding; others than gzip are refused.

    Raises BadAnswer from `feed` when the body is larger than the limit, and zlib.error when it is garbled.
    """

    def __init__(self, encoding: str, limit: int = MAX_BODY) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip"):
            raise BadAnswer(f"the answer is packed as {name[:20]!r}, which was not asked for")
        self.body = bytearray()
        self._limit = limit
        self._gzip = zlib.decompressobj(_GZIP) if name in ("gzip", "x-gzip") else None
        self._begun = False

    def feed(self, piece: bytes) -> None:
        self._begun = self._begun or bool(piece)
        if self._gzip is None:
            self._add(piece)
            return
        while piece:
            if self._gzip.eof:  # a gzip body may be several, one after the other
                self._gzip = zlib.decompressobj(_GZIP)
            self._add(self._gzip.decompress(piece, self._limit + 1 - len(self.body)))
            piece = self._gzip.unconsumed_tail or self._gzip.unused_data

    @property
    def whole(self) -> bool:
        """Whether the end was seen, as far as the packing tells."""
        return self._gzip is None or self._gzip.eof or not self._begun

    def _add(self, words: bytes) -> None:
        self.body += words
        if len(self.body) > self._limit:
            raise BadAnswer(f"the answer is larger than {self._limit // (1024 * 1024)} MB and was not read further")
