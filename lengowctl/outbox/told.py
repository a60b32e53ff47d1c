"""What is told of each action, in the words of the command line: one row of results for each order or line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lengowctl.orders.action import State
from lengowctl.orders.moment import utc_text
from lengowctl.orders.reference import format_ref
from lengowctl.orders.request import Arguments, Request
from lengowctl.store.intent import Intent

#: The way on for a doubtful action.
SETTLE = "lengowctl actions settle finds out"

#: All that is known of what is called proved absent.
NOT_THERE = "Lengow was asked twice, after the usual wait, and did not have it"


class Result(StrEnum):
    """What became of a request, for printing and for programs."""

    SENT = "sent"
    """Lengow has it; the marketplace has not answered yet."""
    DONE = "done"
    REJECTED = "rejected"
    ALREADY_DONE = "already_done"
    HELD = "held"
    WOULD_SEND = "would_send"
    NOT_SENT = "not_sent"
    """Left planned."""
    SKIPPED = "skipped"
    FAILED = "failed"
    DOUBTFUL = "doubtful"


#: What went as it was meant to.
WELL = frozenset({Result.SENT, Result.DONE, Result.ALREADY_DONE, Result.HELD, Result.WOULD_SEND})
MEANINGS: Mapping[Result, str] = {
    Result.SENT: "Lengow has it; the marketplace has not answered yet",
    Result.DONE: "the marketplace has done it",
    Result.REJECTED: "the marketplace said no; `actions show` says what to do next",
    Result.ALREADY_DONE: "asked for before, and done or under way; nothing was sent",
    Result.HELD: "kept back by `--hold`; afterwards the same command sends it, `actions withdraw` takes it back",
    Result.WOULD_SEND: "a dry run: this is what would be sent",
    Result.NOT_SENT: "written down and not sent, with the reason; run again, the same command goes on",
    Result.SKIPPED: "left alone, with the reason: changed since the plan, in the hands of another run, withdrawn",
    Result.FAILED: "not possible as asked, with the reason; or no answer came for three days",
    Result.DOUBTFUL: "sent, and nobody knows with what effect; `actions settle` finds out",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One row of results. `reason` may hold foreign text."""

    ref: str
    action: str
    result: Result
    reason: str | None
    action_id: int | None
    arguments: Arguments
    intent_id: int | None


def told_of_request(request: Request, result: Result, reason: str | None) -> Told:
    """A row for a request that was not written down."""
    return Told(format_ref(*request.key), request.action, result, reason, None, request.arguments, None)


def told(intent: Intent, result: Result, reason: str | None = None) -> Told:
    """A row for an intent."""
    return Told(intent.ref, intent.action, result, reason, intent.action_id, intent.arguments, intent.id)


def not_there(intent: Intent) -> Told:
    """The row of a refund that is proved absent, and goes out once more only when a person says so."""
    return told(intent, Result.NOT_SENT, f"{NOT_THERE}; lengowctl actions retry {intent.id} --again sends it")


_RESULTS: Mapping[State, Result] = {
    State.PLANNED: Result.NOT_SENT,
    State.SENDING: Result.SKIPPED,
    State.DOUBTFUL: Result.DOUBTFUL,
    State.QUEUED: Result.SENT,
    State.PENDING: Result.SENT,
    State.DONE: Result.DONE,
    State.REJECTED: Result.REJECTED,
    State.EXPIRED: Result.FAILED,
    State.WITHDRAWN: Result.SKIPPED,
}


def tell(intent: Intent) -> Told:
    """Where the intent stands now, in the words of results."""
    return told(intent, _RESULTS[intent.state], _reason(intent))


def tell_known(intent: Intent) -> Told:
    """The same for a request that was carried out, or is under way, before this run: `already done`."""
    if intent.state in (State.QUEUED, State.PENDING, State.DONE):
        return told(intent, Result.ALREADY_DONE, standing(intent))
    return tell(intent)


def standing(intent: Intent) -> str:
    """Where the intent stands, as a few words."""
    number = f" as action {intent.action_id}" if intent.action_id else ""
    evidence = f" ({intent.evidence})" if intent.evidence else ""
    return f"{intent.state}{number}{evidence}"


def _reason(intent: Intent) -> str | None:
    match intent.state:
        case State.DOUBTFUL:
            return doubt(intent)
        case State.SENDING:
            return "another run is sending it"
        case State.WITHDRAWN:
            return "withdrawn"
        case State.EXPIRED:
            return "no answer from the marketplace for three days; look at the order there, then ask again"
        case State.DONE:
            return intent.evidence
        case State.PENDING:
            return "handed to the marketplace, no answer yet"
        case _:
            return intent.message


def doubt(intent: Intent) -> str:
    """Why an intent is doubtful: when it was sent, which attempt that was, and what happened."""
    when = f" at {utc_text(intent.sent_at)}" if intent.sent_at else ""
    why = intent.message or "its fate is not known"
    return f"sent{when} (attempt {intent.attempt}), {why}; {SETTLE}"
