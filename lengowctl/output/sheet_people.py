"""The people on an order's page: who bought, where it goes, what was paid and said."""

from __future__ import annotations

from lengowctl.orders.model import Address, Order
from lengowctl.output import words
from lengowctl.output.page import BLANK, Line, beside, line, section, wrapped
from lengowctl.output.screen import Screen

#: Two addresses side by side need this much.
_BOTH = 60


def buyer(order: Order) -> Line | None:
    """Name and e-mail of whoever bought."""
    found = order.billing if order.billing and order.billing.name else order.address
    if found is None:
        return None
    return line(", ".join(part for part in (found.name, _email(order), found.vat_number) if part))


def _email(order: Order) -> str | None:
    """The one e-mail at the top of the page."""
    return next((place.email for place in (order.billing, order.address) if place and place.email), None)


def addresses(order: Order, room: int) -> list[Line]:
    """Where it goes and where the invoice goes, side by side where there is room; one when they are the same."""
    delivery, billing = order.address, order.billing
    half = (room - 4) // 2
    side = half if room >= _BOTH else room
    shown = _email(order)
    to = section("Deliver to", _address(delivery, side - 2, shown))
    if billing is None or billing == delivery:
        return to
    bill = section("Bill to", _address(billing, side - 2, shown))
    if room < _BOTH or room > 1000 or not (to and bill):
        return [*to, *bill]
    return [BLANK, *beside(to[1:], bill[1:], half)]


def _address(address: Address | None, room: int, shown: str | None) -> list[Line]:
    """The parts that are there; an e-mail only if it is not the one `shown` already."""
    if address is None:
        return []
    place = " ".join(part for part in (address.zipcode, address.city) if part)
    parts = [
        " ".join(part for part in (address.civility, address.name) if part),
        address.company if address.company != address.name else None,
        address.first_line,
        address.second_line,
        address.complement,
        address.full_address if not address.first_line else None,
        ", ".join(part for part in (place, address.state_region, address.country) if part),
        address.phone,
        address.email if address.email != shown else None,
    ]
    return [text for part in parts if part for text in wrapped(line(part), room, 2)]


def payments(order: Order, screen: Screen, room: int) -> list[Line]:
    """One line a payment: how, whether and when, its number."""
    lines: list[Line] = []
    for payment in order.payments:
        settled = words.long_time(payment.settled_at, screen.now, screen.zone) if payment.settled_at else None
        number = f"transaction {payment.transaction_id}" if payment.transaction_id else None
        parts = [part for part in (payment.type, payment.status, settled, number) if part]
        lines += wrapped(line(" · ".join(parts)), room, 2) if parts else []
    return lines


def comments(order: Order, room: int) -> list[Line]:
    """Each comment, wrapped."""
    return [text for comment in order.comments if comment for text in wrapped(line(comment), room, 2)]
