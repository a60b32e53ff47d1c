"""`lengowctl list`."""

from __future__ import annotations

from lengowctl.cli.options import Filters, Listing
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import read_store, tell_state, write_rows


def list_orders(runtime: Runtime, filters: Filters, output: Listing) -> None:
    """List orders: filtered, sorted, as a table or for programs."""
    layout = output.layout(runtime, filters.view(runtime))
    selection = filters.selection(runtime)
    store = read_store(runtime)
    tell_state(runtime, store, selection)
    write_rows(runtime, store, selection, layout)
