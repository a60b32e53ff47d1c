"""What the outcome of sending an action means: one total function from what happened to what may be believed.

The rule behind it: only what proves that nothing was executed leads back to another try, only Lengow's own refusal in
its own envelope is a refusal, and everything else is doubtful.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lengowctl.orders.action import Cause, State


@dataclass(frozen=True, slots=True)
class NotExecuted:
    """No byte of the request can have been understood: refused, DNS, TLS, time-out on connecting or in the pool."""

    reason: str


@dataclass(frozen=True, slots=True)
class RateLimited:
    """Turned away by the request limit (429). `retry_after` in seconds, None when none was given. `left` is false when
    our own count of the limit kept it back.
    """

    retry_after: float | None = None
    left: bool = True


@dataclass(frozen=True, slots=True)
class Unauthorized:
    """Turned away at the door (401, 403): the session is over, or the keys do not allow it."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer came whole. `body` is the value its JSON holds, None when it is no JSON; `web_page` marks HTML."""

    status: int
    body: object = None
    web_page: bool = False
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """The request left and no whole answer came: time-out on reading or writing, reset, cut off, undecodable."""

    reason: str


Outcome = NotExecuted | RateLimited | Unauthorized | Answer | Lost


class Fate(StrEnum):
    """What may be believed of a request."""

    QUEUED = "queued"
    """Lengow has it."""
    REJECTED = "rejected"
    """Lengow refused it."""
    NOT_EXECUTED = "not_executed"
    """Nothing happened; it may be sent again, after `retry_after`."""
    REAUTHORISE = "reauthorise"
    """Nothing happened; it may be sent once more with a fresh session."""
    DOUBTFUL = "doubtful"
    """Nobody knows."""


#: The move of an intent that each fate asks for, from `sending`.
AFTER_SENDING: Mapping[Fate, tuple[State, Cause]] = {
    Fate.QUEUED: (State.QUEUED, Cause.ANSWERED),
    Fate.REJECTED: (State.REJECTED, Cause.REFUSED_BY_API),
    Fate.NOT_EXECUTED: (State.PLANNED, Cause.NOT_EXECUTED),
    Fate.REAUTHORISE: (State.PLANNED, Cause.NOT_EXECUTED),
    Fate.DOUBTFUL: (State.DOUBTFUL, Cause.LOST_ANSWER),
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a request came to. `action_id` with `queued` only; `message` says why otherwise, in Lengow's words where
    it gave any; `retry_after` in seconds, at least 1, with `not_executed` by the request limit only; `fault` with
    `doubtful` after a 5xx only.
    """

    fate: Fate
    action_id: int | None = None
    message: str = ""
    retry_after: float | None = None
    fault: bool = False

    @property
    def move(self) -> tuple[State, Cause]:
        return (State.DOUBTFUL, Cause.FAULT_ANSWERED) if self.fault else AFTER_SENDING[self.fate]


TAKEN = frozenset({200, 201, 202})
REFUSALS = frozenset({400, 404, 409, 422, 530})
UNAUTHORISED = frozenset({401, 403})
TOO_MANY = 429
_LARGEST_ID = 2**63 - 1
_LONGEST = 300


def classify(outcome: Outcome) -> Verdict:
    """What `outcome` of one POST means for the action that it carried. Total: every status, every body."""
    match outcome:
        case NotExecuted(reason):
            return Verdict(Fate.NOT_EXECUTED, message=reason)
        case RateLimited(retry_after, _):
            return _too_many(retry_after)
        case Unauthorized(reason):
            return Verdict(Fate.REAUTHORISE, message=reason)
        case Lost(reason):
            return Verdict(Fate.DOUBTFUL, message=reason)
    return _answered(outcome)


def _answered(answer: Answer) -> Verdict:
    said = message_of(answer.body) or ""
    fault = answer.status >= 500
    if answer.web_page:
        told = f"a web page came instead of Lengow's answer ({answer.status})"
        return Verdict(Fate.DOUBTFUL, message=told, fault=fault)
    if answer.status == TOO_MANY:
        return _too_many(answer.retry_after)
    if answer.status in UNAUTHORISED:
        return Verdict(Fate.REAUTHORISE, message=said)
    if answer.status in TAKEN:
        number = _number(answer.body)
        if number is not None:
            return Verdict(Fate.QUEUED, number)
    if answer.status in REFUSALS and isinstance(answer.body, Mapping) and answer.body.get("id") is None:
        return Verdict(Fate.REJECTED, message=said or f"Lengow refused it ({answer.status}) and did not say why")
    told = f"Lengow's answer ({answer.status}) does not tell{said and ': ' + said}"
    return Verdict(Fate.DOUBTFUL, message=told, fault=fault)


def _too_many(retry_after: float | None) -> Verdict:
    wait = max(1.0, retry_after or 0.0)
    return Verdict(Fate.NOT_EXECUTED, message="the request limit is reached", retry_after=wait)


def _number(body: object) -> int | None:
    """The `id` of an action: a whole number from 1 that a database can hold, or the text of one."""
    found = body.get("id") if isinstance(body, Mapping) else None
    if isinstance(found, str) and found.isascii() and found.isdecimal() and len(found) < 20:
        found = int(found)
    is_whole = isinstance(found, int) and not isinstance(found, bool)
    return found if is_whole and isinstance(found, int) and 0 < found <= _LARGEST_ID else None


def message_of(body: object) -> str | None:
    """Lengow's words in any of its error envelopes, on one line, at most 300 characters; None when there are none.

    `{"error": {"code", "message"}}`, `{"error": "text"}`, `{"detail": "text"}`, `{"detail": {"error_code",
    "message"}}`, `{"detail": [{"loc", "msg", "type"}]}`, `{"<field>": ["text"]}`. Names of fields are kept.
    """
    words = ", ".join(_words(body)) if isinstance(body, Mapping) else ""
    return " ".join(words.split())[:_LONGEST] or None


def _words(body: Mapping[str, object]) -> Iterator[str]:
    for name, said in body.items():
        named = "" if name in ("error", "detail") else f"{name}: "
        for item in said if isinstance(said, list) else [said]:
            words = _sentence(item)
            if words:
                yield named + words


def _sentence(item: object) -> str:
    if isinstance(item, str):
        return item.strip()
    if not isinstance(item, Mapping):
        return ""
    words = item.get("message") or item.get("msg")
    place = item.get("loc")
    where = [str(part) for part in place if part != "body"] if isinstance(place, list) else []
    return f"{'.'.join(where)}: {words}" if where and isinstance(words, str) else _sentence(words)
