"""The goods on an order's page: products, totals, parcels, documents."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

from lengowctl.orders.deadline import line_due_at
from lengowctl.orders.model import Document, Order, Package, Parcel, money_text
from lengowctl.orders.model import Line as OrderLine
from lengowctl.output import words
from lengowctl.output.columns import status_style
from lengowctl.output.page import BLANK, DIM, Line, Span, length, line, wrapped
from lengowctl.output.screen import Screen
from lengowctl.output.text import clean, cut, width

_MARK = " · "
#: A currency's code; what comes from outside may be longer.
_CODE = 8
#: A title gets at least so many cells beside its amount, else the amount stands behind it.
_TITLE = 16


def priced(amount: Decimal | None, currency: str | None) -> str:
    """`90.60 EUR`, or nothing for no amount."""
    text = money_text(amount, currency)
    return " ".join(part for part in (text, cut(clean(currency or ""), _CODE)) if part) if text else ""


def products(order: Order, screen: Screen, room: int) -> list[Line]:
    """Two lines a product: how many of what for how much, then its numbers and where it stands. By package."""
    amounts = [priced(item.amount, order.currency) for item in order.lines]
    column = max(map(width, amounts), default=0)
    counts = max((len(str(item.quantity)) for item in order.lines), default=1)
    lines: list[Line] = []
    for number, package in enumerate(order.packages, start=1):
        if len(order.packages) > 1:
            lines += [*([BLANK] if lines else []), *wrapped(line(Span(_package(number, package, order), "bold")), room)]
        for item in package.lines:
            lines += _product(item, order, screen, room, (counts, column))
    return lines


def _package(number: int, package: Package, order: Order) -> str:
    to = package.delivery
    place = ", ".join(part for part in (to.name, to.zipcode, to.city, to.country) if part) if to else ""
    return f"Package {number} of {len(order.packages)}{f', to {place}' if place else ''}"


def _product(item: OrderLine, order: Order, screen: Screen, room: int, columns: tuple[int, int]) -> list[Line]:
    counts, amounts = columns
    amount = priced(item.amount, order.currency)
    hang = counts + 3
    title = line(f"{item.quantity:>{counts}} x ", item.title or item.sku or "(no title)")
    beside = room - amounts - 2
    if not screen.tty or beside < hang + _TITLE:
        lines = wrapped((*title, *line("  ", amount)) if amount else title, room, hang)
    else:  # the amount stands at the right edge of the title's first line
        lines = wrapped(title, beside, hang)
        lines[0] = (*lines[0], *line(" " * (room - length(lines[0]) - width(amount)), amount))
    return [*lines, *wrapped((Span(" " * hang), *_standing(item, order, screen)), room, hang)]


def _standing(item: OrderLine, order: Order, screen: Screen) -> Line:
    due = line_due_at(item)
    refunded = priced(item.refunded_amount, order.currency) if item.refunded_amount else ""
    parts = [
        Span(f"SKU {item.sku}", DIM) if item.sku and item.title else None,
        Span(f"line {item.line_id}", DIM),
        Span(item.status, status_style(item.status)) if item.status else None,
        Span(_by(due, screen), words.urgency(due, screen.now)) if due else None,
        Span(f"{refunded} refunded") if refunded else None,
        *(Span(mark.type.removeprefix("is_"), DIM) for mark in item.types),
    ]
    return line(*_marked(part for part in parts if part))


def _by(due: datetime, screen: Screen) -> str:
    return f"{'due ' if due > screen.now else ''}{words.due(due, screen.now)}"


def totals(order: Order, room: int) -> list[Line]:
    """Label and amount, amounts under each other; the total also in the original currency where that is another."""
    rows = [
        ("Products", _sum(item.amount for item in order.lines)),
        ("Shipping", order.shipping),
        ("Processing fee", order.processing_fee or None),
        ("Discount", order.discount or None),
        ("Total", order.total),
        ("of which tax", order.tax or None),
        ("Commission", order.commission or None),
    ]
    shown = [(label, priced(amount, order.currency)) for label, amount in rows if amount is not None]
    if order.original_total is not None and order.original_currency != order.currency:
        shown.append(("Originally", priced(order.original_total, order.original_currency)))
    column = max((width(amount) for _, amount in shown), default=0)
    lines: list[Line] = []
    for label, amount in shown:
        aligned = f"{' ' * (column - width(amount))}{amount}"
        total = line(Span(f"{label:<14} ", DIM), Span(aligned, "bold" if label == "Total" else ""))
        lines += wrapped(total, room, 2)
    return lines


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, start=Decimal(0)) if known else None


def parcels(order: Order, screen: Screen, room: int) -> list[Line]:
    """One parcel: carrier and number, when it left, where it can be fetched; its link on a line of its own."""
    lines: list[Line] = []
    for number, parcel in enumerate(order.parcels, start=1):
        lines += wrapped(line(f"{number}  ", *_parcel(parcel, order, screen)), room, 3)
        if parcel.tracking_url:
            lines += wrapped((Span("   "), *link(parcel.tracking_url)), room, 3)
    return lines


def _parcel(parcel: Parcel, order: Order, screen: Screen) -> Line:
    some = parcel.line_ids if {item.line_id for item in order.lines} - set(parcel.line_ids) else ()
    sent = f"sent {words.long_time(parcel.shipped_at, screen.now, screen.zone)}" if parcel.shipped_at else ""
    relay = " ".join(part for part in (parcel.relay_id, parcel.relay_name) if part)
    carrier = parcel.carrier or ("the marketplace's own carrier" if parcel.by_marketplace else "carrier not said")
    parts = [
        carrier,
        parcel.tracking_number or "no tracking number",
        parcel.method if parcel.method != parcel.carrier else "",
        sent,
        f"pick-up point {relay}" if relay else "",
        f"line{'s' if len(some) > 1 else ''} {', '.join(some)}" if some else "",
    ]
    return line(*_marked(Span(part) for part in parts if part))


def documents(order: Order, room: int) -> list[Line]:
    """Name and link of each document, of the order and of its lines."""
    found: dict[Document, None] = dict.fromkeys(order.documents)
    found |= dict.fromkeys(document for item in order.lines for document in item.documents)
    if order.invoice_url:
        found |= {Document("invoice", order.invoice_url): None}
    lines: list[Line] = []
    for document in found:
        if document.name or document.url:
            name = line(document.name or "document", "  " if document.url else "")
            lines += wrapped((*name, *(link(document.url) if document.url else ())), room, 3)
    return lines


def link(address: str) -> Line:
    """A web address as text, never as a hyperlink; where it leads is said when the address hides it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return line(Span("a link that cannot be read: ", DIM), address)
    if parts.scheme not in ("http", "https") or not host:
        return line(Span("not shown: a link that is no web address", DIM))
    # `https://carrier.example@evil.example/` leads to evil.example; letters of other scripts imitate ours.
    hidden = parts.username is not None or not host.isascii() or host.startswith("xn--") or ".xn--" in host
    return line(address, Span(f"  (leads to {clean(_spelled(host))})", "bold red") if hidden else "")


def _spelled(host: str) -> str:
    return host.encode("ascii", "backslashreplace").decode("ascii")


def _marked(parts: Iterable[Span]) -> list[Span]:
    """The parts with a mark between them."""
    found: list[Span] = []
    for part in parts:
        found += [Span(_MARK, DIM), part] if found else [part]
    return found
