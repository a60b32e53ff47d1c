"""Unpacking within a limit."""

from __future__ import annotations

import gzip
import zlib

import pytest

from lengowctl.connectors.unpack import Unpacker
from lengowctl.errors import BadAnswer


def unpack(encoding: str, packed: bytes, step: int = 7, limit: int = 1000) -> Unpacker:
    unpacker = Unpacker(encoding, limit)
    for start in range(0, len(packed), step):
        unpacker.feed(packed[start : start + step])
    return unpacker


@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_gzip_in_pieces_of_any_size_also_several_one_after_the_other(step: int) -> None:
    both = unpack("GZIP", gzip.compress(b"first ") + gzip.compress(b"second"), step)
    assert (bytes(both.body), both.whole) == (b"first second", True)


def test_a_body_that_is_not_packed_passes() -> None:
    assert bytes(unpack("", b"plain").body) == bytes(unpack("identity", b"plain").body) == b"plain"


def test_a_packed_body_that_ends_early_is_not_whole() -> None:
    packed = gzip.compress(b"words" * 30)
    assert [unpack("gzip", packed[:end]).whole for end in (5, len(packed) - 1, len(packed))] == [False, False, True]
    assert unpack("gzip", b"").whole


def test_a_bomb_is_stopped_at_the_limit() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    unpacker = Unpacker("gzip", 1000)
    with pytest.raises(BadAnswer, match="larger than"):
        unpacker.feed(bomb)
    assert len(unpacker.body) == 1001
    with pytest.raises(BadAnswer):
        unpack("", b"x" * 1001)
    assert len(unpack("", b"x" * 1000).body) == 1000


def test_garbage_is_told_apart() -> None:
    with pytest.raises(zlib.error):
        unpack("gzip", b"no gzip at all")


def test_a_packing_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(BadAnswer, match="'br'"):
        Unpacker("br")
