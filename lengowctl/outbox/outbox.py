"""The outbox of a profile: what is asked for goes in, and is carried out at most once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from lengowctl.connectors.base import ActionConnector, Reading
from lengowctl.errors import LengowctlError
from lengowctl.orders.action import Cause, State
from lengowctl.orders.request import Request
from lengowctl.outbox.crew import Crew, Threads
from lengowctl.outbox.follow import OPEN_AT_SOURCE, Followed, Following
from lengowctl.outbox.looking import SourceClock
from lengowctl.outbox.parts import Parts
from lengowctl.outbox.plan import Planned, Planning, plan
from lengowctl.outbox.send import Sending, needs_leave
from lengowctl.outbox.settings import Pace, Steps, Stop, Windows, no_steps
from lengowctl.outbox.settle import Settling
from lengowctl.outbox.told import Result, Told, tell, tell_known, told
from lengowctl.store.history import Proof
from lengowctl.store.intent import Intent, Who
from lengowctl.store.intents import Freeze
from lengowctl.store.runs import is_dead, sweep_runs
from lengowctl.store.store import Store

_ELSEWHERE_EVERY = 0.2
_ELSEWHERE_PATIENCE = 30.0
_FIRST_PAUSE = 2.0
_LONGEST_PAUSE = 30.0


class Outbox:
    """Belongs to the thread that opened the store. Each method that yields raises, when all was told, what kept it
    from going on: NotSignedIn, OutOfReach, BudgetSpent.

    `save` gets every order that is read on the way; `check` may object, in words, to sending an intent when it sees
    the order afresh (refuse, cancel, refund only). `steps` is told of each step.
    """

    def __init__(
        self,
        connector: ActionConnector,
        store: Store,
        *,
        profile: str,
        source: str,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
        who: Who,
        window: Windows | None = None,
        workers: int = 4,
        pace: Pace | None = None,
        stop: Stop | None = None,
        save: Callable[[Reading], None] = lambda _: None,
        check: Callable[[Intent, Reading], str | None] = lambda *_: None,
        new_id: Callable[[], str] = lambda: uuid4().hex,
        crew: Callable[[], Crew[Any]] = Threads,
        steps: Steps = no_steps,
    ) -> None:
        self.intents = store.intents(profile=profile, source=source, who=who)
        self._source = source
        self._parts = Parts(
            connector=connector,
            intents=self.intents,
            now=now,
            monotonic=monotonic,
            sleep=sleep,
            new_id=new_id,
            clock=SourceClock(now, monotonic),
            windows=window or Windows(),
            pace=pace or Pace(first=workers),
            stop=stop or Stop(),
            steps=steps,
            crew=crew,
            save=save,
            check=check,
        )
        self.sending: Sending | None = None
        """The run under way, or the last one."""

    def plan(
        self,
        requests: Sequence[Request],
        *,
        note: str | None = None,
        hold_until: datetime | None = None,
        again: bool = False,
        as_of: int | None = None,
    ) -> list[Planned]:
        """Write the requests down, in one durable transaction; one answer for each, in their order. `as_of`: how long
        the history was when they were checked; where an order was acted on since, its request is not taken.
        """
        planning = Planning(self.intents, self._source, self._parts.now(), note, hold_until, again, as_of)
        return plan(planning, requests)

    def send(self, intents: Sequence[Intent]) -> Iterator[Told]:
        """Send these intents, as far as they still are to be sent. Each is told once, after it was recorded."""
        self._find_orphans()
        named = self.intents.find(dict.fromkeys(intent.id for intent in intents))
        ready = [intent for intent in named if intent.state is State.PLANNED]
        doubtful = [intent for intent in named if intent.state is State.DOUBTFUL]
        elsewhere = [intent for intent in named if intent.state is State.SENDING]
        yield from (tell_known(it) for it in named if it.state not in (State.PLANNED, State.DOUBTFUL, State.SENDING))
        fault: LengowctlError | None = None
        if doubtful:
            settling = Settling(self._parts)
            for intent in settling.run(doubtful, wait=False):
                if intent.state is State.PLANNED and not needs_leave(intent):
                    ready.append(intent)
                else:
                    yield settling.tell(intent)
            fault = settling.fault
        if ready and fault is None:
            self.sending = sending = self._start(ready)
            yield from sending.run()
            elsewhere += sending.elsewhere
            fault = sending.fault
            yield from self._settle_quickly(sending.doubtful, look=fault is None)
        else:
            why = fault.message if fault else None
            yield from (told(intent, Result.NOT_SENT, why) for intent in ready)
        yield from self._await_others(elsewhere)
        if fault:
            raise fault

    def settle(self, intents: Sequence[Intent] | None = None, *, wait: bool = True) -> Iterator[Told]:
        """Find out what became of doubtful intents (None: all of the profile), waiting until that can be known."""
        self._find_orphans()
        if intents is None:
            named = self.intents.in_states((State.DOUBTFUL,))
        else:
            named = self.intents.find(dict.fromkeys(intent.id for intent in intents))
        yield from (tell(intent) for intent in named if intent.state is not State.DOUBTFUL)
        settling = Settling(self._parts)
        for intent in settling.run([it for it in named if it.state is State.DOUBTFUL], wait=wait):
            yield settling.tell(intent)
        if settling.fault:
            raise settling.fault

    def follow(self) -> Followed:
        """Bring all open actions up to date, and look once at each doubtful one. What `sync` does."""
        followed = Followed()
        self._find_orphans()
        following = Following(self._parts)
        for intent in following.run(self.intents.in_states(OPEN_AT_SOURCE)):
            followed.take(intent)
        followed.unread = following.unread
        doubtful = self.intents.in_states((State.DOUBTFUL,))
        settling = Settling(self._parts)
        for intent in settling.run(doubtful, wait=False):
            if intent.state is State.DOUBTFUL:
                followed.doubtful += 1
            else:
                followed.settled += 1
                followed.take(intent)
        if settling.fault:
            raise settling.fault
        return followed

    def wait(self, intents: Sequence[Intent], *, timeout: timedelta) -> Iterator[Told]:
        """Follow these until the marketplace has answered; what has no answer when time is up is told as `sent`."""
        left = {it.id: it for it in self.intents.find(dict.fromkeys(intent.id for intent in intents))}
        until = self._parts.monotonic() + timeout.total_seconds()
        pause = _FIRST_PAUSE
        while True:
            for intent in [it for it in left.values() if it.state not in OPEN_AT_SOURCE]:
                yield tell(left.pop(intent.id))
            remaining = until - self._parts.monotonic()
            if not left or remaining <= 0 or self._parts.stop.asked:
                break
            self._parts.nap(min(pause, remaining))
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            for intent in Following(self._parts).run(left.values()):
                left[intent.id] = intent
            left = {it.id: it for it in self.intents.find(left)}
        yield from (tell(intent) for intent in left.values())

    def withdraw(self, ids: Sequence[int]) -> list[Told]:
        """Take planned intents back; what is not planned any more is told as it stands."""
        with self.intents.transaction():
            return [self._withdraw(intent) for intent in self.intents.find(dict.fromkeys(ids))]

    def freeze(self, why: str | None = None) -> Freeze:
        """Stop all sending of this profile, until `unfreeze`. Tells who froze it, when it is frozen already."""
        return self.intents.freeze(why, self._parts.now())

    def unfreeze(self, why: str | None = None) -> Freeze | None:
        """Allow sending again; tells what was in force."""
        return self.intents.unfreeze(why, self._parts.now())

    def frozen(self) -> Freeze | None:
        """Who stopped all sending, if anybody."""
        return self.intents.frozen()

    def verify(self) -> Proof:
        """Prove that the history is unaltered."""
        return self.intents.verify()

    def doubtful(self) -> list[Intent]:
        """All doubtful intents of the profile, those of dead runs included."""
        self._find_orphans()
        return self.intents.in_states((State.DOUBTFUL,))

    def under_way(self) -> list[Intent]:
        """What runs that are alive are sending at this moment."""
        self._find_orphans()
        return self.intents.in_states((State.SENDING,))

    def leftovers(self) -> list[Intent]:
        """Planned intents that are not held back: an earlier run did not come to them."""
        return self.intents.left_over(self._parts.now())

    def _start(self, ready: list[Intent]) -> Sending:
        return Sending(self._parts, ready)

    def _find_orphans(self) -> None:
        """Every intent whose sending run is proved dead becomes doubtful, whoever asked for it."""
        sending = self.intents.in_states((State.SENDING,))
        orphans = [it for it in sending if it.run_id and is_dead(self.intents.folder, it.run_id)]
        if orphans:
            why = "the run that sent it ended before it knew the answer"
            with self.intents.transaction():
                for it in orphans:
                    self.intents.move(it, State.DOUBTFUL, Cause.OWNER_DEAD, at=self._parts.now(), message=why)
        sweep_runs(self.intents.folder, {it.run_id for it in sending if it.run_id} - {it.run_id for it in orphans})

    def _withdraw(self, intent: Intent) -> Told:
        if intent.state is State.WITHDRAWN:
            return told(intent, Result.ALREADY_DONE, "withdrawn")
        if intent.state is not State.PLANNED:
            row = tell(intent)
            return told(intent, Result.FAILED, f"it cannot be withdrawn any more: it is {row.reason or intent.state}")
        moved = self.intents.move(intent, State.WITHDRAWN, Cause.BY_USER, at=self._parts.now())
        return told(moved or intent, Result.DONE, "withdrawn")

    def _settle_quickly(self, doubtful: list[Intent], *, look: bool) -> Iterator[Told]:
        """A lost answer is usually found at once: one look, without waiting."""
        settling = Settling(self._parts)
        for intent in settling.run(doubtful, wait=False) if look else doubtful:
            yield settling.tell(intent)

    def _await_others(self, intents: list[Intent]) -> Iterator[Told]:
        """What another run is sending just now is soon known."""
        until = self._parts.monotonic() + _ELSEWHERE_PATIENCE
        left = [intent.id for intent in intents]
        while left:
            known = self.intents.find(left)
            yield from (tell_known(intent) for intent in known if intent.state is not State.SENDING)
            left = [intent.id for intent in known if intent.state is State.SENDING]
            if left and (self._parts.stop.asked or self._parts.monotonic() >= until):
                yield from (tell(intent) for intent in known if intent.state is State.SENDING)
                return
            if left:
                self._parts.nap(_ELSEWHERE_EVERY)
