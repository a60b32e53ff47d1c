"""What to do next about an action, wherever it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lengowctl.cli.actions.advice import next_step
from lengowctl.orders.action import Cause, State
from lengowctl.outbox.told import NOT_THERE
from lengowctl.store.intent import Intent, new_intent, stamp

from ...running import NOON

REF = "demo_mirakl_fr:C-1"
ANEW = (
    "If an argument was wrong, lengowctl actions retry 7 with it corrected, as --carrier VALUE; lengowctl marketplaces "
    f"show demo_mirakl_fr has the valid values. If the order has moved on, lengowctl sync, then lengowctl show {REF}."
)


def intent(state: State, **cells: Any) -> Intent:
    """The seventh action: a parcel of an order."""
    usual = {
        "profile": "main", "source": "s", "marketplace": "demo_mirakl_fr", "order_id": "C-1", "scope": "*",
        "action": "ship", "arguments": '{"carrier":"DPD","tracking_number":"6A1"}', "digest": "d", "occurrence": 1,
        "who": "jo", "host": "desk", "command": "ship", "created_at": stamp(NOON), "updated_at": stamp(NOON),
    }  # fmt: skip
    return new_intent(7, {**usual, "state": state.value, **cells})


@pytest.mark.parametrize(
    ("action", "step"),
    [
        (intent(State.PLANNED), "lengowctl actions retry 7 sends it; lengowctl actions withdraw 7 takes it back."),
        (intent(State.PLANNED, hold_until=stamp(NOON + timedelta(minutes=10))),
         "Held until 2026-11-23T12:10:00Z. lengowctl actions withdraw 7 takes it back."),
        (intent(State.PLANNED, hold_until=stamp(NOON)),
         "lengowctl actions retry 7 sends it; lengowctl actions withdraw 7 takes it back."),
        (intent(State.PLANNED, action="refund", cause=Cause.PROVED_ABSENT.value, attempt=1),
         f"{NOT_THERE}. lengowctl actions retry 7 --again sends it, if you still mean it; lengowctl actions withdraw 7 "
         "gives it up."),
        (intent(State.SENDING),
         "A run is sending it. If that run is dead, lengowctl actions settle finds out what became of it."),
        (intent(State.DOUBTFUL),
         "lengowctl actions settle 7 finds out. It is never sent again before that is known."),
        (intent(State.QUEUED), "lengowctl actions wait 7 waits for the answer; every sync brings it too."),
        (intent(State.PENDING), "lengowctl actions wait 7 waits for the answer; every sync brings it too."),
        (intent(State.REJECTED, arguments="{}"),
         f"lengowctl sync, then lengowctl show {REF}: the order may have moved on. If it has not, lengowctl actions "
         "retry 7."),
        (intent(State.REJECTED, message="bad tracking_number"),
         "lengowctl actions retry 7 --tracking-number VALUE sends it once more, corrected."),
        (intent(State.REJECTED, message="The carrier of tracking_number 6A1 is odd"),
         "lengowctl actions retry 7 --tracking-number VALUE sends it once more, corrected."),
        (intent(State.REJECTED, message="no"), ANEW),
        (intent(State.REJECTED, message=None), ANEW),
        (intent(State.REJECTED, arguments='{"odd_name":"1"}', message="odd_name is odd"),
         "lengowctl actions retry 7 --arg odd_name=VALUE sends it once more, corrected."),
        (intent(State.EXPIRED),
         f"Look at {REF} at the marketplace: it may have been done. If not, lengowctl actions retry 7."),
        (intent(State.DONE), None),
        (intent(State.WITHDRAWN), None),
    ],
)  # fmt: skip
def test_each_state_has_its_way_on(action: Intent, step: str | None) -> None:
    assert next_step(action, NOON) == step
