"""Where an intent stands and how it may move: every state, every cause, every mark of Lengow's list."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from lengowctl.orders.action import (
    FINAL,
    GRANTED,
    LEGAL,
    MOVES,
    OPEN,
    PLATFORM_CUT,
    WINDOWS,
    Cause,
    IllegalMove,
    State,
    follow,
    move,
    stands,
    window,
)

TABLE = """
planned  sending    claimed
planned  withdrawn  by_user superseded
planned  queued     adopted
planned  done       adopted already_there
sending  queued     answered
sending  planned    not_executed
sending  rejected   refused_by_api
sending  doubtful   lost_answer fault_answered owner_dead
doubtful queued     adopted
doubtful pending    adopted
doubtful done       adopted already_there
doubtful planned    proved_absent
queued   pending    handed_over
queued   done       processed already_there
queued   rejected   refused_by_marketplace
queued   expired    too_old
pending  done       processed already_there
pending  rejected   refused_by_marketplace
pending  expired    too_old
"""
ROWS = [row.split() for row in TABLE.strip().splitlines()]


def test_the_legal_moves_are_these_and_no_others() -> None:
    assert {(str(old), str(new), str(cause)) for old, new, cause in LEGAL} == {
        (old, new, cause) for old, new, *causes in ROWS for cause in causes
    }


def test_the_moves_from_each_state_follow_from_the_table() -> None:
    assert {str(old): set(map(str, new)) for old, new in MOVES.items()} == {
        str(state): {new for old, new, *_ in ROWS if old == state} for state in State
    }


@pytest.mark.parametrize("state", list(State))
def test_every_state_times_cause_is_decided(state: State) -> None:
    """A move is made when the table has it, and raises when it has not."""
    for new, cause in product(State, Cause):
        if (state, new, cause) in LEGAL:
            assert move(state, new, cause) is new
        else:
            with pytest.raises(IllegalMove, match=f"from {state} to {new} because of {cause}"):
                move(state, new, cause)


def test_every_state_is_open_or_final_and_every_cause_is_used() -> None:
    assert frozenset(State) == OPEN | FINAL
    assert {State.DONE, State.REJECTED, State.EXPIRED, State.WITHDRAWN} == FINAL
    assert {State.QUEUED, State.PENDING, State.DONE} == GRANTED
    assert {cause for _, _, cause in LEGAL} == set(Cause)


def test_back_to_planned_leads_only_proof_that_nothing_was_executed() -> None:
    assert {(old, cause) for old, new, cause in LEGAL if new is State.PLANNED} == {
        (State.SENDING, Cause.NOT_EXECUTED),
        (State.DOUBTFUL, Cause.PROVED_ABSENT),
    }


@pytest.mark.parametrize(
    ("queued", "processed", "errors", "state"),
    [
        (True, False, None, State.QUEUED),
        (False, False, "", State.PENDING),
        (False, False, " ", State.PENDING),
        (False, True, None, State.DONE),
        (True, True, None, State.DONE),
        (False, False, "no such carrier", State.REJECTED),
        (False, True, "no such carrier", State.REJECTED),
        (True, False, "no such carrier", State.REJECTED),
    ],
)
def test_what_the_marks_of_an_action_mean(queued: bool, processed: bool, errors: str | None, state: State) -> None:
    assert stands(queued=queued, processed=processed, errors=errors) is state


@pytest.mark.parametrize("state", list(State))
def test_an_intent_follows_the_list_by_legal_moves_only_and_never_backwards(state: State) -> None:
    for seen in State:
        found = follow(state, seen)
        if state is State.QUEUED and seen is State.PENDING:
            assert found == (State.PENDING, Cause.HANDED_OVER)
        elif state in (State.QUEUED, State.PENDING) and seen is State.DONE:
            assert found == (State.DONE, Cause.PROCESSED)
        elif state in (State.QUEUED, State.PENDING) and seen is State.REJECTED:
            assert found == (State.REJECTED, Cause.REFUSED_BY_MARKETPLACE)
        else:
            assert found is None


def test_a_refund_outlasts_the_platforms_cut_and_an_unknown_action_waits_as_long() -> None:
    assert {
        "accept": timedelta(seconds=10),
        "ship": timedelta(seconds=60),
        "refuse": timedelta(seconds=60),
        "cancel": timedelta(seconds=60),
        "refund": timedelta(seconds=360),
    } == WINDOWS
    assert window("accept") == timedelta(seconds=10)
    assert window("partially_refund") == window("refund") > PLATFORM_CUT
