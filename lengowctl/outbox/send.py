"""One sending run: look for twins, claim, send once, record, tell. In this order, and nothing out of it.

The one thread that runs this owns the ledger; the crew only talks to the network. Claims of the actions that leave next
and the answers that came are committed together, and an answer is told after its commit. Some are claimed ahead: a hand
that is free takes one of them at once, while the next ones are being claimed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lengowctl.connectors.base import ActionReading, Reading
from lengowctl.errors import BudgetSpent, LengowctlError, NotSignedIn, OutOfReach
from lengowctl.orders.action import AGAIN_BY_HAND, Cause, State
from lengowctl.orders.moment import utc_text
from lengowctl.orders.outcome import Fate, Lost, Outcome, RateLimited, Verdict
from lengowctl.outbox.ahead import Ahead
from lengowctl.outbox.brake import Brake
from lengowctl.outbox.crew import Crew
from lengowctl.outbox.evidence import shows
from lengowctl.outbox.gate import Gate
from lengowctl.outbox.looking import Look, Recent, is_equal, twins
from lengowctl.outbox.moving import adopt, state_of
from lengowctl.outbox.parts import Finished, Parts, Posted, Seen, Visit
from lengowctl.outbox.told import Result, Told, not_there, tell, tell_known, told
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Names
from lengowctl.store.runs import begin_run

#: These take something away from the buyer.
_READ_ORDER = frozenset({"refuse", "cancel", "refund"})
#: Seconds that an answer waits for others at most.
_GATHER = 0.03
_GONE = "its row in the ledger is gone, as if another file had been put in its place; run lengowctl db check"


@dataclass(slots=True)
class _Turn:
    """What one commit brings: rows to tell and actions that may leave, after it."""

    tolds: list[Told] = field(default_factory=list)
    leaving: list[Intent] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    """Orders that were read on the way."""


class Sending:
    """A run over intents that are planned. `run` yields results as they are recorded; what is left for settling stands
    in `doubtful`, `elsewhere` and `fault` then.
    """

    def __init__(self, parts: Parts, intents: Iterable[Intent]) -> None:
        self._parts = parts
        self._ledger = parts.intents
        self._ready = deque(intents)
        self._brake = Brake(parts)
        self._crew: Crew[Finished] = parts.crew()
        self._flying: dict[int, Intent] = {}
        self._answers: list[tuple[Posted, Verdict]] = []
        """Heeded, and not recorded yet."""
        self._answered_at = 0.0
        self._looked: deque[tuple[Seen, float]] = deque()
        self._never_left: set[int] = set()
        """Claimed in this run, and given back each time before anything left."""
        self._names: Names = {}
        self._ahead = Ahead(parts.monotonic, parts.pace.look_holds)
        self._recent = Recent(parts.connector, parts.clock, parts.pace, parts.monotonic, parts.crew)
        self.doubtful: list[Intent] = []
        """What is doubtful after this run."""
        self.elsewhere: list[Intent] = []
        """What another run is sending."""

    def run(self) -> Iterator[Told]:
        """Send everything, as far as nothing stands against it. What the source did is kept in `fault`."""
        self._lock = begin_run(self._ledger.folder, self._parts.new_id)
        self._gate = Gate(self._parts, self._brake, self._lock)
        try:
            self._begin()
            yield from self._work()
        except (Exception, GeneratorExit):
            self._drain()
            raise
        finally:
            # Who leaves at once (a second Ctrl-C) takes the lock along: requests may be on their way.
            if not (self._flying or self._ahead):
                self._lock.release()
                self._crew.close()
        why = self._brake.why or "the run was stopped before its turn"
        left = [*(seen.intent for seen, _ in self._looked), *self._ready]
        yield from (told(intent, Result.NOT_SENT, why) for intent in left)

    @property
    def fault(self) -> LengowctlError | None:
        """Why the run ended early, if it did."""
        return self._brake.fault

    def abandon(self) -> None:
        """Let the run's lock go as the kernel does when a process dies."""
        self._lock.abandon()

    def _begin(self) -> None:
        try:
            self._names = self._ledger.names(intent.key for intent in self._ready)
            self._recent.begin((intent.key for intent in self._ready), names=self._names)
        except LengowctlError as fault:
            self._brake.halt(fault)

    def _work(self) -> Iterator[Told]:
        """Turn after turn: what came back is recorded and what leaves next is claimed, in one commit."""
        while True:
            self._take(self._collect())
            self._let_leave()
            if self._may_gather():
                continue
            going = self._next_ones()
            if self._answers or going or self._must_give_back():
                turn = self._turn(going)
                self._ahead.add(turn.leaving)
                self._let_leave()
                yield from turn.tolds
                for reading in turn.readings:
                    self._parts.save(reading)
            elif not self._flying:
                if self._brake.halted or not (self._ready or self._looked or self._ahead):
                    return
                self._parts.nap(self._brake.silence)
            self._brake.judge_session(outstanding=bool(self._flying))

    def _take(self, back: list[Finished]) -> None:
        """Looks are kept until their intents may go; answers are heeded at once, and kept until they are recorded."""
        at = self._parts.monotonic()
        self._looked.extend((it, at) for it in back if isinstance(it, Seen))
        posted = [it for it in back if isinstance(it, Posted)]
        if posted and not self._answers:
            self._answered_at = at
        self._answers.extend((it, self._heed(it)) for it in posted)

    def _may_gather(self) -> bool:
        """Whether answers may wait for more of them, to be recorded together: for a moment, while all goes well and
        every hand is busy without that.
        """
        width = self._brake.width
        busy = len(self._flying) >= width.at_most and len(self._ahead) > 0 and self._brake.free
        good = self._answers and all(verdict.fate is Fate.QUEUED for _, verdict in self._answers)
        return bool(busy and good and self._parts.monotonic() - self._answered_at < _GATHER)

    def _collect(self) -> list[Finished]:
        back = self._crew.collect(_GATHER if self._answers else None) if self._flying else []
        for finished in back:
            self._flying.pop(finished.intent.id, None)
        return back

    def _drain(self) -> None:
        """Let what is under way end and record it, as far as that is still possible; nothing new leaves."""
        while self._answers or self._flying or self._ahead:
            try:
                with self._ledger.transaction():
                    self._record_all(turn := _Turn())
                    self._give_back(turn, all_of_them=True)
            except LengowctlError:  # the rows stay as they are: the next run finds their owner dead, and settles them
                self._ahead.give_back(all_of_them=True)
            self._answers.clear()
            self._take(self._collect())

    # -- what goes next

    def _next_ones(self) -> list[Seen | Intent]:
        """What may be claimed now. Intents whose order must be looked at first are looked at first."""
        going: list[Seen | Intent] = []
        if not (self._ready or self._looked) or not self._may_go():
            return going
        while self._looked and self._claimable(going):
            seen, at = self._looked.popleft()
            if self._parts.monotonic() - at <= self._parts.pace.look_holds:
                going.append(seen)
            else:
                self._ready.appendleft(seen.intent)
        while self._ready and self._claimable(going):
            if not self._needs_look(self._ready[0]):
                going.append(self._ready.popleft())
            elif len(self._flying) < self._brake.width.at_most:
                intent = self._ready.popleft()
                self._flying[intent.id] = intent
                self._crew.start(self._look_job(intent))
            else:
                break
        return going

    def _claimable(self, going: list[Seen | Intent]) -> bool:
        """Whether one more may be claimed, for a free hand or ahead."""
        width = self._brake.width
        return len(self._flying) + len(self._ahead) + len(going) < width.at_most + width.ahead

    def _needs_look(self, intent: Intent) -> bool:
        first = intent.attempt == 0 or intent.id in self._never_left
        return _needs_order(intent) or not first or not self._recent.complete

    def _may_go(self) -> bool:
        if not self._gate.is_open:
            return False
        try:
            self._recent.renew()
        except LengowctlError as fault:
            self._brake.halt(fault)
        return not self._brake.halted

    def _let_leave(self) -> None:
        """What is claimed leaves, one for each free hand."""
        while self._ahead and len(self._flying) < self._brake.width.at_most and self._gate.is_open:
            intent = self._ahead.next()
            if intent is None:
                return
            self._crew.start(self._post_job(intent))

    def _must_give_back(self) -> bool:
        return bool(self._ahead) and (self._wont_leave or self._ahead.is_stale)

    @property
    def _wont_leave(self) -> bool:
        """Whether what is claimed cannot leave soon."""
        return self._brake.halted or self._brake.silence > self._parts.pace.look_holds

    def _give_back(self, turn: _Turn, *, all_of_them: bool) -> None:
        """What was claimed and does not leave is planned again. The caller holds the transaction."""
        for intent in reversed(self._ahead.give_back(all_of_them=all_of_them)):
            back = self._ledger.move(
                intent, State.PLANNED, Cause.NOT_EXECUTED, at=self._parts.now(), message="it did not leave"
            )
            self._note_whether_it_left(intent, left=False)
            if back:
                self._ready.appendleft(back)
            elif current := self._ledger.get(intent.id):
                self._moved_elsewhere(current, turn)

    def _note_whether_it_left(self, intent: Intent, *, left: bool) -> None:
        """The next attempt of what never left is its first one, as far as twins go."""
        if left:
            self._never_left.discard(intent.id)
        elif intent.attempt == 1:
            self._never_left.add(intent.id)

    def _look_job(self, intent: Intent) -> Callable[[], Finished]:
        return lambda: self._parts.look(intent, self._names, lambda it, _: _needs_order(it))

    def _post_job(self, intent: Intent) -> Callable[[], Finished]:
        self._flying[intent.id] = intent
        visit = self._brake.door.visit
        return lambda: self._post(intent, visit)

    def _post(self, intent: Intent, visit: Visit) -> Posted:
        """Send once. In a thread of the crew."""
        self._parts.steps("leaving", intent.id)
        outcome: Outcome | LengowctlError
        try:
            outcome = self._parts.connector.send_action(intent.request)
        except LengowctlError as fault:  # the connector's word that nothing left
            outcome = fault
        except Exception as fault:  # a fault of ours: whether anything left, nobody can say
            outcome = Lost(f"sending broke off ({type(fault).__name__})")
        self._parts.steps("answered", intent.id)
        return Posted(intent, outcome, visit)

    # -- one commit

    def _turn(self, going: list[Seen | Intent]) -> _Turn:
        looks = {it.intent.id: it.look for it in going if isinstance(it, Seen)}
        wanted = {it.id: it for it in (one.intent if isinstance(one, Seen) else one for one in going)}
        answered = [it.intent.id for it, _ in self._answers]
        self._watch("recording", answered)
        self._watch("claiming", wanted)
        turn = _Turn()
        with self._ledger.transaction():
            self._record_all(turn)
            self._gate.look()
            self._give_back(turn, all_of_them=self._wont_leave)
            if self._brake.halted:
                self._ready.extendleft(reversed(wanted.values()))
            else:
                self._claim_all(wanted, looks, turn)
        self._answers.clear()
        self._watch("recorded", answered)
        self._watch("claimed", (intent.id for intent in turn.leaving))
        return turn

    def _watch(self, step: str, ids: Iterable[int]) -> None:
        for number in ids:
            self._parts.steps(step, number)

    def _claim_all(self, wanted: dict[int, Intent], looks: dict[int, Look | LengowctlError], turn: _Turn) -> None:
        """Claim what nothing stands against. The intents are read again, in the transaction that claims them."""
        found = self._ledger.find(wanted)
        gone = wanted.keys() - {intent.id for intent in found}
        turn.tolds.extend(told(wanted[number], Result.FAILED, _GONE) for number in sorted(gone))
        for intent in found:
            look = looks.get(intent.id)
            if isinstance(look, LengowctlError):
                self._no_look(intent, look, turn)
            elif (intent.state, intent.attempt) != (wanted[intent.id].state, wanted[intent.id].attempt):
                self._moved_elsewhere(intent, turn)
            else:
                self._claim(intent, look, turn)

    def _no_look(self, intent: Intent, fault: LengowctlError, turn: _Turn) -> None:
        """Without a look nothing leaves. What concerns this order only stops this one only."""
        turn.tolds.append(told(intent, Result.NOT_SENT, fault.message))
        if isinstance(fault, (NotSignedIn, BudgetSpent)) or type(fault) is OutOfReach:
            self._brake.halt(fault)

    def _moved_elsewhere(self, intent: Intent, turn: _Turn) -> None:
        if intent.state is State.PLANNED:
            self._ready.append(intent)
        elif intent.state is State.SENDING:
            self.elsewhere.append(intent)
        elif intent.state is State.DOUBTFUL:
            self.doubtful.append(intent)
        else:
            turn.tolds.append(tell_known(intent))

    def _claim(self, intent: Intent, look: Look | None, turn: _Turn) -> None:
        objection = self._objection(intent)
        if objection:
            turn.tolds.append(objection)
            return
        actions = look.actions if look else self._recent.of(intent.key)
        known = self._adopted(intent, actions) or self._shown(intent, look, turn)
        if known:
            turn.tolds.append(known)
            return
        claimed = self._ledger.claim(
            intent,
            run_id=self._lock.run_id,
            sent_at=self._parts.clock.now(),
            known_ids=(action.id for action in actions),
            at=self._parts.now(),
        )
        if claimed:
            turn.leaving.append(claimed)
        else:
            self._wait_its_turn(intent, turn)

    def _objection(self, intent: Intent) -> Told | None:
        if not intent.intact:
            return told(intent, Result.FAILED, "its row in the ledger is damaged; run lengowctl db check")
        if intent.hold_until and intent.hold_until > self._parts.now():
            return told(intent, Result.HELD, f"held back until {utc_text(intent.hold_until)}")
        if needs_leave(intent):
            return not_there(intent)
        return None

    def _adopted(self, intent: Intent, actions: Iterable[ActionReading]) -> Told | None:
        found = twins(intent, actions)
        taken = self._ledger.taken_ids(action.id for action in found)
        free = [action for action in found if action.id not in taken]
        if free and not self._ledger.is_alone(intent):
            return None  # it may be what another one sent, whose answer is not known yet
        if free:
            moved = adopt(self._ledger, intent, free[0], self._parts.now())
        else:
            moved = self._carried_out_late(intent, actions)
        return tell_known(moved) if moved else None

    def _carried_out_late(self, intent: Intent, actions: Iterable[ActionReading]) -> Intent | None:
        """The same was asked for before and given up for want of an answer, which has come since."""
        equal = {it.id for it in actions if is_equal(intent, it) and state_of(it) is State.DONE}
        before = self._ledger.find(self._ledger.taken_ids(equal).values()) if intent.occurrence > 1 else []
        late = next((it for it in before if it.state is State.EXPIRED), None)
        if late is None or intent.on_purpose:
            return None
        shown = f"action {late.action_id}, given up before, was carried out after all"
        return self._ledger.move(intent, State.DONE, Cause.ALREADY_THERE, at=self._parts.now(), evidence=shown)

    def _shown(self, intent: Intent, look: Look | None, turn: _Turn) -> Told | None:
        """What the order, read afresh, says against sending."""
        if look is None or not look.order_read:
            return None
        if look.order is None:
            return _stays(intent, "Lengow no longer lists this order")
        turn.readings.append(look.order)
        shown = shows(intent, look.order.order)
        if shown:
            moved = self._ledger.move(intent, State.DONE, Cause.ALREADY_THERE, at=self._parts.now(), evidence=shown)
            return tell_known(moved) if moved else None
        objection = self._parts.check(intent, look.order)
        return _stays(intent, objection) if objection else None

    def _wait_its_turn(self, intent: Intent, turn: _Turn) -> None:
        """Another action of the order is under way. When it is one of this run, its turn comes."""
        mine = [*self._flying.values(), *self._ahead.intents, *turn.leaving]
        if any(other.key == intent.key and other.id != intent.id for other in mine):
            self._ready.append(intent)
        else:
            why = "another action of this order is being sent or is doubtful; lengowctl actions settle"
            turn.tolds.append(told(intent, Result.NOT_SENT, why))

    # -- what an answer means

    def _heed(self, posted: Posted) -> Verdict:
        return self._brake.heed(posted)

    def _record_all(self, turn: _Turn) -> None:
        taken = set(self._ledger.taken_ids(it.action_id for _, it in self._answers if it.action_id))
        for posted, verdict in self._answers:
            self._note_whether_it_left(posted.intent, left=not _was_kept(posted.outcome))
            self._record(posted, verdict, taken, turn)
            taken.add(verdict.action_id or 0)

    def _record(self, posted: Posted, verdict: Verdict, taken: set[int], turn: _Turn) -> None:
        """Move the intent as its answer says. Told by the caller after the commit."""
        moved = self._move(posted.intent, verdict, taken)
        if moved is None:
            current = self._ledger.get(posted.intent.id)
            lost = told(posted.intent, Result.DOUBTFUL, f"it was sent, and {_GONE}")
            turn.tolds.append(tell_known(current) if current else lost)
        elif moved.state is State.PLANNED:
            self._again(moved, verdict, turn)
        elif moved.state is State.DOUBTFUL:
            self.doubtful.append(moved)
        else:
            turn.tolds.append(tell(moved))

    def _move(self, intent: Intent, verdict: Verdict, taken: set[int]) -> Intent | None:
        state, cause = verdict.move
        message: str | None = verdict.message or None
        action_id = verdict.action_id
        if action_id in taken:
            state, cause = State.DOUBTFUL, Cause.LOST_ANSWER
            message, action_id = f"Lengow answered with action {action_id}, which belongs to another one of ours", None
        return self._ledger.move(intent, state, cause, at=self._parts.now(), action_id=action_id, message=message)

    def _again(self, moved: Intent, verdict: Verdict, turn: _Turn) -> None:
        """Nothing was executed: again in this run before anything else, unless that was tried often enough."""
        if self._brake.may_try_again(moved.id, verdict):
            self._ready.appendleft(moved)
        else:
            turn.tolds.append(told(moved, Result.NOT_SENT, self._brake.why_given_up(moved.id, verdict)))


def _needs_order(intent: Intent) -> bool:
    """Whether the order is read afresh before the intent leaves: what takes something away from the buyer, what was
    refused or given up before (the order may have moved on since), and what was sent and could not be found.
    """
    return intent.action in _READ_ORDER or intent.occurrence > 1 or intent.cause == Cause.PROVED_ABSENT


def _was_kept(outcome: Outcome | LengowctlError) -> bool:
    """Whether nothing can have left."""
    return isinstance(outcome, LengowctlError) or (isinstance(outcome, RateLimited) and not outcome.left)


def _stays(intent: Intent, why: str) -> Told:
    """The row of an intent that the order, as it is now, does not take: it is left planned."""
    return told(intent, Result.NOT_SENT, f"{why}; lengowctl actions withdraw {intent.id} gives it up")


def needs_leave(intent: Intent) -> bool:
    """Whether a person has to ask for another attempt: the last one is proved absent, but money is at stake."""
    absent = intent.state is State.PLANNED and intent.cause == Cause.PROVED_ABSENT
    return absent and intent.action in AGAIN_BY_HAND and intent.permit != intent.attempt
