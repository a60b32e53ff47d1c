"""CSV after RFC 4180, safe to open in a spreadsheet. Long numbers and leading zeros stay what they are: text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

from lengowctl.orders.fields import Rows
from lengowctl.output.columns import Column, columns_of
from lengowctl.output.delimited import Block, Dialect, Row, worded, write_texts


def write(
    rows: Iterable[Row],
    columns: Sequence[str | Column],
    stream: TextIO,
    *,
    kind: Rows = Rows.ORDER,
    header: bool = True,
) -> int:
    """Write rows as stored, streaming; returns how many. Else as `write_words`."""
    shown = columns_of(columns, kind)
    return write_words(worded(rows, shown), shown, stream, header=header)


def write_words(
    blocks: Iterable[Block],
    columns: Sequence[str | Column],
    stream: TextIO,
    *,
    kind: Rows = Rows.ORDER,
    header: bool = True,
    guard: bool = True,
    bom: bool = False,
    decimal_comma: bool = False,
) -> int:
    """Write words (`Orders.words`), streaming; returns how many rows. The stream must not translate line ends
    (`newline=""`).

    A cell is one line, cleaned as for a terminal (JSON is the exact format). `guard` puts a `'` before text that a
    spreadsheet could take for a formula. `decimal_comma` writes `90,60` and separates by `;`, as spreadsheets in
    such countries expect. `bom` begins with a byte-order mark, by which Excel knows UTF-8.
    """
    dialect = Dialect(";" if decimal_comma else ",", "\r\n", quotes=True, guard=guard, decimal_comma=decimal_comma)
    if bom:
        stream.write("\ufeff")
    return write_texts(blocks, columns_of(columns, kind), stream, dialect, header=header)
