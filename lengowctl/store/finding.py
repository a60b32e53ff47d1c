"""From references as typed to the orders that they mean: many at once, in a few queries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from lengowctl.errors import AmbiguousOrder, UnknownOrder
from lengowctl.orders.reference import OrderKey, TypedRef, format_ref, read_ref
from lengowctl.store.connection import Connection
from lengowctl.store.faults import decoding
from lengowctl.store.text import storable

_LISTED = 10
_BY_NUMBER = "SELECT order_id, marketplace FROM orders WHERE order_id IN (SELECT value FROM json_each(?))"
#: Where an order lies now that was stored under another marketplace code when it was read first.
_RENAMED = (
    "SELECT o.order_id, o.marketplace, c.old FROM orders o JOIN changes c ON c.order_row = o.id"
    " WHERE o.order_id IN (SELECT value FROM json_each(?)) AND c.field = 'marketplace'"
)

Found = OrderKey | UnknownOrder | AmbiguousOrder


def find_all(connection: Connection, typed: Sequence[TypedRef]) -> list[Found]:
    """The order that each of these means, or why none is found; a thousand or so at once.

    A full match on the bare number comes first, then marketplace and number, then the code that the marketplace of
    the order had before it was renamed.
    """
    stored = _Stored(connection, {number for one in typed for number in _numbers(one)})
    found = [stored.find(one) for one in typed]
    missed = [one for one, key in zip(typed, found, strict=True) if key is None]
    renamed = _renamed(connection, {key.order_id for one in missed for key in _keys(one)}) if missed else {}
    return [key or _moved(renamed, one) or _unknown(stored, one) for one, key in zip(typed, found, strict=True)]


class _Stored:
    """The orders that have one of some numbers."""

    def __init__(self, connection: Connection, numbers: Iterable[str]) -> None:
        self.codes: dict[str, list[str]] = {}
        with decoding(connection.path):
            for number, code in connection.all(_BY_NUMBER, (json.dumps(list(numbers)),)):
                self.codes.setdefault(str(number), []).append(str(code))

    def find(self, typed: TypedRef) -> OrderKey | AmbiguousOrder | None:
        """None where nothing is stored under this reference."""
        for number in typed.numbers:
            codes = self.codes.get(storable(number))
            if codes and len(codes) > 1:
                return _ambiguous(typed, [OrderKey(code, storable(number)) for code in sorted(codes)])
            if codes:
                return OrderKey(codes[0], storable(number))
        for key in _keys(typed):
            if key.marketplace in self.codes.get(key.order_id, ()):
                return key
        return None


def _numbers(typed: TypedRef) -> list[str]:
    return [*map(storable, typed.numbers), *(key.order_id for key in _keys(typed))]


def _keys(typed: TypedRef) -> list[OrderKey]:
    """The readings as marketplace and number: a code that only our orders know is known, too."""
    keys = (typed.key,) if typed.key or ":" not in typed.text else (read_ref(typed.text, None).key,)
    return [OrderKey(storable(key.marketplace), storable(key.order_id)) for key in keys if key]


def _renamed(connection: Connection, numbers: Iterable[str]) -> dict[OrderKey, set[OrderKey]]:
    """Where orders lie that were known by another marketplace code."""
    found: dict[OrderKey, set[OrderKey]] = {}
    with decoding(connection.path):
        for number, code, old in connection.all(_RENAMED, (json.dumps(list(numbers)),)):
            found.setdefault(OrderKey(str(old), str(number)), set()).add(OrderKey(str(code), str(number)))
    return found


def _moved(renamed: dict[OrderKey, set[OrderKey]], typed: TypedRef) -> OrderKey | AmbiguousOrder | None:
    now = sorted(key for old in _keys(typed) for key in renamed.get(old, ()))
    return _ambiguous(typed, now) if len(now) > 1 else now[0] if now else None


def names_of(connection: Connection, keys: Iterable[OrderKey]) -> dict[OrderKey, tuple[OrderKey, ...]]:
    """Every name by which each of these orders is or was known, the present one first: only of orders that have
    several, since a marketplace was renamed. What is another order's name by now is left out.
    """
    wanted = {OrderKey(storable(key.marketplace), storable(key.order_id)): key for key in keys}
    named: dict[OrderKey, list[OrderKey]] = {}
    for old, present in _renamed(connection, {key.order_id for key in wanted}).items():
        for now in present - {old}:
            named.setdefault(now, [now]).append(old)
    taken = _Stored(connection, {key.order_id for key in named}).codes if named else {}
    found: dict[OrderKey, tuple[OrderKey, ...]] = {}
    for now, all_of_them in named.items():
        names = tuple(name for name in all_of_them if name == now or name.marketplace not in taken[now.order_id])
        found.update({wanted[name]: names for name in names if name in wanted and len(names) > 1})
    return found


def _ambiguous(typed: TypedRef, keys: Sequence[OrderKey]) -> AmbiguousOrder:
    return AmbiguousOrder(f"{typed.text} is the number of several orders", hint=f"write one of these: {_listed(keys)}")


def _unknown(stored: _Stored, typed: TypedRef) -> UnknownOrder:
    """With the orders of other marketplaces that have the number: they are told, never taken."""
    if not typed.text.strip():
        return UnknownOrder("an empty word is no order's reference", hint="a variable of the shell may be empty")
    elsewhere = [
        OrderKey(code, key.order_id) for key in _keys(typed) for code in sorted(stored.codes.get(key.order_id, ()))
    ]
    told = f"{typed.text} is not in the cache"
    if elsewhere:
        return UnknownOrder(told, hint=f"run lengowctl sync; the number is known as {_listed(elsewhere)}")
    return UnknownOrder(told, hint="run lengowctl sync")


def _listed(keys: Sequence[OrderKey]) -> str:
    shown = ", ".join(format_ref(*key) for key in keys[:_LISTED])
    return f"{shown}{', …' if len(keys) > _LISTED else ''}"
