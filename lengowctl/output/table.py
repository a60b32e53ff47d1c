"""A table for a person at a terminal, painted by Rich; long ones, and those that go elsewhere, are plain columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TextIO

from lengowctl.orders.fields import Rows
from lengowctl.output import page, plain
from lengowctl.output.columns import GAP, Column
from lengowctl.output.grid import Grid, Row
from lengowctl.output.page import LABEL, Line, Span
from lengowctl.output.screen import Screen
from lengowctl.output.text import fit

#: Painting takes its time; more than a few screens of rows are not read for their colours.
PAINTED = plain.MEASURED


def write(
    rows: Iterable[Row],
    columns: Sequence[str | Column],
    stream: TextIO,
    *,
    kind: Rows = Rows.ORDER,
    screen: Screen,
) -> tuple[str, ...]:
    """Write the rows (as `columns.asked` says) as a table. Returns the names of the columns there was no room for."""
    rows = iter(rows)
    first = list(islice(rows, PAINTED + 1))
    if len(first) > PAINTED or not screen.painted:
        return plain.write(chain(first, rows), columns, stream, kind=kind, screen=screen)
    grid = Grid(columns, kind, screen, first)
    page.write(_lines(grid, first), stream, screen)
    return grid.hidden


def _lines(grid: Grid, rows: Sequence[Row]) -> Iterator[Line]:
    """The heading, then a line a row. Rich only paints them: its own tables measure text by other tables than ours,
    and what one of the two calls too wide would no longer stand under its heading."""
    yield _line([Span(_fitted(grid, at, lane.column.title), LABEL) for at, lane in enumerate(grid.lanes)])
    words = grid.words(rows) if rows else []
    for row, texts in zip(rows, zip(*words, strict=True), strict=True):
        yield _line(
            [
                Span(_fitted(grid, at, text), grid.style(lane, row))
                for at, (lane, text) in enumerate(zip(grid.lanes, texts, strict=True))
            ]
        )


def _fitted(grid: Grid, at: int, text: str) -> str:
    lane = grid.lanes[at]
    return fit(text, lane.room, right=lane.column.right)


def _line(cells: Sequence[Span]) -> Line:
    """The cells with gaps between them and nothing after the last word."""
    *before, last = cells
    spans = [part for cell in before for part in (cell, Span(" " * GAP))]
    return (*spans, Span(last.words.rstrip(), last.style))
