"""One JSON array, an object a line, written as the rows come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from lengowctl.output.text import clean_lines


def write(texts: Iterable[str], stream: TextIO) -> int:
    """Write JSON objects as one array, streaming; returns how many. Each text holds one of them or several, a line
    each (`Orders.json_lines`).
    """
    written = 0
    for text in texts:
        stream.write(",\n" if written else "[\n")
        stream.write(clean_lines(text).replace("\n", ",\n"))
        written += text.count("\n") + 1
    stream.write("\n]\n" if written else "[]\n")
    return written
