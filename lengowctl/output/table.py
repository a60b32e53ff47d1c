"""A table for a person at a terminal, drawn by Rich; long ones, and those that go elsewhere, are plain columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import TextIO

from lengowctl.orders.fields import Rows
from lengowctl.output import plain
from lengowctl.output.columns import GAP, Column
from lengowctl.output.grid import Grid, Row
from lengowctl.output.screen import Screen
from lengowctl.output.text import cut

#: Rich draws 2,000 rows a second; more than a few screens of them would keep the first row waiting.
DRAWN = plain.MEASURED


def write(
    rows: Iterable[Row], columns: Sequence[str | Column], stream: TextIO, *, kind: Rows = Rows.ORDER, screen: Screen
) -> tuple[str, ...]:
    """Write the rows (as `columns.asked` says) as a table. Returns the names of the columns there was no room for."""
    rows = iter(rows)
    first = list(islice(rows, DRAWN + 1))
    if len(first) > DRAWN or not screen.tty:
        return plain.write(chain(first, rows), columns, stream, kind=kind, screen=screen)
    grid = Grid(columns, kind, screen, first)
    _draw(grid, first, stream)
    return grid.hidden


def _draw(grid: Grid, rows: Sequence[Row], stream: TextIO) -> None:
    from rich.table import Table
    from rich.text import Text

    from lengowctl.output.paint import console

    table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False)
    for lane in grid.lanes:
        title = Text(cut(lane.column.title, lane.room), "bold")
        justify = "right" if lane.column.right else "left"
        table.add_column(title, width=lane.room, justify=justify, no_wrap=True, overflow="crop")  # type: ignore[arg-type]
    words = grid.words(rows) if rows else [[] for _ in grid.lanes]
    for row, texts in zip(rows, zip(*words, strict=True), strict=True):
        table.add_row(
            *(Text(cut(text, lane.room), grid.style(lane, row)) for lane, text in zip(grid.lanes, texts, strict=True))
        )
    console(stream, grid.screen).print(table)
