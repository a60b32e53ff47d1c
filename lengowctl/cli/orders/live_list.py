"""`lengowctl list --watch` on a terminal: the listing, and how it differs from the one before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import islice

from lengowctl.cli.options import Filters, Layout
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import check_synced, lacking
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.selection import Selection
from lengowctl.output.columns import Stored, asked
from lengowctl.output.frame import CHANGED, NEW, Marked, table
from lengowctl.output.page import Line
from lengowctl.output.screen import Screen
from lengowctl.store.store import Store

#: So many rows from the front are compared from look to look; a screen holds far fewer.
_KNOWN = 1000
_NAMED = 3
#: What every row carries beside the columns that are shown.
_OWN = ("ref", "marketplace", "order_id", "status")
#: Says when we read it, not what it is.
_RESTLESS = frozenset({"synced_at"})


@dataclass(frozen=True, slots=True)
class Seen:
    """One row: what identifies it, where it stands, and the values to be shown."""

    key: OrderKey
    status: str
    cells: tuple[Stored, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """What one look saw: the first rows by reference, how many there are in all, up to which write, in which making
    of the cache."""

    rows: dict[str, Seen]
    total: int
    seq: int
    generation: str

    @property
    def whole(self) -> bool:
        """Whether these are all rows."""
        return len(self.rows) >= self.total


@dataclass(frozen=True, slots=True)
class Difference:
    """How a look differs from the one before: new rows, rows with other values (and in which places), and rows that
    are no longer among the selected, with the status they have now (None: no longer in the cache)."""

    new: frozenset[str] = frozenset()
    changed: dict[str, frozenset[int]] = field(default_factory=dict)
    left: dict[str, str | None] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """`+ 3 new, * 2 changed, 1 left (cdiscount:CD1 is accepted)`; empty when nothing differs."""
        parts = []
        if self.new:
            parts.append(f"{NEW} {len(self.new):,} new")
        if self.changed:
            parts.append(f"{CHANGED} {len(self.changed):,} changed")
        if self.left:
            named = [f"{ref} is {status or 'gone'}" for ref, status in list(self.left.items())[:_NAMED]]
            more = ", …" if len(self.left) > _NAMED else ""
            parts.append(f"{len(self.left):,} left ({', '.join(named)}{more})")
        return ", ".join(parts)


class LiveList:
    """The view. Filters with dates such as -2h are read anew at each look."""

    def __init__(self, runtime: Runtime, filters: Filters, layout: Layout) -> None:
        self._runtime = runtime
        self._filters = filters
        self._layout = layout
        self._names = asked(layout.columns)
        self._limit = None if layout.cut else layout.limit
        self._look: Look | None = None
        self._difference = Difference()
        self._lacking: list[str] = []
        self._warnings: list[str] = []

    def look(self, store: Store) -> None:
        check_synced(self._runtime, store)
        warnings: list[str] = []
        selection = self._filters.selection(self._runtime, warnings.append)
        look = self._read(store, selection)
        self._difference = self._compare(store, selection, look)
        self._look, self._warnings = look, warnings
        self._lacking = lacking(self._runtime, store, selection)

    def title(self) -> str:
        total = self._look.total if self._look else 0
        return f"{total:,} order{'' if total == 1 else 's'}"

    def changes(self) -> str:
        return self._difference.words

    def notes(self) -> list[str]:
        return [*self._warnings, *self._lacking]

    def body(self, screen: Screen, room: int) -> tuple[list[Line], int]:
        rows, total = (self._look.rows, self._look.total) if self._look else ({}, 0)
        shown = [self._marked(ref, row) for ref, row in islice(rows.items(), max(room, 1))]
        lines, _ = table(self._layout.columns, shown, screen)
        return lines, min(total, self._limit or total) - len(shown)

    def _marked(self, ref: str, row: Seen) -> Marked:
        if ref in self._difference.new:
            return Marked(row.cells, NEW)
        places = self._difference.changed.get(ref)
        if places is None:
            return Marked(row.cells)
        return Marked(row.cells, CHANGED, [self._names[at] for at in places])

    def _read(self, store: Store, selection: Selection) -> Look:
        seq = store.orders.newest_seq()
        limit = min(self._limit or _KNOWN, _KNOWN)
        rows = {str(ref): seen for ref, seen in self._rows(store, selection, limit)}
        total = store.orders.count(selection) if len(rows) >= limit else len(rows)
        return Look(rows, total, seq, store.generation)

    def _rows(self, store: Store, selection: Selection, limit: int) -> Iterable[tuple[str, Seen]]:
        names = (*_OWN, *(name for name in self._names if name not in _OWN))
        places = [names.index(name) for name in self._names]
        profile, sort = self._runtime.profile.name, self._layout.sort
        for row in store.orders.rows(selection, names, sort=sort, limit=limit, profile=profile):
            yield str(row[0]), Seen(OrderKey(str(row[1]), str(row[2])), str(row[3]), tuple(row[at] for at in places))

    def _compare(self, store: Store, selection: Selection, look: Look) -> Difference:
        before = self._look
        if before is None or before.generation != look.generation:
            return Difference()
        return Difference(
            frozenset(self._new(store, selection, before, look)),
            dict(self._changed(before, look)),
            self._left(store, selection, before, look),
        )

    def _new(self, store: Store, selection: Selection, before: Look, look: Look) -> Iterable[str]:
        """A row that comes into sight because others left is not new: it must have been written since."""
        unknown = [ref for ref in look.rows if ref not in before.rows]
        if before.whole or not unknown:
            return unknown
        keys = tuple(look.rows[ref].key for ref in unknown)
        written = store.orders.rows(
            replace(selection, keys=keys), ("ref",), after_seq=before.seq, profile=self._runtime.profile.name
        )
        return [str(ref) for (ref,) in written]

    def _changed(self, before: Look, look: Look) -> Iterable[tuple[str, frozenset[int]]]:
        for ref, row in look.rows.items():
            was = before.rows.get(ref)
            if was is None or (was.cells == row.cells and was.status == row.status):
                continue
            places = zip(self._names, was.cells, row.cells, strict=True)
            different = {at for at, (name, old, new) in enumerate(places) if old != new and name not in _RESTLESS}
            if different or was.status != row.status:
                yield ref, frozenset(different)

    def _left(self, store: Store, selection: Selection, before: Look, look: Look) -> dict[str, str | None]:
        """Rows that were only pushed out of sight have not left."""
        unseen = {ref: row.key for ref, row in before.rows.items() if ref not in look.rows}
        if not unseen:
            return {}
        profile = self._runtime.profile.name
        if not look.whole:
            still = replace(selection, keys=tuple(unseen.values()))
            for (ref,) in store.orders.rows(still, ("ref",), profile=profile):
                unseen.pop(str(ref), None)
        if not unseen:
            return {}
        named = store.orders.rows(Selection(keys=tuple(unseen.values())), ("ref", "status"), profile=profile)
        status = {str(ref): str(word) for ref, word in named}
        return {ref: status.get(ref) for ref in unseen}
