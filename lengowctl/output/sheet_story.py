"""The story on an order's page: what may be done now, what we sent, and what has happened so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lengowctl.orders.arguments import option_of
from lengowctl.orders.marketplace import Action, Argument
from lengowctl.orders.model import Order
from lengowctl.output import words
from lengowctl.output.columns import status_style
from lengowctl.output.page import DIM, Line, Span, line, wrapped
from lengowctl.output.screen import Screen

#: So many valid values are told; the marketplace's own page has them all.
_TOLD = 4
_NAME = 8


class Event(Protocol):
    """One change that a sync saw: a field of the order, or of one of its lines."""

    @property
    def at(self) -> datetime: ...
    @property
    def field(self) -> str: ...
    @property
    def old(self) -> str | None: ...
    @property
    def new(self) -> str | None: ...
    @property
    def line_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class SentAction:
    """One action of ours: what was asked, with which arguments, where it stands, and the marketplace's answer."""

    at: datetime
    id: int
    action: str
    state: str
    arguments: tuple[tuple[str, str], ...] = ()
    answer: str | None = None


def allowed(actions: Sequence[Action] | None, order: Order, room: int) -> list[Line]:
    """Each action with the options that it needs and takes, or why there is none."""
    if actions is None:
        why = f"Not known: the description of {order.marketplace} is not in the cache."
    elif order.by_marketplace:
        why = "Nothing: the marketplace ships this order itself."
    elif not actions:
        why = f"Nothing: {order.marketplace} takes no action while an order is {order.status}."
    else:
        lines = [text for action in actions for text in _action(action, room)]
        more = any(len(argument.values) > _TOLD for action in actions for argument in action.arguments)
        tail = f"All valid values: lengowctl marketplaces show {order.marketplace}"
        return [*lines, *(wrapped(line(Span(tail, DIM)), room) if more else [])]
    return wrapped(line(why), room)


def _action(action: Action, room: int) -> list[Line]:
    needed = [argument for argument in action.arguments if argument.required]
    others = dict.fromkeys(option_of(argument.name) for argument in action.arguments if not argument.required)
    start = Span(f"{action.name:<{_NAME}}", "bold")
    lines: list[Line] = []
    for argument in needed:
        lead = line(start if not lines else " " * _NAME, Span("needs ", DIM))
        lines += wrapped((*lead, *line(_argument(argument))), room, _NAME + 2)
    if others:
        lead = line(start if not lines else " " * _NAME, Span("takes ", DIM))
        lines += wrapped((*lead, *line(", ".join(others))), room, _NAME + 2)
    return lines or [line(start, Span("needs nothing more", DIM))]


def _argument(argument: Argument) -> str:
    codes = [code for code, _ in argument.values]
    option = option_of(argument.name)
    if not codes:
        return option
    more = f" or {len(codes) - _TOLD} more" if len(codes) > _TOLD else ""
    default = f" ({argument.default} is proposed)" if argument.default else ""
    return f"{option}: {', '.join(codes[:_TOLD])}{more}{default}"


def sent(actions: Sequence[SentAction], screen: Screen, room: int) -> list[Line]:
    """What we sent, oldest first, with the marketplace's answer in its own words, and where there is more about it."""
    lines: list[Line] = []
    for action in actions:
        arguments = " ".join(f"{name}={value}" for name, value in action.arguments)
        when = words.short_time(action.at, screen.now, screen.zone)
        lines += wrapped(
            line(Span(f"{when}  ", DIM), f"{action.action} {arguments}".strip(), f": {action.state}"), room, 14
        )
        if action.answer:
            lines += wrapped(line(" " * 14, action.answer), room, 14)
    ids = " ".join(str(action.id) for action in actions)
    return [*lines, *wrapped(line(Span(f"Each step: lengowctl actions show {ids}", DIM)), room)] if ids else []


def history(events: Sequence[Event], screen: Screen, room: int) -> list[Line]:
    """What has changed, newest last: when, what, from what to what."""
    lines: list[Line] = []
    for event in events:
        when = Span(f"{words.short_time(event.at, screen.now, screen.zone):<12}  ", DIM)
        what = f"{event.field} of line {event.line_id}" if event.line_id else event.field
        is_status = event.field in ("status", "line_status")
        new = Span(_worded(event.new, screen), status_style(event.new) if is_status else "")
        lines += wrapped(line(when, f"{what}: ", Span(_worded(event.old, screen), DIM), " → ", new), room, 14)
    return lines


def _worded(value: str | None, screen: Screen) -> str:
    """A stored value as people read it: times local, a missing one named."""
    if not value:
        return "none"
    if len(value) == 20 and value.endswith("Z"):
        return words.stored_times(lambda moment: words.short_time(moment, screen.now, screen.zone))(value)
    return value
