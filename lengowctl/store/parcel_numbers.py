"""Which orders have a parcel by some number, or were asked to: in the cache, and in what we sent."""

from __future__ import annotations

import json
from collections.abc import Iterable

from lengowctl.orders.reference import OrderKey
from lengowctl.store.connection import Connection
from lengowctl.store.faults import decoding
from lengowctl.store.text import storable

#: What people put between the digits of a parcel's number; `orders.tracking.compact` leaves out the same.
_BETWEEN = " -_./·\u00a0\t"
#: What became of these was nothing, so their number is free.
_NOTHING = ("rejected", "expired", "withdrawn")


def with_numbers(connection: Connection, numbers: Iterable[str]) -> dict[str, list[OrderKey]]:
    """The orders by number. `numbers` are compact: upper case, nothing between the digits. `connection` sees both
    files, the ledger as `ledger`.
    """
    wanted = json.dumps([storable(number) for number in numbers])
    found: dict[str, list[OrderKey]] = {}
    for sql in (_PARCELS, _SENT):
        with decoding(connection.path):
            for number, marketplace, order_id in connection.all(sql, (wanted,)):
                found.setdefault(str(number), []).append(OrderKey(str(marketplace), str(order_id)))
    return found


def _compact(term: str) -> str:
    """The SQL for a number in its compact spelling."""
    for char in _BETWEEN:
        term = f"replace({term}, '{char}', '')"
    return f"upper({term})"


_WANTED = "IN (SELECT value FROM json_each(?))"
_PARCEL = _compact("p.tracking_number")
_PARCELS = (
    f"SELECT {_PARCEL}, o.marketplace, o.order_id FROM parcels p JOIN orders o ON o.id = p.order_row"
    f" WHERE p.tracking_number IS NOT NULL AND {_PARCEL} {_WANTED}"
)
_NUMBER = _compact("json_extract(i.arguments, '$.tracking_number')")
_SENT = (
    f"SELECT {_NUMBER}, i.marketplace, i.order_id FROM ledger.intents i"
    f" WHERE i.action = 'ship' AND i.state NOT IN {_NOTHING} AND {_NUMBER} {_WANTED}"
)
