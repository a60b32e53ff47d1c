"""What we surely have and what we lack, as spans of `updated_at`.

A span is covered when every order updated in it was read under proof. A listing by order date from D is covered
when the updates since D are, since no order is updated before it was placed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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


@dataclass(frozen=True, slots=True)
class Hole:
    """Something that the cache may lack: a sentence for people, and the command that fills it."""

    text: str
    remedy: str


def holes(store: Store, *, since: datetime | None = None, marketplaces: Sequence[str] = ()) -> list[Hole]:
    """What the cache may lack of the orders placed (or updated) since `since`; None asks for all it has reached.

    Empty means: nothing that Lengow had at the last sync is missing.
    """
    found: list[Hole] = []
    cursor = store.coverage.cursor()
    if cursor is None:
        found.append(Hole("the first sync has not come to its end", "lengowctl sync"))
    elif since is not None:
        found.extend(_before_floor(store, since, cursor, marketplaces))
    for gap in store.coverage.unproved():
        if gap.until >= (since or gap.until) and _meant(gap.marketplace, marketplaces):
            text = f"updates between {utc_text(gap.since)} and {utc_text(gap.until)} could not be proved complete"
            found.append(Hole(f"{text} ({gap.reason})", "lengowctl sync"))
    for day in store.coverage.day_gaps():
        ends = datetime(day.day.year, day.day.month, day.day.day, tzinfo=UTC) + timedelta(days=1)
        if ends > (since or datetime.min.replace(tzinfo=UTC)) and _meant(day.marketplace, marketplaces):
            text = f"{day.marketplace} has {day.theirs} orders of {day.day} at Lengow, {day.ours} here"
            found.append(Hole(text, f"lengowctl sync --verify --marketplace {day.marketplace}"))
    return found


def _before_floor(store: Store, since: datetime, cursor: datetime, marketplaces: Sequence[str]) -> list[Hole]:
    named = (
        marketplaces if marketplaces and not any(char in name for name in marketplaces for char in "*?[") else (None,)
    )
    begins = max(floor(cursor, store.coverage.proved(code)) for code in named)
    if since >= begins:
        return []
    return [Hole(f"updates before {utc_text(begins)} were never read", f"lengowctl sync --since {utc_text(since)}")]


def _meant(marketplace: str | None, wanted: Sequence[str]) -> bool:
    from fnmatch import fnmatchcase

    return not wanted or marketplace is None or any(fnmatchcase(marketplace, glob) for glob in wanted)
