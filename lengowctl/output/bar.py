"""A progress bar on a terminal: how far, how fast, how long still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import ceil
from typing import TYPE_CHECKING, Any, TextIO, cast

from lengowctl.output.paint import console
from lengowctl.output.screen import Screen
from lengowctl.output.text import clean, cut, width

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import Task
    from rich.text import Text

#: A title takes at most this much, a bar that much; between them, a spinner and four spaces.
_TITLE, _LONGEST, _BETWEEN = 24, 40, 5


class _Unheard:
    """A stream whose end is nobody's trouble: as all talk, a bar that nobody sees any more is lost without a word."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Bar:
    """One task of a Rich progress display."""

    def __init__(self, display: RichProgress, title: str, total: int | None) -> None:
        self._display = display
        self._task = display.add_task(title, total=total, doing="")

    def advance(self, amount: int = 1) -> None:
        self._display.advance(self._task, amount)

    def total(self, amount: int | None) -> None:
        self._display.update(self._task, total=amount)

    def text(self, text: str) -> None:
        self._display.update(self._task, doing=clean(text))


@contextmanager
def bar(stream: TextIO, screen: Screen, title: str, total: int | None) -> Iterator[tuple[Bar, Callable[[str], None]]]:
    """A live bar on `stream`, gone when the work is done, and a way to print lines above it."""
    from rich.progress import BarColumn, ProgressColumn, SpinnerColumn, TextColumn
    from rich.progress import Progress as Display
    from rich.text import Text

    title = cut(title, _TITLE)
    length = max(4, min(_LONGEST, screen.width // 5))
    room = screen.width - width(title) - length - _BETWEEN

    class Words(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text(cut(words(task), max(room, 0)), no_wrap=True)

    looks = (SpinnerColumn("line"), TextColumn("{task.description}", markup=False), BarColumn(length), Words())
    target = console(cast("TextIO", _Unheard(stream)), screen)
    with Display(*looks, console=target, transient=True, refresh_per_second=8) as display:
        yield Bar(display, title, total), lambda lines: target.print(Text(lines), soft_wrap=True)


def words(task: Task) -> str:
    """How far, how fast, how long still, and what is going on: cut from the right where there is no room.

    The pace is that of the whole time: answers come in bursts, several at once and then none while a request limit
    holds, and the pace of a burst would promise an end that does not come.
    """
    pace = task.completed / task.elapsed if task.elapsed else 0.0
    return "  ".join(part for part in (_how_far(task), _how_fast(pace), _how_long(task, pace), _doing(task)) if part)


def _how_far(task: Task) -> str:
    done = f"{int(task.completed):,}"
    return f"{done} of {int(task.total):,}" if task.total is not None else done


def _how_fast(pace: float) -> str:
    return f"{pace:,.0f}/s" if pace >= 1 else ""


def _how_long(task: Task, pace: float) -> str:
    if not task.remaining or not pace:
        return ""
    left = ceil(task.remaining / pace)
    return f"{left} s left" if left < 120 else f"{left // 60} min left"


def _doing(task: Task) -> str:
    return str(task.fields.get("doing", ""))
