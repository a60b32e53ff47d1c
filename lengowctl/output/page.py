"""Pages for people: lines of styled words, wrapped and set side by side by the cells they take.

A page is laid out here and only painted by Rich, so that the same page is plain text off a terminal and no line is
ever wider than the terminal. Words are cleaned when a line is made of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import NamedTuple, TextIO

from lengowctl.output.screen import Screen
from lengowctl.output.text import clean, pieces, width

LABEL, DIM, GOOD, BAD = "bold", "bright_black", "green", "bold red"
#: Off a terminal nothing is wrapped.
_ENDLESS = 1_000_000
_NARROWEST = 20
_WORDS = re.compile(r" +|[^ ]+")
#: For streams that cannot write the drawing characters.
_ASCII = str.maketrans(
    {
        "│": "|",
        "─": "-",
        "┌": "+",
        "└": "+",
        "├": "+",
        "┐": "+",
        "┘": "+",
        "▶": ">",
        "▼": "v",
        "→": ">",
        "…": "~",
        "·": "-",
    }
)


class Span(NamedTuple):
    """Words in one style (a Rich style; empty: plain)."""

    words: str
    style: str = ""


Line = tuple[Span, ...]
BLANK: Line = ()


def line(*parts: str | Span) -> Line:
    """One line of these words, cleaned. Empty parts are left out."""
    spans = (part if isinstance(part, Span) else Span(part) for part in parts)
    return tuple(Span(clean(span.words), span.style) for span in spans if span.words)


def room_of(screen: Screen) -> int:
    """How many cells a line may take. No page can be set in less than twenty."""
    return max(screen.width, _NARROWEST) if screen.tty else _ENDLESS


def length(words: Line) -> int:
    """The cells that a line takes."""
    return sum(width(span.words) for span in words)


def wrapped(words: Line, room: int, hang: int = 0) -> list[Line]:
    """The line broken at spaces so that it fits; further lines begin `hang` cells in. A longer word is broken."""
    hang = min(hang, room // 2)
    lines: list[list[Span]] = [[]]
    used = 0
    for span in words:
        for word in _WORDS.findall(span.words):
            for piece in _parts(word, room - hang):
                cells = width(piece)
                if used + cells > room and used > (hang if len(lines) > 1 else 0):
                    lines.append([Span(" " * hang)] if hang else [])
                    used = hang
                    if piece.isspace():
                        continue
                lines[-1].append(Span(piece, span.style))
                used += cells
    return [_joined(spans) for spans in lines]


def indented(lines: Iterable[Line], by: int = 2) -> list[Line]:
    """The lines moved to the right."""
    return [(Span(" " * by), *words) if words else words for words in lines]


def facts(pairs: Iterable[tuple[str, Line | None]], room: int, labels: int = 13) -> list[Line]:
    """One fact a line: label, then words, wrapped under themselves. Facts without words are left out."""
    lines: list[Line] = []
    for label, words in pairs:
        if words:
            start = Span(f"{clean(label):<{labels}} ", DIM)
            lines += wrapped((start, *words), room, labels + 1)
    return lines


def section(title: str, lines: Sequence[Line]) -> list[Line]:
    """A titled part of a page, with a blank line before it; nothing when there is nothing in it."""
    return [BLANK, line(Span(title, LABEL)), *indented(lines)] if lines else []


def beside(left: Sequence[Line], right: Sequence[Line], room: int, gap: int = 4) -> list[Line]:
    """Two parts side by side; `left` must fit `room` cells."""
    return [
        (*first, Span(" " * (room - length(first) + gap)), *second) if second else first
        for first, second in zip_longest(left, right, fillvalue=BLANK)
    ]


def write(lines: Iterable[Line], stream: TextIO, screen: Screen) -> None:
    """Put the page on the stream: painted on a terminal or when colour is forced, plain text elsewhere."""
    drawn = _drawable(lines, stream)
    if not screen.painted:
        stream.writelines(f"{''.join(span.words for span in words).rstrip()}\n" for words in drawn)
        return
    from rich.text import Text

    from lengowctl.output.paint import console

    target = console(stream, screen)
    for words in drawn:
        text = Text.assemble(*words)
        text.rstrip()
        target.print(text, soft_wrap=True)


def _parts(word: str, room: int) -> list[str]:
    """A word that fits no line at all, in pieces that do."""
    return [word] if width(word) <= room or word.isspace() else pieces(word, max(1, room))


def _joined(spans: list[Span]) -> Line:
    """Neighbours of one style as one span; no space at the end."""
    found: list[Span] = []
    for span in spans:
        if found and found[-1].style == span.style:
            found[-1] = Span(found[-1].words + span.words, span.style)
        else:
            found.append(span)
    if found:
        found[-1] = Span(found[-1].words.rstrip(" "), found[-1].style)
    return tuple(found)


def _drawable(lines: Iterable[Line], stream: TextIO) -> Iterable[Line]:
    encoding = (getattr(stream, "encoding", None) or "utf-8").lower()
    if encoding.startswith("utf"):
        return lines
    return [tuple(Span(span.words.translate(_ASCII), span.style) for span in words) for words in lines]
