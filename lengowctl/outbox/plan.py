"""What is asked for is written down: each request once, in one durable transaction, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lengowctl.orders.action import GRANTED, OPEN, Cause, State
from lengowctl.orders.moment import utc_text
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import WHOLE, Form, Request, digest, form
from lengowctl.outbox.send import needs_leave
from lengowctl.outbox.told import SETTLE, Result, Told, standing, tell, tell_known, told, told_of_request
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Draft, Intents, Names

#: Several of these for one order or line are several parcels.
_SEVERAL = frozenset({"ship"})
#: Written down and not known to have come to anything.
_NOT_THROUGH = (State.PLANNED, State.SENDING, State.DOUBTFUL)
_LEFT = GRANTED | {State.SENDING, State.DOUBTFUL}
_ANEW = "run this again to have it checked beside that"
#: The intents of so many orders are looked up together.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """What became of a request: an intent to be sent, or a row of results. `superseded`: planned intents of the order
    that never left and were withdrawn in favour of this one.
    """

    intent: Intent | None
    told: Told | None
    superseded: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True)
class Planning:
    """What holds for all requests of one command."""

    intents: Intents
    source: str
    at: datetime
    note: str | None
    hold_until: datetime | None
    again: bool
    as_of: int | None = None
    """How long the history was when the requests were checked (None: nothing was checked)."""


def plan(planning: Planning, requests: Sequence[Request]) -> list[Planned]:
    """Write the requests down; one answer for each, in their order. All of them are durable, or none."""
    digests = [digest(planning.source, request) for request in requests]
    names = planning.intents.names(request.key for request in requests)
    batch = _Batch(planning, frozenset(digests), names)
    with planning.intents.transaction():
        batch.begin()
        return [
            planned
            for start in range(0, len(requests), _AT_ONCE)
            for planned in batch.take_all(requests[start : start + _AT_ONCE], digests[start : start + _AT_ONCE])
        ]


class _Batch:
    def __init__(self, planning: Planning, digests: frozenset[str], names: Names) -> None:
        self._planning = planning
        self._intents = planning.intents
        self._digests = digests
        self._names = names
        self._taken: set[tuple[OrderKey, Form]] = set()
        self._left_meanwhile: frozenset[int] = frozenset()
        self._of_orders: dict[OrderKey, list[Intent]] = {}

    def begin(self) -> None:
        """Look what other commands have sent since the requests were checked: they were checked without it."""
        as_of = self._planning.as_of
        self._left_meanwhile = self._intents.left_since(as_of) if as_of is not None else frozenset()

    def take_all(self, requests: Sequence[Request], digests: Sequence[str]) -> list[Planned]:
        """The answers to some requests, whose orders are looked up together."""
        self._of_orders = self._intents.of_orders((request.key for request in requests), self._names)
        return [self._take(request, text) for request, text in zip(requests, digests, strict=True)]

    def _of_order(self, key: OrderKey) -> list[Intent]:
        """All intents of the order, those of this batch included."""
        return self._of_orders.setdefault(key, [])

    def _take(self, request: Request, text: str) -> Planned:
        wish = request.key, form(request)
        if wish in self._taken:
            return Planned(None, told_of_request(request, Result.SKIPPED, "the same as another one of this command"))
        self._taken.add(wish)
        equal = [it for it in self._of_order(request.key) if _is_for(it, request, text)]
        newest = max(equal, key=lambda it: it.id, default=None)
        if newest and newest.state in _NOT_THROUGH:
            return self._known(newest)
        granted = next((it for it in reversed(equal) if it.state in GRANTED), None)
        if granted and not self._planning.again:
            return Planned(None, tell_known(granted))
        unanswered = next((it for it in equal if it.state in OPEN), None)
        if unanswered and request.action not in _SEVERAL:
            return Planned(None, told_of_request(request, Result.FAILED, _why(unanswered)))
        occurrence = max((it.occurrence for it in equal), default=0) + 1
        return self._new(request, text, occurrence, on_purpose=granted is not None)

    def _known(self, intent: Intent) -> Planned:
        """Written down before and not through yet: this run takes it up where it stands, unless it holds back."""
        now, until = self._planning.at, self._planning.hold_until
        if needs_leave(intent) and self._planning.again:
            intent = self._intents.permit(intent) or intent
        if until and until > now and intent.state is not State.PLANNED:  # it may turn out absent, and leave at once
            return Planned(None, tell(intent))
        if until and until > max(intent.hold_until or now, now):
            intent = self._intents.hold(intent, until) or intent
        if intent.state is State.PLANNED and intent.hold_until and intent.hold_until > now:
            return Planned(None, held(intent))
        return Planned(intent, None)

    def _new(self, request: Request, text: str, occurrence: int, *, on_purpose: bool) -> Planned:
        of_order = self._of_order(request.key)
        others = [it for it in of_order if it.state in OPEN and not _is_for(it, request, text)]
        in_the_way = [it for it in others if self._stands_in_the_way(it, request)]
        blocking = [it for it in in_the_way if not _never_left(it)]
        if blocking:
            return Planned(None, told_of_request(request, Result.FAILED, _why(blocking[0])))
        left = next((it for it in of_order if it.id in self._left_meanwhile and it.state in _LEFT), None)
        if left:
            why = f"{left.action} of this order left just now, by another command, and is {standing(left)}; {_ANEW}"
            return Planned(None, told_of_request(request, Result.FAILED, why))
        superseded = tuple(filter(None, (self._withdraw(it) for it in in_the_way)))
        gone = {it.id for it in superseded}
        of_order[:] = [it for it in of_order if it.id not in gone]
        draft = Draft(request, text, occurrence, on_purpose)
        planning = self._planning
        intent = self._intents.add(draft, note=planning.note, hold_until=planning.hold_until, at=planning.at)
        of_order.append(intent)
        if planning.hold_until and planning.hold_until > planning.at:
            return Planned(None, held(intent), superseded)
        return Planned(intent, None, superseded)

    def _stands_in_the_way(self, other: Intent, request: Request) -> bool:
        """Whether an open intent of the order and this request cannot both stand. Several parcels can, unless one was
        only planned, by another command: then the newer word counts.
        """
        if _never_left(other):
            return other.digest not in self._digests and _overlap(other, request)
        if other.action == request.action and other.action in _SEVERAL:
            return other.state is State.DOUBTFUL and _overlap(other, request)
        return _overlap(other, request)

    def _withdraw(self, intent: Intent) -> Intent | None:
        return self._intents.move(intent, State.WITHDRAWN, Cause.SUPERSEDED, at=self._planning.at)


def held(intent: Intent) -> Told:
    """The row of an intent that is kept back."""
    until = f" until {utc_text(intent.hold_until)}" if intent.hold_until else ""
    return told(intent, Result.HELD, f"held back{until}; lengowctl actions withdraw {intent.id} takes it back")


def _is_for(intent: Intent, request: Request, text: str) -> bool:
    """Whether an intent of the order is for this request. One that never left goes out under the order's present name
    or not at all: its marketplace may have been renamed since.
    """
    outdated = intent.key != request.key and _never_left(intent)
    return not outdated and intent.asks(request, text)


def _never_left(intent: Intent) -> bool:
    return intent.state is State.PLANNED and intent.attempt == 0


def _overlap(intent: Intent, request: Request) -> bool:
    return WHOLE in (intent.scope, request.scope) or intent.scope == request.scope


def _why(other: Intent) -> str:
    match other.state:
        case State.DOUBTFUL:
            way = SETTLE
        case State.PLANNED if needs_leave(other):
            number = other.id
            way = f"lengowctl actions retry {number} --again sends it, lengowctl actions withdraw {number} gives it up"
        case State.PLANNED:
            way = f"send it with the same command, or lengowctl actions withdraw {other.id}"
        case _:
            way = "lengowctl actions wait waits for its answer"
    return f"{other.action} of this order is {standing(other)}; {way}"
