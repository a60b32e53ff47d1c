"""What a run is handed: how long to wait for what, how to be stopped, what to watch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from lengowctl.orders.action import ABSENCES_APART, AFTER_A_FAULT, EXPIRES_AFTER, Cause, window

#: Told of each step of each intent, by the step's name and the intent's id; some steps come from other threads.
Steps = Callable[[str, int], None]


def no_steps(step: str, intent_id: int) -> None:
    """Nobody watches."""


class Stop:
    """Asks a run to end: no new sends, what is in flight ends and is recorded. Set from a signal handler or thread."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def ask(self) -> None:
        self._event.set()

    @property
    def asked(self) -> bool:
        return self._event.is_set()


@dataclass(frozen=True, slots=True)
class Windows:
    """How long a request may still turn up after we gave up, how far two looks that prove it absent lie apart, and
    when one without an answer is given up.
    """

    of: Callable[[str], timedelta] = window
    after_a_fault: timedelta = AFTER_A_FAULT
    """So much longer where Lengow answered with a fault of its own."""
    apart: timedelta = ABSENCES_APART
    expires: timedelta = EXPIRES_AFTER
    grain: timedelta = timedelta(seconds=1)
    """The source tells its time in steps of this size."""

    def after(self, action: str, cause: str | None) -> timedelta:
        """How long an action may still turn up that is doubtful for this cause."""
        return self.of(action) + (self.after_a_fault if cause == Cause.FAULT_ANSWERED else timedelta()) + self.grain


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a run sends, and how stubborn it is. Seconds."""

    first: int = 4
    most: int = 16
    renew_after: float = 60.0
    """The listing of recent actions is renewed when it is older."""
    look_holds: float = 10.0
    """A look at an order is good for so long; after that the order is looked at again before its action leaves."""
    tries: int = 6
    """So often an action that is proved not executed is tried in one run."""
    limited: int = 60
    """So often one is turned away by the request limit in one run: others may use up window after window."""
    back_off: float = 1.0
    longest_back_off: float = 30.0
    patience: float = 900.0
    """The longest silence that is sat out."""
    nap: float = 0.25
    """A wait is cut into pieces of this length, so that a stop is noticed."""
    recent: timedelta = field(default=timedelta(days=3))
    overlap: timedelta = field(default=timedelta(minutes=2))
