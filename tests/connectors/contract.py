"""What every connector must do. A connector's tests subclass `ConnectorContract`, or `ActionContract` for one that
can act, and provide its fixtures.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from lengowctl.connectors.base import (
    ActionConnector,
    ActionPage,
    ActionQuery,
    ActionReading,
    Connector,
    OrderQuery,
    Page,
    Reader,
    RouteBudget,
)
from lengowctl.orders.action import State, stands
from lengowctl.orders.outcome import Fate, Verdict, classify
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request

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
        orders = [r.order for page in everything(connector, OrderQuery(updated_from=EVER)) for r in page.readings]
        start, end = sorted(order.updated_at for order in orders)[20:60:39]
        second = timedelta(seconds=1)
        pages = everything(connector, OrderQuery(updated_from=start, updated_to=end))
        found = {r.order.key: r.order.updated_at for page in pages for r in page.readings}
        assert set(found) >= {order.key for order in orders if start <= order.updated_at <= end}
        assert [at for at in found.values() if not start - second <= at <= end + second] == []

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


class ActionSource(Source, Protocol):
    """The other end of a connector that can act."""

    def acceptable(self) -> Sequence[OrderKey]:
        """Orders of one marketplace that may be accepted, at least five."""
        ...

    def accepted(self) -> Sequence[OrderKey]:
        """Orders of the same marketplace, at least one, that were accepted before, so that it refuses it now."""
        ...

    def shipment(self) -> Request:
        """A shipment with a carrier and a tracking number that will be carried out."""
        ...

    def posts(self) -> int:
        """How many requests for an action have reached it."""
        ...

    def effects(self) -> int:
        """How many actions have changed an order."""
        ...

    def work(self) -> None:
        """Let everything that was asked for have its answer, and orders show it."""
        ...


def everything_done(connector: ActionConnector, query: ActionQuery) -> list[ActionReading]:
    """Every action of a query, the empty page past the end included in the asking."""
    pages = [connector.actions(query)]
    while pages[-1].count is not None:
        pages.append(connector.actions(replace(query, page=len(pages) + 1)))
    return [action for page in pages for action in page.actions]


def state_of(action: ActionReading) -> State:
    return stands(queued=action.queued, processed=action.processed, errors=action.errors)


class ActionContract(ConnectorContract):
    """The promises of an `ActionConnector`, beyond those of every connector."""

    @pytest.fixture
    @abstractmethod
    def source(self) -> ActionSource: ...

    @pytest.fixture
    @abstractmethod
    def connector(self, source: Source) -> ActionConnector: ...

    def accept(self, connector: ActionConnector, key: OrderKey) -> Verdict:
        return classify(connector.send_action(Request.of("accept", key, {})))

    def test_what_is_sent_once_is_there_once(self, connector: ActionConnector, source: ActionSource) -> None:
        key = source.acceptable()[0]
        verdict = self.accept(connector, key)
        (action,) = connector.actions(ActionQuery(key=key)).actions
        assert (verdict.fate, action.id, source.posts()) == (Fate.QUEUED, verdict.action_id, 1)
        assert (action.key, action.action, action.arguments) == (key, "accept", ())
        assert (state_of(action), action.errors) == (State.QUEUED, None)

    def test_an_action_is_carried_out_and_its_order_shows_it(
        self, connector: ActionConnector, source: ActionSource
    ) -> None:
        key = source.acceptable()[0]
        before = connector.order(key)
        self.accept(connector, key)
        source.work()
        after = connector.order(key)
        assert [state_of(action) for action in connector.actions(ActionQuery(key=key)).actions] == [State.DONE]
        assert before is not None
        assert after is not None
        assert (before.order.key, after.order.key) == (key, key)
        assert before.order.status != after.order.status
        assert source.effects() == 1

    def test_what_the_marketplace_refuses_comes_back_in_its_words(
        self, connector: ActionConnector, source: ActionSource
    ) -> None:
        key = source.accepted()[0]
        assert self.accept(connector, key).fate is Fate.QUEUED
        source.work()
        (action,) = connector.actions(ActionQuery(key=key)).actions
        assert (state_of(action), bool(action.errors), source.effects()) == (State.REJECTED, True, 0)

    def test_arguments_come_back_as_they_were_sent(self, connector: ActionConnector, source: ActionSource) -> None:
        request = source.shipment()
        assert classify(connector.send_action(request)).fate is Fate.QUEUED
        (action,) = connector.actions(ActionQuery(key=request.key, action="ship")).actions
        assert action.arguments == request.arguments

    def test_an_order_that_nobody_knows_is_a_definite_refusal(
        self, connector: ActionConnector, source: ActionSource
    ) -> None:
        key = OrderKey(source.acceptable()[0].marketplace, "nobody-knows-this")
        assert self.accept(connector, key).fate is Fate.REJECTED
        assert (connector.order(key), source.posts(), source.effects()) == (None, 1, 0)

    def test_nothing_is_held_back_as_sent_before(self, connector: ActionConnector, source: ActionSource) -> None:
        """Whether the same may be asked for twice is decided elsewhere."""
        key = source.acceptable()[0]
        ids = [self.accept(connector, key).action_id for _ in range(2)]
        assert [action.id for action in connector.actions(ActionQuery(key=key)).actions] == ids[::-1]

    def test_actions_are_listed_by_order_by_kind_and_by_time(
        self, connector: ActionConnector, source: ActionSource
    ) -> None:
        one, other = source.acceptable()[:2]
        shipment = source.shipment()
        for key in (one, other):
            self.accept(connector, key)
        connector.send_action(shipment)
        found = everything_done(connector, ActionQuery(updated_from=EVER))
        assert [action.key for action in found] == [shipment.key, other, one]
        assert everything_done(connector, ActionQuery(key=one)) == [found[2]]
        assert everything_done(connector, ActionQuery(updated_from=EVER, action="accept")) == found[1:]
        latest = max(action.updated_at for action in found if action.updated_at)
        assert everything_done(connector, ActionQuery(updated_from=latest + timedelta(seconds=3))) == []
        assert everything_done(connector, ActionQuery(updated_to=latest - timedelta(days=1))) == []

    def test_an_order_without_actions_has_an_empty_list(self, connector: ActionConnector, source: ActionSource) -> None:
        page = connector.actions(ActionQuery(key=source.acceptable()[0]))
        assert (page.count, page.actions, page.served_at.tzinfo) == (0, (), UTC)

    def test_a_page_of_actions_past_the_end_is_empty(self, connector: ActionConnector, source: ActionSource) -> None:
        self.accept(connector, source.acceptable()[0])
        page = connector.actions(ActionQuery(updated_from=EVER, page=9))
        assert page == ActionPage(None, (), page.served_at)

    def test_a_session_that_ran_out_sends_nothing_and_is_renewed_on_demand(
        self, connector: ActionConnector, source: ActionSource
    ) -> None:
        key = source.acceptable()[0]
        connector.account()
        source.end_session()
        assert (self.accept(connector, key).fate, source.effects()) == (Fate.REAUTHORISE, 0)
        connector.refresh_session()
        assert self.accept(connector, key).fate is Fate.QUEUED
        assert [action.key for action in connector.actions(ActionQuery(key=key)).actions] == [key]

    def test_eight_threads_at_once_send_each_action_once(
        self, connector: ActionConnector, source: ActionSource
    ) -> None:
        keys = [key for key in source.acceptable()[:5] for _ in range(3)]
        with ThreadPoolExecutor(8) as pool:
            verdicts = list(pool.map(lambda key: self.accept(connector, key), keys))
        listed = everything_done(connector, ActionQuery(updated_from=EVER))
        assert sorted((action.id, action.key) for action in listed) == sorted(
            (verdict.action_id, key) for verdict, key in zip(verdicts, keys, strict=True) if verdict.action_id
        )
        assert (len(listed), source.posts()) == (15, 15)
