"""How a profile stands: what is fresh, what is due, what is doubtful, and how bad that is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import last_sync
from lengowctl.connectors.budget import Budget, last_seen_budget
from lengowctl.orders.action import State as ActionState
from lengowctl.orders.moment import utc_text
from lengowctl.orders.selection import Selection
from lengowctl.orders.status import STATUSES
from lengowctl.output.words import counted, span
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Freeze
from lengowctl.store.runs import is_dead
from lengowctl.store.store import Store
from lengowctl.sync.coverage import floor, holes

_UNKNOWN_FATE = (ActionState.DOUBTFUL, ActionState.SENDING)
_SOON = timedelta(hours=24)


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


def read_state(runtime: Runtime, store: Store, limits: tuple[timedelta, timedelta]) -> State:
    """How the profile stands now."""
    now, orders = runtime.now(), store.orders
    cursor, synced = store.coverage.cursor(), last_sync(store)
    overdue = orders.count(Selection(due_before=now, has_due=True))
    found = tuple(hole.text for hole in holes(store))
    aside = store.set_aside.count()
    intents = runtime.intents(store, "status")
    doubtful = tuple(intent.ref for intent in intents.in_states(_UNKNOWN_FATE) if _nobody_is_at_it(runtime, intent))
    health, reasons = _judge(now, synced, limits, overdue, aside, (*found, *told_doubtful(doubtful)))
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


def _sorted_statuses(counts: list[tuple[Any, ...]]) -> tuple[tuple[str, int], ...]:
    """In the order of the trade; words that nobody knows come last."""
    order = {word: at for at, word in enumerate(STATUSES)}
    pairs = [(str(word), int(count)) for word, count in counts]
    return tuple(sorted(pairs, key=lambda pair: (order.get(pair[0], len(order)), pair[0])))


def told_doubtful(refs: tuple[str, ...]) -> tuple[str, ...]:
    """One line about actions whose fate nobody knows; none when there are none."""
    if not refs:
        return ()
    what = f"the action on {refs[0]} is" if len(refs) == 1 else f"{len(refs):,} actions are"
    return (f"{what} doubtful: lengowctl actions settle finds out",)


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
