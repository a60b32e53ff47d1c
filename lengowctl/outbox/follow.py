"""What became of the actions that Lengow has: read from its list, and told by the order where the list is silent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lengowctl.connectors.base import ActionReading
from lengowctl.errors import BadAnswer, FilterIgnored, LengowctlError, Refused
from lengowctl.orders.action import Cause, State
from lengowctl.outbox.evidence import evidence
from lengowctl.outbox.looking import Recent
from lengowctl.outbox.moving import advance
from lengowctl.outbox.parts import Parts, names_of
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Names

OPEN_AT_SOURCE = (State.QUEUED, State.PENDING)
#: These concern the order that was asked for, and no other.
_OF_ONE_ORDER = (BadAnswer, FilterIgnored, Refused)


@dataclass(slots=True)
class Followed:
    """What a round of following did. `updated` counts the intents that moved, by whatever way."""

    updated: int = 0
    done: int = 0
    rejected: int = 0
    expired: int = 0
    settled: int = 0
    """Doubtful ones whose fate is known now."""
    doubtful: int = 0
    """Those whose fate is not."""
    changed: list[Intent] = field(default_factory=list)
    unread: list[tuple[Intent, str]] = field(default_factory=list)
    """Those that could not be followed, since nothing that makes sense came back, and why."""

    def take(self, intent: Intent) -> None:
        """Count an intent that moved."""
        self.updated += 1
        self.changed.append(intent)
        self.done += intent.state is State.DONE
        self.rejected += intent.state is State.REJECTED
        self.expired += intent.state is State.EXPIRED


class Following:
    """Reads the states of open actions."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._ledger = parts.intents
        self._names: Names = {}
        self.unread: list[tuple[Intent, str]] = []
        """What could not be followed, and why."""

    def run(self, intents: Iterable[Intent]) -> Iterator[Intent]:
        """Bring these intents, queued or pending, up to date; yields those that moved. Raises what the source does.

        An order that cannot be read leaves its own intent as it stands, and keeps no other from going on.
        """
        waiting = list(intents)
        if not waiting:
            return
        parts = self._parts
        recent = Recent(parts.connector, parts.clock, parts.pace, parts.monotonic, parts.crew)
        since = min(it.sent_at or it.created_at for it in waiting)
        self._names = self._ledger.names(it.key for it in waiting)
        recent.begin((it.key for it in waiting), since=since, names=self._names)
        for intent in waiting:
            if self._parts.stop.asked:
                return
            try:
                actions = recent.of(intent.key) if recent.complete else self._actions_of(intent)
                moved = self._move(intent, actions)
            except _OF_ONE_ORDER as fault:
                self.unread.append((intent, fault.message))
                continue
            if moved:
                yield moved

    def _actions_of(self, intent: Intent) -> tuple[ActionReading, ...]:
        seen = self._parts.look(intent, self._names, lambda _, __: False)
        if isinstance(seen.look, LengowctlError):
            raise seen.look
        return seen.look.actions

    def _move(self, intent: Intent, actions: Iterable[ActionReading]) -> Intent | None:
        mine = next((action for action in actions if action.id == intent.action_id), None)
        if mine:
            with self._ledger.transaction():
                moved = advance(self._ledger, intent, mine, self._parts.now())
            if moved and moved.state is not State.PENDING:
                return moved
            return self._too_old(moved or intent) or moved
        return self._too_old(intent)

    def _too_old(self, intent: Intent) -> Intent | None:
        """After three days the order decides: what shows the effect is done, the rest has expired."""
        age = self._parts.clock.now() - (intent.sent_at or intent.created_at)
        if age < self._parts.windows.expires or not intent.intact:
            return None
        reading = self._parts.connector.order(names_of(intent, self._names)[0])
        at = self._parts.now()
        shown = evidence(intent.request, reading.order, any_parcel=True) if reading else None
        with self._ledger.transaction():
            if shown:
                moved = self._ledger.move(intent, State.DONE, Cause.ALREADY_THERE, at=at, evidence=shown)
            else:
                moved = self._ledger.move(intent, State.EXPIRED, Cause.TOO_OLD, at=at)
        if reading:
            self._parts.save(reading)
        return moved
