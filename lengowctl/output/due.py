"""`due`: what must be done, most urgent first, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TextIO

from lengowctl.orders.fields import Kind
from lengowctl.output import table
from lengowctl.output.columns import Column, Stored
from lengowctl.output.screen import Screen

#: What the page asks of the store, in this order.
ASKED = ("due_at", "ref", "status", "total", "items", "customer", "country", "currency")
#: What waits in each status.
TO_DO = {
    "waiting_acceptance": "accept",
    "waiting_shipment": "ship",
    "to_refund": "refund",
    "pickup_to_prepare": "prepare",
}
_COLUMNS = (
    Column("due_at", "Due", Kind.TIME),
    Column("to_do", "To do", Kind.CODE),
    Column("ref", "Reference", Kind.REF),
    Column("total", "Total", Kind.MONEY, "currency"),
    Column("by", "By", Kind.TIME),
    Column("items", "Items", Kind.COUNT),
    Column("customer", "Customer", Kind.TEXT),
    Column("country", "Country", Kind.CODE),
)


def write(rows: Iterable[tuple[Stored, ...]], stream: TextIO, screen: Screen) -> tuple[str, ...]:
    """Write the rows (as `ASKED` says) as a table, nothing for none. Returns the names of the columns there was no
    room for.

    Off a terminal times are written as they are, so what is left until then would be the same word once more.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return ()
    columns = _COLUMNS if screen.tty else tuple(column for column in _COLUMNS if column.name != "by")
    return table.write(_shown(chain((first,), rows), by=screen.tty), columns, stream, screen=screen)


def _shown(rows: Iterable[tuple[Stored, ...]], *, by: bool) -> Iterator[tuple[Stored, ...]]:
    for due_at, ref, status, total, items, customer, country, currency in rows:
        to_do = TO_DO.get(str(status), f"see {status}")
        yield due_at, to_do, ref, total, *((due_at,) if by else ()), items, customer, country, currency
