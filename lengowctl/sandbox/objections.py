"""What a marketplace objects to once it looks at an action: closed lists, and the rules no description tells.

Each objection is worded as marketplaces word them, and ends up in the action's `errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lengowctl.sandbox.bodies import MEMO, lines_of
from lengowctl.sandbox.clock import parse
from lengowctl.sandbox.temperaments import describes, temperament

Arguments = Mapping[str, str]
Document = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """An action on an order, as the marketplace gets it."""

    action_type: str
    arguments: Arguments
    order: Document

    @property
    def code(self) -> str:
        return str(self.order["marketplace"])

    def given(self, name: str) -> str:
        return self.arguments.get(name, "")


Rule = Callable[[Asked], str | None]


def missing(code: str, action_type: str, arguments: Arguments) -> list[str]:
    """The required arguments that are absent or empty."""
    described = describes(code)["actions"].get(action_type, {})
    return [name for name in described.get("args", []) if not arguments.get(name)]


def allowed(code: str, action_type: str, status: str) -> bool:
    return status in describes(code)["actions"].get(action_type, {}).get("status", [])


def understood(code: str, action_type: str, arguments: Arguments) -> dict[str, str]:
    """The arguments that the marketplace describes. It never hears of others: a refund with an amount, where
    amounts are not taken, is a refund of everything."""
    described = describes(code)["actions"].get(action_type, {})
    names = {*described.get("args", []), *described.get("optional_args", [])}
    return {name: value for name, value in arguments.items() if name in names}


def find(asked: Asked) -> str | None:
    """The first objection of a marketplace to an action on this order; None when it takes it."""
    absent = missing(asked.code, asked.action_type, asked.arguments)
    if absent:
        return " ".join(f"The {name} argument is required." for name in absent)
    rules: list[Rule] = [_fulfilled, _values, _unheard_of, _line, _too_much]
    own = _FAMILIES.get(_family(asked.code))
    rules += [own] if own else []
    return next((said for rule in rules if (said := rule(asked))), None)


def warning(code: str, action_type: str, arguments: Arguments) -> str | None:
    """What a marketplace takes, but not gladly."""
    if code.startswith("zalando") and action_type == "ship" and not arguments.get("return_tracking_number"):
        return "warning: no return tracking number; this lowers the shop's score"
    return None


def _family(code: str) -> str:
    return temperament(code).family or code


def _fulfilled(asked: Asked) -> str | None:
    kinds = [entry.get("type") for entry in asked.order.get("order_types") or []]
    if "is_delivered_by_marketplace" not in kinds:
        return None
    if _family(asked.code) == "mirakl":
        return "ORDER_FULFILLED_UNAUTHORIZED: the order is fulfilled by the operator"
    return "The order is fulfilled by the marketplace and cannot be changed by the seller."


def _values(asked: Asked) -> str | None:
    """Closed lists and readable figures. Some marketplaces take a label for a code, or any case."""
    described = describes(asked.code)["actions"][asked.action_type].get("args_description", {})
    for name, value in asked.arguments.items():
        entry = described.get(name, {})
        valid = entry.get("valid_values") or {}
        if valid and not entry.get("accept_free_values", True) and not _in_list(asked.code, name, value, valid):
            return f"The value '{value}' of {name} is not in the marketplace's list."
        if entry.get("type") in ("decimal", "integer", "quantity") and not _is_number(value):
            return f"The value '{value}' of {name} is not a number."
        if entry.get("type") == "datetime" and parse(value) is None:
            return f"The value '{value}' of {name} is not a date."
    return None


def _unheard_of(asked: Asked) -> str | None:
    """What no list tells: the carrier has never seen such a number."""
    unknown = asked.order.get(MEMO, {}).get("unknown", ())
    found = ((name, value) for name, value in asked.arguments.items() if value in unknown)
    return next((f"The value '{value}' of {name} is not known to the carrier." for name, value in found), None)


def _in_list(code: str, name: str, value: str, valid: Mapping[str, Any]) -> bool:
    if value in valid:
        return True
    if _family(code) == "amazon" and value.lower() == "other":
        return name == "carrier"
    labels = [entry.get("label") if isinstance(entry, dict) else entry for entry in valid.values()]
    return code == "veepee" and value.lower() in [str(label).lower() for label in labels]


def _is_number(value: str) -> bool:
    """A finite figure of ordinary size, not below zero."""
    try:
        return len(value) < 20 and 0 <= Decimal(value) < 10**9
    except InvalidOperation:
        return False


def _line(asked: Asked) -> str | None:
    wanted = asked.given("line")
    if wanted and wanted not in [line["marketplace_order_line_id"] for line in lines_of(asked.order)]:
        return f"The line {wanted} does not belong to this order."
    return None


def _scope(asked: Asked) -> list[Document]:
    wanted = asked.given("line")
    return [line for line in lines_of(asked.order) if not wanted or line["marketplace_order_line_id"] == wanted]


def _paid(asked: Asked) -> Decimal:
    return sum((Decimal(line["original_amount"]) for line in _scope(asked)), Decimal(0))


def _too_much(asked: Asked) -> str | None:
    """More than was bought or paid. What earlier actions took is not looked at: two full refunds are two."""
    most = max(line["quantity"] for line in _scope(asked))
    for name in ("refund_quantity", "cancel_quantity"):
        if asked.given(name) and not 1 <= Decimal(asked.given(name)) <= most:
            return f"{name} {asked.given(name)} is not possible: {most} were bought."
    if asked.action_type == "refund" and asked.given("refund_price") and _family(asked.code) != "kaufland_de":
        shipping = Decimal(str(asked.order["original_shipping"]))
        if Decimal(asked.given("refund_price")) > _paid(asked) + shipping:
            return f"A refund of {asked.given('refund_price')} is more than was paid."
    return None


def _amazon(asked: Asked) -> str | None:
    if asked.action_type != "ship":
        return None
    other = asked.given("carrier").lower() == "other"
    if other and not asked.given("carrier_name"):
        return "8541: carrier_name is required when carrier is Other."
    if asked.given("carrier_name") and not other:
        return "8560: carrier_name may only be given with the carrier Other; the feed was rejected."
    if len(asked.given("shipping_method")) > 50:
        return "8058: shipping_method is longer than 50 characters."
    return None


def _ebay(asked: Asked) -> str | None:
    named = asked.given("carrier") or asked.given("custom_carrier")
    if asked.action_type == "ship" and bool(asked.given("tracking_number")) != bool(named):
        return "Shipment tracking requires both a shipment tracking number and a shipping carrier."
    return None


def _fnac(asked: Asked) -> str | None:
    if asked.action_type == "ship" and asked.given("tracking_number") and not asked.given("carrier"):
        return "ERR_105: a carrier (tracking_company) is required with a tracking number."
    return None


def _manomano(asked: Asked) -> str | None:
    if asked.action_type == "ship" and asked.given("carrier") == "Other":
        absent = [name for name in ("carrier_name", "tracking_url") if not asked.given(name)]
        if absent:
            return f"With the carrier Other, {' and '.join(absent)} must be given."
    return None


def _veepee(asked: Asked) -> str | None:
    label = describes("veepee")["carriers"].get("130", {}).get("label", "")
    custom = asked.given("carrier").lower() in ("130", str(label).lower())
    if asked.action_type == "ship" and custom and not asked.given("tracking_url"):
        return "Carrier 130 (custom carrier): tracking_url is mandatory."
    return None


def _rakuten(asked: Asked) -> str | None:
    if asked.action_type == "ship" and asked.given("carrier") == "Autre" and not asked.given("tracking_url"):
        return "Le transporteur « Autre » exige une URL de suivi (tracking_url)."
    return None


def _kaufland(asked: Asked) -> str | None:
    """Kaufland compensates, one cent below the price at most; who wants to give all back has to cancel."""
    if asked.action_type != "refund":
        return None
    most = _paid(asked) - Decimal("0.01")
    if Decimal(asked.given("refund_price")) > most:
        return f"A refund of {asked.given('refund_price')} is too high: {most} at most; cancel instead."
    return None


def _mirakl(asked: Asked) -> str | None:
    said = asked.order["marketplace_status"]
    if asked.action_type == "refund" and asked.order["lengow_status"] == "closed" and said != "RECEIVED":
        return f"ORDER_INVALID_STATE: an order in state {said} cannot be refunded"
    strict = asked.code in ("decathlon_fr", "leroymerlin_fr") and asked.action_type == "ship"
    named = asked.given("carrier") or asked.given("carrier_name")
    registered = asked.given("carrier") in describes(asked.code)["carriers"]
    if strict and named and not registered and not asked.given("tracking_url"):
        return "TRACKING_URL_REQUIRED: the carrier is not registered, a tracking URL must be given"
    return None


_FAMILIES: dict[str, Rule] = {
    "amazon": _amazon,
    "ebay_fr": _ebay,
    "fnac": _fnac,
    "manomano_fr": _manomano,
    "veepee": _veepee,
    "rakuten_fr": _rakuten,
    "kaufland_de": _kaufland,
    "mirakl": _mirakl,
}
