"""`lengowctl due`."""

from __future__ import annotations

from dataclasses import replace

from lengowctl.cli.options import NO_ROOM, Filters, Listing
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import read_store, tell_state, write_rows
from lengowctl.orders.selection import MOST_URGENT, Selection
from lengowctl.output import due as page
from lengowctl.output.formats import Format
from lengowctl.store.store import Store


def due(runtime: Runtime, filters: Filters, output: Listing) -> None:
    """What must be accepted or shipped, most urgent first.

    Only orders with a known deadline: the marketplace's limit for an acceptance, the latest shipping date otherwise.
    """
    view = filters.view(runtime)
    layout = output.layout(runtime, view, sort=MOST_URGENT)
    selection = replace(filters.selection(runtime), has_due=True)
    store = read_store(runtime)
    tell_state(runtime, store, selection)
    own = output.columns is not None or bool(view and view.columns)
    if layout.format is not Format.TABLE or own:
        return write_rows(runtime, store, selection, layout)
    rows = store.orders.rows(selection, page.ASKED, sort=layout.sort, limit=layout.limit, profile=runtime.profile.name)
    hidden = page.write(rows, runtime.printer.out, runtime.printer.screen)
    runtime.printer.flush()
    _tell(runtime, store, selection, hidden, layout.limit if layout.cut else None)
    return None


def _tell(runtime: Runtime, store: Store, selection: Selection, hidden: tuple[str, ...], limit: int | None) -> None:
    """How many there are, how many are late, and what of it was not shown."""
    total = store.orders.count(selection)
    if not total:
        return runtime.printer.note("nothing is due")
    now = runtime.now()
    before = min(now, selection.due_before or now)
    late = store.orders.count(replace(selection, due_before=before))
    more = f"; --limit 0 shows all {total:,}" if limit is not None and total > limit else ""
    runtime.printer.note(f"{total:,} due, {late:,} of them late{more}")
    if hidden:
        runtime.printer.note(NO_ROOM.format(", ".join(hidden)))
    return None
