"""A closed window of updates: how it is read, and when it counts as read.

Orders are listed in pages by number, and every order that is updated meanwhile leaves the window, which moves all
behind it up a place. So a window ends in the past, its pages are read from the last to the first, one at a time,
and it is proved only when the total never moved and that many distinct orders were seen: nothing can enter a
closed window, and a total that stood still means that nothing left it. The sort order does not matter.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lengowctl.connectors.base import PAGE_SIZE, Connector, OrderQuery, Page

SECOND = timedelta(seconds=1)
#: About so many orders make one window: small enough to stand still while it is read.
WINDOW_SIZE = 1000
#: A window with more is cut before it is read.
_TOO_MANY = WINDOW_SIZE * 3 // 2
#: A source that names an absurd total must not make us plan millions of windows.
_PARTS_AT_ONCE = 1000
_PASSES = 2
_NARROW = 3 * SECOND


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Updates from `since` to `until`, both whole seconds and both included; one marketplace or one status, or all.

    With `ordered` it is a window on the order date instead: it may grow while it is read, but never shrinks.
    """

    since: datetime
    until: datetime
    marketplace: str | None = field(default=None, compare=False)
    status: str | None = field(default=None, compare=False)
    ordered: bool = field(default=False, compare=False)

    @property
    def narrow(self) -> bool:
        """So short that its parts, which overlap by a second, would be no shorter."""
        return self.until - self.since <= _NARROW

    def query(self, page: int, *, page_size: int = PAGE_SIZE) -> OrderQuery:
        return OrderQuery(
            updated_from=None if self.ordered else self.since,
            updated_to=None if self.ordered else self.until,
            ordered_from=self.since if self.ordered else None,
            ordered_to=self.until if self.ordered else None,
            marketplace=self.marketplace,
            status=self.status,
            page=page,
            page_size=page_size,
        )

    def cut(self, parts: int) -> tuple[Window, ...]:
        """The same span in up to `parts` windows that overlap by a second, since no source says whether a bound
        is included. Each is shorter than the whole; a narrow window stays whole.
        """
        seconds = int((self.until - self.since).total_seconds())
        parts = max(1, min(parts, seconds // 2)) if not self.narrow else 1
        marks = [self.since + timedelta(seconds=seconds * part // parts) for part in range(parts + 1)]
        starts = [marks[0], *(max(self.since, mark - SECOND) for mark in marks[1:-1])]
        return tuple(replace(self, since=start, until=end) for start, end in zip(starts, marks[1:], strict=True))


@dataclass(frozen=True, slots=True)
class Proved:
    """Every order of the window was seen; all of them were handed on."""

    window: Window
    count: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The window holds too many orders (`count`) or did not stand still; read these instead."""

    window: Window
    into: tuple[Window, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Unproved:
    """The smallest window would not stand still. What came was handed on, but something may be missing."""

    window: Window
    reason: str
    count: int


Outcome = Proved | Cut | Unproved
#: Marketplace, order number, and which of those that look alike.
Identity = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class _Pass:
    count: int
    moved: bool
    seen: int

    @property
    def proved(self) -> bool:
        return not self.moved and self.seen == self.count


def identities(page: Page) -> set[Identity]:
    """What tells the orders of a page apart, the ones that could not be understood included.

    One answer lists no order twice, so rows that look alike (the same garbage, a number that was garbled into
    another one) are different orders: the last part counts them.
    """
    rows = [(reading.order.marketplace, reading.order.order_id) for reading in page.readings]
    for item in page.unreadable:
        rows.append((item.marketplace or "", item.order_id or hashlib.sha256(item.raw).hexdigest()))
    alike: Counter[tuple[str, str]] = Counter()
    found: set[Identity] = set()
    for row in rows:
        found.add((*row, alike[row]))
        alike[row] += 1
    return found


def is_snapshot(page: Page) -> bool:
    """One answer that holds every order it counts: nothing can have moved between pages."""
    return page.count is not None and page.count <= PAGE_SIZE and len(identities(page)) == page.count


def read_window(
    connector: Connector, window: Window, hand_on: Callable[[Page], None], marketplaces: Iterable[str] = ()
) -> Outcome:
    """Read one window, handing each page on as it comes; say whether it is proved, or how to go on.

    `marketplaces` are the codes to split by when even a few seconds will not stand still. Errors of the
    connector pass through.
    """
    count = 0
    for _ in range(_PASSES):
        first = connector.orders(window.query(1))
        count = first.count or 0
        if count > _TOO_MANY and not window.narrow:
            return Cut(window, window.cut(min(-(-count // WINDOW_SIZE), _PARTS_AT_ONCE)), count)
        seen = identities(first)
        hand_on(first)
        del first  # pages are large, and the next ones are on their way
        tally = _read_pages(connector, window, count, seen, hand_on)
        if tally.proved:
            return Proved(window, tally.count)
    if not window.narrow:
        return Cut(window, window.cut(2), count)
    if window.marketplace is None:
        return _read_by_marketplace(connector, window, hand_on, marketplaces)
    return Unproved(window, "the orders of a few seconds kept changing while they were read", count)


def _read_pages(
    connector: Connector, window: Window, count: int, seen: set[Identity], hand_on: Callable[[Page], None]
) -> _Pass:
    """One pass: page 1 was seen; then the last page down to the second, then the total again."""
    last = -(-count // PAGE_SIZE)
    if last <= 1:
        return _Pass(count, moved=False, seen=len(seen))
    for number in range(last, 1, -1):
        page = connector.orders(window.query(number))
        seen |= identities(page)
        moved = page.count != count  # also None: the page lies past the end now
        hand_on(page)
        del page
        if moved:
            return _Pass(count, moved=True, seen=len(seen))
    at_the_end = connector.orders(window.query(1, page_size=1))  # for its total alone: its rows were read
    return _Pass(count, moved=at_the_end.count != count, seen=len(seen))


def _read_by_marketplace(
    connector: Connector, window: Window, hand_on: Callable[[Page], None], marketplaces: Iterable[str]
) -> Outcome:
    """The last resort for a busy second: each marketplace by itself, and their sum must be the whole, before and
    after: else one that left could hide one of a marketplace that we do not know.
    """
    before, total = connector.orders(window.query(1, page_size=1)).count or 0, 0
    for code in marketplaces:
        part = read_window(connector, replace(window, marketplace=code), hand_on)
        if not isinstance(part, Proved):
            return Unproved(window, f"the orders of {code} in a few seconds kept changing while they were read", total)
        total += part.count
    after = connector.orders(window.query(1, page_size=1)).count or 0
    if not before == total == after:
        reason = f"{before} to {after} orders in a few seconds, but {total} over the known marketplaces"
        return Unproved(window, reason, after)
    return Proved(window, total)
