"""An order query as Lengow's parameters, and the check that the answer holds what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from lengowctl.connectors.base import OrderQuery, Reading, Unreadable
from lengowctl.connectors.lengow.wire import WirePage
from lengowctl.errors import FilterIgnored
from lengowctl.orders.model import Order
from lengowctl.orders.moment import utc_text

#: Whether bounds are inclusive is not published, and they are sent in whole seconds.
_TOLERANCE = timedelta(seconds=2)
#: The date of an answer and those of its orders come from clocks that agree this well.
_CLOCKS = timedelta(days=1)
_ABSURD = timedelta(days=366)
_OUTSIDE = "that was updated outside the time that was asked for"


def parameters(query: OrderQuery) -> tuple[tuple[str, str], ...]:
    """The query string, without the account. Windows are explicit, in UTC, in whole seconds (widened, never cut).

    Raises ValueError when neither a date nor an order number is asked for: Lengow would answer with seven days.
    """
    if not any((query.updated_from, query.updated_to, query.ordered_from, query.ordered_to, query.order_id)):
        raise ValueError("a query for orders needs a date or an order number")
    named = (
        ("updated_from", floor(query.updated_from)),
        ("updated_to", ceiling(query.updated_to)),
        ("marketplace_order_date_from", floor(query.ordered_from)),
        ("marketplace_order_date_to", ceiling(query.ordered_to)),
        ("marketplace", query.marketplace),
        ("marketplace_order_id", query.order_id),
        ("lengow_status", query.status),
        ("page", str(query.page)),
        ("page_size", str(query.page_size)),
    )
    return tuple((name, value) for name, value in named if value)


def check_filters(query: OrderQuery, page: WirePage) -> WirePage:
    """The page, of which every order can be an answer to the query.

    A stray row among many that were asked for is an order that makes no sense (its own date is garbled), so it is
    set aside. Raises FilterIgnored when half of the rows or more were not asked for, or one has another number; but
    one row alone, of many that there are, may be the one that makes no sense.
    """
    rows = zip(page.readings, page.moved, strict=True)
    strays = [(reading, words) for reading, moved in rows if (words := _complaint(query, reading.order, moved))]
    lost = [item for item in page.unreadable if _is_elsewhere(query, item.updated_at)]
    if (strays or lost) and _is_ignored(query, len(strays) + len(lost), page):
        words = strays[0][1] if strays else _OUTSIDE
        raise FilterIgnored(
            f"Lengow's answer holds an order {words}, so its filter was ignored",
            hint="nothing of this answer was used; run the command again later",
        )
    return _set_aside(page, [(reading, f"Lengow listed it as an order {words}") for reading, words in strays])


def without_future(page: WirePage, served_at: datetime) -> WirePage:
    """The page without orders that say they were updated after it was made: stored, they would outlast every true
    version. Where most rows say so, it is the answer's own date that is wrong, and they stay, unless by a year.
    """
    ahead = [r for r in page.readings if r.order.updated_at > served_at + _CLOCKS]
    if 2 * len(ahead) >= len(page.readings):
        ahead = [r for r in ahead if r.order.updated_at > served_at + _ABSURD]
    return _set_aside(page, [(reading, "it says that it was updated in the future") for reading in ahead])


def _set_aside(page: WirePage, unfit: Sequence[tuple[Reading, str]]) -> WirePage:
    """The page with these readings among those that cannot be understood, each with its reason."""
    if not unfit:
        return page
    gone = {id(reading) for reading, _ in unfit}
    kept = [row for row in zip(page.readings, page.moved, strict=True) if id(row[0]) not in gone]
    aside = tuple(Unreadable(r.body, words, *r.order.key, r.order.updated_at) for r, words in unfit)
    return replace(
        page,
        readings=tuple(reading for reading, _ in kept),
        unreadable=(*page.unreadable, *aside),
        moved=tuple(moved for _, moved in kept),
    )


def _is_ignored(query: OrderQuery, strays: int, page: WirePage) -> bool:
    rows = len(page.readings) + len(page.unreadable)
    return query.order_id is not None or (2 * strays >= rows and query.page_size > 1)


def _complaint(query: OrderQuery, order: Order, moved: datetime | None) -> str | None:
    """Why an order cannot be an answer to the query; None when it can."""
    if _is_elsewhere(query, moved):
        return _OUTSIDE
    if order.ordered_at and not is_inside((order.ordered_at,), query.ordered_from, query.ordered_to):
        return "that was placed outside the time that was asked for"
    if query.order_id:
        # The marketplace of an order may be renamed, so only the number counts.
        return "of another number" if order.order_id != query.order_id else None
    other = query.marketplace is not None and order.marketplace != query.marketplace.lower()
    return "of another marketplace" if other else None


def _is_elsewhere(query: OrderQuery, moved: datetime | None) -> bool:
    return moved is not None and not is_inside((moved,), query.updated_from, query.updated_to)


def is_inside(moments: Iterable[datetime], since: datetime | None, until: datetime | None) -> bool:
    """Whether all moments lie between the bounds, as far as Lengow's own precision lets that be told."""
    first, last = min(moments), max(moments)
    early = since is not None and first < since - _TOLERANCE
    return not early and not (until is not None and last > until + _TOLERANCE)


def floor(moment: datetime | None) -> str | None:
    """A lower bound as it is sent: the whole second at or before it."""
    return utc_text(moment) if moment else None


def ceiling(moment: datetime | None) -> str | None:
    """An upper bound as it is sent: the whole second at or after it."""
    return utc_text(moment + timedelta(microseconds=999_999)) if moment else None
