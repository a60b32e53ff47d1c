"""`lengowctl list --watch` for programs: the rows that there are, then each one that is new or has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from lengowctl.cli.options import Filters, Layout
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import lacking, read_store, write_rows
from lengowctl.errors import Locked, NeverSynced, UsageFault
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.selection import Selection
from lengowctl.output import csv
from lengowctl.output.formats import Format
from lengowctl.store.store import Store

#: Formats of which a part can be handed over at once, and more of them later.
_ENDLESS = (Format.TSV, Format.CSV, Format.JSONL, Format.IDS)
_AT_ONCE = 500
#: Columns that change with what we do, not with the order.
_OURS = frozenset({"action", "action_state"})


def feed(runtime: Runtime, filters: Filters, layout: Layout, every: timedelta) -> None:
    """Write rows for ever, and hand them over at once. `--limit` bounds the rows that are written first."""
    if layout.format not in _ENDLESS:
        raise UsageFault(
            f"-o {layout.format} has an end, and --watch has none",
            hint="-o jsonl or -o tsv gives a line for each row that is new or has changed",
        )
    feeding = _Feed(runtime, filters, layout)
    while True:
        feeding.look()
        runtime.release()
        runtime.printer.flush()
        runtime.machine.sleep(every.total_seconds())


class _Feed:
    """What was written so far, so that the next look writes only what is new or has changed."""

    def __init__(self, runtime: Runtime, filters: Filters, layout: Layout) -> None:
        self._runtime = runtime
        self._filters = filters
        self._layout = layout
        self._past: _Past | None = None
        self._warned: set[str] = set()
        self._away = False

    def look(self) -> None:
        """Write what has come since the look before. A cache that is busy or gone for a while is told once."""
        try:
            store = read_store(self._runtime)
        except (Locked, NeverSynced) as fault:
            if self._past is None:
                raise
            if not self._away:
                self._runtime.printer.warn(f"{fault.message}; going on when there is something to read")
            self._away = True
            return
        self._away = False
        selection = self._filters.selection(self._runtime, self._warn)
        for text in lacking(self._runtime, store, selection):
            self._warn(text)
        if self._past is None and self._layout.format is Format.CSV:
            csv.write((), self._layout.columns, self._runtime.printer.out)
        self._write(store, selection)

    def _warn(self, text: str) -> None:
        if text not in self._warned:
            self._runtime.printer.warn(text)
        self._warned.add(text)

    def _write(self, store: Store, selection: Selection) -> None:
        past, here = self._past, _Past(store.orders.newest_seq(), store.generation)
        if past and (past.generation != here.generation or here.seq < past.seq):
            self._warn("the cache was made anew: every row is written once more")
            past = None
        if _follows_writes(selection, self._layout.columns):
            self._write_since(store, selection, past, here)
        else:
            self._write_compared(store, selection, past, here)
        self._past = here

    def _write_since(self, store: Store, selection: Selection, past: _Past | None, here: _Past) -> None:
        """Every change of an order is a write with a number of its own."""
        if past and past.seq == here.seq:
            return
        layout = replace(self._layout, limit=None) if self._past else self._layout
        write_rows(
            self._runtime,
            store,
            selection,
            layout,
            after_seq=past.seq if past else None,
            before_seq=here.seq,
            header=False,
        )

    def _write_compared(self, store: Store, selection: Selection, past: _Past | None, here: _Past) -> None:
        """Rows that come and change with our actions, or as time goes by: only comparing tells."""
        names = ("marketplace", "order_id", "status", *(name for name in self._layout.columns if name != "synced_at"))
        rows = store.orders.rows(selection, names, sort=self._layout.sort, profile=self._runtime.profile.name)
        here.known.update((OrderKey(str(row[0]), str(row[1])), hash(row[2:])) for row in rows)
        known = past.known if past else {}
        fresh = [key for key, value in here.known.items() if known.get(key) != value]
        if self._past is None:
            fresh = fresh[: self._layout.limit]
        layout = replace(self._layout, limit=None)
        for at in range(0, len(fresh), _AT_ONCE):
            some = replace(selection, keys=tuple(fresh[at : at + _AT_ONCE]))
            write_rows(self._runtime, store, some, layout, header=False)


@dataclass(frozen=True)
class _Past:
    """Up to which write of which cache rows were written; and what they were, where that has to be compared."""

    seq: int
    generation: str
    known: dict[OrderKey, int] = field(default_factory=dict)


def _follows_writes(selection: Selection, columns: Sequence[str]) -> bool:
    """Whether an order can come among the selected, or change there, only by being written."""
    return not (selection.action_states or _OURS & set(columns) or selection.until or selection.due_before)
