"""Tab-separated words for programs: one row a line, whole values, no heading unless asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from lengowctl.orders.fields import Rows
from lengowctl.output.columns import Column, columns_of
from lengowctl.output.delimited import Dialect, Row, heading, texts


def write(
    rows: Iterable[Row],
    columns: Sequence[str | Column],
    stream: TextIO,
    *,
    kind: Rows = Rows.ORDER,
    header: bool = False,
    guard: bool = False,
) -> int:
    """Write rows as stored, streaming; returns how many.

    A tab or a line break inside a value shows as `\\t` or `\\n`, so that a cell stays a cell. In a pipe the words go
    to programs, which no formula harms; a file that a person may open in a spreadsheet wants `guard`.
    """
    dialect = Dialect("\t", "\n", quotes=False, guard=guard)
    shown = columns_of(columns, kind)
    if header:
        stream.write(heading([column.name for column in shown], dialect))
    written = 0
    for text, count in texts(rows, shown, dialect):
        stream.write(text)
        written += count
    return written
