"""What CSV and TSV share: rows of text with a separator, fast where nothing foreign needs care.

Rows pass in blocks. A block is joined as it is, and the finished text is searched for what needs care, a few searches
for a thousand rows. Only a block in which something was found is made again, column by column, and there only the
cells are touched that need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TextIO

from lengowctl.orders.fields import Kind
from lengowctl.output.columns import Column, Stored, listed
from lengowctl.output.guard import RISKY, guard
from lengowctl.output.text import clean, is_clean

Row = tuple[Stored, ...]
Block = Sequence[Sequence[str]]
"""Rows turned round: of each column its words, one for each row. Nothing is ""."""
#: The first block is small, so that the first lines are there at once.
_FIRST_BLOCK, _BLOCK = 50, 1000
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
#: What a cell may begin with once it is clean.
_SIGNS = tuple(sorted(char for char in RISKY if char.isprintable()))
_TYPED = frozenset({Kind.MONEY, Kind.COUNT, Kind.TIME, Kind.FLAG})


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are separated and kept apart. Without quotes a cell can hold no separator, so it is cleaned of it."""

    separator: str
    line_end: str
    quotes: bool
    guard: bool
    decimal_comma: bool = False


def worded(rows: Iterable[Row], columns: Sequence[Column]) -> Iterator[Block]:
    """Rows as stored in blocks of words, as `Orders.words` gives them."""
    rows = iter(rows)
    size = _FIRST_BLOCK
    while block := list(islice(rows, size)):
        yield [_words(values, column.kind) for values, column in zip(zip(*block, strict=True), columns, strict=True)]
        size = _BLOCK


def write_texts(
    blocks: Iterable[Block], columns: Sequence[Column], stream: TextIO, dialect: Dialect, *, header: bool
) -> int:
    """Write the words, with the columns' names above them if wanted; returns how many rows."""
    if header:
        stream.write(_joined([[column.name] for column in columns], dialect))
    written = 0
    for block in blocks:
        if dialect.decimal_comma:
            block = [_with_commas(*each) for each in zip(block, columns, strict=True)]
        stream.write(_text(block, columns, dialect))
        written += len(block[0])
    return written


def _words(values: Sequence[Stored], kind: Kind) -> Sequence[str]:
    if kind is Kind.LIST:
        return ["" if value is None else listed(value) for value in values]
    if kind is Kind.FLAG:
        return ["" if value is None else "true" if value else "false" for value in values]
    return ["" if value is None else str(value) for value in values]


def _with_commas(words: Sequence[str], column: Column) -> Sequence[str]:
    if column.kind is not Kind.MONEY:
        return words
    return [text.replace(".", ",") if _NUMBER.fullmatch(text) else text for text in words]


def _text(block: Block, columns: Sequence[Column], dialect: Dialect) -> str:
    text = _joined(block, dialect)
    if _is_apart(text, block, dialect) and not (dialect.guard and _may_be_risky(text, dialect)):
        return text
    alone = len(columns) == 1
    return _joined([_careful(*each, dialect, alone=alone) for each in zip(block, columns, strict=True)], dialect)


def _joined(block: Block, dialect: Dialect) -> str:
    return dialect.line_end.join(map(dialect.separator.join, zip(*block, strict=True))) + dialect.line_end


def _is_apart(text: str, block: Block, dialect: Dialect) -> bool:
    """Whether each cell stayed one, each row is one line, and nothing in the text steers a terminal."""
    rows, separators = len(block[0]), len(block) - 1
    if dialect.quotes and (not separators or '"' in text):  # an empty cell alone on its line wants quotes
        return False
    ends = all(text.count(char) == rows for char in dialect.line_end)  # as many as are ours, so none in a cell
    return (
        ends
        and text.count(dialect.separator) == rows * separators
        and is_clean(text, dialect.line_end + dialect.separator)
    )


def _may_be_risky(text: str, dialect: Dialect) -> bool:
    starts = (dialect.separator, dialect.line_end[-1])
    return text[0] in RISKY or any(char in text and any(start + char in text for start in starts) for char in _SIGNS)


def _careful(words: Sequence[str], column: Column, dialect: Dialect, *, alone: bool) -> Sequence[str]:
    """The column's cells cleaned and, where they need it, guarded and quoted."""
    if not is_clean("".join(words)):
        words = [clean(text) for text in words]
    starts = "\n" + "\n".join(words)
    if dialect.guard and any(char in starts and f"\n{char}" in starts for char in _SIGNS):
        typed = column.kind in _TYPED
        words = [text if typed and _is_number(text) else guard(text) for text in words]
    if dialect.quotes and (alone or '"' in starts or dialect.separator in starts):
        words = [_quoted(text, dialect, alone=alone) for text in words]
    return words


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.replace(",", ".")) is not None


def _quoted(text: str, dialect: Dialect, *, alone: bool) -> str:
    if '"' in text or dialect.separator in text or (alone and not text):
        return '"' + text.replace('"', '""') + '"'
    return text
