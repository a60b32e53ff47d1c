"""Files of orders with their arguments, a row each: CSV with a heading, or JSON lines, as people and programs write
them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from lengowctl.cli.acting.objects import ARG, ARGUMENTS, Broken, kept, parsed, texts_of, what_else
from lengowctl.cli.acting.options import read_extra, read_line
from lengowctl.cli.acting.records import DELIMITERS, Records, is_remark, swallows_rows, text_of, unreadable
from lengowctl.errors import LengowctlError, UsageFault
from lengowctl.orders.arguments import FLAGS, LINE, QUANTITIES, Ask, flag_named
from lengowctl.orders.carriers import near_names
from lengowctl.orders.draft import with_lines
from lengowctl.orders.fields import LINE_FIELDS, ORDER_FIELDS, PARCEL_FIELDS

REF = "ref"
_OWN = frozenset((REF, ARG, ARGUMENTS, LINE, *QUANTITIES, *FLAGS))
#: What our own line rows call a line: they are about orders, so `line` alone says that a line is meant.
_LINE_ID = "line_id"
#: Columns of our own listings and reports: they may stand in a file, and mean nothing here.
_OURS = frozenset(
    (*(one.name for fields in (ORDER_FIELDS, LINE_FIELDS, PARCEL_FIELDS) for one in fields),
     "result", "action", "action_id", "id")
)  # fmt: skip
#: What a refused row of a report was given, by flags; every other row holds what was sent, in the marketplace's names.
_AS_TYPED = "failed"
#: Without this a refund is one of everything.
_ALL_OF_IT = frozenset({"amount"})
#: Columns of results, which only a report holds with their arguments.
_RESULTS = {"result", "action"}
_NEXT = "the rows after it; close it, or leave it out"
#: How a spreadsheet is told what divides the cells.
_SEPARATOR = re.compile(r"sep=([;,\t|])\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: the reference as written and what is asked, or why the row makes no sense."""

    where: str
    ref: str
    ask: Ask
    fault: str | None = None


@dataclass(slots=True)
class Sheet:
    """The rows of a file, read as they are iterated. Known at the end: `unused`, columns that mean nothing, and
    `numberless`, rows whose cell for a parcel's number is empty."""

    entries: Iterator[Entry]
    unused: dict[str, None] = field(default_factory=dict)
    numberless: list[str] = field(default_factory=list)


def read_sheet(content: bytes, name: str, typed: Ask, allowed: frozenset[str]) -> Sheet:
    """The rows of a file; a row's own values win over those `typed` on the command line. `allowed` are the flags that
    the verb takes. Raises UsageFault for a file that has no heading, or one that looks mistyped.
    """
    text = text_of(content, name)
    reader = _Reader(name, typed, allowed)
    start = next((line.strip() for line in text.splitlines() if line.strip() and not is_remark(line)), "")
    sheet = Sheet(iter(()), reader.unused, reader.numberless)
    if start.startswith(("{", "[")):
        sheet.entries = reader.json_rows(text, is_array=start.startswith("["))
    elif start:
        sheet.entries = reader.csv_rows(text)
    return sheet


def arguments_in(line: str, allowed: frozenset[str]) -> list[str]:
    """The arguments that a first line names, a heading or a JSON object: what only a file's reader understands."""
    names: Iterable[str] = ()
    if line.startswith("{"):
        found = parsed(line)
        if isinstance(found, dict) and not found.keys() >= _RESULTS:
            names = [key for key, cell in found.items() if cell not in (None, "")]
    else:
        first, *others = (cell.strip().strip('"') for cell in re.split(f"[{DELIMITERS}]", line))
        names = others if first.lower() == REF else ()
    flags = [flag.name for name in names if (flag := flag_named(name))]
    return [name for name in flags if name in allowed]


