"""What is refreshed in place on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from lengowctl.output.text import clean, cut

_ERASE = "\r\x1b[K"


class StandingLine:
    """One line at the end of what was said, replaced as often as it changes."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, text: str, columns: int) -> None:
        """Put this in its place, cut to the terminal."""
        self._put(f"{_ERASE}{cut(clean(text), columns - 1)}")

    def clear(self) -> None:
        self._put(_ERASE)

    def _put(self, text: str) -> None:
        with suppress(OSError, ValueError):  # a terminal that is gone is no reason to stop
            self._stream.write(text)
            self._stream.flush()


@contextmanager
def standing_line(stream: TextIO, *, wanted: bool) -> Iterator[StandingLine | None]:
    """A line that is gone when the block is left; None where it is not wanted."""
    if not wanted:
        yield None
        return
    line = StandingLine(stream)
    try:
        yield line
    finally:
        line.clear()
