"""Whether our actions are let in: a session may be over, one action alone may be turned away, or nothing is let in.

401 and 403 are used for all three, so one answer cannot tell them apart. What speaks for a session is an action that
was taken in it, or refused by word.
"""

from __future__ import annotations

from collections import Counter
from enum import Enum

from lengowctl.orders.outcome import Fate, Verdict
from lengowctl.outbox.parts import Posted, Visit

_TIMES = 3
"""So often one action may be turned away: in a session that may be over, in a fresh one, and once more by chance."""


class Finding(Enum):
    """What is to be done about the session."""

    FINE = "fine"
    WAIT = "wait"
    """Answers that are still to come may speak for it."""
    OVER = "over"
    """Sign in again."""
    SHUT = "shut"
    """A fresh session lets nothing in."""


class Door:
    """Follows the sessions of one run. `visit` marks a request that leaves now, `said` is why one was turned away."""

    def __init__(self) -> None:
        self.visit = Visit(0, 0)
        self.said = ""
        self._away: list[Posted] = []
        self._times: Counter[int] = Counter()

    @property
    def in_question(self) -> bool:
        """Whether the session is doubted. Nothing more leaves in it until that is judged."""
        return bool(self._away)

    def heed(self, posted: Posted, verdict: Verdict) -> None:
        """Take an answer into account. One to a request of an earlier session says nothing of this one."""
        if posted.visit.session != self.visit.session:
            return
        if verdict.fate is Fate.REAUTHORISE:
            self.said = verdict.message or "no reason given"
            self._times[posted.intent.id] += 1
            self._away.append(posted)
        elif verdict.fate in (Fate.QUEUED, Fate.REJECTED):
            self.visit = Visit(self.visit.session, self.visit.let_in + 1)

    def judge(self, *, outstanding: bool) -> Finding:
        """When every answer that came was heeded; `outstanding`: others are still to come."""
        if not self._away:
            return Finding.FINE
        fresh = self.visit.session > 0 and not self.visit.let_in
        if fresh and outstanding:
            return Finding.WAIT
        away, self._away = self._away, []
        if fresh and (len(away) > 1 or self._times[away[0].intent.id] > 1):
            return Finding.SHUT
        return Finding.OVER if any(self._may_be_over(it) for it in away) else Finding.FINE

    def enter(self) -> None:
        """We signed in again."""
        self.visit = Visit(self.visit.session + 1, 0)

    def is_shut_for(self, intent_id: int) -> bool:
        """Whether this action was turned away so often that the session cannot be to blame."""
        return self._times[intent_id] >= _TIMES

    def _may_be_over(self, posted: Posted) -> bool:
        """Not for an action that was turned away before when others were let in since it left, or that is given up."""
        times = self._times[posted.intent.id]
        return times == 1 or (times < _TIMES and posted.visit.let_in == self.visit.let_in)