@dataclass
class _Reader:
    name: str
    typed: Ask
    allowed: frozenset[str]
    unused: dict[str, None] = field(default_factory=dict)
    numberless: list[str] = field(default_factory=list)

    # CSV

    def csv_rows(self, text: str) -> Iterator[Entry]:
        """Raises UsageFault at once when the heading cannot be used."""
        lines = Records(io.StringIO(text, newline=""))
        heading = lines.peek()
        said = _SEPARATOR.fullmatch(heading)
        if said:
            lines.skip()
        delimiter = said[1] if said else max(DELIMITERS, key=heading.count)
        table = csv.reader(lines, delimiter=delimiter, strict=True)
        columns = self._columns(table)
        if REF not in columns:
            bare = f"; a bare list of references is for {self.typed.action} - < {self.name}" if ":" in heading else ""
            raise UsageFault(
                f"{self.name}: no column is called ref", hint=f"the first line names the columns; one is ref{bare}"
            )
        return self._csv_entries(table, lines, columns)

    def _columns(self, table: Iterator[list[str]]) -> list[str | None]:
        """What the heading means. Raises UsageFault for one that says the same twice."""
        try:
            heading = next(table)
        except csv.Error as fault:
            raise UsageFault(f"{self.name}: its first line cannot be read as CSV: {fault}") from fault
        if {cell.strip() for cell in heading} >= _RESULTS:
            raise UsageFault(f"{self.name} is a table of results", hint="--report FILE writes what --from reads")
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
            self._leave_out(cell)
            return None
        if word == _LINE_ID:
            self.unused[f"{_LINE_ID} (a column {LINE} is)"] = None
            return _LINE_ID
        if word in _OWN or word in _OURS or not word:
            return word if word in _OWN else None
        near = near_names(word, [*self.allowed, REF, LINE])
        if near:
            raise UsageFault(
                f"{self.name}: the column {cell.strip()!r} means nothing here", hint=f"did you mean {near[0]}?"
            )
        self._leave_out(cell)
        return None

    def _leave_out(self, cell: str) -> None:
        self.unused[cell.strip().encode("utf-8", "surrogateescape").decode("utf-8", "replace")] = None

    def _csv_entries(
        self, table: Iterator[list[str]], lines: Records, columns: Sequence[str | None]
    ) -> Iterator[Entry]:
        while True:
            lines.at_start = True
            try:
                cells = next(table)
            except StopIteration:
                return
            except csv.Error as fault:
                yield Entry(lines.where, "", self.typed, lines.told(fault))
                continue
            if swallows_rows(cells, len(columns)):
                yield Entry(lines.where, "", self.typed, f"a quote is opened here that takes {_NEXT}")
            elif any(cell.strip() for cell in cells):
                pairs = zip_longest(columns, (cell.strip() for cell in cells[: len(columns)]), fillvalue="")
                yield self._entry(lines.where, [(name, cell) for name, cell in pairs if name])

    # JSON

    def json_rows(self, text: str, *, is_array: bool) -> Iterator[Entry]:
        if is_array:
            for number, value in enumerate(self._array(text), 1):
                yield self._object(f"item {number}", value)
            return
        whole = parsed(text)
        if isinstance(whole, dict) and "\n" in text.strip():  # one object, over several lines
            yield self._object("item 1", whole)
            return
        for number, line in enumerate(io.StringIO(text), 1):
            if line.strip() and not is_remark(line):
                yield self._object(f"line {number}", parsed(line))

    def _array(self, text: str) -> list[Any]:
        found = parsed(text)
        if not isinstance(found, list):
            why = f": {found.why}" if isinstance(found, Broken) else ""
            raise UsageFault(f"{self.name} begins as a JSON array and is none{why}")
        return found

    def _object(self, where: str, value: Any) -> Entry:
        if not isinstance(value, dict):
            return Entry(where, "", self.typed, what_else(value))
        if value.keys() >= _RESULTS:
            return self._reported(where, value)
        pairs: list[tuple[str, str]] = []
        for key, cell in value.items():
            name = self._column(key)
            if name is None or (cell is None and name not in _ALL_OF_IT):
                continue
            try:
                pairs += [(name, text) for text in texts_of(name, "" if cell is None else cell)]
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
                pair for key, cell in (given or {}).items() if cell is not None for pair in kept(key, cell, typed=typed)
            ]
        except ValueError as fault:
            return Entry(where, ref, self.typed, str(fault))
        entry = self._entry(where, [(REF, ref), *pairs])
        return entry if typed else replace(entry, ask=_as_sent(entry.ask))

    # Both

    def _entry(self, where: str, pairs: Iterable[tuple[str, str]]) -> Entry:
        """A row of columns and their texts. What was read of it is kept even when it makes no sense."""
        ref, given, extra, lines = "", dict(self.typed.given), dict(self.typed.extra), []
        pieces, by_id, fault = "", False, None
        for name, text in pairs:
            try:
                if name == REF:
                    ref = text
                elif not text:
                    fault = fault or self._empty(where, name)
                elif name == LINE:
                    lines.append(read_line(text, LINE))
                elif name == _LINE_ID:
                    by_id = True
                elif name in QUANTITIES:
                    pieces = text
                elif name in (ARG, ARGUMENTS):
                    key, value = read_extra(text)
                    extra[key] = value
                else:
                    given[name] = text
                why = unreadable(text)
            except LengowctlError as raised:
                why = raised.message
            fault = fault or (f"{name}: {why}" if why and name not in (LINE, ARG, ARGUMENTS) else why)
        if pieces and lines:
            lines, why = _counted(lines, pieces)
            fault = fault or why
        elif pieces and not by_id:  # of the only line, or there is a reason
            extra[QUANTITIES[0]] = pieces
        ask = replace(self.typed, given=given, extra=extra, lines=tuple(lines) or self.typed.lines)
        return Entry(where, ref, ask, fault or (None if ref else "it has no ref"))

    def _empty(self, where: str, name: str) -> str | None:
        """What an empty cell comes to: a reason where it would mean everything, and else no more than a remark."""
        if name in self.typed.given:
            return None
        if name == "tracking_number":
            self.numberless.append(where)
        if name in _ALL_OF_IT:
            return f"{name} is empty: say how much; only without that column all of it is meant"
        return None


def _counted(lines: list[tuple[str, int | None]], pieces: str) -> tuple[list[tuple[str, int | None]], str | None]:
    """Lines with the number of pieces that stands in a column of its own, or why that cannot be."""
    (line, said), *others = lines
    if others or said is not None:
        return lines, "how many pieces is said twice, with the line and beside it"
    try:
        return [read_line(f"{line}={pieces}", LINE)], None
    except LengowctlError as fault:
        return lines, fault.message


def _as_sent(ask: Ask) -> Ask:
    """Arguments by the marketplace's names, as they were sent: the line among them is that of the request."""
    known, unclear = with_lines(ask, None)
    return replace(ask if unclear else known, as_sent=True)
