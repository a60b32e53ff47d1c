"""A marketplace's description of itself, from Lengow's JSON to our values (section 6 of the API).

Old and incomplete descriptions read as far as they make sense; what does not is named in `Marketplace.unknown`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lengowctl.connectors.lengow import offers
from lengowctl.connectors.lengow.values import Object, record, text, texts
from lengowctl.orders.marketplace import Action, Argument, Marketplace


def read_description(code: str, value: Object) -> Marketplace:
    """The description in `value`. Never raises."""
    orders = record(value.get("orders"))
    country = text(value.get("country_iso_a2"))
    return Marketplace(
        code=code.lower(),
        name=text(value.get("name")) or code.lower(),
        country=country.upper() if country else None,
        statuses=tuple((status, texts(words)) for status, words in record(orders.get("status")).items()),
        actions=tuple(_action(name, action) for name, action in offers.actions(value)),
        carriers=offers.carriers(value),
        shipping_methods=offers.shipping_methods(value),
        homepage=text(value.get("homepage")),
        description=text(value.get("description")),
        features=_features(value.get("features")),
        legacy_code=text(value.get("legacy_code")),
        unknown=tuple(_complaints(value)),
    )


def _action(name: str, action: Object) -> Action:
    required = offers.required(action)
    names = (*required, *offers.optional(action))
    arguments = (_argument(name, name in required, offers.described(action, name)) for name in names)
    return Action(name, offers.statuses(action), tuple(arguments))


def _argument(name: str, required: bool, value: Object) -> Argument:
    return Argument(
        name=name,
        required=required,
        type=text(value.get("type")),
        values=offers.valid_values(value),
        free=value.get("accept_free_values") is not False,
        default=text(value.get("default_value")),
    )


def _features(value: object) -> tuple[str, ...]:
    return tuple(name for name, on in value.items() if on) if isinstance(value, dict) else texts(value)


def _complaints(value: Object) -> Iterator[str]:
    orders = value.get("orders")
    if orders is not None and not isinstance(orders, dict):
        yield "orders is no object"
    parts = record(orders)
    for name in ("status", "actions"):
        if not isinstance(parts.get(name, {}), dict):
            yield f"orders.{name} is no object"
    for name, action in record(parts.get("actions")).items():
        if not isinstance(action, dict):
            yield f"the action {name} is no object"
        elif not isinstance(action.get("args_description", {}), dict | None):
            yield f"the arguments of {name} are described in a way that makes no sense"
