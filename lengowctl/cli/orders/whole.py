"""One order with all that the cache knows of it, and the same as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lengowctl.cli.actions.record import as_object
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import StoreDamaged
from lengowctl.orders.fields import LINE_FIELDS, ORDER_FIELDS, PARCEL_FIELDS, Rows
from lengowctl.orders.marketplace import Action, Marketplace, allowed_actions
from lengowctl.orders.model import Address, Order
from lengowctl.orders.moment import read_instant, utc_text
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.selection import Selection
from lengowctl.output.text import clean_json
from lengowctl.store.history import Entry
from lengowctl.store.intent import Intent
from lengowctl.store.orders import Event
from lengowctl.store.store import Store


@dataclass(frozen=True, slots=True)
class Whole:
    """An order, the JSON it was read from, its rows as JSON objects, and what goes with it."""

    order: Order
    body: bytes
    row: dict[str, Any]
    lines: list[dict[str, Any]]
    parcels: list[dict[str, Any]]
    events: tuple[Event, ...]
    marketplace: Marketplace | None
    allowed: tuple[Action, ...]
    actions: tuple[Intent, ...]
    """What we asked for, oldest first."""
    steps: tuple[tuple[Entry, ...], ...]
    """What happened to each."""

    @property
    def due_at(self) -> datetime | None:
        return _instant(self.row["due_at"])

    @property
    def synced_at(self) -> datetime | None:
        return _instant(self.row["synced_at"])


Markets = dict[str, Marketplace | None]


def read_whole(runtime: Runtime, store: Store, key: OrderKey, markets: Markets) -> Whole:
    """All of one order that is in the cache. Raises StoreDamaged when its stored body cannot be read. `markets` keeps
    the descriptions that were read before.
    """
    body = store.orders.body(key) or b""
    try:
        order = runtime.reader().order(body)
    except ValueError as fault:
        raise StoreDamaged(
            f"the stored text of {key.order_id} cannot be read: {fault}", hint="lengowctl db check"
        ) from fault
    if key.marketplace not in markets:
        markets[key.marketplace] = _marketplace(runtime, store, key.marketplace)
    marketplace = markets[key.marketplace]
    intents = runtime.intents(store, "show")
    actions = tuple(intents.of_order(key))
    profile = runtime.profile.name

    def rows(kind: Rows, names: tuple[str, ...]) -> list[dict[str, Any]]:
        texts = store.orders.json_lines(Selection(keys=(key,)), names, rows=kind, sort=(), profile=profile)
        return [json.loads(line) for text in texts for line in text.split("\n")]

    return Whole(
        order=order,
        body=body,
        row=rows(Rows.ORDER, tuple(field.name for field in ORDER_FIELDS))[0],
        lines=rows(Rows.LINE, tuple(field.name for field in LINE_FIELDS)),
        parcels=rows(Rows.PARCEL, tuple(field.name for field in PARCEL_FIELDS)),
        events=tuple(store.orders.history(key)),
        marketplace=marketplace,
        allowed=allowed_actions(marketplace, order),
        actions=actions,
        steps=tuple(tuple(intents.entries(intent.id)) for intent in actions),
    )


def _marketplace(runtime: Runtime, store: Store, code: str) -> Marketplace | None:
    body = store.marketplaces.body(code)
    try:
        return runtime.reader().marketplace(code, body) if body else None
    except ValueError:
        return None


def as_json(whole: Whole) -> str:
    """The order as one JSON object: the keys of a row, then its parts; `raw` is the source's own text, unchanged."""
    order = whole.order
    parts = {
        **whole.row,
        "lines": whole.lines,
        "parcels": whole.parcels,
        "addresses": {
            "delivery": [_address(package.delivery) for package in order.packages if package.delivery],
            "billing": _address(order.billing),
        },
        "payments": [asdict(payment) for payment in order.payments],
        "documents": [asdict(document) for document in order.documents],
        "comments": list(order.comments),
        "history": [event._asdict() for event in whole.events],
        "actions": [as_object(intent, steps) for intent, steps in zip(whole.actions, whole.steps, strict=True)],
        "allowed_actions": [_action(action) for action in whole.allowed],
    }
    text = json.dumps(parts, ensure_ascii=False, default=_plain)
    return clean_json(f'{text[:-1]}, "raw": {whole.body.decode("utf-8", "replace")}}}')


def _address(address: Address | None) -> dict[str, Any] | None:
    return asdict(address) if address else None


def _action(action: Action) -> dict[str, Any]:
    return {
        "action": action.name,
        "arguments": [
            {
                "name": argument.name,
                "required": argument.required,
                "type": argument.type,
                "values": dict(argument.values),
                "free": argument.free,
                "default": argument.default,
            }
            for argument in action.arguments
        ],
    }


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _instant(text: str | None) -> datetime | None:
    return read_instant(text) if text else None
