"""What an order itself shows of an action: the proof where the action's number was lost. Pure."""

from __future__ import annotations

from lengowctl.orders.model import Line, Order
from lengowctl.orders.moment import utc_text
from lengowctl.orders.request import EXTENT, WHOLE, Request
from lengowctl.store.intent import Intent

_SHIPPED = frozenset({"shipped", "closed", "pickup_completed", "refunding", "refunded", "partial_refunded"})
_PARTS = EXTENT - {"line"}
#: In which statuses an order or line shows that the action was carried out.
_SHOWS: dict[str, frozenset[str]] = {
    "accept": frozenset({"accepted", "waiting_shipment", "to_pickup"}) | _SHIPPED,
    "refuse": frozenset({"refused", "canceled"}),
    "ship": frozenset({"shipped", "closed"}),
    "cancel": frozenset({"canceled"}),
    "refund": frozenset({"refunded", "refunding"}),
}


def evidence(request: Request, order: Order, *, any_parcel: bool = False) -> str | None:
    """What in the order proves that `request` was carried out, in words; None when nothing does.

    A part (a quantity, an amount) is never proved by a status. A parcel with a tracking number is proved by that
    number only, since the order may have been shipped by another one of its parcels; with `any_parcel` (the source
    is known to have taken the action) by the status too.
    """
    number = dict(request.arguments).get("tracking_number")
    if request.action == "ship" and number and any(parcel.tracking_number == number for parcel in order.parcels):
        return f"the order has the parcel {number} ({utc_text(order.updated_at)})"
    if (number and not any_parcel) or any(name in _PARTS for name, _ in request.arguments):
        return None
    status = _status(request, order)
    if status not in _SHOWS.get(request.action, frozenset()):
        return None
    what = "order" if request.scope == WHOLE else f"line {request.scope}"
    return f"the {what} is {status} ({utc_text(order.updated_at)})"


def shows(intent: Intent, order: Order) -> str | None:
    """What in the order proves that the intent was carried out. One that was asked for on purpose after an equal one
    was granted is proved by no order: the first one shows in the same way.
    """
    first_of_its_kind = intent.occurrence == 1 or intent.permit is None
    return evidence(intent.request, order) if first_of_its_kind else None


def fingerprint(order: Order) -> str:
    """What an order looks like, as far as actions change it: equal text, unchanged order."""
    lines = ",".join(f"{line.line_id}={line.status}/{line.refunded_amount}" for line in order.lines)
    parcels = ",".join(str(parcel.tracking_number) for parcel in order.parcels)
    return f"{order.status}|{utc_text(order.updated_at)}|{lines}|{parcels}"


def _status(request: Request, order: Order) -> str | None:
    if request.scope == WHOLE:
        return order.status
    line: Line | None = next((line for line in order.lines if line.line_id == request.scope), None)
    return line.status if line else None
