"""`lengowctl sandbox log`"""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.listing import Output
from lengowctl.cli.options import SCREENFUL
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.fields import Kind
from lengowctl.orders.moment import utc_text
from lengowctl.output.columns import Column
from lengowctl.output.formats import Format

COLUMNS = (
    Column("at", "Time", Kind.TIME),
    Column("method", "Method", Kind.CODE),
    Column("status", "Status", Kind.COUNT),
    Column("effect", "Effect", Kind.FLAG),
    Column("fault", "Fault", Kind.CODE),
    Column("target", "Request", Kind.TEXT),
    Column("note", "Note", Kind.TEXT),
)


def log(
    runtime: Runtime,
    output: Output,
    limit: Annotated[
        int | None,
        Option("--limit", "-n", metavar="N", min=0, show_default=False, help="The last N requests, 0 for all."),
    ] = None,
) -> None:
    """The requests that reached it.

    The oldest first; on a terminal the last 50. Effect: something was changed by it. Fault: what was made to go wrong.
    """
    if limit is None and output.chosen(runtime) is Format.TABLE and runtime.printer.out_tty:
        limit = SCREENFUL
    entries = runtime.sandbox().log(limit=limit or None)
    rows = [(utc_text(e.at), e.method, e.status, int(e.effect), e.fault, e.target, e.note) for e in entries]
    output.write(runtime, rows, COLUMNS)
