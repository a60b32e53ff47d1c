"""The contract that every connector keeps.

A connector reads a source of orders and, where it can, asks for actions on them. It owns the network: every foreign
exception becomes one of ours (`lengowctl.errors`) here, reads are retried and paced here, and only here are the
source's key names known. It is used from several threads at once. Instants are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.model import Order
from lengowctl.orders.outcome import Outcome
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request

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
    """One page of orders. `count` is the source's total for the query; `served_at` its own clock (`Date`), or ours
    where it did not say (`dated` is False).

    A page past the end is empty, with `count` None.
    """

    count: int | None
    readings: tuple[Reading, ...]
    unreadable: tuple[Unreadable, ...]
    served_at: datetime
    dated: bool = True


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


@dataclass(frozen=True, slots=True)
class ActionReading:
    """One action as the source lists it. `arguments`: every one that has a value, as text, sorted by name, without the
    source's own bookkeeping; `errors`: why it was refused, in the marketplace's or the source's words, else None.
    """

    id: int
    key: OrderKey
    action: str
    arguments: tuple[tuple[str, str], ...]
    queued: bool
    processed: bool
    errors: str | None
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class ActionQuery:
    """Which page of which actions. At least one bound on `updated_at`, or `key`, must be set."""

    updated_from: datetime | None = None
    updated_to: datetime | None = None
    key: OrderKey | None = None
    action: str | None = None
    page: int = 1


@dataclass(frozen=True, slots=True)
class ActionPage:
    """One page of actions, newest first. `count` is the total for the query; None on a page past the end.

    How many stand on a page is up to the source: a listing is whole when its pages hold `count` actions.
    """

    count: int | None
    actions: tuple[ActionReading, ...]
    served_at: datetime


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


class ActionConnector(Connector, Protocol):
    """A source of orders that takes actions too."""

    def send_action(self, request: Request) -> Outcome:
        """Ask for one action: one request, never repeated, no redirect followed. Trouble on the network is an
        outcome, not an error; so is a request limit that would make it wait for more than a moment.

        Raises NotSignedIn when no session can be had, what is wrong on this machine (ConfigFault, Locked, …), or
        UsageFault for a request that cannot be sent at all. Whatever of `lengowctl.errors` is raised here was raised
        before anything left.
        """
        ...

    def actions(self, query: ActionQuery) -> ActionPage:
        """One page of the actions that the source knows. Raises as `orders`, and FilterIgnored when one of them was
        not asked for.
        """
        ...

    def order(self, key: OrderKey) -> Reading | None:
        """One order, read afresh; None when the source has none. Raises as `orders`."""
        ...

    def refresh_session(self) -> None:
        """Sign in again, after an action was turned away at the door; nothing is asked for when another thread or
        process has done so since. Raises NotSignedIn, OutOfReach.
        """
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
    "ActionConnector",
    "ActionPage",
    "ActionQuery",
    "ActionReading",
    "Connector",
    "MarketplaceReading",
    "OrderQuery",
    "Page",
    "Reader",
    "Reading",
    "RouteBudget",
    "Unreadable",
]
