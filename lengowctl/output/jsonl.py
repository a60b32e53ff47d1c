"""JSON lines: one object a line, as the store made it, exact, with nothing in it that could steer a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TextIO

from lengowctl.orders.fields import Kind
from lengowctl.output.columns import Column, Stored
from lengowctl.output.text import clean_jsons

_FIRST_BLOCK, _BLOCK = 50, 1000


def write(texts: Iterable[str], stream: TextIO) -> int:
    """Write JSON objects (`Orders.json_rows`), streaming; returns how many."""
    written = 0
    for block in blocks(texts):
        stream.write(clean_jsons(block, "\n"))
        stream.write("\n")
        written += len(block)
    return written


def objects(rows: Iterable[tuple[Stored, ...]], columns: Sequence[Column]) -> Iterator[str]:
    """JSON objects made of stored rows, as the store makes them: for listings that do not come from it."""
    for row in rows:
        pairs = {column.name: _value(value, column.kind) for column, value in zip(columns, row, strict=True)}
        yield json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))


def _value(value: Stored, kind: Kind) -> object:
    if value is None:
        return None
    if kind is Kind.FLAG:
        return bool(value)
    return json.loads(str(value)) if kind is Kind.LIST else value


def blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    """The texts by the thousand; the first few come at once."""
    texts = iter(texts)
    size = _FIRST_BLOCK
    while block := list(islice(texts, size)):
        yield block
        size = _BLOCK
