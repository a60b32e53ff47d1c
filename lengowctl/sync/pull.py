"""One round of `sync`: what changed at the source comes into the cache, with proof, and the cursor follows.

The cursor w says: every order whose `updated_at` is at or before w is here. It moves only over proved windows that
touch each other, in the transaction that ends a window, so a stop at any moment loses nothing and the next round
goes on from there. `hi`, where a round ends, is the source's own time less a lag; the local clock only says when.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatchcase

from lengowctl.connectors.base import Connector, OrderQuery, Page
from lengowctl.errors import BadAnswer, FilterIgnored, LengowctlError, UnknownName
from lengowctl.orders.moment import utc_text
from lengowctl.orders.reference import OrderKey, format_ref
from lengowctl.orders.status import OPEN
from lengowctl.store.store import Store
from lengowctl.sync.coverage import OVERLAP, Span, floor, reach, to_read
from lengowctl.sync.crew import each, gather
from lengowctl.sync.keeper import Keeper, Kept, Ready
from lengowctl.sync.verify import DAILY_DAYS, Verified, Verifier
from lengowctl.sync.watch import Unwatched, Watch
from lengowctl.sync.window import Cut, Proved, Unproved, Window, identities, is_snapshot

#: An order updated so recently may not be listed yet; the round ends before it.
LAG = timedelta(seconds=60)
#: Before any marketplace sold through Lengow's API; "everything" begins here.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
FIRST_SYNC = timedelta(days=90)
_SKEW = timedelta(seconds=60)
_DESCRIPTIONS_AGE = timedelta(hours=12)
_TAIL_PAGES = 10
#: Commits cost more than rows: pages wait for others, or for the end of their window, with which they are stored.
_PAGES_A_COMMIT = 8
#: A page is thousands of objects that live for a moment, none of them in circles; to look for circles after every few
#: hundred, as Python does, costs a twentieth of the round.
_OBJECTS_BETWEEN_LOOKS = 50_000
_DAY = timedelta(days=1)
#: Open orders that were not read for so long are asked for by number: `updated_at` is not always moved.
STALE_AFTER = timedelta(hours=6)
_STALE_AT_ONCE = 50
_STALE_A_COMMIT = 10


@dataclass(frozen=True, slots=True)
class PullOptions:
    """What is asked of a round. With `since`, `until` or `marketplaces` it is a back-fill: it fills coverage and
    never moves the cursor. `first` is how far the first round goes back, None for everything.
    """

    first: timedelta | None = FIRST_SYNC
    since: datetime | None = None
    until: datetime | None = None
    marketplaces: tuple[str, ...] = ()
    full: bool = False
    verify: bool = False
    """Compare every day and marketplace by count; else, once a day, the last month's totals."""
    workers: int = 4
    retention: timedelta | None = None
    """Orders placed longer ago are stored without the buyer's data."""

    @property
    def ranged(self) -> bool:
        return bool(self.since or self.until or self.marketplaces)


@dataclass(slots=True)
class Pulled:
    """What a round did."""

    read: int = 0
    kept: Kept = field(default_factory=Kept)
    unproved: list[Unproved] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    verified: Verified | None = None
    hi: datetime | None = None
    cursor: datetime | None = None
    first: bool = False

    @property
    def new(self) -> int:
        return self.kept.new

    @property
    def changed(self) -> int:
        return self.kept.changed

    @property
    def moved(self) -> int:
        """Orders whose status changed."""
        return self.kept.moved

    @property
    def anonymized(self) -> int:
        return self.kept.anonymized

    @property
    def set_aside(self) -> int:
        """Orders newly set aside."""
        return self.kept.set_aside

    @property
    def complete(self) -> bool:
        """Everything asked for is here, understood and proved."""
        return not self.unproved and not self.set_aside and not (self.verified and self.verified.gaps)


def pull(
    connector: Connector,
    store: Store,
    options: PullOptions,
    *,
    scrub: Callable[[bytes], bytes],
    now: Callable[[], datetime],
    watch: Watch | None = None,
    turn: AbstractContextManager[object] | None = None,
) -> Pulled:
    """Run one round. The caller holds the writer's lock; readers hold `turn` while they make pages ready.

    Raises what the connector and the store raise; all that was proved until then is stored, and the next round goes
    on from there.
    """
    with _few_looks_for_garbage():
        keeper = Keeper(store, scrub=scrub, retention=options.retention, now=now, turn=turn or nullcontext())
        return _Round(connector, store, options, keeper, now, watch or Unwatched()).run()


