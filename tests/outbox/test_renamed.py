"""A marketplace gets another code: what was asked for under the old one is still known, and is not asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from lengowctl.orders.action import State
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request
from lengowctl.outbox.outbox import Outbox
from lengowctl.store.store import Store

from .conftest import carry_out
from .source import NOON, Source, Time, key, make_order

OLD, NEW = "priceminister", "amazon_fr"
Make = Callable[..., Outbox]


def wish(marketplace: str, action: str = "accept", **arguments: str) -> Request:
    return Request.of(action, OrderKey(marketplace, key(1).order_id), arguments)


@pytest.fixture(autouse=True)
def known(store: Store, source: Source) -> None:
    """The order is in the cache, and at the source, under the old code."""
    source.orders_by_key[wish(OLD).key] = replace(source.orders_by_key.pop(key(1)), marketplace=OLD)
    save(store, OLD)


def save(store: Store, code: str, minutes: int = 0) -> None:
    with store.transaction():
        store.marketplaces.save([(NEW, b"{}")], NOON)
        order = replace(make_order(1), marketplace=code, updated_at=NOON + timedelta(minutes=minutes))
        store.orders.save([(order, b"{}")], at=NOON, scrub=lambda body: body, personal_since=None)


def rename(store: Store, source: Source, *, actions_too: bool) -> None:
    """At the source, whose list of actions may follow or not, and then by a sync here."""
    order = source.orders_by_key.pop(wish(OLD).key)
    source.orders_by_key[wish(NEW).key] = replace(order, marketplace=NEW)
    if actions_too:
        source.listed = {number: replace(it, key=wish(NEW).key) for number, it in source.listed.items()}
    save(store, NEW, minutes=5)


@pytest.mark.parametrize("actions_too", [False, True], ids=["listed under the old code", "under the new one"])
@pytest.mark.parametrize("state", [State.QUEUED, State.DONE, State.DOUBTFUL])
def test_what_was_sent_under_the_old_code_is_not_sent_again(
    make: Make, store: Store, source: Source, state: State, actions_too: bool
) -> None:
    outbox = make()
    source.moves_orders = False
    source.faults = lambda _: "broken" if state is State.DOUBTFUL else "ok"
    carry_out(outbox, wish(OLD))
    source.faults = lambda _: "ok"
    if state is State.DONE:
        source.finish(1000)
        outbox.follow()
    if state is State.DOUBTFUL:  # what was sent is carried out after we gave up
        source.act(wish(OLD), "us")
    rename(store, source, actions_too=actions_too)
    rows = carry_out(make(), wish(NEW))
    assert [row.result.value for row in rows] == ["sent" if state is State.DOUBTFUL else "already_done"]
    assert (len(source.effects), len(outbox.intents.latest())) == (1, 1)


@pytest.mark.parametrize("actions_too", [False, True], ids=["listed under the old code", "under the new one"])
def test_its_answer_is_followed_and_given_up_by_the_order_as_it_is_called_now(
    make: Make, store: Store, source: Source, time: Time, actions_too: bool
) -> None:
    outbox = make()
    source.moves_orders = False
    carry_out(outbox, wish(OLD))
    carry_out(outbox, Request.of("accept", key(2), {}))
    rename(store, source, actions_too=actions_too)
    source.orders_by_key[wish(NEW).key] = replace(source.orders_by_key[wish(NEW).key], status="accepted")
    source.hand_over(1000)
    outbox.follow()
    assert outbox.intents.find([1])[0].state is State.PENDING
    time.sleep(timedelta(days=4).total_seconds())
    outbox.follow()
    assert [it.state for it in outbox.intents.find([1, 2])] == [State.DONE, State.EXPIRED]


def test_what_never_left_under_the_old_code_leaves_under_the_new_one(make: Make, store: Store, source: Source) -> None:
    outbox = make()
    outbox.plan([wish(OLD)])
    rename(store, source, actions_too=False)
    (planned,) = outbox.plan([wish(NEW)])
    assert ([it.marketplace for it in planned.superseded], planned.intent and planned.intent.marketplace) == (
        [OLD], NEW,
    )  # fmt: skip
    assert [row.result.value for row in carry_out(outbox, wish(NEW))] == ["sent"]
    assert [request.key for request, _ in source.posts] == [wish(NEW).key]


def test_another_wish_waits_for_what_is_under_way_under_the_old_code(make: Make, store: Store, source: Source) -> None:
    outbox = make()
    carry_out(outbox, wish(OLD, "cancel"))
    rename(store, source, actions_too=False)
    (planned,) = outbox.plan([wish(NEW)])
    assert planned.told
    assert planned.told.reason == (
        "cancel of this order is queued as action 1000; lengowctl actions wait waits for its answer"
    )


def test_proved_absent_under_the_old_code_is_proved_by_both_lists(make: Make, store: Store, source: Source) -> None:
    outbox = make()
    source.faults = lambda _: "broken"
    carry_out(outbox, wish(OLD))
    rename(store, source, actions_too=False)
    source.queries.clear()
    assert [row.result.value for row in outbox.settle()] == ["not_sent"]
    assert {query.key for query in source.queries} == {wish(OLD).key, wish(NEW).key}
    assert set(source.reads) == {wish(NEW).key}
