"""Files of orders with their arguments, a row each: CSV with a heading, or JSON lines, as people and programs write
them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from lengowctl.cli.acting.options import read_extra, read_line
from lengowctl.errors import LengowctlError, UsageFault
from lengowctl.orders.arguments import FLAGS, LINE, QUANTITIES, Ask, flag_named
from lengowctl.orders.carriers import near_names
from lengowctl.orders.fields import LINE_FIELDS, ORDER_FIELDS, PARCEL_FIELDS
from lengowctl.output.words import counted

REF, ARG, ARGUMENTS = "ref", "arg", "arguments"
_DELIMITERS = "\t;,"
_OWN = frozenset((REF, ARG, ARGUMENTS, LINE, *FLAGS))
#: Columns of our own listings and reports: they may stand in a file, and mean nothing here.
_OURS = frozenset(
    (*(one.name for fields in (ORDER_FIELDS, LINE_FIELDS, PARCEL_FIELDS) for one in fields),
     "result", "action", "action_id", "id")
)  # fmt: skip
#: What a refused row of a report was given, by flags; every other row holds what was sent, in the marketplace's names.
_AS_TYPED = "failed"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the reference as written and what is asked, or why the row makes no sense."""

    where: str
    ref: str
    ask: Ask
    fault: str | None = None


@dataclass(slots=True)
class Sheet:
    """The rows of a file, read as they are iterated; `unused` are columns that mean nothing, known at the end."""

    entries: Iterator[Entry]
    unused: dict[str, None] = field(default_factory=dict)


def read_sheet(content: bytes, name: str, typed: Ask, allowed: frozenset[str]) -> Sheet:
    """The rows of a file; a row's own values win over those `typed` on the command line. `allowed` are the flags that
    the verb takes. Raises UsageFault for a file that has no heading, or one that looks mistyped.
    """
    text = _decoded(content, name)
    reader = _Reader(name, typed, allowed)
    start = next((line.strip() for line in text.splitlines() if line.strip() and not _is_comment(line)), "")
    sheet = Sheet(iter(()), reader.unused)
    if start.startswith(("{", "[")):
        sheet.entries = reader.json_rows(text, is_array=start.startswith("["))
    elif start:
        sheet.entries = reader.csv_rows(text)
    return sheet


