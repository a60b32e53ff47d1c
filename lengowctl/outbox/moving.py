"""An action found at the source becomes an intent's own, and the intent follows it."""

from __future__ import annotations

from datetime import datetime

from lengowctl.connectors.base import ActionReading
from lengowctl.orders.action import Cause, State, follow, stands
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Intents


def adopt(intents: Intents, intent: Intent, action: ActionReading, at: datetime) -> Intent | None:
    """Make the action the intent's own, and let the intent stand where the action stands. The caller holds the
    transaction. None when another run moved the intent meanwhile.
    """
    seen = state_of(action)
    first = State.DONE if seen is State.DONE else State.QUEUED
    sent_at = action.created_at if intent.sent_at is None else None
    moved = intents.move(intent, first, Cause.ADOPTED, at=at, action_id=action.id, sent_at=sent_at or None)
    return moved and (advance(intents, moved, action, at) or moved)


def advance(intents: Intents, intent: Intent, action: ActionReading, at: datetime) -> Intent | None:
    """Move an open intent to where its action stands. None when there is nothing to move, or it was moved meanwhile.
    The caller holds the transaction.
    """
    step = follow(intent.state, state_of(action))
    if step is None:
        return None
    state, cause = step
    return intents.move(intent, state, cause, at=at, message=action.errors or None)


def state_of(action: ActionReading) -> State:
    return stands(queued=action.queued, processed=action.processed, errors=action.errors)
