"""What is told when a run is broken off half way, by a full disk or a source out of reach: every action stands
somewhere, and none may be missing from what is told."""

from __future__ import annotations

from collections.abc import Iterable

from lengowctl.cli.acting.telling import Teller
from lengowctl.errors import LengowctlError
from lengowctl.orders.action import State
from lengowctl.outbox.outbox import Outbox
from lengowctl.outbox.told import SETTLE, Result, Told, tell, told
from lengowctl.store.intent import Intent


def tell_rest(outbox: Outbox, intents: Iterable[Intent], teller: Teller, fault: LengowctlError) -> None:
    """Tell each of these that was not told yet, as the ledger has it after `fault` broke the run off."""
    left = [intent for intent in intents if intent.id not in teller.ids]
    try:
        rows = [left_by(intent, fault) for intent in outbox.intents.find([intent.id for intent in left])]
    except LengowctlError:  # it cannot be read either: nobody knows how far this came
        why = f"where it stands cannot be read: {fault.message}; {SETTLE}"
        rows = [told(intent, Result.DOUBTFUL, why) for intent in left]
    teller.tell_all(rows)


def left_by(intent: Intent, fault: LengowctlError) -> Told:
    """The row of an action whose run was broken off."""
    match intent.state:
        case State.PLANNED:
            return told(intent, Result.NOT_SENT, fault.message)
        case State.SENDING:
            why = f"the run broke off while it was under way: {fault.message}; {SETTLE}"
            return told(intent, Result.DOUBTFUL, why)
        case _:
            return tell(intent)