def _decoded(content: bytes, name: str) -> str:
    """Text of a file: UTF-8, or UTF-16 that says so, as spreadsheets export it. Raises UsageFault."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as fault:
        where = content.count(b"\n", 0, fault.start) + 1
        raise UsageFault(
            f"{name}: line {where} is not UTF-8", hint="save the file as CSV UTF-8, so that no letter is guessed"
        ) from fault


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


@dataclass
class _Reader:
    name: str
    typed: Ask
    allowed: frozenset[str]
    unused: dict[str, None] = field(default_factory=dict)

    # CSV

    def csv_rows(self, text: str) -> Iterator[Entry]:
        """Raises UsageFault at once when the heading cannot be used."""
        lines = _Lines(io.StringIO(text, newline=""))
        heading = lines.peek()
        delimiter = max(_DELIMITERS, key=heading.count)
        table = csv.reader(lines, delimiter=delimiter, strict=True)
        columns = self._columns(table)
        if REF not in columns:
            raise UsageFault(
                f"{self.name}: no column is called ref", hint="the first line names the columns; one is ref"
            )
        return self._csv_entries(table, lines, columns)

    def _columns(self, table: Iterator[list[str]]) -> list[str | None]:
        """What the heading means. Raises UsageFault for one that says the same twice."""
        try:
            heading = next(table)
        except csv.Error as fault:
            raise UsageFault(f"{self.name}: its first line cannot be read as CSV: {fault}") from fault
        columns = [self._column(cell) for cell in heading]
        twice = [name for name in columns if name and name not in (LINE, ARG) and columns.count(name) > 1]
        if twice:
            raise UsageFault(f"{self.name}: two columns are called {twice[0]}", hint="keep the one that is meant")
        return columns

    def _column(self, cell: str) -> str | None:
        """What a heading means; None for one that means nothing. Raises UsageFault for a near miss."""
        word = cell.strip().lower().lstrip("-").replace("-", "_").replace(" ", "_")
        flag = flag_named(cell)
        if flag and flag.name not in self.allowed:
            self.unused[cell.strip()] = None
            return None
        if word in _OWN or word in _OURS or not word:
            return word if word in _OWN else None
        near = near_names(word, [*self.allowed, REF, LINE])
        if near:
            raise UsageFault(
                f"{self.name}: the column {cell.strip()!r} means nothing here", hint=f"did you mean {near[0]}?"
            )
        self.unused[cell.strip()] = None
        return None

    def _csv_entries(self, table: Iterator[list[str]], lines: _Lines, columns: Sequence[str | None]) -> Iterator[Entry]:
        while True:
            lines.at_start = True
            try:
                cells = next(table)
            except StopIteration:
                return
            except csv.Error as fault:
                yield Entry(lines.where, "", self.typed, lines.told(fault))
                continue
            pairs = [(name, cell.strip()) for name, cell in zip(columns, cells, strict=False) if name and cell.strip()]
            yield self._entry(lines.where, pairs)

    # JSON

    def json_rows(self, text: str, *, is_array: bool) -> Iterator[Entry]:
        if is_array:
            for number, value in enumerate(self._array(text), 1):
                yield self._object(f"item {number}", value)
            return
        for number, line in enumerate(io.StringIO(text), 1):
            if line.strip() and not _is_comment(line):
                yield self._object(f"line {number}", self._parsed(line))

    def _array(self, text: str) -> list[Any]:
        found = self._parsed(text)
        if not isinstance(found, list):
            raise UsageFault(f"{self.name}: it begins as a JSON array and is none")
        return found

    def _parsed(self, text: str) -> Any:
        """Numbers stay as they are written. None for what is no JSON."""
        try:
            return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
        except (ValueError, RecursionError):
            return None

    def _object(self, where: str, value: Any) -> Entry:
        if not isinstance(value, dict):
            return Entry(where, "", self.typed, "it is no JSON object")
        if "result" in value and "action" in value:
            return self._reported(where, value)
        pairs: list[tuple[str, str]] = []
        for key, cell in value.items():
            name = self._column(key)
            if name is None or cell is None:
                continue
            try:
                pairs += [(name, text) for text in _texts(name, cell)]
            except ValueError as fault:
                return Entry(where, str(value.get(REF, "")), self.typed, f"{key}: {fault}")
        return self._entry(where, pairs)

    def _reported(self, where: str, value: Mapping[str, Any]) -> Entry:
        """A row of a report: `reason` there is why, not an argument."""
        ref, action, given = str(value.get(REF) or ""), str(value["action"]), value.get(ARGUMENTS)
        if action != self.typed.action:
            return Entry(where, ref, self.typed, f"it is the result of {action}, not of {self.typed.action}")
        if given is not None and not isinstance(given, dict):
            return Entry(where, ref, self.typed, "its arguments are no JSON object")
        typed = value["result"] == _AS_TYPED and not {*QUANTITIES} & {*(given or ())}
        try:
            pairs = [
                pair
                for key, cell in (given or {}).items()
                if cell is not None
                for pair in _kept(key, cell, typed=typed)
            ]
        except ValueError as fault:
            return Entry(where, ref, self.typed, str(fault))
        return self._entry(where, [(REF, ref), *pairs] if ref else pairs)

    # Both

    def _entry(self, where: str, pairs: Iterable[tuple[str, str]]) -> Entry:
        ref, given, extra, lines = "", dict(self.typed.given), dict(self.typed.extra), []
        try:
            for name, text in pairs:
                if name == REF:
                    ref = text
                elif name == LINE:
                    lines.append(read_line(text, LINE))
                elif name in (ARG, ARGUMENTS):
                    key, value = read_extra(text)
                    extra[key] = value
                else:
                    given[name] = text
        except LengowctlError as fault:
            return Entry(where, ref, self.typed, fault.message)
        if not ref:
            return Entry(where, "", self.typed, "it has no ref")
        ask = replace(self.typed, given=given, extra=extra, lines=tuple(lines) or self.typed.lines)
        return Entry(where, ref, ask)


def _texts(name: str, value: Any) -> list[str]:
    """A JSON value as the texts of its column. Raises ValueError for one that is no plain value."""
    if isinstance(value, dict) and name in (ARG, ARGUMENTS):
        return [f"{key}={_text(cell)}" for key, cell in value.items() if cell is not None]
    if isinstance(value, list) and name in (ARG, LINE):
        return [_text(cell) for cell in value]
    text = _text(value)
    return [text] if text.strip() else []


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    raise ValueError("it is no plain value")


def _kept(name: str, value: Any, *, typed: bool) -> list[tuple[str, str]]:
    """An argument of a report, as a column and its text."""
    if typed and name == LINE:
        return [(LINE, text) for text in _texts(LINE, value)]
    if typed and name in FLAGS:
        return [(name, _text(value))]
    return [(ARG, f"{name}={_text(value)}")]


class _Lines:
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

    def __iter__(self) -> _Lines:
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
            if not self.at_start or (line.strip() and not _is_comment(line)):
                return number, line
        raise StopIteration
