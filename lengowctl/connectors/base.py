"""The contract that every connector keeps.

A connector reads a source of orders. It owns the network: every foreign exception becomes one of ours
(`lengowctl.errors`) here, reads are retried and paced here, and only here are the source's key names known.
It is used from several threads at once. Instants are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.model import Order

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Account:
    """Whose orders these are: `source` names connector, origin and account (`lengow|https://api.lengow.io|4242`)."""

    id: str
    origin: str
    source: str


@dataclass(frozen=True, slots=True)
class OrderQuery:
    """Which page of which orders. Bounds on `updated_at` are inclusive at both ends as far as the source says;
    callers overlap and compare instead of relying on it. At least one date bound, or `order_id`, must be set.
    """

    updated_from: datetime | None = None
    updated_to: datetime | None = None
    ordered_from: datetime | None = None
    ordered_to: datetime | None = None
    marketplace: str | None = None
    order_id: str | None = None
    status: str | None = None
    page: int = 1
    page_size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Reading:
    """One order understood, and the JSON text it was read from, byte for byte (UTF-8)."""

    order: Order
    body: bytes


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One order that could not be understood, kept as it came. `marketplace`, `order_id` and `updated_at` are
    known when they at least could be read.
    """

    raw: bytes
    reason: str
    marketplace: str | None = None
    order_id: str | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of orders. `count` is the source's total for the query; `served_at` its own clock (`Date`).

    A page past the end is empty, with `count` None.
    """

    count: int | None
    readings: tuple[Reading, ...]
    unreadable: tuple[Unreadable, ...]
    served_at: datetime


@dataclass(frozen=True, slots=True)
class MarketplaceReading:
    """A marketplace's description of itself, and the JSON text it was read from."""

    marketplace: Marketplace
    body: bytes


@dataclass(frozen=True, slots=True)
class RouteBudget:
    """What the source says of its request limit on one route; `boundary` None: not limited there."""

    route: str
    method: str
    boundary: int | None
    remaining: int | None
    resets_in: float | None
    """Seconds until the window ends."""


class Connector(Protocol):
    """A source of orders."""

    def account(self) -> Account:
        """Whose orders these are. Raises NotSignedIn, OutOfReach."""
        ...

    def orders(self, query: OrderQuery) -> Page:
        """One page. Raises NotSignedIn, OutOfReach, BudgetSpent, BadAnswer, Refused."""
        ...

    def marketplaces(self) -> tuple[MarketplaceReading, ...]:
        """Every marketplace's description. Raises as `orders`."""
        ...

    def budget(self) -> tuple[RouteBudget, ...]:
        """The request limits as the source states them now. Raises as `orders`."""
        ...

    def close(self) -> None:
        """Let go of connections. Safe to call twice."""
        ...


class Reader(Protocol):
    """Reads stored bodies again: how `show` sees more of an order than its columns, without the network."""

    def order(self, body: bytes) -> Order:
        """The order in `body`. Raises ValueError with the reason when it cannot be understood."""
        ...

    def marketplace(self, code: str, body: bytes) -> Marketplace:
        """The description in `body`. Raises ValueError with the reason."""
        ...

    def scrub(self, body: bytes) -> bytes:
        """The same order without any buyer's data, still readable; empty when it cannot be read."""
        ...


__all__ = [
    "PAGE_SIZE",
    "Account",
    "Connector",
    "MarketplaceReading",
    "OrderQuery",
    "Page",
    "Reader",
    "Reading",
    "RouteBudget",
    "Unreadable",
]
