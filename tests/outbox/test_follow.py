"""What became of actions that Lengow has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from lengowctl.connectors.base import Reading
from lengowctl.errors import BadAnswer, BudgetSpent, FilterIgnored, LengowctlError, OutOfReach, Refused
from lengowctl.orders.action import Cause, State
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request
from lengowctl.outbox.outbox import Outbox
from lengowctl.outbox.settings import Stop
from lengowctl.store.store import Store

from .conftest import accept, carry_out, open_outbox, results, ship
from .source import Source, Time, key


def test_each_goes_where_its_action_went(outbox: Outbox, source: Source) -> None:
    carry_out(outbox, *(accept(n) for n in range(1, 6)))
    source.hand_over(1001)
    source.finish(1002)
    source.finish(1003, errors="The order was cancelled by the buyer")
    followed = outbox.follow()
    assert [intent.state.value for intent in reversed(outbox.intents.latest())] == [
        "queued", "pending", "done", "rejected", "queued",
    ]  # fmt: skip
    assert (followed.updated, followed.done, followed.rejected, followed.expired) == (3, 1, 1, 0)
    assert outbox.intents.find([4])[0].message == "The order was cancelled by the buyer"
    assert outbox.follow().updated == 0


def test_few_are_asked_for_one_by_one_and_many_by_one_listing(outbox: Outbox, source: Source) -> None:
    source.page_size = 3
    carry_out(outbox, *(accept(n) for n in range(1, 8)))
    source.queries.clear()
    outbox.follow()
    assert [query.page for query in source.queries] == [1, 2, 3]
    for number in range(1000, 1006):
        source.finish(number)
    outbox.follow()
    source.queries.clear()
    outbox.follow()
    assert [query.key for query in source.queries] == [None, key(7)]


def test_nothing_open_asks_nothing(outbox: Outbox, source: Source) -> None:
    outbox.follow()
    assert source.queries == []


def test_three_days_without_an_answer(outbox: Outbox, source: Source, time: Time) -> None:
    """The order decides: what shows the effect is done, the rest has expired, with advice."""
    source.moves_orders = False
    carry_out(outbox, accept(1), ship(2, tracking_number="A"), accept(3))
    source.orders_by_key[key(2)] = replace(source.orders_by_key[key(2)], status="shipped")
    del source.orders_by_key[key(3)]
    time.sleep(timedelta(days=3).total_seconds() - 1)
    assert outbox.follow().updated == 0
    time.sleep(2)
    followed = outbox.follow()
    assert (followed.done, followed.expired) == (1, 2)
    assert [(intent.state, intent.cause) for intent in reversed(outbox.intents.latest())] == [
        (State.EXPIRED, Cause.TOO_OLD),
        (State.DONE, Cause.ALREADY_THERE),
        (State.EXPIRED, Cause.TOO_OLD),
    ]
    rows = list(outbox.settle(outbox.intents.find([1])))
    assert [(row.result.value, row.reason) for row in rows] == [
        ("failed", "no answer from the marketplace for three days; look at the order there, then ask again")
    ]
    assert [row.result.value for row in carry_out(outbox, accept(1))] == ["sent"]


@pytest.mark.parametrize("each", [False, True], ids=["one listing", "one by one"])
@pytest.mark.parametrize("kind", [BadAnswer, FilterIgnored, Refused])
def test_an_order_that_cannot_be_read_keeps_no_other_from_being_followed(
    store: Store, time: Time, kind: type[LengowctlError], each: bool
) -> None:
    """It is told three days long that it is queued; the others expire, or are done."""

    class Poisoned(Source):
        def order(self, key_: OrderKey) -> Reading | None:
            if key_ == key(1):
                raise kind("it makes no sense")
            return super().order(key_)

    source = Poisoned(moves_orders=False, page_size=2 if each else 50).with_orders(range(1, 4))
    outbox = open_outbox(store, source, Time(source))
    carry_out(outbox, accept(1), accept(2), accept(3))
    source.finish(1002)
    later = open_outbox(store, source, time)
    source.clock += timedelta(days=4)
    followed = later.follow()
    assert [it.state.value for it in reversed(later.intents.latest())] == ["queued", "expired", "done"]
    assert [(intent.ref, why) for intent, why in followed.unread] == [("amazon_fr:N000001", "it makes no sense")]


def test_following_settles_what_can_be_settled_by_looking(outbox: Outbox, source: Source, time: Time) -> None:
    source.faults = lambda _: "broken"
    carry_out(outbox, accept(1), accept(2))
    source.act(accept(2), "hand")
    followed = outbox.follow()
    assert (followed.settled, followed.doubtful) == (1, 1)
    time.sleep(20)
    assert outbox.follow().doubtful == 1
    time.sleep(7)
    assert outbox.follow().settled == 1


def test_waiting_ends_with_the_marketplaces_answer(outbox: Outbox, source: Source, time: Time) -> None:
    carry_out(outbox, accept(1), accept(2))

    def answer() -> None:
        if time.elapsed > 10:
            source.finish(1000)
        if time.elapsed > 60:
            source.finish(1001, errors="no")

    source.before_read = answer
    rows = list(outbox.wait(outbox.intents.latest(), timeout=timedelta(minutes=30)))
    assert results(rows) == [("N000001", "done"), ("N000002", "rejected")]
    assert 60 < time.elapsed < 100


def test_waiting_ends_when_its_time_is_up(outbox: Outbox, source: Source, time: Time) -> None:
    carry_out(outbox, accept(1))
    rows = list(outbox.wait(outbox.intents.latest(), timeout=timedelta(seconds=45)))
    assert (results(rows), time.elapsed) == ([("N000001", "sent")], pytest.approx(45.0))


def test_a_listing_that_fails_is_raised(outbox: Outbox, source: Source) -> None:
    carry_out(outbox, accept(1))
    source.reads_fail = lambda: OutOfReach("no route")
    with pytest.raises(OutOfReach):
        outbox.follow()


def test_an_action_that_is_not_listed_stays_as_it_is(outbox: Outbox, source: Source) -> None:
    carry_out(outbox, Request.of("cancel", key(1), {}))
    source.listed.clear()
    assert outbox.follow().updated == 0


def test_following_stops_where_it_is_asked_to_or_cannot_go_on(make: Callable[..., Outbox], source: Source) -> None:
    """One by one; the budget is spent after the first, or a doubtful one cannot be looked at."""
    source.page_size = 1
    outbox = make(stop=(stop := Stop()))
    carry_out(outbox, accept(1), accept(2))
    reads = iter([None, OutOfReach("no route")])
    source.reads_fail = lambda: next(reads, None)
    for number in (1000, 1001, 1002, 1003, 1004):
        if number > 1001:
            source.act(accept(9), "hand")
    with pytest.raises(OutOfReach):
        outbox.follow()
    stop.ask()
    assert outbox.follow().updated == 0


def test_a_budget_that_is_spent_while_looking_at_doubtful_ones_is_raised(outbox: Outbox, source: Source) -> None:
    source.faults = lambda _: "broken"
    carry_out(outbox, accept(1))
    source.reads_fail = lambda: BudgetSpent("enough")
    with pytest.raises(BudgetSpent):
        outbox.follow()
