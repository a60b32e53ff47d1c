"""What CSV and TSV share: rows of text with a separator, fast where nothing foreign needs care.

Rows pass in blocks. A block of ordinary rows goes through the C writer as it is; one look at its first characters
and one at the finished text say whether it was ordinary. Only a block that was not is made again, cell by cell.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from lengowctl.orders.fields import Kind
from lengowctl.output.columns import Column, Stored, listed
from lengowctl.output.guard import RISKY, guard
from lengowctl.output.text import clean

Row = tuple[Stored, ...]
#: The first block is small, so that the first lines are there at once.
_FIRST_BLOCK, _BLOCK = 50, 1000
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_TYPED = frozenset({Kind.MONEY, Kind.COUNT, Kind.TIME, Kind.FLAG})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are separated and kept apart. Without quotes a cell can hold no separator, so it is cleaned of it."""

    separator: str
    line_end: str
    quotes: bool
    guard: bool
    decimal_comma: bool = False


def texts(rows: Iterable[Row], columns: Sequence[Column], dialect: Dialect) -> Iterator[tuple[str, int]]:
    """The rows as text, block by block, with the number of rows in each."""
    shaped = [(at, shape) for at, column in enumerate(columns) if (shape := _shape(column, dialect))]
    rows = iter(rows)
    size = _FIRST_BLOCK
    while block := list(islice(rows, size)):
        if shaped:
            block = [_reshaped(row, shaped) for row in block]
        yield _ordinary(block, columns, dialect) or _careful(block, columns, dialect), len(block)
        size = _BLOCK


def heading(titles: Sequence[str], dialect: Dialect) -> str:
    """The line of column names."""
    return _written([tuple(titles)], dialect)


def _shape(column: Column, dialect: Dialect) -> Callable[[Stored], Stored] | None:
    """How a value of this column differs from how it is stored, or None."""
    if column.kind is Kind.LIST:
        return listed
    if column.kind is Kind.FLAG:
        return lambda value: "true" if value else "false"
    if column.kind is Kind.MONEY and dialect.decimal_comma:
        return lambda value: str(value).replace(".", ",") if _NUMBER.fullmatch(str(value)) else value
    return None


def _reshaped(row: Row, shaped: list[tuple[int, Callable[[Stored], Stored]]]) -> Row:
    cells = list(row)
    for at, shape in shaped:
        if cells[at] is not None:
            cells[at] = shape(cells[at])
    return tuple(cells)


def _ordinary(block: list[Row], columns: Sequence[Column], dialect: Dialect) -> str | None:
    """The block's text, or None when something in it needs care."""
    if dialect.guard and _any_risky(block, columns):
        return None
    try:
        text = _written(block, dialect)
    except csv.Error:  # no quotes, and a cell holds a separator
        return None
    # A line break inside a cell shows as one line end too many, any other control as unprintable.
    bare = text.replace(dialect.line_end, "")
    if not dialect.quotes:
        bare = bare.replace(dialect.separator, "")
    return text if bare.isprintable() and text.count(dialect.line_end) == len(block) else None


def _any_risky(block: list[Row], columns: Sequence[Column]) -> bool:
    for column, values in zip(columns, zip(*block, strict=True), strict=True):
        if column.kind in (Kind.COUNT, Kind.FLAG):
            continue
        first = {str(value)[:1] for value in values} if column.kind is Kind.MONEY else {v[0] for v in values if v}
        if not RISKY.isdisjoint(first - {"-"} if column.kind is Kind.MONEY else first):
            return True
    return False


def _careful(block: list[Row], columns: Sequence[Column], dialect: Dialect) -> str:
    """Every cell cleaned and, if wanted, guarded, by itself."""
    return _written([tuple(map(_cell, row, columns, [dialect] * len(row))) for row in block], dialect)


def _cell(value: Stored, column: Column, dialect: Dialect) -> str:
    if value is None:
        return ""
    text = clean(str(value))
    if not dialect.guard or (column.kind in _TYPED and _NUMBER.fullmatch(text.replace(",", "."))):
        return text
    return guard(text)


def _written(block: list[Row], dialect: Dialect) -> str:
    if not dialect.quotes and block and len(block[0]) == 1:
        return "".join(f"{'' if cell is None else cell}{dialect.line_end}" for (cell,) in block)
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=dialect.separator,
        lineterminator=dialect.line_end,
        quoting=csv.QUOTE_MINIMAL if dialect.quotes else csv.QUOTE_NONE,
        quotechar='"' if dialect.quotes else None,
    )
    writer.writerows(block)
    return stream.getvalue()
