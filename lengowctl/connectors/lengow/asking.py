"""An order query as Lengow's parameters, and the check that the answer holds what was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from lengowctl.connectors.base import OrderQuery
from lengowctl.connectors.lengow.wire import WirePage
from lengowctl.errors import FilterIgnored
from lengowctl.orders.moment import utc_text

#: Whether bounds are inclusive is not published, and they are sent in whole seconds.
_TOLERANCE = timedelta(seconds=2)


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


def check_filters(query: OrderQuery, page: WirePage) -> None:
    """Raises FilterIgnored when the page holds an order that cannot be an answer to the query."""
    complaint = next(_complaints(query, page), None)
    if complaint:
        raise FilterIgnored(
            f"Lengow's answer holds an order {complaint}, so its filter was ignored",
            hint="nothing of this answer was used; run the command again later",
        )


def _complaints(query: OrderQuery, page: WirePage) -> Iterator[str]:
    if page.span and not is_inside(page.span, query.updated_from, query.updated_to):
        yield "that was updated outside the time that was asked for"
    ordered = [reading.order.ordered_at for reading in page.readings if reading.order.ordered_at]
    if ordered and not is_inside(ordered, query.ordered_from, query.ordered_to):
        yield "that was placed outside the time that was asked for"
    if query.order_id:
        # The marketplace of an order may be renamed, so only the number counts.
        if any(reading.order.order_id != query.order_id for reading in page.readings):
            yield "of another number"
    elif query.marketplace and any(r.order.marketplace != query.marketplace.lower() for r in page.readings):
        yield "of another marketplace"


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
