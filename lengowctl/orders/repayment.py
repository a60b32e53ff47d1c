"""How much of an order is paid back: what it shows of that itself, and what was asked for and may not show yet. Pure.

All amounts are in the marketplace's currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from lengowctl.orders.arguments import LINE, QUANTITIES
from lengowctl.orders.model import Line, Order
from lengowctl.orders.values import figure_of

AMOUNT = "refund_price"
_NOTHING = Decimal(0)


def most(order: Order) -> Decimal | None:
    """What was paid for the order, shipping and all; None when that is not known."""
    goods = goods_paid(order, order.lines)
    return None if goods is None else max(goods, order.original_total or goods)


def goods_paid(order: Order, lines: Iterable[Line]) -> Decimal | None:
    """What was paid for the goods of these lines; None when a part of it is not known."""
    amounts = [_in_theirs(order, line.original_amount, line.amount) for line in lines]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, _NOTHING) if known and len(known) == len(amounts) else None


def worth(order: Order, arguments: Mapping[str, str]) -> Decimal | None:
    """What a refund with these arguments pays back: its amount, else what it is for; None when nobody can tell."""
    amount = figure_of(arguments.get(AMOUNT, ""))
    if amount is not None:
        return amount
    if LINE not in arguments:
        return most(order)
    lines = [line for line in order.lines if line.line_id == arguments[LINE]]
    paid = goods_paid(order, lines)
    pieces = next((arguments[name] for name in QUANTITIES if name in arguments), None)
    if paid is None or pieces is None or not pieces.isdecimal() or not lines[0].quantity:
        return paid
    return min(paid, paid * int(pieces) / lines[0].quantity)


def shown(order: Order) -> Decimal:
    """What the order itself shows as paid back, by whomever."""
    amounts = (_in_theirs(order, line.original_refunded_amount, line.refunded_amount) for line in order.lines)
    return sum((amount for amount in amounts if amount is not None), _NOTHING)


def paid_back(order: Order, done: Iterable[Mapping[str, str]], under_way: Iterable[Mapping[str, str]]) -> Decimal:
    """What is paid back, or on its way. The order may show what is `done` already, and what others did as well; what is
    `under_way` it does not show yet.
    """
    return max(shown(order), _all(order, done)) + _all(order, under_way)


def _all(order: Order, refunds: Iterable[Mapping[str, str]]) -> Decimal:
    amounts = (worth(order, arguments) for arguments in refunds)
    return sum((amount for amount in amounts if amount is not None), _NOTHING)


def _in_theirs(order: Order, theirs: Decimal | None, ours: Decimal | None) -> Decimal | None:
    """An amount in the marketplace's currency; the account's counts where the two are one."""
    one_currency = order.original_currency in (None, order.currency)
    return ours if theirs is None and one_currency else theirs
