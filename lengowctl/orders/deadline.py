"""When an order is due: accept by, or ship by."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lengowctl.orders.status import WAITING

if TYPE_CHECKING:
    from lengowctl.orders.model import Line, Order

#: A line in one of these no longer has to be shipped by us.
_LINE_DONE = frozenset({"shipped", "closed", "refused", "canceled", "refunding", "refunded"})


def due_at(order: Order) -> datetime | None:
    """The next moment by which the merchant must have acted, or None when nothing waits or no limit is known.

    Waiting for acceptance: the marketplace's time limit, counted from the order date, or the ship-by date if
    that comes first. Waiting for shipment: the earliest ship-by date of the lines still to ship, else the
    order's own deadline. Orders that the marketplace ships itself are never due.
    """
    if order.status not in WAITING or order.by_marketplace:
        return None
    ship_by = _ship_by(order)
    if order.status != "waiting_acceptance":
        return ship_by
    from lengowctl.orders.quirks import accept_limit  # costs a start-up that only shows when things are due

    started = order.ordered_at or order.imported_at
    limit = accept_limit(order.marketplace)
    accept_by = started + limit.within if started and limit else None
    return min((moment for moment in (accept_by, ship_by) if moment), default=None)


def line_due_at(line: Line) -> datetime | None:
    """The line's ship-by date while it still has to be shipped."""
    return None if line.status in _LINE_DONE else line.due_at


def _ship_by(order: Order) -> datetime | None:
    dates = [moment for line in order.lines if (moment := line_due_at(line))]
    return min(dates, default=order.meta_due_at)
