"""Small listings that do not come from the cache of orders: a format option, columns and rows, written."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

from lengowctl.cli.declared import Bundle
from lengowctl.cli.options import NO_ROOM, format_option, read_format
from lengowctl.cli.runtime import Runtime
from lengowctl.output.columns import Column, Stored
from lengowctl.output.formats import Format

WRITTEN = (Format.TABLE, Format.CSV, Format.TSV, Format.JSON, Format.JSONL)
Row = tuple[Stored, ...]


@dataclass(frozen=True)
class Output(Bundle):
    """How a small listing is written: a table on a terminal, tab-separated elsewhere, or as asked."""

    format: str | None

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        return (format_option(WRITTEN),)

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)

    def chosen(self, runtime: Runtime) -> Format:
        """Raises UsageFault."""
        return read_format(self.format, WRITTEN) or (Format.TABLE if runtime.printer.out_tty else Format.TSV)

    def write_facts(self, runtime: Runtime, rows: Sequence[Row], columns: Sequence[Column]) -> None:
        """As `write`, for rows of a name, a value and a word on it. On a terminal nothing of them is cut or left out:
        long values go on in the next line. Raises UsageFault.
        """
        screen = runtime.printer.screen
        if self.chosen(runtime) is not Format.TABLE or not screen.tty:
            return self.write(runtime, rows, columns)
        from lengowctl.output.page import DIM, Span, facts, line, room_of, write

        labels = max((len(str(name)) for name, *_ in rows), default=0)
        pairs = ((str(name), line(str(value or "-"), Span(f"  {word}", DIM))) for name, value, word in rows)
        return write(facts(pairs, room_of(screen), labels), runtime.printer.out, screen)

    def write(self, runtime: Runtime, rows: Iterable[Row], columns: Sequence[Column]) -> None:
        """Write rows; values as the store keeps them: text, whole numbers, None, lists as JSON. Raises UsageFault."""
        chosen, stream = self.chosen(runtime), runtime.printer.out
        if chosen is Format.TABLE:
            from lengowctl.output import table

            hidden = table.write(rows, columns, stream, screen=runtime.printer.screen)
            runtime.printer.flush()
            if hidden:
                runtime.printer.note(NO_ROOM.format(", ".join(hidden)))
        elif chosen is Format.CSV:
            from lengowctl.output import csv

            csv.write(rows, columns, stream)
        elif chosen is Format.TSV:
            from lengowctl.output import tsv

            tsv.write(rows, columns, stream)
        else:
            from lengowctl.output import json, jsonl

            (json if chosen is Format.JSON else jsonl).write(jsonl.objects(rows, columns), stream)
