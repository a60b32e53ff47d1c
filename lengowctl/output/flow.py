"""`statuses`: what each status means, who moves an order on, and the flow drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from json import dumps
from typing import TextIO

from lengowctl.orders.fields import Kind
from lengowctl.orders.status import STATUSES
from lengowctl.output.columns import Column, Stored, status_style
from lengowctl.output.page import BLANK, DIM, LABEL, Line, Span, line, room_of, wrapped, write
from lengowctl.output.screen import Screen

#: The columns of `statuses` in every other format.
COLUMNS = (
    Column("status", "Status", Kind.STATUS),
    Column("name", "Name", Kind.TEXT),
    Column("meaning", "Meaning", Kind.TEXT),
    Column("moved_by", "Moved on by", Kind.TEXT),
    Column("next", "Next", Kind.LIST),
    Column("over", "Over", Kind.FLAG),
)

#: 79 cells wide. Words in brackets are statuses; the steps that are the merchant's say "you".
_DRAWING = """\
              the marketplace has an order
                           │
                          [new] ── not paid, or the buyer left ────▶ [canceled]
                           │ payment cleared
                           ▼
no such step  ┌─ [waiting_acceptance] ── you refuse, time is up ────▶ [refused]
on Amazon,    │            │                                      or [canceled]
bol, Kaufland,│            │ you accept
OTTO ...      │            ▼
              │        [accepted] ── payment fails ────────────────▶ [canceled]
              │            │ payment collected
              │            ▼
              └─▶ [waiting_shipment] ── you or the buyer cancel ───▶ [canceled]
                           │       └─ you refund ────▶ [refunding] ▶ [refunded]
                           │ you ship
shipped by the             ▼
marketplace ──────────▶ [shipped] ── you refund ─────▶ [refunding] ▶ [refunded]
                           │   │                          or [partial_refunded]
                           │   └─ sent back ────────▶ [to_refund] or [refunded]
                           │ received, or a delay is over
                           ▼
                        [closed] ── you refund, on some ──────────▶ [refunding]

eBay pick-up:  [pickup_to_prepare] ── you prepare ──▶ [to_pickup]
               [to_pickup] ── the buyer collects ──▶ [pickup_completed]
               at either step, called off ──▶ [pickup_canceled]"""

DRAWN_FROM = max(map(len, _DRAWING.splitlines()))
_PARTS = re.compile(r"(\[[a-z_]+\]|you [a-z, ]+)")
#: From here on a status, its meaning and who moves it on stand on one line.
_ONE_LINE = 180
_NAME = max(map(len, STATUSES))


def rows() -> Iterator[tuple[Stored, ...]]:
    """The statuses as rows of `COLUMNS`."""
    for status in STATUSES.values():
        yield status.word, status.name, status.meaning, status.moved_by, dumps(status.next), int(status.over)


def render(stream: TextIO, screen: Screen) -> None:
    """Write the table, then the flow where it fits."""
    room = room_of(screen)
    lines = _table(room)
    if room >= DRAWN_FROM:
        lines += [BLANK, BLANK, *_drawing()]
    lines += [
        BLANK,
        *wrapped(line(Span("Marketplaces leave out steps, and may use words that are not in this list.", DIM)), room),
    ]
    write(lines, stream, screen)


def _table(room: int) -> list[Line]:
    lines: list[Line] = []
    for status in STATUSES.values():
        name = Span(f"{status.word:<{_NAME}}  ", status_style(status.word))
        if room >= _ONE_LINE:
            lines += wrapped(
                line(name, f"{status.meaning:<72}", Span("moved on by ", DIM), status.moved_by), room, _NAME + 2
            )
        else:
            lines += wrapped(line(name, status.meaning), room, _NAME + 2)
            lines += wrapped(line(" " * (_NAME + 2), Span("moved on by ", DIM), status.moved_by), room, _NAME + 2)
    return lines


def _drawing() -> list[Line]:
    """The drawing, its statuses in their colours and its steps of yours in bold."""
    return [line(*map(_span, _PARTS.split(text))) for text in _DRAWING.splitlines()]


def _span(part: str) -> Span:
    if part.startswith("["):
        return Span(part, status_style(part[1:-1]))
    return Span(part, LABEL if part.startswith("you ") else "")
