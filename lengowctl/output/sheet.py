"""`show`: one order as a page. Empty parts are left out; one line a fact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TextIO

from lengowctl.orders.marketplace import Action
from lengowctl.orders.model import Order
from lengowctl.orders.status import STATUSES
from lengowctl.output import words
from lengowctl.output.columns import status_style
from lengowctl.output.page import (
    BLANK,
    DIM,
    LABEL,
    Line,
    Span,
    beside,
    facts,
    length,
    line,
    room_of,
    section,
    wrapped,
    write,
)
from lengowctl.output.screen import Screen
from lengowctl.output.sheet_goods import documents, parcels, priced, products, totals
from lengowctl.output.sheet_people import addresses, buyer, comments, payments
from lengowctl.output.sheet_story import Event, SentAction, allowed, history, sent

#: From here on two columns; each is then as wide as a page of 64 cells can bear.
TWO_COLUMNS = 132
_GAP = 4


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the page shows of one order.

    `allowed` is None when the marketplace's description is not in the cache. `read_every` is how often Lengow reads
    the marketplace, `synced_at` when we last read the order.
    """

    order: Order
    due_at: datetime | None = None
    synced_at: datetime | None = None
    marketplace_name: str | None = None
    read_every: timedelta | None = None
    allowed: Sequence[Action] | None = None
    events: Sequence[Event] = ()
    actions: Sequence[SentAction] = ()


def render(sheet: Sheet, stream: TextIO, screen: Screen) -> None:
    """Write the page: one column, or two where there is room. Plain text off a terminal."""
    room = room_of(screen)
    lines = _head(sheet, screen, room)
    if screen.tty and room >= TWO_COLUMNS:
        half = (room - _GAP) // 2
        right = [*_people(sheet, screen, half), *_story(sheet, screen, half)]
        lines += beside(_goods(sheet, screen, half), right, half, _GAP)
    else:
        lines += [*_goods(sheet, screen, room), *_people(sheet, screen, room), *_story(sheet, screen, room)]
    write(lines, stream, screen)


def _goods(sheet: Sheet, screen: Screen, room: int) -> list[Line]:
    order = sheet.order
    return [
        *section("Products", products(order, screen, room - 2)),
        *section("Totals", totals(order, room - 2)),
        *section("Parcels", parcels(order, screen, room - 2)),
        *section("Documents", documents(order, room - 2)),
    ]


def _people(sheet: Sheet, screen: Screen, room: int) -> list[Line]:
    order = sheet.order
    return [
        *addresses(order, room),
        *section("Payments", payments(order, screen, room - 2)),
        *section("Comments", comments(order, room - 2)),
        *section("What can be done now", allowed(sheet.allowed, order, room - 2)),
    ]


def _story(sheet: Sheet, screen: Screen, room: int) -> list[Line]:
    return [
        *section("What we sent", sent(sheet.actions, screen, room - 2)),
        *section("History", history(sheet.events, screen, room - 2)),
    ]


def _head(sheet: Sheet, screen: Screen, room: int) -> list[Line]:
    """Reference and total, status, then the facts: beside each other where there is room."""
    order = sheet.order
    title, total = line(Span(order.ref, LABEL)), line(Span(priced(order.total, order.currency), LABEL))
    if screen.tty and length(title) + length(total) + 2 <= room:
        title = (*title, Span(" " * (room - length(title) - length(total))), *total)
    else:
        title = (*title, Span("  "), *total) if total else title
    lines = [*wrapped(title, room), *_standing(order, room), BLANK]
    if screen.tty and room >= TWO_COLUMNS:
        half = (room - _GAP) // 2
        return [*lines, *beside(facts(_times(sheet, screen), half), facts(_marks(sheet), half), half, _GAP)]
    return [*lines, *facts([*_times(sheet, screen), *_marks(sheet)], room)]


def _standing(order: Order, room: int) -> list[Line]:
    """The status, what it means, and lines that stand elsewhere."""
    status = STATUSES.get(order.status)
    meaning = status.meaning if status else "A status that this version of lengowctl does not know."
    lines = wrapped(line(Span(order.status, f"bold {status_style(order.status)}".strip()), "  ", meaning), room)
    others = Counter(item.status for item in order.lines if item.status and item.status != order.status)
    total = len(order.lines)
    parts = [f"{n} of {total} lines {'is' if n == 1 else 'are'} {word}" for word, n in sorted(others.items())]
    return [*lines, *wrapped(line("But ", ", ".join(parts), "."), room)] if parts else lines


def _times(sheet: Sheet, screen: Screen) -> list[tuple[str, Line | None]]:
    order = sheet.order
    name = f"{sheet.marketplace_name} ({order.marketplace})" if sheet.marketplace_name else order.marketplace
    return [
        ("Due", _due(sheet, screen)),
        ("Ordered", _time(order.ordered_at or order.imported_at, screen)),
        ("Updated", _updated(sheet, screen)),
        ("Marketplace", line(name, f", says: {order.marketplace_status}" if order.marketplace_status else "")),
        ("Fulfilment", line("by the marketplace; nothing is to be shipped") if order.by_marketplace else None),
    ]


def _marks(sheet: Sheet) -> list[tuple[str, Line | None]]:
    order = sheet.order
    types = (f"{mark.type.removeprefix('is_')}{f' ({mark.label})' if mark.label else ''}" for mark in order.types)
    return [
        ("Buyer", buyer(order)),
        ("Type", line(", ".join(types))),
        ("Your numbers", line(", ".join(order.merchant_order_ids))),
        ("Invoice", line(order.invoice_number or "")),
        ("Anonymised", line("the buyer's data was removed at the source") if order.anonymized else None),
    ]


def _due(sheet: Sheet, screen: Screen) -> Line | None:
    if sheet.due_at is None:
        return None
    style = words.urgency(sheet.due_at, screen.now)
    what = "accept or refuse it by" if sheet.order.status == "waiting_acceptance" else "by"
    when = words.long_time(sheet.due_at, screen.now, screen.zone)
    return line(Span(words.due(sheet.due_at, screen.now), style), f"  {what} {when}")


def _updated(sheet: Sheet, screen: Screen) -> Line:
    updated = words.long_time(sheet.order.updated_at, screen.now, screen.zone)
    read = f", read {words.ago(sheet.synced_at, screen.now)}" if sheet.synced_at else ""
    every = f"; Lengow looks every {words.span(sheet.read_every)}" if sheet.read_every else ""
    return line(updated, Span(f"{read}{every}", DIM))


def _time(moment: datetime | None, screen: Screen) -> Line | None:
    return line(words.long_time(moment, screen.now, screen.zone)) if moment else None
