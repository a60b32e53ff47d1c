"""Rows of results, as they are written: one line an order for people, or a format for programs."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Self

from lengowctl.cli.declared import Bundle
from lengowctl.cli.options import format_option, read_format
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.fields import Kind
from lengowctl.outbox.told import WELL, Result, Told
from lengowctl.output import csv, tsv
from lengowctl.output.columns import Column, Stored
from lengowctl.output.formats import Format
from lengowctl.output.page import BAD, GOOD, Line, Span, indented, length, line, room_of, wrapped
from lengowctl.output.page import write as write_page
from lengowctl.output.text import clean, clean_json, width
from lengowctl.output.words import short_times, stored_times

FORMATS = (Format.TABLE, Format.CSV, Format.TSV, Format.JSON, Format.JSONL)
COLUMNS = (
    Column("ref", "Ref", Kind.REF),
    Column("action", "Action", Kind.CODE),
    Column("result", "Result", Kind.CODE),
    Column("reason", "Reason", Kind.TEXT),
    Column("action_id", "Action id", Kind.COUNT),
    Column("arguments", "Arguments", Kind.TEXT),
)
_WORD = max(len(result) for result in Result)
_WIDEST_REF = 44
#: What is told beside a reference and its result needs so much room; else it is told below them, this far in.
_BESIDE, _BELOW = 40, 4
#: A reason of so many characters is told once.
_LONG = 60
_WHERE = re.compile(r"(?:line|item) \d+: ")
_TIME = re.compile(r"(?<= )\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ(?=[ ;,]|$)")
_STYLES = {
    Result.SENT: GOOD, Result.DONE: GOOD, Result.ALREADY_DONE: "bright_black", Result.HELD: "yellow",
    Result.WOULD_SEND: "cyan", Result.NOT_SENT: "yellow", Result.SKIPPED: "yellow", Result.REJECTED: BAD,
    Result.FAILED: BAD, Result.DOUBTFUL: BAD,
}  # fmt: skip


@dataclass(frozen=True)
class ResultsOutput(Bundle):
    """How results are written, as typed."""

    note: ClassVar[str] = (
        f"-o jsonl writes a row for each: {', '.join(column.name for column in COLUMNS)}, id. Results that are well:"
        f" {', '.join(result for result in Result if result in WELL)}; that are not:"
        f" {', '.join(result for result in Result if result not in WELL)}."
        "\n\nExit codes: 0 all went well, 1 nothing did, 3 some did, 5 doubtful, 6 Lengow is out of reach, 8 --wait ran"
        " out of time, 130 stopped."
    )
    format: str | None

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        return (format_option(FORMATS),)

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)

    def chosen(self, runtime: Runtime) -> Format:
        """Raises UsageFault."""
        return read_format(self.format, FORMATS) or (Format.TABLE if runtime.printer.out_tty else Format.TSV)


def as_object(told: Told) -> dict[str, object]:
    """A row of results for programs; names are a promise. Of an argument that was given several times, all."""
    arguments: dict[str, object] = {}
    for name, value in told.arguments:
        known = arguments.get(name)
        arguments[name] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
    return {
        "ref": told.ref,
        "action": told.action,
        "result": told.result.value,
        "reason": told.reason,
        "action_id": told.action_id,
        "arguments": arguments,
        "id": told.intent_id,
    }


def as_json(told: Told) -> str:
    """One line."""
    return clean_json(json.dumps(as_object(told), ensure_ascii=False, separators=(",", ":")))


def as_row(told: Told) -> tuple[Stored, ...]:
    """The cells of `COLUMNS`."""
    arguments = "{}"
    if told.arguments:
        arguments = json.dumps(as_object(told)["arguments"], ensure_ascii=False, separators=(",", ":"))
    return told.ref, told.action, told.result.value, told.reason, told.action_id, arguments


class Writer:
    """Writes rows to stdout as they come; lines for people at a terminal are kept until `release`, since a bar may
    stand there. `refs` is how wide a reference is at most, as far as that is known before."""

    def __init__(self, runtime: Runtime, chosen: Format, refs: int) -> None:
        self._runtime = runtime
        self._chosen = chosen
        self._refs = min(refs, _WIDEST_REF)
        self._kept: list[Line] = []
        self._told: dict[str, str] = {}
        self._written = 0

    def write(self, rows: Sequence[Told]) -> None:
        """Raises BrokenPipeError when nobody reads any more."""
        printer = self._runtime.printer
        match self._chosen:
            case Format.TABLE:
                room = room_of(printer.screen)
                self._kept += [line for told in rows for line in self._lines(told, room)]
                if not printer.out_tty:
                    self.release()
            case Format.JSONL:
                printer.out.writelines(f"{as_json(told)}\n" for told in rows)
            case Format.JSON:
                for told in rows:
                    printer.out.write(f"{',' if self._written else '['}\n{as_json(told)}")
                    self._written += 1
            case Format.CSV:
                csv.write(map(as_row, rows), COLUMNS, printer.out, header=not self._written)
            case _:
                tsv.write(map(as_row, rows), COLUMNS, printer.out)
        self._written += len(rows)
        printer.flush()

    def release(self) -> None:
        """Write what was kept back."""
        lines, self._kept = self._kept, []
        if lines:
            write_page(lines, self._runtime.printer.out, self._runtime.printer.screen)

    def end(self) -> None:
        """Nothing more comes."""
        self.release()
        if self._chosen is Format.JSON:
            self._runtime.printer.out.write("\n]\n" if self._written else "[]\n")
        self._runtime.printer.flush()

    def _lines(self, told: Told, room: int) -> list[Line]:
        """`fnac:12C  rejected      why, wrapped under itself`, or below where references leave it no room."""
        ref = line(told.ref)[0].words if told.ref else ""
        gap = " " * (max(self._refs - width(ref), 0) + 2)
        word = Span(f"{told.result.value:<{_WORD}}", _STYLES[told.result])
        said = self._brief(told, ref)
        if told.result is Result.WOULD_SEND:
            said = "; ".join(filter(None, (f"{told.action} {spelled(told.arguments)}".strip(), said)))
        start = line(Span(ref), gap, word)
        hang = self._refs + _WORD + 4
        if room - hang < _BESIDE and length(start) + 2 + width(clean(said)) > room:
            return [*wrapped(start, room), *indented(wrapped(line(said), room - _BELOW), _BELOW)]
        return wrapped(line(*start, f"  {said}" if said else ""), room, hang)

    def _brief(self, told: Told, ref: str) -> str:
        """The reason; a long one that was told of another order already is told by that order."""
        reason = self._local(self._runtime.addressed(told.reason or ""))
        where, why = _split(reason)
        if len(why) < _LONG:
            return reason
        first = self._told.setdefault(why, ref)
        return reason if first == ref else f"{where}for the same reason as {first}"

    def _local(self, reason: str) -> str:
        """On a terminal the times in a reason are the reader's."""
        screen = self._runtime.printer.screen
        if not screen.tty:
            return reason
        worded = stored_times(short_times(screen.now, screen.zone))
        return _TIME.sub(lambda found: worded(found[0]), reason)


def _split(reason: str) -> tuple[str, str]:
    """Where in the input it is (`line 3: `), and why."""
    where = _WHERE.match(reason)
    return (where[0], reason[where.end() :]) if where else ("", reason)


def spelled(arguments: Sequence[tuple[str, str]]) -> str:
    """Arguments for people: `carrier=DPD tracking_number=123`."""
    return " ".join(f"{name}={value}" for name, value in arguments)
