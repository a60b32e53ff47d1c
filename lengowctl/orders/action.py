"""Where an action that we asked for stands, how it may move on, and how long each step may take.

The legal moves are one table of (from, to, cause). The ledger's triggers are made from it, and `move` refuses what
is not in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class State(StrEnum):
    """Where our action stands."""

    PLANNED = "planned"
    """Written down; nothing has left, or what left is proved not to have arrived."""
    SENDING = "sending"
    """Claimed by one run; a request may be on its way."""
    DOUBTFUL = "doubtful"
    """A request left and its fate is not known."""
    QUEUED = "queued"
    """Lengow has it and gave it a number."""
    PENDING = "pending"
    """Lengow handed it to the marketplace, which has not answered."""
    DONE = "done"
    """The marketplace carried it out, or the order shows that it did."""
    REJECTED = "rejected"
    """Lengow or the marketplace refused it."""
    EXPIRED = "expired"
    """No answer for three days."""
    WITHDRAWN = "withdrawn"
    """Taken back before anything left."""


class Cause(StrEnum):
    """Why an intent moved."""

    CLAIMED = "claimed"
    """A run is about to send it."""
    ANSWERED = "answered"
    """Lengow took it and gave its number."""
    REFUSED_BY_API = "refused_by_api"
    """Lengow refused the request."""
    REFUSED_BY_MARKETPLACE = "refused_by_marketplace"
    """The action came back with an error."""
    NOT_EXECUTED = "not_executed"
    """The request is proved not to have been executed: it never left, or was turned away at the door."""
    LOST_ANSWER = "lost_answer"
    """The request left and no answer came that can be trusted."""
    FAULT_ANSWERED = "fault_answered"
    """Lengow answered with a fault of its own (5xx): what stands behind it may still be at work."""
    OWNER_DEAD = "owner_dead"
    """The run that claimed it is proved dead."""
    ADOPTED = "adopted"
    """An equal action was found among Lengow's, and is this one now."""
    ALREADY_THERE = "already_there"
    """The order's own status shows the effect."""
    PROVED_ABSENT = "proved_absent"
    """Lengow was asked after the time in which it could still appear, twice, and has no such action."""
    HANDED_OVER = "handed_over"
    """Lengow passed it on to the marketplace."""
    PROCESSED = "processed"
    """The marketplace confirmed it."""
    TOO_OLD = "too_old"
    """Three days without an answer, and the order does not show the effect."""
    BY_USER = "by_user"
    """Withdrawn by hand."""
    SUPERSEDED = "superseded"
    """Never attempted, and another action for the order was asked for."""


_S, _C = State, Cause
_BY_STATE: Mapping[State, Mapping[State, tuple[Cause, ...]]] = {
    _S.PLANNED: {
        _S.SENDING: (_C.CLAIMED,),
        _S.WITHDRAWN: (_C.BY_USER, _C.SUPERSEDED),
        _S.QUEUED: (_C.ADOPTED,),
        _S.DONE: (_C.ADOPTED, _C.ALREADY_THERE),
    },
    _S.SENDING: {
        _S.QUEUED: (_C.ANSWERED,),
        _S.PLANNED: (_C.NOT_EXECUTED,),
        _S.REJECTED: (_C.REFUSED_BY_API,),
        _S.DOUBTFUL: (_C.LOST_ANSWER, _C.FAULT_ANSWERED, _C.OWNER_DEAD),
    },
    _S.DOUBTFUL: {
        _S.QUEUED: (_C.ADOPTED,),
        _S.PENDING: (_C.ADOPTED,),
        _S.DONE: (_C.ADOPTED, _C.ALREADY_THERE),
        _S.PLANNED: (_C.PROVED_ABSENT,),
    },
    _S.QUEUED: {
        _S.PENDING: (_C.HANDED_OVER,),
        _S.DONE: (_C.PROCESSED, _C.ALREADY_THERE),
        _S.REJECTED: (_C.REFUSED_BY_MARKETPLACE,),
        _S.EXPIRED: (_C.TOO_OLD,),
    },
    _S.PENDING: {
        _S.DONE: (_C.PROCESSED, _C.ALREADY_THERE),
        _S.REJECTED: (_C.REFUSED_BY_MARKETPLACE,),
        _S.EXPIRED: (_C.TOO_OLD,),
    },
}

