"""`lengowctl db query`."""

from __future__ import annotations

from typing import Annotated

import typer

from lengowctl.cli.listing import Output
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UsageFault
from lengowctl.orders.fields import Kind
from lengowctl.output.columns import Column, Stored
from lengowctl.store.connection import Row
from lengowctl.store.upkeep import query as ask


def query(
    runtime: Runtime,
    output: Output,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT; - reads it from stdin.")],
    limit: Annotated[int | None, typer.Option("--limit", "-n", metavar="N", help="At most N rows.")] = None,
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
    output.write(runtime, (_stored(row) for row in rows), columns)


def _stored(row: Row) -> tuple[Stored, ...]:
    """Every value as text or whole number: a blob as hexadecimal digits, a real number as Python writes it."""
    return tuple(
        value
        if value is None or isinstance(value, int | str)
        else value.hex()
        if isinstance(value, bytes)
        else str(value)
        for value in row
    )
