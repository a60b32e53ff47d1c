"""`lengowctl list`."""

from __future__ import annotations

from lengowctl.cli.options import Filters, Listing
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import read_store, tell_state, write_rows
from lengowctl.cli.watching import Watching
from lengowctl.output.formats import Format


def list_orders(runtime: Runtime, filters: Filters, output: Listing, watching: Watching) -> None:
    """List orders: filtered, sorted, as a table or for programs.

    With --watch the table is refreshed in place, and what changed is marked; in other formats, and off a terminal, each
    row is printed once more whenever it is new or has changed. Both read the cache alone: lengowctl sync --watch, in
    another terminal or as a service, keeps that fresh. In the table q ends it (exit code 0) and r looks at once; Ctrl-C
    ends it anywhere (130).
    """
    layout = output.layout(runtime, filters.view(runtime))
    every = watching.every()
    if every is not None and layout.format is Format.TABLE:
        from lengowctl.cli.live import run_live
        from lengowctl.cli.orders.live_list import LiveList

        return run_live(runtime, LiveList(runtime, filters, layout), every, "-o tsv or -o jsonl")
    if every is not None:
        from lengowctl.cli.orders.feed import feed

        return feed(runtime, filters, layout, every)
    selection = filters.selection(runtime)
    store = read_store(runtime)
    tell_state(runtime, store, selection)
    return write_rows(runtime, store, selection, layout)