#: Every legal (from, to, cause). Staying where one is is no move.
LEGAL: frozenset[tuple[State, State, Cause]] = frozenset(
    (old, new, cause) for old, targets in _BY_STATE.items() for new, causes in targets.items() for cause in causes
)

#: Where an intent may go from each state; empty for a state that is final.
MOVES: Mapping[State, frozenset[State]] = {state: frozenset(_BY_STATE.get(state, ())) for state in State}

FINAL: frozenset[State] = frozenset(state for state in State if not MOVES[state])
"""Nothing moves on from here; a new request makes a new occurrence, unless the state is in `GRANTED`."""
OPEN: frozenset[State] = frozenset(State) - FINAL
"""One intent in these per order and scope."""
GRANTED: frozenset[State] = frozenset({State.QUEUED, State.PENDING, State.DONE})
"""The same request again is `already done`."""


class IllegalMove(ValueError):
    """A move of an intent that the table does not know: a fault of the program, never of the user."""


def move(old: State, new: State, cause: Cause) -> State:
    """`new`, when an intent may go there from `old` for `cause`. Raises IllegalMove."""
    if (old, new, cause) not in LEGAL:
        raise IllegalMove(f"an intent cannot go from {old} to {new} because of {cause}")
    return new


def stands(*, queued: bool, processed: bool, errors: str | None) -> State:
    """Where an action stands by the three marks in Lengow's list: queued, pending, done or rejected.

    Any error text is a refusal, whatever the other two say. Only for rows of the list: `queued` in the answer to
    the request itself says nothing.
    """
    if errors and errors.strip():
        return State.REJECTED
    if processed:
        return State.DONE
    return State.QUEUED if queued else State.PENDING


_FOLLOWING = {
    State.PENDING: Cause.HANDED_OVER,
    State.DONE: Cause.PROCESSED,
    State.REJECTED: Cause.REFUSED_BY_MARKETPLACE,
}


def follow(state: State, seen: State) -> tuple[State, Cause] | None:
    """The move that brings a queued or pending intent to what Lengow's list says of it (`stands`); None when there is
    nothing to move: it stands there already, the list is older than what we know, or the intent is in another state.
    """
    cause = _FOLLOWING.get(seen)
    if state not in (State.QUEUED, State.PENDING) or cause is None or (state, seen, cause) not in LEGAL:
        return None
    return seen, cause


PLATFORM_CUT = timedelta(seconds=350)
"""Lengow's load balancer ends any request after this long (help centre, "Getting started")."""

#: How long after we gave up a request may still turn up among Lengow's actions (reliability.md, section 2,
#: "Settling"): the more an action costs when it is done twice, the longer. A refund outlasts the platform's cut.
WINDOWS: Mapping[str, timedelta] = {
    "accept": timedelta(seconds=10),
    "ship": timedelta(seconds=60),
    "refuse": timedelta(seconds=60),
    "cancel": timedelta(seconds=60),
    "refund": timedelta(seconds=360),
}
#: So much longer after a 5xx. Before an answer counts as lost we have waited for it ourselves; a gateway's 5xx comes
#: at once, while what stands behind it may carry the request out still. The platform gives that up to 350 s: waiting so
#: long for each fault would stop the trade, so this is a compromise, and the order is read before it is sent again.
AFTER_A_FAULT = timedelta(seconds=60)
ABSENCES_NEEDED = 2
"""So many looks that find nothing prove an action absent …"""
ABSENCES_APART = timedelta(seconds=5)
"""… when they lie this far apart, both after the window."""
EXPIRES_AFTER = timedelta(days=3)
"""The official plugins give up waiting for an answer after as long."""
AGAIN_BY_HAND: frozenset[str] = frozenset({"refund"})
"""Even when proved absent, these are sent again only when a person says so."""


def window(action: str) -> timedelta:
    """How long an action may still turn up; the longest for an action that we do not know."""
    return WINDOWS.get(action, max(WINDOWS.values()))
