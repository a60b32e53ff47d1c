"""What we surely have and what we lack, as spans of `updated_at`.

A span is covered when every order updated in it was read under proof. A listing by order date from D is covered
when the updates since D are, since no order is updated before it was placed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from shlex import quote
from typing import NamedTuple

from lengowctl.orders.moment import utc_text
from lengowctl.store.store import Store

Span = tuple[datetime, datetime]
#: What was read so long before a span's end is read again: late arrivals and skewed clocks are caught by it.
OVERLAP = timedelta(hours=2)


def subtract(span: Span, proved: Iterable[Span]) -> list[Span]:
    """The parts of `span` outside all of `proved`, in order."""
    left: list[Span] = []
    start, end = span
    for since, until in sorted(proved):
        if until <= start or since >= end:
            continue
        if since > start:
            left.append((start, since))
        start = max(start, until)
    if start < end:
        left.append((start, end))
    return left


def to_read(span: Span, proved: Iterable[Span]) -> list[Span]:
    """What of `span` must be read, given what is proved: the last two hours of each proved span are read again."""
    trusted = [(since, until - OVERLAP) for since, until in proved if until - OVERLAP > since]
    return subtract(span, trusted)


def reach(start: datetime, proved: Iterable[Span]) -> datetime:
    """How far one gets from `start` over proved spans without a gap; `start` itself when there is none."""
    for since, until in sorted(proved):
        if since <= start < until:
            start = until
    return start


def floor(cursor: datetime, proved: Iterable[Span]) -> datetime:
    """Where the unbroken proved stretch that ends at the cursor begins; the cursor itself when there is none."""
    for since, until in sorted(proved, reverse=True):
        if since < cursor <= until:
            cursor = since
    return cursor


class Hole(NamedTuple):
    """Something that the cache may lack: a sentence for people, and the command that fills it."""

    text: str
    remedy: str


def holes(
    store: Store,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    updated_since: datetime | None = None,
    marketplaces: Sequence[str] = (),
) -> list[Hole]:
    """What the cache may lack of the orders placed in [since, until) and updated since `updated_since`, on the
    marketplaces that the globs mean; without any of these: of all that it has reached.

    Empty means: nothing of it that Lengow had at the last sync is missing.
    """
    needed = max(filter(None, (since, updated_since)), default=None)
    cursor = store.coverage.cursor()
    doubted = [gap for gap in store.coverage.unproved() if _meant(gap.marketplace, marketplaces)]
    found = _unfinished(store, cursor)
    if cursor:
        found += _never_read(store, needed, until, cursor, marketplaces, [(gap.since, gap.until) for gap in doubted])
    for gap in doubted:
        if needed is None or gap.until >= needed:
            text = f"updates between {utc_text(gap.since)} and {utc_text(gap.until)} could not be proved complete"
            found.append(Hole(f"{text} ({gap.reason})", "lengowctl sync"))
    for day in store.coverage.day_gaps():
        begins = datetime(day.day.year, day.day.month, day.day.day, tzinfo=UTC)
        outside = (since and begins + timedelta(days=1) <= since) or (until and until <= begins)
        if not outside and _meant(day.marketplace, marketplaces):
            text = f"{day.marketplace} has {day.theirs} orders of {day.day} at Lengow, {day.ours} here"
            found.append(Hole(text, f"lengowctl sync --verify --marketplace {day.marketplace}"))
    return found


def _unfinished(store: Store, cursor: datetime | None) -> list[Hole]:
    """A first sync that was broken off has read the older updates only."""
    if cursor and store.facts.get("last_sync_at"):
        return []
    lacks = f": updates after {utc_text(cursor)} are missing" if cursor else ""
    return [Hole(f"the first sync has not come to its end{lacks}", "lengowctl sync")]


def _never_read(
    store: Store,
    needed: datetime | None,
    until: datetime | None,
    cursor: datetime,
    marketplaces: Sequence[str],
    doubted: Sequence[Span],
) -> list[Hole]:
    """The stretches up to the cursor that were never read; those that were read in doubt are told by themselves."""
    codes = _codes(store, marketplaces)
    if needed is None:
        begins = max(floor(cursor, store.coverage.proved(code)) for code in codes)
        if until is None or until > begins:
            return []
        return [Hole(f"updates before {utc_text(begins)} were never read", "lengowctl sync --since DATE")]
    missing = [span for code in codes for span in subtract((needed, cursor), [*store.coverage.proved(code), *doubted])]
    if not missing:
        return []
    first, last = min(missing)[0], max(end for _, end in missing)
    which = "before" if first <= needed else f"from {utc_text(first)} to"
    only = "".join(f" --marketplace {quote(glob)}" for glob in marketplaces)
    return [
        Hole(f"updates {which} {utc_text(last)} were never read", f"lengowctl sync --since {utc_text(first)}{only}")
    ]


def _codes(store: Store, globs: Sequence[str]) -> tuple[str | None, ...]:
    """The known marketplaces that the globs mean; (None,), which stands for all of them, where they mean none."""
    meant = tuple(code for code in store.marketplaces.codes() if _meant(code, globs)) if globs else ()
    return meant or (None,)


def _meant(marketplace: str | None, wanted: Sequence[str]) -> bool:
    from fnmatch import fnmatchcase

    return not wanted or marketplace is None or any(fnmatchcase(marketplace, glob) for glob in wanted)
