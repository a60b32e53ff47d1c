"""Whether an order, as it stands, shows that an action was carried out: evidence, or none."""

from __future__ import annotations

from lengowctl.orders.model import Line, Order
from lengowctl.orders.request import EXTENT, Request
from lengowctl.orders.status import name_of
from lengowctl.orders.tracking import compact

_SENT = frozenset({"shipped", "closed"})
_ENDED = frozenset({"refused", "canceled"})
#: The statuses that an action leads to, of an order or of a line. What is shipped was accepted first.
_SHOWS: dict[str, frozenset[str]] = {
    "accept": frozenset({"accepted", "waiting_shipment", "shipped", "closed", "refunding", "partial_refunded"}),
    "refuse": _ENDED,
    "ship": _SENT,
    "cancel": _ENDED | {"refunded"},
    "refund": frozenset({"refunding", "refunded"}),
}


def evidence(request: Request, order: Order) -> str | None:
    """What in `order` shows that `request` took effect, in one sentence; None when nothing does.

    A part (pieces, an amount) shows in no status: of a shipment only its own parcel's number proves it, of a refund
    or a cancellation nothing. Somebody else may have had the same effect; what was asked for is there all the same.
    """
    if request.action == "ship" and (said := _parcel(request, order)):
        return said
    arguments = dict(request.arguments)
    if arguments.keys() & (EXTENT - {"line"}):
        return None
    wanted = _SHOWS.get(request.action, frozenset())
    line = next((line for line in order.lines if line.line_id == arguments.get("line")), None)
    if "line" in arguments:
        shows = line is not None and line.status in wanted
        return f"line {arguments['line']} is {name_of(line.status).lower()}" if line and shows else None
    if order.status not in wanted or (request.action == "ship" and _all_ended(order.lines)):
        return None
    return f"the order is {name_of(order.status).lower()}"


def _parcel(request: Request, order: Order) -> str | None:
    """A parcel of this order with the number that was sent, in it the line that was asked for."""
    number = compact(dict(request.arguments).get("tracking_number", ""))
    line = dict(request.arguments).get("line")
    for parcel in order.parcels:
        holds = line is None or not parcel.line_ids or line in parcel.line_ids
        if number and holds and compact(parcel.tracking_number or "") == number:
            return f"the order has the parcel {parcel.tracking_number}"
    return None


def _all_ended(lines: tuple[Line, ...]) -> bool:
    """At Zalando an order is `shipped` too when every line of it was cancelled."""
    return bool(lines) and all(line.status in _ENDED for line in lines)
