"""What became of doubtful actions: found among the source's actions, shown by the order, or proved absent.

A look that fails decides nothing. The window in which a request may still turn up counts from the first look after we
gave up, by the source's own clock: who died or was asleep before that look cannot have sent anything after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from lengowctl.connectors.base import ActionReading
from lengowctl.errors import BudgetSpent, LengowctlError, NotSignedIn
from lengowctl.orders.action import ABSENCES_NEEDED, Cause, State
from lengowctl.orders.request import canonical
from lengowctl.outbox.crew import Crew
from lengowctl.outbox.evidence import fingerprint, shows
from lengowctl.outbox.looking import Look, candidates, is_equal
from lengowctl.outbox.moving import adopt
from lengowctl.outbox.parts import Finished, Parts, Seen
from lengowctl.outbox.send import needs_leave
from lengowctl.outbox.told import NOT_THERE, SETTLE, Result, Told, doubt, tell, told
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Names

_LOOK_EVERY = timedelta(seconds=60)
_FAILURES = 3


class Settling:
    """Finds out about doubtful intents. `fault` says afterwards why it ended early, if it did."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._ledger = parts.intents
        self._failures: dict[int, int] = {}
        self._notes: dict[int, str] = {}
        self._others: dict[int, set[int]] = {}
        self._names: Names = {}
        self.fault: LengowctlError | None = None

    def run(self, intents: Iterable[Intent], *, wait: bool) -> Iterator[Intent]:
        """Look once at each or, with `wait`, again until each is decided. Yields each once, as it stands then."""
        left = {intent.id: intent for intent in intents}
        for damaged in [intent for intent in left.values() if not intent.intact]:
            self._notes[damaged.id] = "its row in the ledger is damaged; run lengowctl db check"
            yield left.pop(damaged.id)
        self._names = self._ledger.names(intent.key for intent in left.values())
        next_look = dict.fromkeys(left, self._parts.monotonic())
        while left and not (self.fault or self._parts.stop.asked):
            due = [it for it in left.values() if next_look[it.id] <= self._parts.monotonic()]
            for seen in self._looks(due, next_look if wait else {}):
                intent, pause = self._decide(seen)
                left[intent.id] = intent
                if pause is None or not wait:
                    yield left.pop(intent.id)
                else:
                    next_look[intent.id] = self._in(pause)
            if left and not self.fault:
                self._parts.nap(min(next_look[number] for number in left) - self._parts.monotonic())
        yield from left.values()

    def tell(self, intent: Intent) -> Told:
        """The row of results of a settled intent, with all that is known of one that is doubtful still."""
        note = self._notes.get(intent.id)
        if intent.state is State.PLANNED:
            way = f"lengowctl actions retry {intent.id} --again" if needs_leave(intent) else "the same command"
            return told(intent, Result.NOT_SENT, f"{NOT_THERE}; {way} sends it")
        if intent.state is State.DOUBTFUL and note:
            return told(intent, Result.DOUBTFUL, f"{doubt(intent).removesuffix(f'; {SETTLE}')}; {note}")
        row = tell(intent)
        return told(intent, row.result, "; ".join(filter(None, (row.reason, note))) or None)

    def _looks(self, intents: list[Intent], put_off: dict[int, float]) -> Iterator[Seen]:
        """Look at all of these, several at once, until one look says that more are of no use. What was looked at
        before, and is too early to be decided, is put off instead, where that may be.
        """
        crew: Crew[Finished] = self._parts.crew()
        waiting, flying = list(reversed(intents)), 0
        try:
            while (waiting and not self.fault) or flying:
                while waiting and not self.fault and flying < self._parts.pace.first:
                    intent = waiting.pop()
                    pause = self._too_early(intent)
                    if pause and intent.id in put_off:
                        put_off[intent.id] = self._in(pause)
                        continue
                    crew.start(self._job(intent))
                    flying += 1
                if not flying:
                    break
                back = crew.collect()
                flying -= len(back)
                yield from (finished for finished in back if isinstance(finished, Seen))
        finally:
            crew.close()

    def _in(self, pause: timedelta) -> float:
        return self._parts.monotonic() + min(pause, _LOOK_EVERY).total_seconds()

    def _too_early(self, intent: Intent) -> timedelta | None:
        """How long until another look can decide, as far as the source's clock is known."""
        if intent.window_from is None or not self._parts.clock.known:
            return None
        window = self._parts.windows.after(intent.action, intent.cause)
        left = intent.window_from + window - self._parts.clock.now()
        return left if left > timedelta() else None

    def _job(self, intent: Intent) -> Callable[[], Finished]:
        """What the order looks like matters when the window is over and nothing of ours is listed."""
        taken = self._taken(intent)
        return lambda: self._parts.look(
            intent,
            self._names,
            lambda it, look: self._still_to_wait(it, look) <= timedelta() and not _ours(it, look, taken),
        )

    def _still_to_wait(self, intent: Intent, look: Look) -> timedelta:
        """How much of the window is left, by the source's clock."""
        begun = intent.window_from or look.served_at
        return begun + self._parts.windows.after(intent.action, intent.cause) - look.served_at

    def _taken(self, intent: Intent, look: Look | None = None) -> set[int]:
        """The source's actions that belong to other intents, as far as they could be taken for this one."""
        known = self._others.setdefault(intent.id, set())
        known.update(it.action_id for it in self._of_order(intent) if it.action_id)
        if look:
            known.update(self._ledger.taken_ids(action.id for action in candidates(intent, look.actions)))
        return set(known)

    def _of_order(self, intent: Intent) -> list[Intent]:
        return self._ledger.of_orders((intent.key,), self._names).get(intent.key, [])

    def _decide(self, seen: Seen) -> tuple[Intent, timedelta | None]:
        """The intent as it stands now, and how long until the next look (None: more looks decide nothing)."""
        intent, look = seen.intent, seen.look
        if isinstance(look, LengowctlError):
            return intent, self._failed(intent, look)
        self._failures.pop(intent.id, None)
        self._notes.pop(intent.id, None)
        self._parts.steps("settling", intent.id)
        with self._ledger.transaction():
            current = self._ledger.get(intent.id) or intent
            if (current.state, current.attempt) != (State.DOUBTFUL, intent.attempt):
                return current, None
            decided, pause = self._weigh(current, look)
        self._parts.steps("settled", intent.id)
        if look.order:
            self._parts.save(look.order)
        return decided, pause

    def _failed(self, intent: Intent, fault: LengowctlError) -> timedelta | None:
        if isinstance(fault, (NotSignedIn, BudgetSpent)):
            self.fault = fault
            return None
        self._failures[intent.id] = self._failures.get(intent.id, 0) + 1
        self._notes[intent.id] = f"it could not be looked up: {fault.message}"
        return None if self._failures[intent.id] >= _FAILURES else _LOOK_EVERY

    # -- one look, weighed in one transaction

    def _weigh(self, intent: Intent, look: Look) -> tuple[Intent, timedelta | None]:
        if intent.window_from is None:
            intent = self._ledger.note_look(intent, look.served_at) or intent
        taken = self._taken(intent, look)
        equal = _ours(intent, look, taken)
        if equal:
            return self._found(intent, equal), None
        if not look.order_read:  # too early; or what looked like ours is another intent's, which is known now
            return intent, max(self._still_to_wait(intent, look), timedelta())
        if look.order is None:
            self._notes[intent.id] = "Lengow no longer lists this order"
            return intent, None
        shown = shows(intent, look.order.order)
        if shown:
            at = self._parts.now()
            moved = self._ledger.move(intent, State.DONE, Cause.ALREADY_THERE, at=at, evidence=shown)
            return moved or intent, None
        others = [action for action in candidates(intent, look.actions) if action.id not in taken]
        if others:
            self._notes[intent.id] = _both(intent, others)
            return intent, None
        return self._absent(intent, look, fingerprint(look.order.order))

    def _found(self, intent: Intent, equal: list[ActionReading]) -> Intent:
        if len(equal) > 1:
            more = ", ".join(str(action.id) for action in equal[1:])
            self._notes[intent.id] = f"Lengow has more than one equal action: {more} as well"
        return adopt(self._ledger, intent, equal[0], self._parts.now()) or intent

    def _absent(self, intent: Intent, look: Look, looks_like: str) -> tuple[Intent, timedelta | None]:
        """Count an absence; the second one after the window, with the order unchanged, proves it."""
        windows = self._parts.windows
        if self._still_to_wait(intent, look) > timedelta():
            return intent, self._still_to_wait(intent, look)
        first = intent.first_absent_at if intent.absences and intent.seen == looks_like else None
        missing = first + windows.apart + windows.grain - look.served_at if first else timedelta()
        if missing > timedelta():
            return intent, missing
        absences = intent.absences + 1 if first else 1
        if absences < ABSENCES_NEEDED:
            at = first or look.served_at
            noted = self._ledger.note_absence(intent, absences=absences, first_absent_at=at, seen=looks_like)
            return noted or intent, windows.apart + windows.grain
        moved = self._ledger.move(intent, State.PLANNED, Cause.PROVED_ABSENT, at=self._parts.now())
        return moved or intent, None


def _ours(intent: Intent, look: Look, taken: set[int]) -> list[ActionReading]:
    """The actions that can only be the one that was sent and lost, oldest first."""
    return [
        action for action in candidates(intent, look.actions) if action.id not in taken and is_equal(intent, action)
    ]


def _both(intent: Intent, others: list[ActionReading]) -> str:
    theirs = "; ".join(f"action {action.id} {canonical(action.arguments)}" for action in others)
    return (
        f"Lengow has an action of this kind with other arguments ({theirs}; ours: {canonical(intent.arguments)}), and"
        " only you can tell whether it is the same"
    )
