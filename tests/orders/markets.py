"""The marketplaces of the sandbox, read as the program reads them, and a check with the usual settings."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from lengowctl.connectors.lengow.wire import LengowReader
from lengowctl.orders.arguments import Ask
from lengowctl.orders.carriers import plain
from lengowctl.orders.check import CheckSettings, Prepared, Refusal, check
from lengowctl.orders.marketplace import Action, Argument, Marketplace
from lengowctl.orders.model import Order
from lengowctl.orders.parcel_numbers import carrier_of

from .samples import NOON, make_line, make_order


@cache
def markets() -> dict[str, Marketplace]:
    """Every described marketplace by code."""
    bodies = json.loads(files("lengowctl.sandbox").joinpath("marketplaces.json").read_text("utf-8"))
    reader = LengowReader()
    return {code: reader.marketplace(code, json.dumps(body).encode()) for code, body in bodies.items()}


def order_at(code: str, status: str = "waiting_shipment", *lines: Any, **changes: Any) -> Order:
    """An order of that marketplace in that status; its line is in the same one unless lines are given."""
    return make_order(*(lines or (make_line(status=status),)), marketplace=code, status=status, **changes)


def try_check(order: Order, ask: Ask, **settings: Any) -> Prepared | Refusal:
    """The check at noon, with the marketplace that the order is of."""
    return check(markets().get(order.marketplace), order, ask, settings=CheckSettings(now=NOON, **settings))


def prepared(order: Order, ask: Ask, **settings: Any) -> Prepared:
    found = try_check(order, ask, **settings)
    assert isinstance(found, Prepared), found
    return found


def refusal(order: Order, ask: Ask, **settings: Any) -> Refusal:
    found = try_check(order, ask, **settings)
    assert isinstance(found, Refusal), found
    return found


def sentences(order: Order, ask: Ask, **settings: Any) -> list[str]:
    return [reason.sentence for reason in refusal(order, ask, **settings).reasons]


#: A value for every argument that is nobody's list.
GOOD = {
    "tracking_number": "340434188123", "return_tracking_number": "340434188124", "shipping_method": "Standard",
    "refund_price": "12.50", "refund_shipping_price": "1.00", "shipping_price": "1.00", "refund_taxes": "1.00",
    "refund_shipping_taxes": "0.00", "comment": "Sorry, it is broken", "custom_carrier": "Bob", "carrier_name": "Bob",
    "tracking_url": "https://bob.example/6A1", "shipping_date": "2026-11-23T10:00:00+00:00",
    "delivery_date": "2026-11-25T10:00:00+00:00", "quantity": "1", "refund_quantity": "1", "cancel_quantity": "1",
    "line": "L1",
}  # fmt: skip


#: Numbers of carriers whose form the usual one has not.
NUMBERS = {"Colissimo": "6A12345678901", "Chronopost": "XY123456789FR"}


def good(argument: Argument) -> str:
    return argument.values[0][0] if argument.values else GOOD.get(argument.name, "DHL")


def required(action: Action) -> dict[str, str]:
    """A good value for every required argument, but for those that are filled in."""
    given = {argument.name: good(argument) for argument in action.arguments if argument.required}
    return fitting(action, given)


def fitting(action: Action, given: dict[str, str]) -> dict[str, str]:
    """The same with a parcel number that the carrier has, if both are given."""
    carriers = [dict(it.values).get(given.get("carrier", ""), "") for it in action.arguments if it.name == "carrier"]
    row = carrier_of(*map(plain, (given.get("carrier", ""), *carriers)))
    if row is not None and row.name in NUMBERS and "tracking_number" in given:
        return given | {"tracking_number": NUMBERS[row.name]}
    return given
