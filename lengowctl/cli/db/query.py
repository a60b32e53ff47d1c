"""`lengowctl db query`."""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.declared import Argument, Option
from lengowctl.cli.listing import Output
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UsageFault
from lengowctl.orders.fields import Kind
from lengowctl.output import json, jsonl
from lengowctl.output.columns import Column, Stored
from lengowctl.output.formats import FROM_JSON, Format
from lengowctl.store.connection import Row
from lengowctl.store.upkeep import query as ask


def query(
    runtime: Runtime,
    output: Output,
    sql: Annotated[str, Argument(metavar="SQL", help="One SELECT; - reads it from stdin.")],
    limit: Annotated[int | None, Option("--limit", "-n", metavar="N", help="At most N rows.")] = None,
) -> None:
    """Ask the databases in SQL; nothing can be changed.

    The cache is `main` (orders, lines, parcels, changes, ...), the ledger is `ledger`. lengowctl db query
    "PRAGMA table_list" names the tables. Tables may change between versions; list and export do not.
    """
    if limit is not None and limit < 0:
        raise UsageFault("--limit is less than 0", hint="0 means all")
    text = runtime.machine.stdin.read() if sql == "-" else sql
    names, rows = ask(runtime.folder, text, max_rows=limit or None, monotonic=runtime.machine.monotonic)
    columns = [Column(name, name, Kind.TEXT) for name in names]
    if output.chosen(runtime) in FROM_JSON:
        writer = json if output.chosen(runtime) is Format.JSON else jsonl
        writer.write(jsonl.objects(map(_typed, rows), columns), runtime.printer.out)
    else:
        output.write(runtime, (tuple(map(_stored, _typed(row))) for row in rows), columns)


def _typed(row: Row) -> tuple[Stored | float, ...]:
    """Numbers as numbers, but for the infinite, which JSON does not know; a blob as hexadecimal digits."""
    return tuple(
        value.hex() if isinstance(value, bytes) else str(value) if value in _INFINITE else value for value in row
    )


def _stored(value: Stored | float) -> Stored:
    return str(value) if isinstance(value, float) else value


_INFINITE = (float("inf"), float("-inf"))
