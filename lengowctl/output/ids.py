"""References alone, one a line: what every verb reads back."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TextIO

from lengowctl.output.delimited import Row
from lengowctl.output.text import clean

#: The first block is small, so that the first lines are there at once.
_FIRST_BLOCK, _BLOCK = 200, 1000


def write(rows: Iterable[Row], stream: TextIO) -> int:
    """Write the first value of each row, streaming; returns how many. A reference that comes again is not repeated
    at once: rows of lines and parcels name their order several times in a row."""
    rows = iter(rows)
    written, last, size = 0, None, _FIRST_BLOCK
    while block := list(islice(rows, size)):
        lines = []
        for row in block:
            if row[0] != last:
                last = row[0]
                lines.append(f"{clean(str(last))}\n")
        stream.writelines(lines)
        written += len(lines)
        size = _BLOCK
    return written
