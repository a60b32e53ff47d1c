"""What was asked of an order before, and what that leaves to be asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from lengowctl.orders.action import GRANTED, State
from lengowctl.orders.arguments import LINE, QUANTITIES
from lengowctl.orders.check import Prepared, Refusal
from lengowctl.orders.marketplace import Action
from lengowctl.orders.model import Order
from lengowctl.orders.moment import utc_text
from lengowctl.orders.reason import About, Reason
from lengowctl.orders.repayment import paid_back, worth
from lengowctl.orders.request import WHOLE, Request
from lengowctl.store.intent import Intent

#: What has been granted, or may be: it took pieces that cannot be asked for again.
LEFT = GRANTED | {State.SENDING, State.DOUBTFUL}
#: What has left, or is leaving, and is not in doubt: of that another way out is told.
_SENT = GRANTED | {State.SENDING}
#: After one of these there is nothing left to do but …
_LAST: Mapping[str, frozenset[str]] = {
    "refuse": frozenset({"refund"}),
    "cancel": frozenset({"refund"}),
    "ship": frozenset({"ship", "refund"}),
}
#: What an order takes next, once it has gone through.
_BRINGS_TO: Mapping[str, frozenset[str]] = {
    "accept": frozenset({"ship", "cancel", "refund"}),
    **dict.fromkeys(("ship", "refuse", "cancel"), frozenset({"refund"})),
}
#: Where an order stands once it is accepted.
_ACCEPTED = frozenset({"accepted", "waiting_shipment"})


def ended_by(earlier: Sequence[Intent], action: Action, order: Order) -> Reason | None:
    """Why an order has moved on for `action` though the cache, read before, does not show it yet."""
    for intent in reversed(earlier):
        if intent.action != action.name and _unseen(intent, order) and _ends(intent, action, order):
            return Reason(About.STATUS, _told(intent))
    return None


def moved_by(earlier: Iterable[Intent], action: str, order: Order) -> Reason | None:
    """What was asked last that brings an order to where it takes `action`, and is not to be seen in the cache yet."""
    news = [it for it in earlier if action in _BRINGS_TO.get(it.action, ()) and _unseen(it, order)]
    return Reason(About.STATUS, _told(news[-1])) if news else None


def sent_away(earlier: Iterable[Intent], order: Order) -> str | None:
    """That an order has left, as far as was said here, though the cache does not show it yet."""
    left = (it for it in earlier if it.action == "ship" and _unseen(it, order) and _covers(it, order))
    return next((_told(intent) for intent in left), None)


def _unseen(intent: Intent, order: Order) -> bool:
    return intent.state in GRANTED and order.updated_at <= intent.updated_at


def _ends(intent: Intent, action: Action, order: Order) -> bool:
    if intent.action == "accept":
        return action.name == "refuse" and not _ACCEPTED & {*action.statuses}
    return intent.action in _LAST and action.name not in _LAST[intent.action] and _covers(intent, order)


def _covers(intent: Intent, order: Order) -> bool:
    """Whether an action was for all of an order."""
    pieces = dict(intent.arguments).keys() & {*QUANTITIES}
    return intent.scope == WHOLE or (len(order.lines) == 1 and not pieces)


def _told(intent: Intent) -> str:
    told = f"{intent.action} was sent for this order at {utc_text(intent.created_at)} and is {intent.state}"
    if intent.state is State.DONE:
        return f"{told}; the cache does not show it yet, lengowctl sync brings it"
    return f"{told}; lengowctl actions wait waits for its answer"


def asks_any(intent: Intent, own: Mapping[str, Request]) -> bool:
    """Whether the intent was asked for what one of these requests, by digest, asks."""
    return any(intent.asks(request, text) for text, request in own.items())


def shipped_otherwise(
    earlier: Iterable[Intent], found: Prepared | Refusal, own: Mapping[str, Request]
) -> Reason | None:
    """Why the same goods are not shipped once more with other arguments, unless that is counted in pieces."""
    for request in found.requests if isinstance(found, Prepared) else ():
        if request.action != "ship" or dict(request.arguments).keys() & {*QUANTITIES}:
            continue
        for intent in earlier:
            meets = WHOLE in (intent.scope, request.scope) or intent.scope == request.scope
            if meets and intent.state in _SENT and not asks_any(intent, own):
                number = f" (action {intent.action_id})" if intent.action_id else ""
                told = (
                    f"ship was sent for the same goods at {utc_text(intent.created_at)}{number} and is {intent.state}"
                )
                return Reason(About.RULE, f"{told}; --again sends it once more, with these arguments")
    return None


def refunded(
    earlier: Iterable[Intent], own: Mapping[str, Request], order: Order, beside: Iterable[Mapping[str, str]] = ()
) -> Decimal:
    """What is paid back, by whomever, or on its way: without what would be taken up again as it stands. `beside`: the
    arguments of what goes along with it.
    """
    done: list[Mapping[str, str]] = []
    under_way: list[Mapping[str, str]] = [*beside]
    for intent in earlier:
        if intent.state is State.DONE:
            done.append(dict(intent.arguments))
        elif intent.state in GRANTED or (intent.state in LEFT and not asks_any(intent, own)):
            under_way.append(dict(intent.arguments))
    return paid_back(order, done, under_way)


def granted_worth(earlier: Iterable[Intent], own: Mapping[str, Request], order: Order) -> Decimal:
    """What of these requests was paid back before: it is among what is asked, and is not paid back once more."""
    granted = (it for it in earlier if it.action == "refund" and it.state in GRANTED and asks_any(it, own))
    return sum((worth(order, dict(intent.arguments)) or Decimal(0) for intent in granted), Decimal(0))


def taken_pieces(earlier: Iterable[Intent], order: Order) -> Mapping[str, int]:
    """The pieces that earlier requests took, by line."""
    taken: Counter[str] = Counter()
    whole = {line.line_id: line.quantity for line in order.lines}
    for intent in earlier:
        if intent.state not in LEFT:
            continue
        arguments = dict(intent.arguments)
        pieces = next((arguments[name] for name in QUANTITIES if name in arguments), None)
        if LINE not in arguments:
            taken.update(whole)
        elif pieces is not None and pieces.isdecimal():
            taken[arguments[LINE]] += int(pieces)
        else:
            taken[arguments[LINE]] += whole.get(arguments[LINE], 0)
    return taken
