"""What every connector must do. A connector's tests subclass `ConnectorContract` and provide its fixtures."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from lengowctl.connectors.base import Connector, OrderQuery, Page, Reader, RouteBudget
from lengowctl.orders.reference import OrderKey

EVER = datetime(2000, 1, 1, tzinfo=UTC)


class Source(Protocol):
    """The other end, as the contract needs to know it. It holds at least 150 orders."""

    def refs(self) -> Collection[OrderKey]:
        """Every order it has."""
        ...

    def change(self, key: OrderKey) -> None:
        """Let an order move, so that its `updated_at` becomes the latest of all."""
        ...

    def spoil(self, key: OrderKey) -> bytes:
        """Serve an order as bytes that make no sense, and tell them."""
        ...

    def end_session(self) -> None:
        """Let whatever the connector signed in with run out."""
        ...


def key_of(page: Page) -> list[OrderKey]:
    return [reading.order.key for reading in page.readings]


def everything(connector: Connector, query: OrderQuery) -> list[Page]:
    """The pages of a query, the empty one past the end included."""
    pages = [connector.orders(query)]
    while pages[-1].count is not None:
        pages.append(connector.orders(replace(query, page=len(pages) + 1)))
    return pages


class ConnectorContract:
    """The promises of `lengowctl.connectors.base`, for any connector with a source behind it."""

    @pytest.fixture
    @abstractmethod
    def source(self) -> Source: ...

    @pytest.fixture
    @abstractmethod
    def connector(self, source: Source) -> Connector: ...

    @pytest.fixture
    @abstractmethod
    def reader(self) -> Reader: ...

    def test_it_says_whose_orders_these_are_and_always_the_same(self, connector: Connector) -> None:
        account = connector.account()
        assert connector.account() == account
        assert account.source.endswith(f"|{account.origin}|{account.id}")

    def test_every_order_comes_once_and_is_counted(self, connector: Connector, source: Source) -> None:
        *pages, end = everything(connector, OrderQuery(updated_from=EVER))
        found = [key for page in pages for key in key_of(page)]
        assert sorted(found) == sorted(source.refs())
        assert {page.count for page in pages} == {len(found)}
        assert (end.count, end.readings, end.unreadable) == (None, (), ())

    def test_pages_are_as_large_as_asked_for(self, connector: Connector) -> None:
        first, second = (connector.orders(OrderQuery(updated_from=EVER, page=n, page_size=30)) for n in (1, 2))
        assert (len(first.readings), len(second.readings)) == (30, 30)
        assert not set(key_of(first)) & set(key_of(second))

    def test_a_body_reads_as_its_order(self, connector: Connector, reader: Reader) -> None:
        for reading in connector.orders(OrderQuery(updated_from=EVER)).readings:
            assert reader.order(reading.body) == reading.order

    def test_a_scrubbed_body_is_the_same_order_without_its_buyer(self, connector: Connector, reader: Reader) -> None:
        for reading in connector.orders(OrderQuery(updated_from=EVER)).readings:
            left = reader.order(reader.scrub(reading.body))
            order = reading.order
            same = (left.key, left.status, left.updated_at, left.total, left.lines) == (
                order.key, order.status, order.updated_at, order.total, order.lines,
            )  # fmt: skip
            assert same
            people = [address for address in (left.billing, *(p.delivery for p in left.packages)) if address]
            assert [(person.name, person.email, person.phone, person.city) for person in people] == [
                (None, None, None, None)
            ] * len(people)

    def test_a_window_holds_what_was_updated_in_it(self, connector: Connector) -> None:
        orders = [r.order for r in connector.orders(OrderQuery(updated_from=EVER)).readings]
        start, end = sorted(order.updated_at for order in orders)[20:60:39]
        second = timedelta(seconds=1)
        for page in everything(connector, OrderQuery(updated_from=start, updated_to=end)):
            assert all(start - second <= r.order.updated_at <= end + second for r in page.readings)

    def test_a_changed_order_is_found_by_its_change(self, connector: Connector, source: Source) -> None:
        key = min(source.refs())
        before = connector.orders(OrderQuery(order_id=key.order_id, marketplace=key.marketplace))
        source.change(key)
        after = connector.orders(OrderQuery(updated_from=before.readings[0].order.updated_at + timedelta(seconds=1)))
        assert key in key_of(after)

    def test_an_order_is_found_by_its_number(self, connector: Connector, source: Source) -> None:
        key = max(source.refs())
        page = connector.orders(OrderQuery(order_id=key.order_id, marketplace=key.marketplace))
        assert (page.count, key_of(page)) == (1, [key])

    def test_a_number_that_nobody_knows_is_an_empty_answer(self, connector: Connector) -> None:
        page = connector.orders(OrderQuery(order_id="nobody-knows-this"))
        assert (page.count, page.readings, page.unreadable) == (0, (), ())

    def test_one_marketplace_alone(self, connector: Connector, source: Source) -> None:
        code = min(source.refs()).marketplace
        pages = everything(connector, OrderQuery(updated_from=EVER, marketplace=code))
        wanted = [key for key in source.refs() if key.marketplace == code]
        assert sorted(key for page in pages for key in key_of(page)) == sorted(wanted)

    def test_an_order_without_sense_is_set_aside_alone(self, connector: Connector, source: Source) -> None:
        bad = min(source.refs())
        raw = source.spoil(bad)
        *pages, _ = everything(connector, OrderQuery(updated_from=EVER))
        assert sorted(key for page in pages for key in key_of(page)) == sorted(set(source.refs()) - {bad})
        ((aside,),) = [page.unreadable for page in pages if page.unreadable]
        assert (aside.raw, bool(aside.reason)) == (raw, True)

    def test_every_marketplace_of_an_order_is_described(
        self, connector: Connector, source: Source, reader: Reader
    ) -> None:
        readings = connector.marketplaces()
        assert {key.marketplace for key in source.refs()} <= {reading.marketplace.code for reading in readings}
        for reading in readings:
            assert reader.marketplace(reading.marketplace.code, reading.body) == reading.marketplace

    def test_it_tells_its_limits(self, connector: Connector) -> None:
        limits = connector.budget()
        assert limits
        assert all(isinstance(limit, RouteBudget) for limit in limits)

    def test_times_are_utc(self, connector: Connector) -> None:
        page = connector.orders(OrderQuery(updated_from=EVER))
        times = [page.served_at, *(reading.order.updated_at for reading in page.readings)]
        assert {moment.tzinfo for moment in times} == {UTC}

    def test_eight_threads_at_once_get_whole_answers(self, connector: Connector) -> None:
        whole = connector.orders(OrderQuery(updated_from=EVER))
        with ThreadPoolExecutor(8) as pool:
            pages = list(pool.map(lambda _: connector.orders(OrderQuery(updated_from=EVER)), range(16)))
        assert {tuple(key_of(page)) for page in pages} == {tuple(key_of(whole))}

    def test_a_session_that_ran_out_is_nobodys_trouble(self, connector: Connector, source: Source) -> None:
        connector.account()
        source.end_session()
        assert connector.orders(OrderQuery(updated_from=EVER)).count

    def test_it_is_closed_twice_without_harm(self, connector: Connector) -> None:
        connector.account()
        connector.close()
        connector.close()
