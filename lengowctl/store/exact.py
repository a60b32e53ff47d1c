"""Whether what was read is of the kind that was written. SQLite has no checksums: otherwise the file is damaged.

A column at a time, with the fewest questions that tell. All of it raises ValueError or TypeError.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import cast

from lengowctl.orders.fields import Kind

#: The texts of a column, a line each. A line ends only at its end: were that left open, a text that is none would be
#: cut up in every way there is before it is refused.
_MONEY = re.compile(r"(?:-?\d+(?:\.\d+)?(?:\n-?\d+(?:\.\d+)?)*)?", re.ASCII)
_COUNTS = re.compile(r"(?:-?\d+)?(?:\n(?:-?\d+)?)*", re.ASCII)
_FLAGS = frozenset({"", "true", "false"})


def check_values(columns: Iterable[Sequence[object]], kinds: Sequence[Kind]) -> None:
    """Columns of values as they are stored."""
    for kind, column in zip(kinds, columns, strict=True):
        if kind in (Kind.COUNT, Kind.FLAG):
            _numbers(column)
        elif kind in _WORDS:
            _WORDS[kind](_texts(column))
        else:
            _texts(column)


def check_words(columns: Sequence[Sequence[object]], kinds: Sequence[Kind]) -> None:
    """Columns of words (`fields.as_words`): nothing but text."""
    for kind, column in zip(kinds, columns, strict=bool(columns)):
        "".join(cast(Sequence[str], column))
        if kind in _WORDS:
            _WORDS[kind](cast(Sequence[str], column))


def _texts(column: Sequence[object]) -> Sequence[str]:
    """The texts in a column that may hold nothing besides."""
    try:
        "".join(cast(Sequence[str], column))  # the quickest way to ask
    except TypeError:
        column = [cell for cell in column if cell is not None]
        "".join(cast(Sequence[str], column))
    return cast(Sequence[str], column)


def _numbers(column: Sequence[object]) -> None:
    if not set(map(type, column)) <= {int, type(None)}:
        raise TypeError("another kind of value was stored here")


def _moments(column: Sequence[str]) -> None:
    deque(map(datetime.fromisoformat, filter(None, column)), maxlen=0)


def _amounts(column: Sequence[str]) -> None:
    if not _MONEY.fullmatch("\n".join(filter(None, column))):
        raise ValueError("amounts were stored here")


def _counts(column: Sequence[str]) -> None:
    together = "".join(column)
    if not (together.isascii() and together.isdigit()) and not _COUNTS.fullmatch("\n".join(column)):
        raise ValueError("counts were stored here")


def _flags(column: Sequence[str]) -> None:
    if not _FLAGS.issuperset(column):
        raise ValueError("flags were stored here")


_WORDS: dict[Kind, Callable[[Sequence[str]], object]] = {
    Kind.TIME: _moments, Kind.MONEY: _amounts, Kind.COUNT: _counts, Kind.FLAG: _flags,
}  # fmt: skip
