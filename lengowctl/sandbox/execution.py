"""What an action does to an order at the marketplace, once the marketplace has no objection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lengowctl.sandbox import bodies
from lengowctl.sandbox.bodies import MEMO, lines_of, text
from lengowctl.sandbox.changes import move, move_line
from lengowctl.sandbox.clock import parse
from lengowctl.sandbox.objections import allowed
from lengowctl.sandbox.temperaments import has_status, part_shipped_word, temperament

Arguments = Mapping[str, str]
Document = dict[str, Any]
_OVER = ("canceled", "refused")


@dataclass(frozen=True)
class Result:
    """`refused`: the marketplace says no, and why. `remark`: done, with something worth telling."""

    refused: str | None = None
    remark: str | None = None


def carry_out(order: Document, action_type: str, arguments: Arguments, at: int) -> Result:
    """Do it to the order as it stands at the marketplace, which is changed in place unless refused."""
    lines = _scope(order, arguments)
    if action_type == "accept":
        return _decide(order, lines, "accept", _accepted_status(order["marketplace"]))
    if action_type == "refuse":
        return _decide(order, lines, "refuse", temperament(order["marketplace"]).refused_status)
    if action_type == "cancel":
        return _cancel(order, lines, arguments)
    if action_type == "ship":
        return _ship(order, lines, arguments, at)
    return _refund(order, lines, arguments)


def _scope(order: Document, arguments: Arguments) -> list[Document]:
    wanted = arguments.get("line")
    return [line for line in lines_of(order) if not wanted or line["marketplace_order_line_id"] == wanted]


def _accepted_status(code: str) -> str:
    stays = temperament(code).debit > 0 and has_status(code, "accepted")
    return "accepted" if stays else "waiting_shipment"


def _decide(order: Document, lines: list[Document], verb: str, status: str) -> Result:
    """Accept or refuse lines; the order moves when no line waits for an answer any more."""
    now = order["lengow_status"]
    if not allowed(order["marketplace"], verb, now):
        return Result(refused=f"The answer '{verb}' comes too late: the order is {order['marketplace_status']}.")
    waiting = [line for line in lines if line["lengow_status"] in (now, None, "waiting_acceptance")]
    if not waiting:
        return Result(refused=f"Line {lines[0]['marketplace_order_line_id']} has been answered before.")
    for line in waiting:
        move_line(order, line, status)
    left = [line["lengow_status"] for line in lines_of(order) if line["lengow_status"] not in _OVER]
    if now not in left and "waiting_acceptance" not in left:
        move(order, str(left[0]) if left else status, lines=False)
    return Result()


def _cancel(order: Document, lines: list[Document], arguments: Arguments) -> Result:
    open_lines = [line for line in lines if line["lengow_status"] not in (*_OVER, "shipped", "closed", "refunded")]
    if not open_lines:
        return Result(refused=f"Nothing is left to cancel: the order is {order['marketplace_status']}.")
    for line in open_lines:
        pieces = int(Decimal(arguments.get("cancel_quantity") or line["quantity"]))
        if _count(order, "canceled", line, pieces) >= line["quantity"]:
            move_line(order, line, "canceled")
    left = [line["lengow_status"] for line in lines_of(order) if line["lengow_status"] not in _OVER]
    if not left:
        move(order, "canceled", lines=False)
    elif all(status in ("shipped", "closed") for status in left):
        move(order, "shipped", lines=False)
    return Result()


def _count(order: Document, what: str, line: Document, pieces: int) -> int:
    """Add pieces to a line's tally and return the sum."""
    tally = order.setdefault(MEMO, {}).setdefault(what, {})
    name = line["marketplace_order_line_id"]
    tally[name] = tally.get(name, 0) + pieces
    return int(tally[name])


def _tally(order: Document, what: str, line: Document) -> int:
    return int(order.get(MEMO, {}).get(what, {}).get(line["marketplace_order_line_id"], 0))


def _ship(order: Document, lines: list[Document], arguments: Arguments, at: int) -> Result:
    code = order["marketplace"]
    to_send = [line for line in lines if line["lengow_status"] in ("waiting_shipment", "accepted", "to_pickup", None)]
    again = not to_send
    if again:
        to_send = [line for line in lines if line["lengow_status"] in ("shipped", "closed")]
        if not to_send or not temperament(code).second_parcel:
            return Result(refused=f"Nothing is left to ship: the order is {order['marketplace_status']}.")
    else:
        too_many = _send_pieces(order, to_send, arguments)
        if too_many:
            return Result(refused=too_many)
    _add_parcel(order, to_send, arguments, at)
    _after_shipping(order)
    return Result(remark="a second parcel" if again else None)


