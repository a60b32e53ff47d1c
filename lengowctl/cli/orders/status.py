"""`lengowctl status`: how things stand, on one screen, for people and for monitoring."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Annotated, Any

from lengowctl.cli.declared import Option
from lengowctl.cli.leave import Leave
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import last_sync, moment_text, text_or_json
from lengowctl.cli.times import read_length
from lengowctl.cli.watching import Watching
from lengowctl.connectors.budget import Budget, last_seen_budget
from lengowctl.errors import LengowctlError, UsageFault
from lengowctl.orders.action import State as ActionState
from lengowctl.orders.moment import utc_text
from lengowctl.orders.selection import Selection
from lengowctl.orders.status import STATUSES
from lengowctl.output.page import BAD, LABEL, Line, Span, facts, line, room_of, section, write
from lengowctl.output.screen import Screen
from lengowctl.output.words import ago, counted, span
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Freeze
from lengowctl.store.runs import is_dead
from lengowctl.store.store import Store
from lengowctl.sync.coverage import floor, holes

_UNKNOWN_FATE = (ActionState.DOUBTFUL, ActionState.SENDING)
_SOON = timedelta(hours=24)
_STALE, _DEAD = timedelta(hours=1), timedelta(hours=6)


class Health(IntEnum):
    """What monitoring plug-ins say with their exit code."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class State:
    """How a profile stands."""

    profile: str
    source: str | None
    now: datetime
    synced_at: datetime | None
    covered_from: datetime | None
    covered_until: datetime | None
    holes: tuple[str, ...]
    statuses: tuple[tuple[str, int], ...]
    due: int
    """Due within a day, not yet late."""
    overdue: int
    set_aside: int
    actions: tuple[tuple[str, int], ...]
    """Orders by the state of our latest action on them."""
    doubtful: tuple[str, ...] = ()
    """Actions whose fate nobody knows, as references."""
    frozen: Freeze | None = None
    """Who stopped all sending, when and why."""
    budget: tuple[Budget, ...] = ()
    health: Health = Health.OK
    reasons: tuple[str, ...] = field(default=())


def status(
    runtime: Runtime,
    *,
    check: Annotated[
        bool, Option("--check", help="For monitoring: one line, exit 0 OK, 1 warning, 2 critical, 3 unknown.")
    ] = False,
    online: Annotated[bool, Option("--online", help="Ask Lengow for the request budget now.")] = False,
    stale: Annotated[
        str | None, Option("--stale", metavar="TIME", help="Warn when the last sync is older (1h).")
    ] = None,
    dead: Annotated[
        str | None, Option("--dead", metavar="TIME", help="Critical when the last sync is older (6h).")
    ] = None,
    format: Annotated[str | None, Option("--format", "-o", metavar="table|json", help="How it is written.")] = None,
    watching: Watching,
) -> None:
    """Show freshness, coverage, due orders and the request budget on one screen.

    With --watch the screen is refreshed in place and figures that changed tell by how much; with -o json each change
    is one line.
    """
    as_text = not text_or_json(format)
    limits = read_length("--stale", stale, _STALE), read_length("--dead", dead, _DEAD)
    every = watching.every()
    if every is not None:
        if check:
            raise UsageFault("--check is one answer, and --watch has no end")
        from lengowctl.cli.orders.live_status import watch_status

        return watch_status(runtime, limits, every, online=online, as_text=as_text)
    if check:
        raise Leave(_check(runtime, limits))
    if online:
        runtime.connector().budget()
    state = read_state(runtime, runtime.store(write=False), limits)
    if not as_text:
        return runtime.printer.data(json.dumps(as_json(state), ensure_ascii=False, indent=2))
    screen = runtime.printer.screen
    return write(page(state, screen), runtime.printer.out, screen)


def _check(runtime: Runtime, limits: tuple[timedelta, timedelta]) -> int:
    """One line in the words of monitoring plug-ins. What keeps us from knowing is `unknown`."""
    try:
        state = read_state(runtime, runtime.store(write=False), limits)
    except LengowctlError as fault:
        runtime.printer.data(f"UNKNOWN - {fault.message}")
        return Health.UNKNOWN
    synced = f"synchronised {ago(state.synced_at, state.now)}, " if state.synced_at else ""
    words = "; ".join(state.reasons) or f"{synced}nothing overdue"
    figures = f"overdue={state.overdue} due_24h={state.due} set_aside={state.set_aside} holes={len(state.holes)}"
    runtime.printer.data(f"{state.health.name} - {words} | {figures}")
    return state.health


def read_state(runtime: Runtime, store: Store, limits: tuple[timedelta, timedelta]) -> State:
    """How the profile stands now."""
    now, orders = runtime.now(), store.orders
    cursor, synced = store.coverage.cursor(), last_sync(store)
    overdue = orders.count(Selection(due_before=now, has_due=True))
    found = tuple(hole.text for hole in holes(store))
    aside = store.set_aside.count()
    intents = runtime.intents(store, "status")
    doubtful = tuple(intent.ref for intent in intents.in_states(_UNKNOWN_FATE) if _nobody_is_at_it(runtime, intent))
    health, reasons = _judge(now, synced, limits, overdue, aside, (*found, *_told_doubtful(doubtful)))
    return State(
        profile=runtime.profile.name,
        source=store.source,
        now=now,
        synced_at=synced,
        covered_from=floor(cursor, store.coverage.proved()) if cursor else None,
        covered_until=cursor,
        holes=found,
        statuses=_sorted_statuses(orders.counts(Selection(), ("status",))),
        due=orders.count(Selection(due_before=now + _SOON, has_due=True)) - overdue,
        overdue=overdue,
        set_aside=aside,
        actions=store.ledger.states(),
        doubtful=doubtful,
        frozen=intents.frozen(),
        budget=last_seen_budget(runtime.folder),
        health=health,
        reasons=reasons,
    )


