"""Aligned columns without any decoration: for long tables, and for tables that do not go to a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

from lengowctl.orders.fields import Rows
from lengowctl.output.columns import GAP, Column, Lane
from lengowctl.output.grid import Grid, Row
from lengowctl.output.screen import Screen
from lengowctl.output.text import fit, width

MEASURED = 200
_BLOCK = 500


def write(
    rows: Iterable[Row], columns: Sequence[str | Column], stream: TextIO, *, kind: Rows = Rows.ORDER, screen: Screen
) -> tuple[str, ...]:
    """Write a heading and one line a row, streaming; rows are as `columns.asked` says. Returns the hidden columns.

    Widths come from the first rows. On a terminal a longer cell is cut; elsewhere values stay whole and push on.
    """
    rows = iter(rows)
    first = list(islice(rows, MEASURED))
    grid = Grid(columns, kind, screen, first)
    titles = [[lane.column.title] for lane in grid.lanes]
    stream.writelines(_lines(grid, titles))
    for block in _blocks(chain(first, rows)):
        stream.writelines(_lines(grid, grid.words(block)))
    return grid.hidden


def _lines(grid: Grid, words: list[list[str]]) -> Iterator[str]:
    padded = [_padded(lane, texts, cut=grid.screen.tty) for lane, texts in zip(grid.lanes, words, strict=True)]
    for cells in zip(*padded, strict=True):
        yield f"{(' ' * GAP).join(cells).rstrip()}\n"


def _padded(lane: Lane, texts: list[str], *, cut: bool) -> list[str]:
    room, right = lane.room, lane.column.right
    if "".join(texts).isascii() and not (cut and max(map(len, texts), default=0) > room):
        return [text.rjust(room) for text in texts] if right else [text.ljust(room) for text in texts]
    return [text if not cut and width(text) > room else fit(text, room, right=right) for text in texts]


def _blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while block := list(islice(rows, _BLOCK)):
        yield block
