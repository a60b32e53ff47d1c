"""What CSV and TSV share: rows of text with a separator, fast where nothing foreign needs care.

Rows pass in blocks. Where no cell of a block needs a quote, the block is joined as it is; the finished text is then
searched for what is risky. Only a block in which something was found is made again, cell by cell.
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
#: All bytes of UTF-8 but the control characters below 0x20 and DEL.
_NO_CONTROLS = bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))
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
    text = _joined(block, columns, dialect)
    if text is None and dialect.quotes:
        text = _written(block, dialect)
        risky = dialect.guard and _any_risky(block, columns)
    else:
        risky = dialect.guard and text is not None and _may_be_risky(text, dialect) and _any_risky(block, columns)
    return text if text is not None and not risky and _harmless(text, len(block), dialect) else None


def _joined(block: list[Row], columns: Sequence[Column], dialect: Dialect) -> str | None:
    """The block's text made by joining alone (twice as fast as the C writer), where no cell needs a quote."""
    if len(columns) == 1 and dialect.quotes:  # an empty cell alone on its line wants quotes
        return None
    cells = [_texts(values) for values in zip(*block, strict=True)]
    try:
        text = dialect.line_end.join(map(dialect.separator.join, zip(*cells, strict=True))) + dialect.line_end
    except TypeError:  # a value that is not what its column says
        return None
    apart = text.count(dialect.separator) == len(block) * (len(columns) - 1)
    return text if apart and not (dialect.quotes and '"' in text) else None


def _texts(values: Sequence[Stored]) -> Sequence[str]:
    """The values of one column as text."""
    if None in values:
        return ["" if value is None else str(value) for value in values]
    return values if isinstance(values[0], str) else list(map(str, values))  # type: ignore[return-value]


def _harmless(text: str, rows: int, dialect: Dialect) -> bool:
    """Whether nothing in the text steers a terminal, and each row is one line."""
    text = text.replace("\t", " ") if dialect.separator == "\t" else text
    try:
        controls = text.encode().translate(None, _NO_CONTROLS)
    except UnicodeEncodeError:  # a lone surrogate
        return False
    if controls != dialect.line_end.encode() * rows:
        return False
    return text.isascii() or all(line.isascii() or line.isprintable() for line in text.split(dialect.line_end))


def _may_be_risky(text: str, dialect: Dialect) -> bool:
    """Whether a cell may begin with a risky character: one search each, most of which end at once."""
    starts = (dialect.separator, dialect.line_end[-1])
    return text[0] in RISKY or any(char in text and any(start + char in text for start in starts) for char in RISKY)


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
