"""References alone, one a line: what every verb reads back."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TextIO

from lengowctl.output.delimited import Row
from lengowctl.output.text import clean

_BLOCK = 1000


def write(rows: Iterable[Row], stream: TextIO) -> int:
    """Write the first value of each row, streaming; returns how many. A reference that comes again is not repeated
    at once: rows of lines and parcels name their order several times in a row."""
    rows = iter(rows)
    written, last = 0, None
    while block := list(islice(rows, _BLOCK)):
        lines = []
        for row in block:
            if row[0] != last:
                last = row[0]
                lines.append(f"{clean(str(last))}\n")
        stream.writelines(lines)
        written += len(lines)
    return written
