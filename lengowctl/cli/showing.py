"""What the reading verbs share: rows in every format, how old the data is, and what may be missing from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from lengowctl.cli.options import NO_ROOM, SCREENFUL, Layout, read_format
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import NeverSynced
from lengowctl.orders.fields import Rows
from lengowctl.orders.moment import read_instant, utc_text
from lengowctl.orders.selection import Selection
from lengowctl.output.formats import FROM_JSON, Format
from lengowctl.output.screen import Screen
from lengowctl.output.words import ago, short_time, span
from lengowctl.store.store import Store
from lengowctl.sync.coverage import holes

if TYPE_CHECKING:
    from lengowctl.store.intent import Intent

_FRESH = timedelta(minutes=2)


def read_store(runtime: Runtime) -> Store:
    """The profile's cache, for reading. Raises NeverSynced when no sync has ever brought anything."""
    store = runtime.store(write=False)
    check_synced(runtime, store)
    return store


def check_synced(runtime: Runtime, store: Store) -> None:
    """Raises NeverSynced when no sync has ever brought anything."""
    if last_sync(store) is None and store.coverage.cursor() is None and not store.orders.count(Selection()):
        raise NeverSynced(f"profile {runtime.profile.name} was never synchronised", hint="lengowctl sync")


def last_sync(store: Store) -> datetime | None:
    """When a sync last came to its end, by our clock."""
    text = store.facts.get("last_sync_at")
    return read_instant(text) if text else None


def tell_state(runtime: Runtime, store: Store, selection: Selection) -> None:
    """Say how old the data is (terminal or verbose), and always what may be missing from what was asked."""
    synced = last_sync(store)
    age = runtime.now() - synced if synced else None
    if age is not None and age >= _FRESH:
        runtime.printer.note(runtime.addressed(f"as of {span(age)} ago; lengowctl sync brings it up to date"))
    elif synced and runtime.printer.verbose:
        runtime.printer.note(f"as of {ago(synced, runtime.now())}")
    for text in lacking(runtime, store, selection):
        runtime.printer.warn(text)


def lacking(runtime: Runtime, store: Store, selection: Selection) -> list[str]:
    """What may be missing from what was asked, and what fills it."""
    found = holes(
        store,
        since=selection.since,
        until=selection.until,
        updated_since=selection.updated_since,
        marketplaces=selection.marketplaces,
    )
    return [runtime.addressed(f"{hole.text}; to fill it: {hole.remedy}") for hole in found]


def write_rows(
    runtime: Runtime,
    store: Store,
    selection: Selection,
    layout: Layout,
    *,
    rows: Rows = Rows.ORDER,
    after_seq: int | None = None,
    before_seq: int | None = None,
    header: bool = True,
) -> None:
    """Write the selected rows to stdout in the layout's format: all, or those last written after and up to some write.
    `header` False: more of a CSV whose heading is written."""
    printer, orders = runtime.printer, store.orders  # a writer is loaded when it is wanted: every start-up counts
    if layout.format is Format.COUNT:
        from lengowctl.output import count

        return count.write(orders.count(selection, rows=rows), printer.out)
    settings: dict[str, Any] = {
        "rows": rows,
        "sort": layout.sort,
        "limit": layout.limit,
        "profile": runtime.profile.name,
        "after_seq": after_seq,
        "before_seq": before_seq,
    }
    if layout.format in FROM_JSON:
        from lengowctl.output import json, jsonl

        texts = orders.json_lines(selection, layout.columns, **settings)
        (json if layout.format is Format.JSON else jsonl).write(texts, printer.out)
        return None
    if layout.format is Format.IDS:
        from lengowctl.output import ids

        ids.write(orders.rows(selection, ("ref",), **settings), printer.out)
        return None
    if layout.format is Format.TABLE:
        return write_table(runtime, store, selection, layout, rows=rows)
    words = orders.words(selection, layout.columns, **settings)
    if layout.format is Format.CSV:
        from lengowctl.output import csv

        csv.write_words(words, layout.columns, printer.out, kind=rows, header=header)
    else:
        from lengowctl.output import tsv

        tsv.write_words(words, layout.columns, printer.out, kind=rows)
    return None


def write_table(
    runtime: Runtime, store: Store, selection: Selection, layout: Layout, *, rows: Rows = Rows.ORDER
) -> None:
    """Write a table for people, and say what of it was left out."""
    from lengowctl.output import table
    from lengowctl.output.columns import asked

    printer = runtime.printer
    limit = layout.limit + 1 if layout.limit and layout.cut else layout.limit
    values = store.orders.rows(
        selection, asked(layout.columns, rows), rows=rows, sort=layout.sort, limit=limit, profile=runtime.profile.name
    )
    head = list(islice(values, SCREENFUL + 1))
    if not head and (layout.limit or printer.out_tty):
        printer.note("no order matches")
        return
    more = layout.cut and len(head) > SCREENFUL
    shown = head[:SCREENFUL] if more else chain(head, values)
    hidden = table.write(shown, layout.columns, printer.out, kind=rows, screen=printer.screen)
    printer.flush()
    if more:
        printer.note(f"{layout.limit} of {store.orders.count(selection, rows=rows):,}; --limit 0 shows all")
    if hidden:
        printer.note(NO_ROOM.format(", ".join(hidden)))


def text_or_json(word: str | None) -> bool:
    """Whether a page is wanted as JSON. Raises UsageFault for anything but `table` (or `text`) and `json`."""
    return read_format(None if word == "text" else word, (Format.TABLE, Format.JSON)) is Format.JSON


def moment_text(moment: datetime, screen: Screen) -> str:
    """An instant on a page: the reader's clock on a terminal, UTC as in every other output elsewhere."""
    return short_time(moment, screen.now, screen.zone) if screen.tty else utc_text(moment)


def heard(intent: Intent, worded: Callable[[datetime], str] = utc_text) -> str | None:
    """What was heard of it: the answer, or the evidence for where it stands; of what is held, until when, `worded` for
    programs or for the reader."""
    from lengowctl.orders.action import State  # costs a start-up that only lists orders

    if intent.state is State.PLANNED and intent.hold_until:
        return f"held until {worded(intent.hold_until)}"
    return intent.message or intent.evidence
