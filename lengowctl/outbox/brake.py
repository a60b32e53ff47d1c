"""What keeps a run from sending: a silence that was asked for, a session that is over, a fault, a freeze, a stop."""

from __future__ import annotations

from collections import Counter

from lengowctl.errors import BudgetSpent, LengowctlError, NotSignedIn, OutOfReach, UsageFault
from lengowctl.orders.moment import utc_text
from lengowctl.orders.outcome import Fate, Verdict, classify
from lengowctl.outbox.door import Door, Finding
from lengowctl.outbox.parts import Parts, Posted
from lengowctl.outbox.width import Width
from lengowctl.store.intents import Freeze


class Brake:
    """Heeds what each outcome asks of the requests to come. `why` is set once, when nothing more may be sent."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._pace = parts.pace
        self.width = Width(parts.pace.first, parts.pace.most)
        self.door = Door()
        self.why: str | None = None
        self.fault: LengowctlError | None = None
        self._silent_until = parts.monotonic()
        self._failures = 0
        self._hopeless: set[int] = set()
        """These requests cannot be sent, whatever the weather."""
        self._tries: Counter[int] = Counter()
        self._limited: Counter[int] = Counter()

    @property
    def halted(self) -> bool:
        """Nothing more may be sent in this run."""
        return self._parts.stop.asked or self.why is not None

    @property
    def free(self) -> bool:
        """Something may be sent now."""
        return not (self.halted or self.door.in_question or self.silence)

    @property
    def silence(self) -> float:
        """Seconds until something may be sent."""
        return max(self._silent_until - self._parts.monotonic(), 0.0)

    def halt(self, fault: LengowctlError) -> None:
        """No new sends, because of this."""
        if self.why is None:
            self.fault = fault
            self.why = fault.message

    def freeze(self, frozen: Freeze) -> None:
        """No new sends: somebody froze the profile."""
        why = f": {frozen.why}" if frozen.why else ""
        self.why = self.why or f"all sending was frozen by {frozen.who} at {utc_text(frozen.at)}{why}"

    def heed(self, posted: Posted) -> Verdict:
        """What an outcome means, and what it asks of the requests to come: before any other one is chosen."""
        outcome = posted.outcome
        if isinstance(outcome, LengowctlError):
            if isinstance(outcome, UsageFault):
                self._hopeless.add(posted.intent.id)
            else:
                self.halt(outcome)
            return Verdict(Fate.NOT_EXECUTED, message=outcome.message)
        self.width.learn(outcome)
        verdict = classify(outcome)
        self.door.heed(posted, verdict)
        if verdict.fate is Fate.REAUTHORISE:
            return verdict
        if verdict.fate is not Fate.NOT_EXECUTED:
            self._failures = 0
        elif verdict.retry_after is not None:
            self._be_silent(verdict.retry_after)
        else:
            self._back_off(verdict)
        return verdict

    def may_try_again(self, intent_id: int, verdict: Verdict) -> bool:
        """Whether an intent that was not executed is tried once more in this run. While nothing may be sent it waits
        with the others.
        """
        if intent_id in self._hopeless or (self.door.is_shut_for(intent_id) and not self.halted):
            return False
        limited = verdict.retry_after is not None
        tries = self._limited if limited else self._tries
        tries[intent_id] += 1
        return self.halted or tries[intent_id] < (self._pace.limited if limited else self._pace.tries)

    def why_given_up(self, intent_id: int, verdict: Verdict) -> str:
        """Why an intent that was not executed is not tried again in this run."""
        if self.door.is_shut_for(intent_id):
            return f"Lengow turns this action away, while it lets others in: {self.door.said}"
        return verdict.message

    def judge_session(self, *, outstanding: bool) -> None:
        """When every answer that came was heeded: sign in again when the session may be over, once for all that were
        turned away; end the run when a fresh session lets nothing in. `outstanding`: other answers are still to come.
        """
        finding = self.door.judge(outstanding=outstanding)
        if finding is Finding.SHUT:
            hint = "check the keys, and that they may act on orders; what was not sent stays planned"
            words = f"Lengow turns actions away even in a fresh session: {self.door.said}"
            self.halt(NotSignedIn(words, hint=hint))
        elif finding is Finding.OVER and not self.halted:
            self._sign_in()

    def _sign_in(self) -> None:
        try:
            self._parts.connector.refresh_session()
            self.door.enter()
        except LengowctlError as fault:
            self.halt(fault)

    def _be_silent(self, seconds: float) -> None:
        if seconds > self._pace.patience:
            hint = "nothing was lost; run the same command again then"
            self.halt(BudgetSpent(f"Lengow takes no actions for {seconds:.0f} s", hint=hint, retry_after=seconds))
        self._silent_until = max(self._silent_until, self._parts.monotonic() + seconds)

    def _back_off(self, verdict: Verdict) -> None:
        """Longer each time, once for all that failed together."""
        if self.silence:
            return
        self._failures += 1
        if self._failures >= self._pace.tries:
            hint = "nothing was lost; run the same command again"
            self.halt(OutOfReach(f"Lengow could not be reached: {verdict.message}", hint=hint))
        pause = min(self._pace.back_off * 2 ** (self._failures - 1), self._pace.longest_back_off)
        self._silent_until = self._parts.monotonic() + pause
