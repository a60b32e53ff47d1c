"""Counting again: what the source has per order date and marketplace, against what the cache has.

A day that differs is read again under proof. What then is not proved stays a hole, written down and shown. More
orders here than there is no hole: the source has removed some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from lengowctl.connectors.base import Connector, Page
from lengowctl.store.store import Store
from lengowctl.sync.crew import gather
from lengowctl.sync.watch import Unwatched, Watch
from lengowctl.sync.window import Unproved, Window

_DAY = timedelta(days=1)
#: Once a day the totals of so many days are compared; `--verify` compares every day and marketplace.
DAILY_DAYS = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """One order date and marketplace (None: all of them), with both counts."""

    day: date
    marketplace: str | None
    theirs: int
    ours: int


@dataclass(slots=True)
class Verified:
    """What a verification found: how many counts were compared, what differed, what is still missing."""

    compared: int = 0
    reread: list[Cell] = field(default_factory=list)
    gaps: list[Cell] = field(default_factory=list)


def day_window(day: date, marketplace: str | None) -> Window:
    """All orders placed on that UTC day."""
    start = datetime.combine(day, time(), UTC)
    return Window(start, start + _DAY - timedelta(seconds=1), marketplace, ordered=True)


class Verifier:
    """Compares and repairs. `keep` stores one page; counting runs on `workers` threads, storing on the caller's."""

    def __init__(
        self,
        connector: Connector,
        store: Store,
        *,
        keep: Callable[[Page], None],
        now: Callable[[], datetime],
        workers: int = 4,
        watch: Watch | None = None,
    ) -> None:
        self.connector = connector
        self.store = store
        self.keep = keep
        self.now = now
        self.workers = workers
        self.watch = watch or Unwatched()
        self.verified = Verified()

    def daily(self, since: date, until: date) -> Verified:
        """Totals per day; a day that differs, or had a hole, is compared by marketplace."""
        gaps = {gap.day for gap in self.store.coverage.day_gaps()}
        cells = self.compare((day, None) for day in days(since, until))
        differing = [cell.day for cell in cells if differs(cell) or cell.day in gaps]
        self.repair(self.compare((day, code) for day in differing for code in self.active(differing)))
        return self.finish()

    def thorough(self, since: date, until: date, marketplaces: Sequence[str] = ()) -> Verified:
        """Every day and every marketplace that has orders in the span, here or there."""
        span = list(days(since, until))
        codes = list(marketplaces) or self.active(span)
        self.repair(self.compare((day, code) for day in span for code in codes))
        return self.finish()

    def active(self, span: Sequence[date]) -> list[str]:
        """The marketplaces with at least one order in the span, here or there."""
        if not span:
            return []
        ours = self.store.orders.day_counts(min(span), max(span))
        here = {code for _, code in ours}
        ask = [code for code in self.store.marketplaces.codes() if code not in here]
        first, last = day_window(min(span), None), day_window(max(span), None)
        windows = [Window(first.since, last.until, code, ordered=True) for code in ask]
        return sorted(here | {code for code, count in zip(ask, self.count(windows), strict=True) if count})

    def compare(self, cells: Iterable[tuple[date, str | None]]) -> list[Cell]:
        asked = list(cells)
        if not asked:
            return []
        self.watch.expect(len(asked))
        theirs = self.count([day_window(day, code) for day, code in asked])
        ours = self.store.orders.day_counts(min(day for day, _ in asked), max(day for day, _ in asked))
        self.verified.compared += len(asked)
        return [
            Cell(day, code, count, _ours(ours, day, code)) for (day, code), count in zip(asked, theirs, strict=True)
        ]

    def count(self, windows: Sequence[Window]) -> list[int]:
        def ask(window: Window) -> int:
            return self.connector.orders(window.query(1, page_size=1)).count or 0

        counts: list[int] = []
        with ThreadPoolExecutor(self.workers, thread_name_prefix="count") as pool:
            for count in pool.map(ask, windows):
                counts.append(count)
                self.watch.advance(1)
        return counts

    def repair(self, cells: Sequence[Cell]) -> None:
        for cell in cells:
            if cell.marketplace is None:
                continue
            if differs(cell):
                self.verified.reread.append(cell)
                self.reread(cell, cell.marketplace)
            else:
                self.settle(cell.day, cell.marketplace)

    def reread(self, cell: Cell, marketplace: str) -> None:
        """Read the day again; a hole stays only where the reading could not be proved."""
        proved = True
        with closing(gather(self.connector, [day_window(cell.day, marketplace)], workers=1)) as events:
            for event in events:
                if isinstance(event, Page):
                    self.keep(event)
                proved = proved and not isinstance(event, Unproved)
        if proved:
            self.settle(cell.day, marketplace)
            return
        ours = _ours(self.store.orders.day_counts(cell.day, cell.day), cell.day, marketplace)
        gap = Cell(cell.day, marketplace, cell.theirs, ours)
        self.verified.gaps.append(gap)
        with self.store.transaction():
            self.store.coverage.set_day_gap(cell.day, marketplace, gap.theirs, gap.ours, self.now())

    def settle(self, day: date, marketplace: str) -> None:
        if any(gap.day == day and gap.marketplace == marketplace for gap in self.store.coverage.day_gaps()):
            with self.store.transaction():
                self.store.coverage.clear_day_gap(day, marketplace)

    def finish(self) -> Verified:
        with self.store.transaction():
            self.store.coverage.set_verified_at(self.now())
        return self.verified


def days(since: date, until: date) -> Iterable[date]:
    """Every day from `since` to `until`, both included."""
    return (since + timedelta(days=offset) for offset in range((until - since).days + 1))


def differs(cell: Cell) -> bool:
    """The source has more than we have. (Fewer: it removed some, which is no hole.)"""
    return cell.theirs > cell.ours


def _ours(counts: dict[tuple[date, str], int], day: date, marketplace: str | None) -> int:
    if marketplace is not None:
        return counts.get((day, marketplace), 0)
    return sum(count for (when, _), count in counts.items() if when == day)
