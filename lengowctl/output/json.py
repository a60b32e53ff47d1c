"""One JSON array, an object a line, written as the rows come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from lengowctl.output.jsonl import blocks
from lengowctl.output.text import clean_jsons


def write(texts: Iterable[str], stream: TextIO) -> int:
    """Write JSON objects (`Orders.json_rows`) as one array, streaming; returns how many."""
    written = 0
    for block in blocks(texts):
        stream.write(",\n" if written else "[\n")
        stream.write(clean_jsons(block, ",\n"))
        written += len(block)
    stream.write("\n]\n" if written else "[]\n")
    return written
