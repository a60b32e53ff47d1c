"""Counting again: what the source has per order date and marketplace, against what the cache has.

A day that differs is read again under proof. What then is not proved stays a hole, written down and shown. More
orders here than there is no hole: the source has removed some.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from lengowctl.connectors.base import Connector, Page
from lengowctl.store.store import Store
from lengowctl.sync.crew import each, gather
from lengowctl.sync.watch import Unwatched, Watch
from lengowctl.sync.window import Unproved, Window, identities, is_snapshot

_DAY = timedelta(days=1)
#: Once a day the totals of so many days are compared; `--verify` compares every day and marketplace.
DAILY_DAYS = 30


@dataclass(frozen=True, slots=True)
class Cell:
    """One order date and marketplace, with both counts."""

    day: date
    marketplace: str
    theirs: int
    ours: int

    @property
    def differs(self) -> bool:
        """The source has more than we have. (Fewer: it removed some, which is no hole.)"""
        return self.theirs > self.ours


@dataclass(frozen=True, slots=True)
class Survey:
    """What the source has of one day: counts by marketplace and, where one answer held it all, that answer."""

    day: date
    counts: Mapping[str, int]
    page: Page | None = None


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
        span = list(days(since, until))
        here = _by_day(self.store.orders.day_counts(since, until))
        theirs = self.ask([day_window(day, None) for day in span])
        self.verified.compared += len(span)
        gaps = {gap.day for gap in self.store.coverage.day_gaps()}
        self.compare([day for day, count in zip(span, theirs, strict=True) if count > here[day] or day in gaps], ())
        return self.finish()

    def thorough(self, since: date, until: date, marketplaces: Sequence[str] = ()) -> Verified:
        """Every day and every marketplace that has orders in the span, here or there."""
        self.compare(list(days(since, until)), marketplaces)
        return self.finish()

    def compare(self, span: Sequence[date], marketplaces: Sequence[str]) -> None:
        """Compare these days by marketplace, and repair what differs."""
        if not span:
            return
        codes = tuple(marketplaces) or self.active(span)
        self.watch.expect(len(span))
        with closing(each(lambda day: self.survey(day, codes, marketplaces), span, workers=self.workers)) as surveys:
            for survey in surveys:
                self.repair(survey)
                self.watch.advance(1)

    def active(self, span: Sequence[date]) -> tuple[str, ...]:
        """The marketplaces with at least one order in the span, here or there."""
        here = {code for _, code in self.store.orders.day_counts(min(span), max(span))}
        unsure = [code for code in self.store.marketplaces.codes() if code not in here]
        first, last = day_window(min(span), None), day_window(max(span), None)
        theirs = self.ask([Window(first.since, last.until, code, ordered=True) for code in unsure])
        return tuple(sorted(here | {code for code, count in zip(unsure, theirs, strict=True) if count}))

    def ask(self, windows: Sequence[Window]) -> list[int]:
        """The source's counts."""
        with closing(each(self.count, windows, workers=self.workers)) as counts:
            return list(counts)

    def count(self, window: Window) -> int:
        return self.connector.orders(window.query(1, page_size=1)).count or 0

    def survey(self, day: date, codes: Sequence[str], only: Sequence[str]) -> Survey:
        """What the source has of a day: from one answer where that holds it all, else by a count per marketplace."""
        if not only:
            page = self.connector.orders(day_window(day, None).query(1))
            if is_snapshot(page):
                return Survey(day, Counter(code for code, _, _ in identities(page)), page)
        return Survey(day, {code: self.count(day_window(day, code)) for code in codes})

    def repair(self, survey: Survey) -> None:
        """Compare one day with the cache; read again what is missing, and settle what is not."""
        ours = self.store.orders.day_counts(survey.day, survey.day)
        cells = [
            Cell(survey.day, code, count, ours.get((survey.day, code), 0)) for code, count in survey.counts.items()
        ]
        self.verified.compared += len(cells)
        differing = [cell for cell in cells if cell.differs]
        self.verified.reread.extend(differing)
        if differing and survey.page:
            self.keep(survey.page)
        missing = [] if survey.page else [cell for cell in differing if not self.reread(cell)]
        self.note_gaps(survey, missing)

    def reread(self, cell: Cell) -> bool:
        """Read a day of a marketplace again; whether that could be proved."""
        proved = True
        window = day_window(cell.day, cell.marketplace)
        with closing(gather(self.connector, [window], workers=1, ready=lambda page: page)) as events:
            for event in events:
                if isinstance(event, Page):
                    self.keep(event)
                proved = proved and not isinstance(event, Unproved)
        return proved

    def note_gaps(self, survey: Survey, missing: Sequence[Cell]) -> None:
        """Write down the holes of a day, and strike out those that are none any more."""
        ours = self.store.orders.day_counts(survey.day, survey.day)
        gaps = [replace(cell, ours=ours.get((cell.day, cell.marketplace), 0)) for cell in missing]
        self.verified.gaps.extend(gaps)
        still = {gap.marketplace for gap in gaps}
        known = [gap.marketplace for gap in self.store.coverage.day_gaps() if gap.day == survey.day]
        filled = [code for code in known if code not in still and (survey.page or code in survey.counts)]
        if not gaps and not filled:
            return
        with self.store.transaction():
            for gap in gaps:
                self.store.coverage.set_day_gap(gap.day, gap.marketplace, gap.theirs, gap.ours, self.now())
            for code in filled:
                self.store.coverage.clear_day_gap(survey.day, code)

    def finish(self) -> Verified:
        with self.store.transaction():
            self.store.coverage.set_verified_at(self.now())
        return self.verified


def days(since: date, until: date) -> Iterable[date]:
    """Every day from `since` to `until`, both included."""
    return (since + timedelta(days=offset) for offset in range((until - since).days + 1))


def _by_day(counts: Mapping[tuple[date, str], int]) -> Counter[date]:
    total: Counter[date] = Counter()
    for (day, _), count in counts.items():
        total[day] += count
    return total
