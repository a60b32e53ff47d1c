"""Tab-separated words for programs: one row a line, whole values, no heading unless asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from lengowctl.orders.fields import Rows
from lengowctl.output.columns import Column, columns_of
from lengowctl.output.delimited import Block, Dialect, Row, worded, write_texts


def write(rows: Iterable[Row], columns: Sequence[str | Column], stream: TextIO, *, kind: Rows = Rows.ORDER) -> int:
    """Write rows as stored, streaming; returns how many. Else as `write_words`."""
    shown = columns_of(columns, kind)
    return write_words(worded(rows, shown), shown, stream)


def write_words(
    blocks: Iterable[Block],
    columns: Sequence[str | Column],
    stream: TextIO,
    *,
    kind: Rows = Rows.ORDER,
    header: bool = False,
    guard: bool = False,
) -> int:
    """Write words (`Orders.words`), streaming; returns how many rows.

    A tab or a line break inside a value shows as `\\t` or `\\n`, so that a cell stays a cell. In a pipe the words go
    to programs, which no formula harms; a file that a person may open in a spreadsheet wants `guard`.
    """
    dialect = Dialect("\t", "\n", quotes=False, guard=guard)
    return write_texts(blocks, columns_of(columns, kind), stream, dialect, header=header)
