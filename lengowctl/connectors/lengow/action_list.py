"""Lengow's list of actions: the query's parameters, the wide action objects, and the check against the query.

An action has a key of its own for every argument there is, null when unused; new ones appear without notice.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from lengowctl.connectors.base import PAGE_SIZE, ActionQuery, ActionReading
from lengowctl.connectors.lengow.asking import ceiling, floor, is_inside
from lengowctl.connectors.lengow.scan import Broken, read_element
from lengowctl.connectors.lengow.values import Object, flag, moment, record, storable, text, whole
from lengowctl.connectors.lengow.wire import decode, no_page
from lengowctl.errors import BadAnswer, FilterIgnored
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Arguments

#: What every action has. Any other key is an argument.
_BOOKKEEPING = frozenset(
    {
        "id", "account_id", "marketplace", "marketplace_order_id", "action_type", "queued", "processed", "errors",
        "created_at", "updated_at",
    }
)  # fmt: skip
_LARGEST_ID = 2**63 - 1


def parameters(query: ActionQuery) -> tuple[tuple[str, str], ...]:
    """The query string, without the account. Bounds are in UTC, in whole seconds (widened, never cut).

    Raises ValueError when neither a bound nor an order is asked for.
    """
    if not any((query.updated_from, query.updated_to, query.key)):
        raise ValueError("a query for actions needs a date or an order")
    named = (
        ("updated_from", floor(query.updated_from)),
        ("updated_to", ceiling(query.updated_to)),
        ("marketplace", query.key.marketplace if query.key else None),
        ("marketplace_order_id", query.key.order_id if query.key else None),
        ("action_type", query.action),
        ("page", str(query.page)),
        ("page_size", str(PAGE_SIZE)),
    )
    return tuple((name, value) for name, value in named if value)


def read_actions(body: bytes) -> tuple[int, tuple[ActionReading, ...]]:
    """The total and the actions of a page. Raises BadAnswer when it is none, or holds an action that cannot be read:
    a listing with a hole proves nothing.
    """
    words, _ = decode(body)
    try:
        element = read_element(words)
    except Broken as fault:
        raise no_page(words, cut=fault.cut) from fault
    envelope = record(storable(element.value))
    count, rows = whole(envelope.get("count")), envelope.get("results")
    if count is None or count < 0 or not isinstance(rows, list):
        why = element.fault or ("it is an error" if {"error", "detail"} & envelope.keys() else "it is something else")
        raise BadAnswer(f"Lengow's answer is no page of actions: {why}")
    return count, tuple(_action(record(row)) for row in rows)


def check_filters(query: ActionQuery, actions: tuple[ActionReading, ...]) -> None:
    """Raises FilterIgnored when an action cannot be an answer to the query."""
    complaint = next(_complaints(query, actions), None)
    if complaint:
        raise FilterIgnored(
            f"Lengow's answer holds an action {complaint}, so its filter was ignored",
            hint="nothing of this answer was used; run the command again later",
        )


def _complaints(query: ActionQuery, actions: tuple[ActionReading, ...]) -> Iterator[str]:
    wanted = query.key and OrderKey(query.key.marketplace.lower(), query.key.order_id)
    if wanted and any(action.key != wanted for action in actions):
        yield "of another order"
    if query.action and any(action.action != query.action for action in actions):
        yield "of another kind"
    moved = [action.updated_at for action in actions if action.updated_at]
    if moved and not is_inside(moved, query.updated_from, query.updated_to):
        yield "that was updated outside the time that was asked for"


def _action(row: Object) -> ActionReading:
    number = _id(row.get("id"))
    code, order_id, action = (text(row.get(name)) for name in ("marketplace", "marketplace_order_id", "action_type"))
    if number is None or code is None or order_id is None or action is None:
        raise BadAnswer("Lengow's list holds an action without its number, its order or its kind")
    return ActionReading(
        id=number,
        key=OrderKey(code.lower(), order_id),
        action=action,
        arguments=_arguments(row),
        queued=flag(row.get("queued")),
        processed=flag(row.get("processed")),
        errors=_errors(row.get("errors")),
        created_at=moment(row.get("created_at")),
        updated_at=moment(row.get("updated_at")),
    )


def _id(value: object) -> int | None:
    word = text(value)
    number = int(word) if word and word.isascii() and word.isdecimal() and len(word) < 20 else 0
    return number if 0 < number <= _LARGEST_ID else None


def _arguments(row: Object) -> Arguments:
    """Whatever has a value; what is null or empty was not given."""
    given = ((name, _text(value)) for name, value in row.items() if name not in _BOOKKEEPING)
    return tuple(sorted((name, word) for name, word in given if word))


def _errors(value: object) -> str | None:
    """The words of refusal. Whatever stands there that is not empty is one, of whatever type."""
    words = value if isinstance(value, list) else [value]
    return ", ".join(word for item in words if item is not False and (word := _text(item).strip())) or None


def _text(value: object) -> str:
    """A value as a form would hold it: numbers plainly, true and false in lower case, objects as JSON."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, str):
        return value
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value, default=str, sort_keys=True)
