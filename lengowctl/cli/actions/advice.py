"""What to do next about an action, by where it stands."""

from __future__ import annotations

from datetime import datetime

from lengowctl.orders.action import State
from lengowctl.orders.arguments import option_of
from lengowctl.orders.moment import utc_text
from lengowctl.outbox.send import needs_leave
from lengowctl.outbox.told import NOT_THERE
from lengowctl.store.intent import Intent


def next_step(intent: Intent, now: datetime) -> str | None:
    """One sentence; None when there is nothing to do."""
    number, ref = intent.id, intent.ref
    match intent.state:
        case State.PLANNED if needs_leave(intent):
            return (
                f"{NOT_THERE}. lengowctl actions retry {number} --again sends it, if you still mean it; lengowctl"
                f" actions withdraw {number} gives it up."
            )
        case State.PLANNED if intent.hold_until and intent.hold_until > now:
            return f"Held until {utc_text(intent.hold_until)}. lengowctl actions withdraw {number} takes it back."
        case State.PLANNED:
            return f"lengowctl actions retry {number} sends it; lengowctl actions withdraw {number} takes it back."
        case State.SENDING:
            return "A run is sending it. If that run is dead, lengowctl actions settle finds out what became of it."
        case State.DOUBTFUL:
            return f"lengowctl actions settle {number} finds out. It is never sent again before that is known."
        case State.QUEUED | State.PENDING:
            return f"lengowctl actions wait {number} waits for the answer; every sync brings it too."
        case State.REJECTED if not intent.arguments:
            return (
                f"lengowctl sync, then lengowctl show {ref}: the order may have moved on. If it has not, lengowctl"
                f" actions retry {number}."
            )
        case State.REJECTED if wrong := _named(intent):
            return f"lengowctl actions retry {number} {_anew(wrong)} sends it once more, corrected."
        case State.REJECTED:
            return (
                f"If an argument was wrong, lengowctl actions retry {number} with it corrected, as"
                f" {_anew(intent.arguments[0][0])}; lengowctl marketplaces show {intent.marketplace} has the valid"
                f" values. If the order has moved on, lengowctl sync, then lengowctl show {ref}."
            )
        case State.EXPIRED:
            return f"Look at {ref} at the marketplace: it may have been done. If not, lengowctl actions retry {number}."
        case _:
            return None


def _named(intent: Intent) -> str:
    """The argument that the marketplace's answer is about: the longest of those that it names, since the name of a
    short one is an ordinary word too."""
    names = (name for name, _ in intent.arguments if name in (intent.message or ""))
    return max(names, key=len, default="")


def _anew(name: str) -> str:
    """How an argument is given anew: `--tracking-number VALUE`."""
    option = option_of(name)
    return option.replace("…", "VALUE") if option.endswith("…") else f"{option} VALUE"