@contextmanager
def _few_looks_for_garbage() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(_OBJECTS_BETWEEN_LOOKS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


class _Round:
    def __init__(
        self,
        connector: Connector,
        store: Store,
        options: PullOptions,
        keeper: Keeper,
        now: Callable[[], datetime],
        watch: Watch,
    ) -> None:
        self.connector = connector
        self.store = store
        self.options = options
        self.now = now
        self.watch = watch
        self.keeper = keeper
        self.pulled = Pulled(kept=self.keeper.kept)
        self.current = not options.ranged
        """Whether this round says how fresh the cache is as a whole."""

    def run(self) -> Pulled:
        self.store.pin(self.connector.account().source)
        self.watch.begin("orders")
        self.refresh_marketplaces()
        cursor = self.store.coverage.cursor()
        self.pulled.first = cursor is None
        if self.options.ranged or (self.options.full and cursor is not None):
            self.back_fill(self.anchor())
        elif cursor is None:
            self.first_round(self.anchor())
        else:
            self.next_round(cursor)
            self.reread_unproved()
        self.reread_stale()
        self.verify()
        self.finish()
        return self.pulled

    # -- where the round begins and ends

    def anchor(self) -> datetime:
        """`hi` by the source's clock."""
        page = self.connector.orders(OrderQuery(updated_from=self.now() - LAG, page_size=1))
        return self.end_at(page)

    def end_at(self, page: Page) -> datetime:
        """The end of this round, from the first answer; a skewed local clock is told of.

        Raises BadAnswer for an answer without a date: a local clock that runs fast would let orders slip through.
        """
        if not page.dated:
            raise BadAnswer(
                "Lengow's answer does not say when it was made, so it cannot be told how far its orders are whole",
                hint="a proxy that takes the Date out of answers may stand in the way",
            )
        skew = page.served_at - self.now()
        if abs(skew) > _SKEW:
            ahead = "behind" if skew > timedelta() else "ahead of"
            seconds = int(abs(skew).total_seconds())
            self.pulled.warnings.append(
                f"this machine's clock is {seconds} s {ahead} Lengow's; dates like -2h follow it"
            )
        hi = (page.served_at - LAG).replace(microsecond=0)
        self.pulled.hi = hi
        return hi

    def first_round(self, hi: datetime) -> None:
        """The last 90 days (or as asked), and every open order whatever its age.

        Where it begins is written down first: a round that is broken off goes on from there, however late.
        """
        started = self.store.facts.get("first_sync_since")
        begin = datetime.fromisoformat(started) if started else self.first_day(hi)
        if not started:
            with self.store.transaction():
                self.store.facts.set("first_sync_since", utc_text(begin))
        if begin > BEGINNING:
            older = [Window(BEGINNING, begin, status=status) for status in sorted(OPEN)]
            self.read(older)
        self.read(self.windows((begin, hi), None), move_from=begin)
        self.read_tail(hi)

    def first_day(self, hi: datetime) -> datetime:
        return BEGINNING if self.options.first is None else max(BEGINNING, hi - self.options.first)

    def next_round(self, cursor: datetime) -> None:
        """From the cursor less the overlap. When one answer holds it all, that answer is the proof."""
        start = cursor - OVERLAP
        page = self.connector.orders(OrderQuery(updated_from=start))
        hi = self.end_at(page)
        if page.count == 0 and self.store.orders.known_in(start, cursor):
            self.pulled.warnings.append(
                f"Lengow lists no order updated since {utc_text(start)}, though the cache has some: the cursor stays"
            )
            self.current = False
            return
        if is_snapshot(page):
            with self.store.transaction():
                self.keeper.keep_now(page)
                self.store.coverage.add(start, max(hi, cursor), marketplace=None)
                self.store.coverage.set_cursor(max(hi, cursor))
            self.pulled.read += page.count or 0
            self.watch.expect(page.count or 0)
            self.watch.advance(page.count or 0)
            return
        self.read(self.windows((start, hi), None), move_from=cursor)
        self.read_tail(hi)

    def back_fill(self, hi: datetime) -> None:
        """A span or some marketplaces on request, or everything again with `full`. Never moves the cursor back."""
        cursor = self.store.coverage.cursor()
        until = min(self.options.until or hi, hi).replace(microsecond=0)
        since = (self.options.since or self.back_fill_start(cursor, hi)).replace(microsecond=0)
        for code in self.codes() or (None,):
            self.read(self.windows((since, until), code), move_from=None if self.options.ranged else since)
        if not self.options.until:
            self.read_tail(hi)

    def codes(self) -> tuple[str, ...]:
        """The marketplaces that the asked globs mean. Raises UnknownName for one that means none."""
        known = self.store.marketplaces.codes()
        meant: dict[str, None] = {}
        for glob in self.options.marketplaces:
            found = [code for code in known if fnmatchcase(code, glob.lower())]
            if not found:
                raise UnknownName(f"no marketplace is called {glob!r}", hint="lengowctl marketplaces list shows them")
            meant.update(dict.fromkeys(found))
        return tuple(meant)

    def back_fill_start(self, cursor: datetime | None, hi: datetime) -> datetime:
        if self.options.full or cursor is None:
            started = self.store.facts.get("first_sync_since")
            return datetime.fromisoformat(started) if started else self.first_day(hi)
        return cursor - OVERLAP

    def windows(self, span: Span, marketplace: str | None) -> list[Window]:
        """What of the span has to be read: all of it with `full`, else what is not proved yet."""
        proved = [] if self.options.full else self.store.coverage.proved(marketplace)
        return [Window(since, until, marketplace) for since, until in to_read(span, proved) if since < until]

    # -- reading

    def read(self, windows: Sequence[Window], *, move_from: datetime | None = None) -> None:
        """Read windows to their end. A window limited to a status proves nothing about the others."""
        asked = {id(window) for window in windows}
        events = gather(
            self.connector,
            windows,
            workers=self.options.workers,
            ready=self.keeper.ready if self.options.full else self.keeper.written_out,
            marketplaces=self.store.marketplaces.codes(),
        )
        waiting: list[Ready] = []
        with closing(events):
            for event in events:
                if isinstance(event, Ready):
                    waiting.append(event)
                    if len(waiting) >= _PAGES_A_COMMIT:
                        self.keeper.keep_all(waiting)
                    continue
                if id(event.window) in asked:
                    self.watch.expect(event.count)
                if not isinstance(event, Cut):
                    self.close(event, waiting, move_from)

    def close(self, outcome: Proved | Unproved, waiting: list[Ready], move_from: datetime | None) -> None:
        """A window is at its end: its last pages, and what it proves, in one transaction."""
        with self.store.transaction():
            self.keeper.keep_all(waiting)
            if isinstance(outcome, Proved):
                self.prove(outcome.window, move_from)
            else:
                self.doubt(outcome)
        self.watch.advance(outcome.count)
        self.pulled.read += outcome.count

    def prove(self, window: Window, move_from: datetime | None) -> None:
        if window.status is not None:
            return
        coverage = self.store.coverage
        with self.store.transaction():
            coverage.add(window.since, window.until, marketplace=window.marketplace)
            if move_from is None or window.marketplace is not None:
                return
            start = coverage.cursor() or move_from
            reached = reach(start, coverage.proved())
            if reached > start:
                coverage.set_cursor(min(reached, self.pulled.hi or reached))

    def doubt(self, outcome: Unproved) -> None:
        window = outcome.window
        self.pulled.unproved.append(outcome)
        with self.store.transaction():
            self.store.coverage.add_unproved(window.since, window.until, window.marketplace, outcome.reason, self.now())

    def read_tail(self, hi: datetime) -> None:
        """The updates after `hi`, for freshness alone: nothing is proved by them."""
        for number in range(1, _TAIL_PAGES + 1):
            page = self.connector.orders(OrderQuery(updated_from=hi, page=number))
            self.keeper.keep_now(page)
            if len(identities(page)) + (number - 1) * 100 >= (page.count or 0):
                return

    # -- what the cursor does not see

    def reread_unproved(self) -> None:
        """Try again what earlier rounds, back-fills too, could not prove. Beyond the cursor it was just read."""
        cursor = self.store.coverage.cursor()
        behind = [gap for gap in self.store.coverage.unproved() if cursor and gap.until < cursor]
        seen = {(outcome.window.since, outcome.window.until) for outcome in self.pulled.unproved}
        self.read([Window(g.since, g.until, g.marketplace) for g in behind if (g.since, g.until) not in seen])

    def reread_stale(self) -> None:
        """Ask by number for open orders that were not read for long: some marketplaces never move `updated_at`."""
        if self.options.ranged:
            return
        at = self.now()
        keys = self.store.orders.still_open(checked_before=at - STALE_AFTER, limit=_STALE_AT_ONCE)
        read: list[tuple[OrderKey, Page | FilterIgnored]] = []
        with closing(each(self.read_one, keys, workers=self.options.workers)) as pages:
            for row in zip(keys, pages, strict=True):
                read.append(row)
                if len(read) == _STALE_A_COMMIT:
                    self.keep_stale(read, at)
                    read.clear()
        self.keep_stale(read, at)

    def read_one(self, key: OrderKey) -> Page | FilterIgnored:
        """The order, or what came in its place: one that is garbled must not keep the others from being read."""
        try:
            return self.connector.orders(OrderQuery(marketplace=key.marketplace, order_id=key.order_id))
        except FilterIgnored as fault:
            return fault

    def keep_stale(self, read: Sequence[tuple[OrderKey, Page | FilterIgnored]], at: datetime) -> None:
        """Store what came of these orders, in one transaction."""
        if not read:
            return
        with self.store.transaction():
            for key, page in read:
                self.keep_one(key, page)
            self.store.orders.mark_read([key for key, _ in read], at)

    def keep_one(self, key: OrderKey, page: Page | FilterIgnored) -> None:
        if isinstance(page, FilterIgnored):
            self.pulled.warnings.append(f"{format_ref(*key)} could not be read again: {page.message}")
            return
        mine = tuple(reading for reading in page.readings if reading.order.order_id == key.order_id)
        if not mine and not page.unreadable:
            self.pulled.warnings.append(f"{format_ref(*key)} is open here, but Lengow no longer lists it")
        self.keeper.keep_now(replace(page, readings=mine))

    def verify(self) -> None:
        """Count again: all that was asked for with `verify`, else a month's totals once a day."""
        cursor, at = self.store.coverage.cursor(), self.now()
        checked = self.store.coverage.verified_at()
        due = not self.options.ranged and checked is not None and _since(checked, at) >= _DAY
        if cursor is None or not (self.options.verify or due):
            return
        begin = floor(cursor, self.store.coverage.proved())
        first_whole = begin.date() + _DAY
        since = self.options.since.date() if self.options.since else first_whole
        until = (self.options.until or cursor).date()
        verifier = Verifier(
            self.connector,
            self.store,
            keep=self.keeper.keep_now,
            now=self.now,
            workers=self.options.workers,
            watch=self.watch,
        )
        self.watch.begin("counts")
        if self.options.verify:
            self.pulled.verified = verifier.thorough(since, until, self.codes())
        else:
            self.pulled.verified = verifier.daily(max(since, until - DAILY_DAYS * _DAY), until)

    def refresh_marketplaces(self) -> None:
        """Fetch the descriptions when they are old; an old one is better than none, a missing one is an error."""
        fetched = self.store.marketplaces.fetched_at()
        if fetched and _since(fetched, self.now()) < _DESCRIPTIONS_AGE:
            return
        try:
            readings = self.connector.marketplaces()
        except LengowctlError as fault:
            if fetched is None:
                raise
            self.pulled.warnings.append(f"the marketplaces' descriptions stay as of {utc_text(fetched)}: {fault}")
            return
        with self.store.transaction():
            self.store.marketplaces.save([(item.marketplace.code, item.body) for item in readings], self.now())

    def finish(self) -> None:
        self.pulled.cursor = self.store.coverage.cursor()
        if self.current:
            with self.store.transaction():
                self.store.facts.set("last_sync_at", utc_text(self.now()))
                if self.pulled.cursor and self.store.coverage.verified_at() is None:
                    self.store.coverage.set_verified_at(self.now())  # all was just read under proof
        if self.store.sweep_due:
            self.store.sweep()


def _since(then: datetime, now: datetime) -> timedelta:
    """How long ago something was. What our clock says of the future was stamped by a wrong clock: long ago."""
    return now - then if then <= now else timedelta.max
