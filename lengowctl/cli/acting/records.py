"""The text of a file that somebody's spreadsheet wrote, and its lines as the CSV reader takes them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable

from lengowctl.errors import UsageFault
from lengowctl.output.words import counted

DELIMITERS = "\t;,|"
#: A line that begins with a reference, within a cell.
_ROW = re.compile(r"[a-z0-9_]+:[^\s;,]+\s*[;,\t]")
_DIVIDER = re.compile(f"[{DELIMITERS}]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_BROKEN = re.compile("[\udc80-\udcff]")
_SAVE = "save the file as CSV UTF-8, so that no letter is guessed"


def text_of(content: bytes, name: str) -> str:
    """The text of a file: UTF-8, or UTF-16 that says so, as spreadsheets export it. Bytes that are no UTF-8 stay, each
    as a lone surrogate, for `unreadable` to find where they matter. Raises UsageFault for what is no text."""
    if content.startswith(_UTF_16):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as fault:
            raise UsageFault(f"{name} begins as UTF-16 and is not, or was cut short", hint=_SAVE) from fault
    text = content.decode("utf-8-sig", "surrogateescape")
    if "\0" in text.partition("\n")[0]:
        raise UsageFault(f"{name} is no plain text: its first line holds the character 0", hint=_SAVE)
    return text


def unreadable(text: str) -> str | None:
    """Why the text of a cell cannot be used; None when it can."""
    return f"it is not UTF-8; {_SAVE}" if _BROKEN.search(text) else None


def is_remark(line: str) -> bool:
    """A line for people only."""
    return line.lstrip().startswith("#")


def swallows_rows(cells: Iterable[str], columns: int) -> bool:
    """Whether a cell of several lines holds what are rows of their own: a quote was forgotten."""
    lines = (line for cell in cells if "\n" in cell for line in cell.splitlines() if _ROW.match(line))
    return any(len(_DIVIDER.findall(line)) >= columns - 1 for line in lines)


class Records:
    """Lines for the CSV reader: between two records, blank lines and those that begin with # are left out."""

    def __init__(self, stream: Iterable[str]) -> None:
        self._numbered = enumerate(stream, 1)
        self._held: list[tuple[int, str]] = []
        self.at_start = True
        self._began = self._last = 0

    def told(self, fault: csv.Error) -> str:
        """Why a record cannot be read. A quote that never closes takes all lines after it with it."""
        if "end of data" not in str(fault):
            return f"it cannot be read as CSV: {fault}"
        lost = self._last - self._began
        rest = f", so that the {counted(lost, 'line')} after it could not be read" if lost else ""
        return f"a quote is opened here and never closed{rest}"

    @property
    def where(self) -> str:
        """Where the record began that was read last."""
        return f"line {self._began}"

    def peek(self) -> str:
        """The line that comes next, without taking it."""
        number, line = self._next()
        self._held.append((number, line))
        return line

    def skip(self) -> None:
        """Leave out the line that comes next."""
        self._next()

    def __iter__(self) -> Records:
        return self

    def __next__(self) -> str:
        number, line = self._next()
        if self.at_start:
            self._began, self.at_start = number, False
        return line

    def _next(self) -> tuple[int, str]:
        if self._held:
            return self._held.pop()
        for number, line in self._numbered:
            self._last = number
            if not self.at_start or (line.strip() and not is_remark(line)):
                return number, line
        raise StopIteration
