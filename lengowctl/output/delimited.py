"""What CSV and TSV share: rows of text with a separator, fast where nothing foreign needs care.

Rows pass in blocks, and a block column by column. A column's cells are joined to one text, which a few quick searches
ask for what needs care; only a column in which something was found is looked at cell by cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TextIO

from lengowctl.orders.fields import Kind
from lengowctl.output.columns import Column, Stored, listed
from lengowctl.output.guard import RISKY, guard
from lengowctl.output.text import clean, is_clean

Row = tuple[Stored, ...]
Block = Sequence[Sequence[str]]
"""Rows turned round: of each column its words, one for each row. Nothing is ""."""
#: The first block is small, so that the first lines are there at once.
_FIRST_BLOCK, _BLOCK = 50, 1000
_NUMBER = r"-?[0-9]+(\.[0-9]+)?"
#: What a cell may begin with once it is clean.
_SIGNS = tuple((char, f"\n{char}") for char in sorted(RISKY) if char.isprintable())
_TYPED = frozenset({Kind.MONEY, Kind.COUNT, Kind.TIME, Kind.FLAG})


class Dialect(NamedTuple):
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
    return [text.replace(".", ",") if re.fullmatch(_NUMBER, text) else text for text in words]


def _text(block: Block, columns: Sequence[Column], dialect: Dialect) -> str:
    alone = len(columns) == 1
    return _joined([_cells(*each, dialect, alone=alone) for each in zip(block, columns, strict=True)], dialect)


def _joined(block: Block, dialect: Dialect) -> str:
    return dialect.line_end.join(map(dialect.separator.join, zip(*block, strict=True))) + dialect.line_end


def _cells(words: Sequence[str], column: Column, dialect: Dialect, *, alone: bool) -> Sequence[str]:
    """The column's words cleaned and, where they need it, guarded and quoted."""
    text = _lines(words)
    if not is_clean(text, "\n") or text.count("\n") != len(words):
        words = [clean(word) for word in words]
        text = _lines(words)
    if dialect.guard and any(sign in text and start in text for sign, start in _SIGNS):
        typed = column.kind in _TYPED
        words = [word if typed and _is_number(word) else guard(word) for word in words]
    if dialect.quotes and (alone or '"' in text or dialect.separator in text):
        words = [_quoted(word, dialect, alone=alone) for word in words]
    return words


def _lines(words: Sequence[str]) -> str:
    return "\n" + "\n".join(words)


def _is_number(text: str) -> bool:
    return re.fullmatch(_NUMBER, text.replace(",", ".")) is not None


def _quoted(word: str, dialect: Dialect, *, alone: bool) -> str:
    if '"' in word or dialect.separator in word or (alone and not word):
        return '"' + word.replace('"', '""') + '"'
    return word
