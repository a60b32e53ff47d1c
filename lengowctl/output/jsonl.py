"""JSON lines: one object a line, as the store made it, exact, with nothing in it that could steer a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from io import TextIOWrapper
from typing import IO, TextIO, cast

from lengowctl.orders.fields import Kind
from lengowctl.output.columns import Column, Stored
from lengowctl.output.text import clean_line_bytes, clean_lines


def write(texts: Iterable[str], stream: TextIO) -> int:
    """Write JSON objects, streaming; returns how many. Each text holds one of them or several, a line each
    (`Orders.json_lines`).
    """
    written, binary = 0, _binary(stream)
    for text in texts:
        if binary is not None:
            binary.write(clean_line_bytes(text) + b"\n")
        else:
            stream.write(f"{clean_lines(text)}\n")
        written += text.count("\n") + 1
    return written


def _binary(stream: TextIO) -> IO[bytes] | None:
    """Where the stream's own bytes go, if those are UTF-8 and the stream has handed over all that was written."""
    if not isinstance(stream, TextIOWrapper) or stream.encoding.lower() not in ("utf-8", "utf8"):
        return None
    stream.flush()
    return cast(IO[bytes], stream.buffer)


def objects(rows: Iterable[tuple[Stored | float, ...]], columns: Sequence[Column]) -> Iterator[str]:
    """JSON objects made of stored rows, as the store makes them: for listings that do not come from it."""
    for row in rows:
        pairs = {column.name: _value(value, column.kind) for column, value in zip(columns, row, strict=True)}
        yield json.dumps(pairs, ensure_ascii=False, separators=(",", ":"))


def _value(value: Stored | float, kind: Kind) -> object:
    if value is None:
        return None
    if kind is Kind.FLAG:
        return bool(value)
    return json.loads(str(value)) if kind is Kind.LIST else value