def _judge(
    now: datetime,
    synced: datetime | None,
    limits: tuple[timedelta, timedelta],
    overdue: int,
    aside: int,
    found: tuple[str, ...],
) -> tuple[Health, tuple[str, ...]]:
    """The worst of what is wrong, and all of it in words."""
    wrong: list[tuple[Health, str]] = []
    if synced is None:
        wrong.append((Health.CRITICAL, "the cache is not complete"))
    elif now - synced > limits[1]:
        wrong.append((Health.CRITICAL, f"the last sync was {span(now - synced)} ago"))
    elif now - synced > limits[0]:
        wrong.append((Health.WARNING, f"the last sync was {span(now - synced)} ago"))
    if overdue:
        wrong.append((Health.WARNING, f"{counted(overdue, 'order')} overdue"))
    if aside:
        wrong.append((Health.WARNING, f"{counted(aside, 'order')} set aside"))
    wrong.extend((Health.WARNING, text) for text in found)
    return max((health for health, _ in wrong), default=Health.OK), tuple(text for _, text in wrong)


def _nobody_is_at_it(runtime: Runtime, intent: Intent) -> bool:
    """Whether no living run is sending it: what a dead one left is as doubtful as what is called so."""
    return intent.state is ActionState.DOUBTFUL or (
        intent.run_id is not None and is_dead(runtime.folder, intent.run_id)
    )


def _told_doubtful(refs: tuple[str, ...]) -> tuple[str, ...]:
    """One line about actions whose fate nobody knows; none when there are none."""
    if not refs:
        return ()
    what = f"the action on {refs[0]} is" if len(refs) == 1 else f"{len(refs):,} actions are"
    return (f"{what} doubtful: lengowctl actions settle finds out",)


def _sorted_statuses(counts: list[tuple[Any, ...]]) -> tuple[tuple[str, int], ...]:
    """In the order of the trade; words that nobody knows come last."""
    order = {word: at for at, word in enumerate(STATUSES)}
    pairs = [(str(word), int(count)) for word, count in counts]
    return tuple(sorted(pairs, key=lambda pair: (order.get(pair[0], len(order)), pair[0])))


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
        yield word, line(f"{now.get(word, 0):>9,}", moved(now.get(word, 0), was.get(word, 0)))


def moved(now: int, before: int) -> Span:
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
    for text in _told_doubtful(state.doubtful):
        yield "doubtful", line(Span(text, BAD))
    if state.frozen:
        why = f": {state.frozen.why}" if state.frozen.why else ""
        by = f"{state.frozen.who} on {state.frozen.host} froze it {ago(state.frozen.at, state.now)}{why}"
        yield "frozen", line(Span(f"nothing is sent; {by}", BAD))
    late = Span(f"{state.overdue:,} overdue", BAD if state.overdue else "")
    soon = f", {state.due:,} within 24 h"
    changed = moved(state.overdue, was.overdue), moved(state.due, was.due)
    yield "due", line(late, changed[0], soon, changed[1], "  (lengowctl due)")
    if state.set_aside:
        yield "set aside", line(Span(f"{state.set_aside:,} orders that could not be understood", BAD))


def _budget(state: State) -> Iterator[tuple[str, Line | None]]:
    for row in state.budget:
        left = "not limited" if row.boundary is None else f"{row.remaining} of {row.boundary} left"
        yield _named(row), line(f"{left}, seen {ago(row.seen_at, state.now)}")


def _named(row: Budget) -> str:
    return f"{row.method} {row.route}"


def as_json(state: State) -> dict[str, object]:
    """The same for programs; names are a promise."""
    return {
        "profile": state.profile,
        "source": state.source,
        "now": utc_text(state.now),
        "synced_at": utc_text(state.synced_at) if state.synced_at else None,
        "covered_from": utc_text(state.covered_from) if state.covered_from else None,
        "covered_until": utc_text(state.covered_until) if state.covered_until else None,
        "holes": list(state.holes),
        "statuses": dict(state.statuses),
        "due_24h": state.due,
        "overdue": state.overdue,
        "set_aside": state.set_aside,
        "actions": dict(state.actions),
        "doubtful": list(state.doubtful),
        "frozen": _frozen(state.frozen),
        "budget": [
            {
                "route": row.route,
                "method": row.method,
                "boundary": row.boundary,
                "remaining": row.remaining,
                "seen_at": utc_text(row.seen_at),
            }
            for row in state.budget
        ],
        "health": state.health.name,
        "reasons": list(state.reasons),
    }


def _frozen(frozen: Freeze | None) -> dict[str, object] | None:
    if frozen is None:
        return None
    return {"who": frozen.who, "host": frozen.host, "at": utc_text(frozen.at), "why": frozen.why}
