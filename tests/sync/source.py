"""A source of orders in memory that can be made to move while it is read. Knows nothing of how sync works."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lengowctl.connectors.base import (
    Account,
    MarketplaceReading,
    OrderQuery,
    Page,
    Reading,
    RouteBudget,
    Unreadable,
)
from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.model import Address, Line, Order, Package

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SORTS = ("created", "-created", "updated", "-updated", "shuffled")


def make_order(
    number: int,
    *,
    marketplace: str = "amazon_fr",
    updated_at: datetime = NOON,
    ordered_at: datetime | None = None,
    status: str = "waiting_shipment",
    name: str = "Lea Exemple",
    anonymized: bool = False,
) -> Order:
    """A small whole order; its number is `N000123`."""
    line = Line(
        f"{number}-1", f"SKU-{number % 7}", None, "Mug", 1, Decimal("9.90"), None, None, None, None, status, None, None
    )
    address = Address(
        full_name=name, first_line="1 rue", zipcode="44000", city="Nantes", country="FR", email="a@b.example"
    )
    return Order(
        marketplace=marketplace,
        order_id=f"N{number:06d}",
        status=status,
        marketplace_status="Unshipped",
        ordered_at=ordered_at or updated_at,
        imported_at=ordered_at or updated_at,
        updated_at=updated_at,
        total=Decimal("9.90"),
        currency="EUR",
        original_total=Decimal("9.90"),
        original_currency="EUR",
        shipping=None,
        tax=None,
        commission=None,
        discount=None,
        processing_fee=None,
        merchant_order_ids=(),
        packages=(Package((line,), address),),
        billing=address,
        types=(),
        anonymized=anonymized,
    )


def body_of(order: Order) -> bytes:
    """A body that differs when the order differs."""
    return json.dumps(
        {"n": order.order_id, "s": order.status, "u": str(order.updated_at), "x": str(hash(order))}
    ).encode()


class Source:
    """Keeps the connector's contract. `between` runs after each answer: the world moves on while pages are read."""

    def __init__(
        self, orders: Iterable[Order] = (), *, now: datetime = NOON, sort: str = "created", seed: int = 1
    ) -> None:
        self.orders_by_key = {order.key: order for order in orders}
        self.clock = now
        self.sort = sort
        self.random = random.Random(seed)
        self.between: Callable[[Source, OrderQuery], None] = lambda source, query: None
        self.queries: list[OrderQuery] = []
        self.hidden: set[tuple[str, str]] = set()
        self.unreadable: dict[tuple[str, str], str] = {}
        self.lock = threading.Lock()

    def put(self, *orders: Order) -> None:
        self.orders_by_key.update({order.key: order for order in orders})

    def touch(self, order: Order, *, status: str | None = None, at: datetime | None = None) -> None:
        self.put(replace(order, status=status or order.status, updated_at=at or self.clock))

    def account(self) -> Account:
        return Account("1", "https://source.example", "memory|https://source.example|1")

    def orders(self, query: OrderQuery) -> Page:
        with self.lock:
            found = sorted((o for o in self.orders_by_key.values() if self._meets(o, query)), key=self._order)
            start = (query.page - 1) * query.page_size
            shown = found[start : start + query.page_size]
            past_end = query.page > 1 and not shown
            page = Page(
                None if past_end else len(found),
                tuple(Reading(o, body_of(o)) for o in shown if o.key not in self.unreadable),
                tuple(
                    Unreadable(b"{raw}", self.unreadable[o.key], o.marketplace, o.order_id, o.updated_at)
                    for o in shown
                    if o.key in self.unreadable
                ),
                self.clock,
            )
            self.queries.append(query)
            self.between(self, query)
            return page

    def marketplaces(self) -> tuple[MarketplaceReading, ...]:
        codes = sorted({key.marketplace for key in self.orders_by_key} | {"amazon_fr", "cdiscount"})
        return tuple(MarketplaceReading(Marketplace(code, code, "FR"), b"{}") for code in codes)

    def budget(self) -> tuple[RouteBudget, ...]:
        return ()

    def close(self) -> None:
        return

    def _order(self, order: Order) -> tuple[object, ...]:
        tie = self.random.random() if self.sort == "shuffled" else order.order_id
        stamp = {"created": order.ordered_at, "-created": order.ordered_at}.get(self.sort, order.updated_at)
        assert stamp is not None
        seconds = stamp.timestamp()
        return (-seconds if self.sort.startswith("-") else seconds, tie)

    def _meets(self, order: Order, query: OrderQuery) -> bool:
        ordered = order.ordered_at or order.updated_at
        return all(
            (
                order.key not in self.hidden,
                query.order_id is None or order.order_id == query.order_id,
                query.marketplace is None or order.marketplace == query.marketplace,
                query.status is None or order.status == query.status,
                query.updated_from is None or order.updated_at >= query.updated_from,
                query.updated_to is None or order.updated_at <= query.updated_to,
                query.ordered_from is None or ordered >= query.ordered_from,
                query.ordered_to is None or ordered <= query.ordered_to,
            )
        )


def spread(count: int, *, over: timedelta = timedelta(days=30), before: datetime = NOON, seed: int = 1) -> list[Order]:
    """`count` orders whose updates are spread at random over the time before `before`."""
    rng = random.Random(seed)
    codes = ("amazon_fr", "cdiscount", "zalando_fr")
    return [
        make_order(
            number,
            marketplace=rng.choice(codes),
            updated_at=before - timedelta(seconds=rng.randrange(int(over.total_seconds()))),
        )
        for number in range(count)
    ]
