"""`due`: what must be done, most urgent first, and by when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    """Write the rows (as `ASKED` says) as a table. Returns the names of the columns there was no room for."""
    return table.write(_shown(rows), _COLUMNS, stream, screen=screen)


def _shown(rows: Iterable[tuple[Stored, ...]]) -> Iterator[tuple[Stored, ...]]:
    for due_at, ref, status, total, items, customer, country, currency in rows:
        to_do = TO_DO.get(str(status), f"see {status}")
        yield due_at, to_do, ref, total, due_at, items, customer, country, currency
