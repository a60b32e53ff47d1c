"""How a profile stands, on one screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lengowctl.cli.orders.standing import State, told_doubtful
from lengowctl.cli.showing import moment_text
from lengowctl.connectors.budget import Budget
from lengowctl.output.page import BAD, LABEL, Line, Span, facts, line, room_of, section
from lengowctl.output.screen import Screen
from lengowctl.output.words import ago


def page(state: State, screen: Screen, before: State | None = None) -> list[Line]:
    """The screen. Figures that were other ones `before` tell by how much."""
    room = room_of(screen)
    was = before or state
    return [
        *facts(_freshness(state, screen, was), room),
        *section("Orders", facts(_figures(state.statuses, was.statuses), room - 2, 19)),
        *section("Actions", facts(_figures(state.actions, was.actions), room - 2, 19)),
        *section(
            "Request budget", facts(_budget(state), room - 2, max((len(_named(b)) for b in state.budget), default=0))
        ),
    ]


def _figures(counts: Sequence[tuple[str, int]], before: Sequence[tuple[str, int]]) -> Iterator[tuple[str, Line | None]]:
    now, was = dict(counts), dict(before)
    for word in (*now, *(word for word in was if word not in now)):
        yield word, line(f"{now.get(word, 0):>9,}", _moved(now.get(word, 0), was.get(word, 0)))


def _moved(now: int, before: int) -> Span:
    """`  (+3)`; nothing where a figure is what it was."""
    return Span(f"  ({now - before:+,})" if now != before else "", LABEL)


def _freshness(state: State, screen: Screen, was: State) -> Iterator[tuple[str, Line | None]]:
    synced = ago(state.synced_at, state.now) if state.synced_at else "never; lengowctl sync"
    yield "profile", line(Span(state.profile, LABEL), f"  {state.source}" if state.source else "")
    yield "synchronised", line(synced)
    if state.covered_from and state.covered_until:
        since, until = (moment_text(moment, screen) for moment in (state.covered_from, state.covered_until))
        yield "covered", line(f"updates from {since} to {until}")
    for text in state.holes:
        yield "hole", line(Span(text, BAD))
    for text in told_doubtful(state.doubtful):
        yield "doubtful", line(Span(text, BAD))
    if state.frozen:
        why = f": {state.frozen.why}" if state.frozen.why else ""
        by = f"{state.frozen.who} on {state.frozen.host} froze it {ago(state.frozen.at, state.now)}{why}"
        yield "frozen", line(Span(f"nothing is sent; {by}", BAD))
    late = Span(f"{state.overdue:,} overdue", BAD if state.overdue else "")
    soon = f", {state.due:,} within 24 h"
    changed = _moved(state.overdue, was.overdue), _moved(state.due, was.due)
    yield "due", line(late, changed[0], soon, changed[1], "  (lengowctl due)")
    if state.set_aside:
        yield "set aside", line(Span(f"{state.set_aside:,} orders that could not be understood", BAD))


def _budget(state: State) -> Iterator[tuple[str, Line | None]]:
    for row in state.budget:
        left = "not limited" if row.boundary is None else f"{row.remaining} of {row.boundary} left"
        yield _named(row), line(f"{left}, seen {ago(row.seen_at, state.now)}")


def _named(row: Budget) -> str:
    return f"{row.method} {row.route}"
