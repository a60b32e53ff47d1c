"""The filter language as a value: which orders, in what order. Every filter that is set must hold (AND)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from lengowctl.orders.reference import OrderKey

#: What `--type` takes, and Lengow's word for it.
TYPES = {
    "express": "is_express",
    "prime": "is_prime",
    "business": "is_business",
    "fulfilled": "is_delivered_by_marketplace",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which orders. An empty tuple or None means: not filtered. Values inside one tuple are alternatives (OR)."""

    keys: tuple[OrderKey, ...] = ()
    statuses: tuple[str, ...] = ()
    line_statuses: tuple[str, ...] = ()
    """Orders with at least one line in one of these."""
    marketplaces: tuple[str, ...] = ()
    """Globs: `amazon_*`."""
    countries: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    since: datetime | None = None
    """Ordered at or after."""
    until: datetime | None = None
    """Ordered before (exclusive)."""
    updated_since: datetime | None = None
    due_before: datetime | None = None
    """Due at or before; an order without a due date never matches."""
    due_after: datetime | None = None
    """Due after."""
    min_total: Decimal | None = None
    max_total: Decimal | None = None
    skus: tuple[str, ...] = ()
    """Globs over the lines' SKUs; case is ignored."""
    search: str | None = None
    types: tuple[str, ...] = ()
    """Lengow's words: `is_prime`, ..."""
    imported: bool | None = None
    """Has (True) or lacks (False) a merchant order id."""
    action_states: tuple[str, ...] = ()
    carriers: tuple[str, ...] = ()
    """Globs over the parcels' carriers; case is ignored."""
    has_due: bool | None = None
    """True: only orders with a due date."""


class Sort(NamedTuple):
    """One sort key: a field's name and a direction. `ref` is always the last tie-breaker."""

    field: str
    descending: bool = False


NEWEST = (Sort("ordered_at", descending=True),)
MOST_URGENT = (Sort("due_at"),)
