"""What every part of the outbox works with: the connector, the ledger's intents, the clocks, the crew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from lengowctl.connectors.base import ActionConnector, Reading
from lengowctl.errors import LengowctlError
from lengowctl.orders.outcome import Outcome
from lengowctl.orders.reference import OrderKey
from lengowctl.outbox.crew import Crew
from lengowctl.outbox.looking import Look, SourceClock, read_actions
from lengowctl.outbox.settings import Pace, Steps, Stop, Windows
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Intents, Names

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seen:
    """A look at the source for an intent, or why there was none."""

    intent: Intent
    look: Look | LengowctlError


@dataclass(frozen=True, slots=True)
class Visit:
    """In which session a request leaves, and how many were let in by then; sessions are counted from 0."""

    session: int
    let_in: int


@dataclass(frozen=True, slots=True)
class Posted:
    """What sending an intent came to, and when it knocked; an error: nothing left."""

    intent: Intent
    outcome: Outcome | LengowctlError
    visit: Visit


Finished = Seen | Posted


def names_of(intent: Intent, names: Names) -> tuple[OrderKey, ...]:
    """Every name of the intent's order, the present one first."""
    return names.get(intent.key, (intent.key,))


@dataclass(frozen=True, slots=True)
class Parts:
    """Handed from the outbox to its parts."""

    connector: ActionConnector
    intents: Intents
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    new_id: Callable[[], str]
    clock: SourceClock
    windows: Windows
    pace: Pace
    stop: Stop
    steps: Steps
    crew: Callable[[], Crew[Any]]
    save: Callable[[Reading], None]
    check: Callable[[Intent, Reading], str | None]

    def nap(self, seconds: float) -> None:
        """Wait, unless a stop is asked for."""
        until = self.monotonic() + seconds
        while not self.stop.asked and (left := until - self.monotonic()) > 0:
            self.sleep(min(self.pace.nap, left))

    def look(self, intent: Intent, names: Names, order: Callable[[Intent, Look], bool]) -> Seen:
        """Ask for the order's actions, by each of its `names`, and, where `order` says so then, for the order itself.
        Never raises.
        """
        try:
            named = names_of(intent, names)
            look = read_actions(self.connector, *named)
            self.clock.saw(look.served_at)
            if order(intent, look):
                reading = self.connector.order(named[0])
                look = Look(look.actions, look.served_at, reading, order_read=True)
            return Seen(intent, look)
        except LengowctlError as fault:
            return Seen(intent, fault)
        except Exception as fault:  # a fault of ours; who waits for this look must hear of it
            return Seen(intent, LengowctlError(f"looking at this order broke off ({type(fault).__name__})"))
