"""Do not let this order go out: one wish with four spellings, refuse, cancel, refund or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from lengowctl.orders.arguments import FLAGS, argument_for
from lengowctl.orders.marketplace import Action, Marketplace
from lengowctl.orders.model import Order
from lengowctl.orders.quirks import RULES, Rule
from lengowctl.orders.status import name_of
from lengowctl.orders.unwritten import concerns
from lengowctl.orders.verbs import NOT_GONE, ON_THE_WAY, STOPPING

#: What a buyer sees of an order that has left.
LEFT = "The buyer gets the parcel, and the money back only with a refund."
STOPPED = frozenset({"refused", "canceled", "refunding", "refunded", "pickup_canceled"})


@dataclass(frozen=True, slots=True)
class StopAdvice:
    """What to do. `action` None: nothing can be done here, and `happens` says why and what is left to do. The request
    itself is made and checked by `check`.
    """

    action: str | None
    happens: str
    buyer: str


def stop(marketplace: Marketplace | None, order: Order, rules: tuple[Rule, ...] = RULES) -> StopAdvice:
    """Which action stops `order` as it stands, by the marketplace's own description. Never raises."""
    nothing = _nothing(marketplace, order)
    if marketplace is None or nothing is not None:
        return nothing or StopAdvice(None, "", "")
    offered = [marketplace.action(name) for name in STOPPING]
    usable = [action for action in offered if action and order.status in action.statuses]
    fitting = [action for action in usable if not _gives_part_only(marketplace, action, rules)]
    if fitting:
        return _advice(marketplace, order, fitting[0])
    return _no_way(marketplace, order, [action for action in offered if action])


def _nothing(marketplace: Marketplace | None, order: Order) -> StopAdvice | None:
    """Orders that nobody has to, or can, look up an action for."""
    word = name_of(order.status).lower()
    if marketplace is None:
        return _none(f"nothing is known of the marketplace {order.marketplace}; run lengowctl sync")
    if order.by_marketplace:
        told = f"{marketplace.name} ships this order itself; only {marketplace.name} can stop it"
        return _none(told)
    if order.status in STOPPED:
        return _none(f"it is {word} already; do not send it")
    if order.status not in NOT_GONE:
        itself = f"Refunds are made by {marketplace.name} itself"
        then = "When the goods come back, refund" if marketplace.action("refund") else itself
        return _none(f"it is {word}: it has left, or is over. {then}", LEFT)
    return None


def _none(happens: str, buyer: str = "The buyer sees no change.") -> StopAdvice:
    return StopAdvice(None, happens, buyer)


def _gives_part_only(marketplace: Marketplace, action: Action, rules: tuple[Rule, ...]) -> bool:
    """A refund that may never be whole stops nothing."""
    capped = (rule.below_total is not None and concerns(rule, marketplace, action.name) for rule in rules)
    return any(capped)


def _advice(marketplace: Marketplace, order: Order, action: Action) -> StopAdvice:
    ends = _ends(marketplace, action.name)
    happens = f"{_DOES[action.name].format(name=marketplace.name)}; the order becomes {name_of(ends).lower()}"
    sent = [line.line_id for line in order.lines if line.status in ("shipped", "closed")]
    if sent:
        happens += f". Already sent, and not to be stopped: line {', line '.join(sent)}"
    if action.name == "refund" and _leaves_fee(action, order):
        happens += ". The shipping fee stays with you unless --shipping-amount says otherwise"
    return StopAdvice(action.name, happens, _BUYER[action.name].format(name=marketplace.name))


def _leaves_fee(action: Action, order: Order) -> bool:
    """Whether a refund that says nothing of the shipping fee leaves it out."""
    fee = argument_for(action, FLAGS["shipping_amount"].names)
    return bool(order.shipping) and fee is not None and not fee.required and fee.default != "true"


_DOES = {
    "refuse": "you tell {name} that you do not take the order",
    "cancel": "you cancel the order at {name}, which may count against your shop",
    "refund": "{name} knows no cancelling at this point: you pay the order back and do not send it",
}
_BUYER = {
    "refuse": "The buyer is told that you did not take the order, and pays nothing or gets the money back from {name}.",
    "cancel": "The buyer is told that you cancelled, and gets the money back from {name}.",
    "refund": "The buyer is told of a refund, with the reason that you give, and gets the money back.",
}


def _ends(marketplace: Marketplace, action: str) -> str:
    """The status that the action ends in, by the words that the marketplace has: a refused order is called canceled
    where it has no word for refused, and a refund is under way first where it has a word for that."""
    known = [status for status, _ in marketplace.statuses]
    wishes = {"refuse": ("refused", "canceled"), "cancel": ("canceled",), "refund": ("refunding", "refunded")}[action]
    return next((status for status in wishes if status in known), wishes[-1])


def _no_way(marketplace: Marketplace, order: Order, offered: list[Action]) -> StopAdvice:
    word, name = name_of(order.status).lower(), marketplace.name
    later = [f"{action.name} at {' or '.join(then)}" for action in offered if (then := _later(action, order.status))]
    told = f"{name} knows no way to stop an order that is {word}: do not send it, and "
    told += f"try again later: it takes {', '.join(later)}" if later else f"ask {name} to cancel it"
    return _none(told, "The buyer sees no change until the marketplace ends the order.")


def _later(action: Action, now: str) -> list[str]:
    """The statuses that may still come before the order is sent, in which the action is taken."""
    coming = ON_THE_WAY[ON_THE_WAY.index(now) + 1 :] if now in ON_THE_WAY else ()
    return [status for status in action.statuses if status in coming]
