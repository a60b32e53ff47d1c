"""A screen that is drawn again and again in the same place: never a line too many, never one too wide."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from lengowctl.orders.fields import Rows
from lengowctl.output import page
from lengowctl.output.columns import GAP, Lane
from lengowctl.output.grid import Grid, Row
from lengowctl.output.page import LABEL, Line, Span, line
from lengowctl.output.screen import Screen
from lengowctl.output.text import ELLIPSIS, clean, cut, fit, width

#: What stands before a row: it was not there before, something in it is different.
NEW, CHANGED = "+", "*"
_MARK = 2
_STYLES = {NEW: "bold green", CHANGED: "bold yellow"}


def drawn(lines: Iterable[Line], screen: Screen, height: int, encoding: str | None = None) -> str:
    """The text that puts these lines on the terminal in place of what is there; no more than `height` of them."""
    lines = list(lines)[: max(height, 1)]
    canvas = _Canvas(encoding)
    page.write((_cut(words, screen.width) for words in lines), canvas, screen)
    # Erased before it is written: after a line that fills its row, erasing would take its last word.
    texts = [f"\x1b[2K{text}" for text in canvas.getvalue().split("\n")[:-1]]
    return "\x1b[H" + "\r\n".join(texts) + ("\r\n\x1b[J" if len(lines) < height else "")


class _Canvas(io.StringIO):
    """A page in memory, for a stream that may not have every character."""

    def __init__(self, encoding: str | None) -> None:
        super().__init__(newline="")
        self._encoding = encoding

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._encoding or "utf-8"


def fitted(head: Sequence[Line], body: Sequence[Line], height: int, *, more: int = 0) -> list[Line]:
    """The head, then as much of the body as the height takes, and how much was left out. `more` is what the body
    itself had no line for."""
    room = height - len(head)
    if len(body) <= room - (more > 0):
        shown, hidden = len(body), more
    else:
        shown = max(room - 1, 0)
        hidden = more + len(body) - shown
    rest = [line(f"{ELLIPSIS} and {hidden:,} more")] if hidden and room > 0 else []
    return [*head, *body[:shown], *rest]


class Marked(NamedTuple):
    """A row as a table of some columns is handed it, its mark, and the columns whose values are other ones now."""

    cells: Row
    mark: str = ""
    different: Collection[str] = ()


def table(names: Sequence[str], rows: Sequence[Marked], screen: Screen) -> tuple[list[Line], tuple[str, ...]]:
    """Titles, and a line a row with its mark before it; and the columns that there was no room for."""
    narrow = replace(screen, width=max(screen.width - _MARK, 1))
    cells = [row.cells for row in rows]
    grid = Grid(names, Rows.ORDER, narrow, cells)
    titles = [Span(_fitted(lane, lane.column.title), LABEL) for lane in grid.lanes]
    lines = [_joined("", titles)]
    words = grid.words(cells) if rows else []
    for row, texts in zip(rows, zip(*words, strict=True), strict=True):
        lines.append(_joined(row.mark, [_cell(grid, row, *one) for one in zip(grid.lanes, texts, strict=True)]))
    return lines, grid.hidden


def _cell(grid: Grid, row: Marked, lane: Lane, text: str) -> Span:
    style = grid.style(lane, row.cells)
    return Span(_fitted(lane, text), f"{style} reverse".strip() if lane.column.name in row.different else style)


def _fitted(lane: Lane, text: str) -> str:
    return fit(text, lane.room, right=lane.column.right)


def _joined(mark: str, cells: Sequence[Span]) -> Line:
    spans = [Span(f"{mark:<{_MARK}}", _STYLES.get(mark, ""))]
    for cell in cells:
        spans += [cell, Span(" " * GAP)]
    return tuple(spans[:-1])


def _cut(words: Line, room: int) -> Line:
    """The line in at most `room` cells."""
    kept: list[Span] = []
    left = room
    for span in words:
        text = clean(span.words)
        if width(text) > left:
            return (*kept, Span(cut(text, left), span.style))
        kept.append(Span(text, span.style))
        left -= width(text)
    return tuple(kept)
