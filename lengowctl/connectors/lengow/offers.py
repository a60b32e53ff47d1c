"""What a marketplace's description offers: actions with the statuses they are for, and lists of valid values.

Apart from `description`, because shell completion asks just this, and must not load what an order is.
"""

from __future__ import annotations

from collections.abc import Iterator

from lengowctl.connectors.lengow.values import Object, record, text, texts

Choices = tuple[tuple[str, str], ...]
"""Codes, each with its label."""


def actions(description: Object) -> Iterator[tuple[str, Object]]:
    """The actions that make sense, by name."""
    for name, action in record(record(description.get("orders")).get("actions")).items():
        if isinstance(action, dict):
            yield name, action


def statuses(action: Object) -> tuple[str, ...]:
    """The statuses of an order in which the action is taken."""
    return texts(action.get("status"))


def required(action: Object) -> tuple[str, ...]:
    """The arguments that must be given."""
    return tuple(dict.fromkeys(texts(action.get("args"))))


def optional(action: Object) -> tuple[str, ...]:
    """The other ones."""
    must = required(action)
    return tuple(name for name in dict.fromkeys(texts(action.get("optional_args"))) if name not in must)


def described(action: Object, argument: str) -> Object:
    """What is said of one argument."""
    return record(record(action.get("args_description")).get(argument))


def valid_values(argument: Object) -> Choices:
    """The values that an argument lists."""
    return choices(argument.get("valid_values"))


def carriers(description: Object) -> Choices:
    return choices(record(description.get("orders")).get("carriers"))


def shipping_methods(description: Object) -> Choices:
    return choices(record(description.get("orders")).get("shipping_methods"))


def choices(value: object) -> Choices:
    """Codes and labels from an object of labels, an object of `{label}`, or an array of either."""
    if isinstance(value, dict):
        return tuple((code, _label(choice) or code) for code, choice in value.items() if code)
    items = value if isinstance(value, list) else ()
    return tuple((code, label or code) for code, label in map(_coded, items) if code)


def _coded(item: object) -> tuple[str | None, str | None]:
    return (text(item.get("code")), _label(item)) if isinstance(item, dict) else (text(item), None)


def _label(choice: object) -> str | None:
    return text(choice.get("label")) if isinstance(choice, dict) else text(choice)
