"""What the source says now: the actions of an order, the recent actions of all, the order itself, and its clock."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

from lengowctl.connectors.base import ActionConnector, ActionPage, ActionQuery, ActionReading, Reading
from lengowctl.errors import BadAnswer, FilterIgnored, LengowctlError
from lengowctl.orders.action import State, stands
from lengowctl.orders.reference import OrderKey, format_ref
from lengowctl.orders.request import same
from lengowctl.outbox.crew import Crew
from lengowctl.outbox.settings import Pace
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Names

_PASSES = 3
_PAGES_AT_ONCE = 8
_SKEW = timedelta(minutes=1)
_LONG_AGO = timedelta(days=2)
"""An action made so long before we sent is not ours, whether or not it was listed then."""


class SourceClock:
    """The source's time, as of its last answer plus what has passed since. The machine's own date does not matter."""

    def __init__(self, now: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._now = now
        self._monotonic = monotonic
        self._mutex = threading.Lock()
        self._seen: tuple[datetime, float] | None = None

    def saw(self, served_at: datetime) -> None:
        with self._mutex:
            self._seen = served_at, self._monotonic()

    @property
    def known(self) -> bool:
        """Whether the source was heard of yet."""
        return self._seen is not None

    def now(self) -> datetime:
        """The source's time; the machine's while there was no answer yet."""
        with self._mutex:
            if self._seen is None:
                return self._now()
            served_at, at = self._seen
            return served_at + timedelta(seconds=max(0.0, self._monotonic() - at))


@dataclass(frozen=True, slots=True)
class Look:
    """What the source said of one order. `order` only when `order_read`; None then means that it has no such order."""

    actions: tuple[ActionReading, ...]
    served_at: datetime
    order: Reading | None = None
    order_read: bool = False


def read_actions(connector: ActionConnector, *names: OrderKey) -> Look:
    """All actions of an order, by each of its names. Raises FilterIgnored for an answer about another, BadAnswer for a
    list with holes.
    """
    looks = [_read_actions(connector, key) for key in names]
    found = {action.id: action for look in looks for action in look.actions}
    return Look(tuple(found[number] for number in sorted(found)), looks[0].served_at)


def _read_actions(connector: ActionConnector, key: OrderKey) -> Look:
    actions, page = _read_all(connector, lambda number: ActionQuery(key=key, page=number), None)
    for action in actions:
        if (action.key.marketplace.lower(), action.key.order_id) != (key.marketplace.lower(), key.order_id):
            raise FilterIgnored(
                f"asked for the actions of {format_ref(*key)}, Lengow answered with one of {format_ref(*action.key)}",
                hint="nothing of this answer was used; run the command again later",
            )
    return Look(actions, page.served_at)


class Recent:
    """The actions of the last three days, read once and renewed by what was updated since.

    Where that is more pages than there are orders to ask for, it stays unread (`complete` is false): then each order is
    asked for by itself. Long lists are read by a crew, several pages at once.
    """

    def __init__(
        self,
        connector: ActionConnector,
        clock: SourceClock,
        pace: Pace,
        monotonic: Callable[[], float],
        crew: Callable[[], Crew[Any]],
    ) -> None:
        self._connector = connector
        self._clock = clock
        self._pace = pace
        self._monotonic = monotonic
        self._crew = crew
        self._read_at: tuple[datetime, float] | None = None
        self._actions: dict[OrderKey, dict[int, ActionReading]] = {}
        """By each name of each order; the names of one order share what is found."""
        self.complete = False

    def begin(self, keys: Iterable[OrderKey], *, since: datetime | None = None, names: Names | None = None) -> None:
        """Read the list (of what was updated `since`, else of three days), unless that takes more requests than asking
        for these orders one by one. Of other orders nothing is kept. `names`: of those that have several.
        """
        wanted = [_same_key(key) for key in keys]
        self._actions = {key: {} for key in wanted}
        for name, others in (names or {}).items():
            self._actions.update(dict.fromkeys(map(_same_key, others), self._actions[_same_key(name)]))
        asked = since or self._clock.now() - self._pace.recent
        started = self._monotonic()
        first = self._connector.actions(ActionQuery(updated_from=asked))
        self._clock.saw(first.served_at)
        if since is None and asked > first.served_at - self._pace.recent + _SKEW:
            asked = first.served_at - self._pace.recent  # our own clock is ahead: the list was too short
            first = self._connector.actions(ActionQuery(updated_from=asked))
        size, count = len(first.actions), first.count or 0
        if size < count and len(wanted) * max(size, 1) < count:
            return
        self._read(asked, started, first)
        self.complete = True

    def renew(self) -> None:
        """Read what was updated since the last reading, when that is a while ago."""
        if self._read_at is None or self._monotonic() - self._read_at[1] < self._pace.renew_after:
            return
        self._read(self._read_at[0] - self._pace.overlap, self._monotonic(), None)

    def of(self, key: OrderKey) -> tuple[ActionReading, ...]:
        return tuple(self._actions[_same_key(key)].values())

    def _read(self, since: datetime, started: float, first: ActionPage | None) -> None:
        def query(number: int) -> ActionQuery:
            return ActionQuery(updated_from=since, page=number)

        top = first or self._connector.actions(query(1))
        if not self._read_together(query, top):
            found, top = _read_all(self._connector, query, top)
            self._keep(found)
        self._clock.saw(top.served_at)
        self._read_at = top.served_at, started

    def _read_together(self, query: Callable[[int], ActionQuery], top: ActionPage) -> bool:
        """Read all pages that a query without an upper bound finds, several at once. Whether they are proved whole.

        The proof: such a list only grows, so nobody has seen more than the largest count in any of the answers, and who
        has seen that many different ones has seen all. One that slipped from a page that was not read yet onto one that
        was leaves the tally short.
        """
        last = -(-(top.count or 0) // max(len(top.actions), 1))
        if last < 2:
            return False
        seen: set[int] = set()
        most = 0
        others = [query(number) for number in range(2, last + 1)]
        at_once = min(self._pace.most, _PAGES_AT_ONCE)
        for page in chain((top,), _pages(self._connector, others, self._crew, at_once)):
            self._keep(page.actions)
            seen.update(action.id for action in page.actions)
            most = max(most, page.count or 0)
        return len(seen) >= most

    def _keep(self, actions: Iterable[ActionReading]) -> None:
        for action in actions:
            known = self._actions.get(_same_key(action.key))
            if known is not None:
                known[action.id] = action


def _pages(
    connector: ActionConnector, queries: list[ActionQuery], crew: Callable[[], Crew[Any]], at_once: int
) -> Iterator[ActionPage]:
    """These pages, in any order. Raises the first fault of the source, when what is under way has ended."""
    hands: Crew[ActionPage | LengowctlError] = crew()
    waiting, flying = deque(queries), 0
    fault: LengowctlError | None = None
    try:
        while (waiting and not fault) or flying:
            while waiting and not fault and flying < at_once:
                hands.start(partial(_page, connector, waiting.popleft()))
                flying += 1
            back = hands.collect()
            flying -= len(back)
            yield from (it for it in back if isinstance(it, ActionPage))
            fault = fault or next((it for it in back if isinstance(it, LengowctlError)), None)
    finally:
        hands.close()
    if fault:
        raise fault


def _page(connector: ActionConnector, query: ActionQuery) -> ActionPage | LengowctlError:
    """A page, or why there is none. Never raises."""
    try:
        return connector.actions(query)
    except LengowctlError as fault:
        return fault
    except Exception as fault:  # a fault of ours; who waits for this page must hear of it
        return LengowctlError(f"reading Lengow's list of actions broke off ({type(fault).__name__})")


def _read_all(
    connector: ActionConnector, query: Callable[[int], ActionQuery], first: ActionPage | None
) -> tuple[tuple[ActionReading, ...], ActionPage]:
    """Every action that a query finds, and the first page. New ones only push older ones back, so that nothing is
    missed by reading on; a list that still comes up short is read again.
    """
    for _ in range(_PASSES):
        top = first or connector.actions(query(1))
        first = None
        found = {action.id: action for action in top.actions}
        one_answer = len(top.actions) >= (top.count or 0)  # a snapshot, even when it lists one of them twice
        page, number = top, 1
        while page.actions and len(found) < (page.count or 0) and not one_answer:
            number += 1
            page = connector.actions(query(number))
            found.update({action.id: action for action in page.actions})
        if one_answer or len(found) >= (top.count or 0):
            return tuple(found[number] for number in sorted(found)), top
    raise BadAnswer(
        "Lengow's list of actions comes up short of its own count",
        hint="nothing was sent on the strength of it; run the command again",
    )


def _same_key(key: OrderKey) -> OrderKey:
    return OrderKey(key.marketplace.lower(), key.order_id)


# -- which of them is ours


def twins(intent: Intent, actions: Iterable[ActionReading]) -> list[ActionReading]:
    """The actions that make it needless to send the intent: equal, not refused, oldest first.

    After a first attempt only new ones count. What was asked for a second time on purpose has no twin before.
    """
    if intent.known_ids is not None:
        actions = candidates(intent, actions)
    elif intent.on_purpose:
        return []
    found = (action for action in actions if is_equal(intent, action) and _standing(action) is not State.REJECTED)
    return sorted(found, key=lambda action: action.id)


def candidates(intent: Intent, actions: Iterable[ActionReading]) -> list[ActionReading]:
    """The actions that may be the one that was sent and lost: new since the first attempt, of this kind and scope."""
    known = set(intent.known_ids or ())
    earliest = intent.sent_at - _LONG_AGO if intent.sent_at else None
    return [
        action
        for action in sorted(actions, key=lambda action: action.id)
        if action.id not in known
        and action.action == intent.action
        and dict(action.arguments).get("line", "*") == intent.scope
        and not (earliest and action.created_at and action.created_at < earliest)
    ]


def is_equal(intent: Intent, action: ActionReading) -> bool:
    """Whether the action is what the intent asks for."""
    return action.action == intent.action and same(intent.request, dict(action.arguments))


def _standing(action: ActionReading) -> State:
    return stands(queued=action.queued, processed=action.processed, errors=action.errors)
