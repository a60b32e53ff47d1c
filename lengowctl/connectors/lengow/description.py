"""A marketplace's description of itself, from Lengow's JSON to our values (section 6 of the API).

Old and incomplete descriptions read as far as they make sense; what does not is named in `Marketplace.unknown`.
"""

from __future__ import annotations

from collections.abc import Iterator

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
        actions=tuple(_actions(record(orders.get("actions")))),
        carriers=_choices(orders.get("carriers")),
        shipping_methods=_choices(orders.get("shipping_methods")),
        homepage=text(value.get("homepage")),
        description=text(value.get("description")),
        features=_features(value.get("features")),
        legacy_code=text(value.get("legacy_code")),
        unknown=tuple(_complaints(value)),
    )


def _actions(value: Object) -> Iterator[Action]:
    for name, action in value.items():
        if isinstance(action, dict):
            yield Action(name, texts(action.get("status")), tuple(_arguments(action)))


def _arguments(action: Object) -> Iterator[Argument]:
    described = record(action.get("args_description"))
    required = dict.fromkeys(texts(action.get("args")))
    optional = [name for name in dict.fromkeys(texts(action.get("optional_args"))) if name not in required]
    for name in (*required, *optional):
        yield _argument(name, name in required, record(described.get(name)))


def _argument(name: str, required: bool, value: Object) -> Argument:
    return Argument(
        name=name,
        required=required,
        type=text(value.get("type")),
        values=_choices(value.get("valid_values")),
        free=value.get("accept_free_values") is not False,
        default=text(value.get("default_value")),
    )


def _choices(value: object) -> tuple[tuple[str, str], ...]:
    """Codes and labels from an object of labels, an object of `{label}`, or an array of either."""
    if isinstance(value, dict):
        return tuple((code, _label(choice) or code) for code, choice in value.items() if code)
    items = value if isinstance(value, list) else ()
    found = ((text(item.get("code")), _label(item)) if isinstance(item, dict) else (text(item), None) for item in items)
    return tuple((code, label or code) for code, label in found if code)


def _label(choice: object) -> str | None:
    return text(choice.get("label")) if isinstance(choice, dict) else text(choice)


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
