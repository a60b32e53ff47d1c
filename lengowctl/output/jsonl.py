"""JSON lines: one object a line, as the store made it, exact, with nothing in it that could steer a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TextIO

from lengowctl.output.text import clean_json

_FIRST_BLOCK, _BLOCK = 50, 1000


def write(texts: Iterable[str], stream: TextIO) -> int:
    """Write JSON objects (`Orders.json_rows`), streaming; returns how many."""
    written = 0
    for block in blocks(texts):
        stream.write(clean_json("\n".join(block)))
        stream.write("\n")
        written += len(block)
    return written


def blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    """The texts by the thousand; the first few come at once."""
    texts = iter(texts)
    size = _FIRST_BLOCK
    while block := list(islice(texts, size)):
        yield block
        size = _BLOCK
