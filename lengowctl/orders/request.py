"""What is asked of Lengow for one order or line, and what makes two requests the same one."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lengowctl.orders.reference import OrderKey

#: The scope of a request for the whole order; else a scope is a line's id.
WHOLE = "*"

#: These mostly hold "now", so they never tell two requests apart.
MOVING: frozenset[str] = frozenset({"shipping_date", "delivery_date"})

#: These say how much is acted on. A request without one of them is not the same as an action that has it: the
#: refund of an order is not the refund of one of its lines.
EXTENT: frozenset[str] = frozenset(
    {
        "line", "quantity", "shipped_quantity", "cancel_quantity", "refund_quantity", "refund_price",
        "refund_shipping_price", "shipping_price",
    }
)  # fmt: skip

#: These hold a figure, so that two spellings of one value are the same.
FIGURES: frozenset[str] = EXTENT - {"line"} | {"refund_shipping_fees"}
_FIGURE = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")

Arguments = tuple[tuple[str, str], ...]
Form = tuple[str, tuple[tuple[str, object], ...]]

_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of Lengow. `arguments` are named as the marketplace names them, sorted, each name once, all text
    and none empty; `scope` is `'*'` or the id of the line. Raises ValueError when that does not hold.
    """

    action: str
    key: OrderKey
    scope: str
    arguments: Arguments

    def __post_init__(self) -> None:
        named = dict(self.arguments)
        if self.arguments != tuple(sorted(named.items())):
            raise ValueError("arguments are sorted by name, each name once")
        if not all(named.values()):
            raise ValueError("an argument without a value is left out")
        if self.scope != named.get("line", WHOLE):
            raise ValueError("the scope is the line, or '*'")

    @classmethod
    def of(cls, action: str, key: OrderKey, arguments: Mapping[str, str]) -> Request:
        """A request with these arguments; empty ones are left out, the scope follows from `line`."""
        given = tuple(sorted((name, value) for name, value in arguments.items() if value))
        return cls(action, key, dict(given).get("line", WHOLE), given)


def canonical(arguments: Iterable[tuple[str, str]]) -> str:
    """The one spelling of arguments: a JSON object, names sorted, no spaces, ASCII only."""
    named = dict(arguments)
    return _CANONICAL.encode(named) if named else "{}"


def read_arguments(text: str) -> Arguments:
    """The arguments in `canonical` text. Raises ValueError when it is not an object of texts."""
    found = json.loads(text)
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise ValueError("arguments are an object of texts")
    return tuple(sorted(found.items()))


def identity(arguments: Iterable[tuple[str, str]]) -> Arguments:
    """The arguments that tell requests apart: all but the dates that hold "now"."""
    return tuple(sorted((name, value) for name, value in arguments if name not in MOVING))


def digest(source: str, request: Request) -> str:
    """What makes a request this request: SHA-256 (hex) over source, marketplace, order, scope, action and arguments.

    `shipping_date` and `delivery_date` are left out, as they are when twins are looked for: a command that is run
    again fills in another "now", and must find what it sent before.
    """
    parts = [source, *request.key, request.scope, request.action, canonical(identity(request.arguments))]
    return hashlib.sha256(_CANONICAL.encode(parts).encode("ascii")).hexdigest()


def form(request: Request) -> Form:
    """What a request asks of its order, however its figures and dates are spelled. Two requests for one order that have
    the same form are one wish, also when their digests differ.
    """
    return request.action, tuple((name, _value(name, text)) for name, text in identity(request.arguments))


def same(request: Request, api_arguments: Mapping[str, str | None]) -> bool:
    """Whether one of Lengow's actions, of the same kind and for the same order, is what `request` asks for.

    Every argument that we send matches as text, without the dates; null is absent. Figures and dates match by value
    too: `12.5` is `12.50`. What Lengow has beyond that may be there, unless it says how much is acted on (`EXTENT`).
    """
    ours = dict(identity(request.arguments))
    theirs = {name: value for name, value in api_arguments.items() if value is not None and name not in MOVING}
    beyond = EXTENT & theirs.keys() - ours.keys()
    return not beyond and all(
        name in theirs and _value(name, theirs[name]) == _value(name, text) for name, text in ours.items()
    )


def _value(name: str, text: str) -> object:
    """A figure or an instant that names its offset, where the argument holds one; else the text as it is."""
    if name in FIGURES:
        return Decimal(text) if _FIGURE.fullmatch(text) else text
    return _instant(text) or text if name.endswith("_date") else text


def _instant(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