def _send_pieces(order: Document, lines: list[Document], arguments: Arguments) -> str | None:
    """Count the pieces sent; a line is shipped when none is left. Says so when more are sent than are left."""
    asked = arguments.get("quantity") or arguments.get("shipped_quantity")
    for line in lines:
        left = line["quantity"] - _tally(order, "shipped", line) - _tally(order, "canceled", line)
        pieces = int(Decimal(asked)) if asked else left
        if pieces > left or pieces < 1:
            return f"Quantity {pieces} cannot be shipped: {left} left on line {line['marketplace_order_line_id']}."
        _count(order, "shipped", line, pieces)
        if pieces == left:
            move_line(order, line, "shipped")
    return None


def _add_parcel(order: Document, lines: list[Document], arguments: Arguments, at: int) -> None:
    sent = [line["marketplace_order_line_id"] for line in lines]
    for package in order["packages"]:
        inside = [line["marketplace_order_line_id"] for line in package["cart"]]
        here = [name for name in inside if name in sent]
        if here:
            carrier = arguments.get("carrier_name") or arguments.get("custom_carrier") or arguments.get("carrier")
            package["delivery"]["trackings"].append(
                bodies.tracking(
                    arguments.get("tracking_number"),
                    carrier,
                    arguments.get("tracking_url"),
                    parse(arguments.get("shipping_date")) or at,
                    here,
                    method=arguments.get("shipping_method"),
                )
            )


def _after_shipping(order: Document) -> None:
    left = [line for line in lines_of(order) if line["lengow_status"] not in (*_OVER, "shipped", "closed", "refunded")]
    if not left:
        if order["lengow_status"] != "closed":
            move(order, "shipped")
        return
    said = part_shipped_word(order["marketplace"])
    if said:
        order["marketplace_status"] = said


def _refund(order: Document, lines: list[Document], arguments: Arguments) -> Result:
    """Pay money back. Paying twice is possible: nobody at the marketplace asks whether it was meant."""
    before = order.setdefault(MEMO, {}).setdefault("refunds", [])
    again = dict(arguments) in before or any(line["lengow_status"] == "refunded" for line in lines)
    before.append(dict(arguments))
    price = arguments.get("refund_price")
    if price is not None and not arguments.get("line"):
        _refund_amount(order, lines, round(Decimal(price) * 100))
    else:
        for line in lines:
            _refund_line(order, line, arguments)
    if order["marketplace"] != "kaufland_de":
        _after_refund(order)
    return Result(remark="money paid twice" if again else None)


def _cents(value: str | None) -> int:
    return round(Decimal(value or "0") * 100)


def _refund_amount(order: Document, lines: list[Document], cents: int) -> None:
    """An amount that names no line lands on one of them, as Lengow shows it."""
    whole = sum(_cents(line["original_amount"]) for line in lines)
    _pay_back(order, lines[0], cents)
    if cents >= whole:
        for line in lines:
            move_line(order, line, "refunded")


def _refund_line(order: Document, line: Document, arguments: Arguments) -> None:
    whole = _cents(line["original_amount"])
    pieces = arguments.get("refund_quantity") or arguments.get("quantity")
    cents = whole if pieces is None else whole * int(Decimal(pieces)) // line["quantity"]
    if arguments.get("refund_price"):
        cents = _cents(arguments["refund_price"])
    if _pay_back(order, line, cents) >= whole:
        move_line(order, line, "refunded")


def _pay_back(order: Document, line: Document, cents: int) -> int:
    """Add to a line's refunded amounts; returns the sum in the marketplace's currency."""
    total = _cents(line["original_refunded_amount"]) + cents
    line["original_refunded_amount"] = text(total)
    line["refunded_amount"] = text(bodies.converted(total, order["original_currency"]["iso_a3"]))
    return total


def _after_refund(order: Document) -> None:
    code = order["marketplace"]
    left = [line for line in lines_of(order) if line["lengow_status"] not in (*_OVER, "refunded")]
    refunded = any(line["refunded_amount"] for line in lines_of(order))
    if not left:
        move(order, "refunding" if has_status(code, "refunding") else "refunded", lines=False)
    elif refunded and has_status(code, "partial_refunded"):
        move(order, "partial_refunded", lines=False)
