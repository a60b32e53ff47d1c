"""Doubtful actions: found, shown by the order, proved absent, or doubtful still. Never sent on a guess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from lengowctl.errors import BudgetSpent, OutOfReach
from lengowctl.orders.action import Cause, State
from lengowctl.orders.model import Parcel
from lengowctl.orders.request import Request
from lengowctl.outbox.outbox import Outbox
from lengowctl.outbox.settings import Pace, Stop
from lengowctl.outbox.told import NOT_THERE

from .conftest import accept, carry_out, ship
from .source import NOON, Source, Time, key

Make = Callable[..., Outbox]


def doubtful(outbox: Outbox, source: Source, request: Request, fault: str = "broken") -> None:
    """Send it, and learn nothing."""
    source.faults = lambda _: fault
    carry_out(outbox, request)
    source.faults = lambda _: "ok"
    assert [intent.state for intent in outbox.doubtful()] == [State.DOUBTFUL]


def settled(outbox: Outbox, **how: bool) -> list[tuple[str, str | None]]:
    return [(row.result.value, row.reason) for row in outbox.settle(**how)]


def test_what_turns_up_within_the_window_is_taken(outbox: Outbox, source: Source, time: Time) -> None:
    source.late_by = timedelta(seconds=9)
    doubtful(outbox, source, accept(1), "late")
    assert settled(outbox) == [("sent", None)]
    assert (source.by_us(accept(1)), outbox.intents.latest()[0].action_id) == (1, 1000)


@pytest.mark.parametrize(
    ("request_", "seconds"),
    [
        (accept(1), 10),
        (ship(1, tracking_number="A"), 60),
        (Request.of("refund", key(1), {"refund_price": "5.00"}), 360),
    ],
)
def test_absent_is_proved_by_two_looks_after_the_window(
    request_: Request, seconds: int, outbox: Outbox, source: Source, time: Time
) -> None:
    """The window of the action, the grain of the source's clock, then five seconds between the looks."""
    doubtful(outbox, source, request_)
    source.reads.clear()
    ((result, reason),) = settled(outbox)
    assert (result, (reason or "").partition(";")[0]) == (
        "not_sent",
        NOT_THERE,
    )
    assert time.elapsed == pytest.approx(seconds + 1 + 6, abs=0.01)
    assert len(source.reads) == 2
    (intent,) = outbox.intents.latest()
    assert (intent.state, intent.cause, intent.absences) == (State.PLANNED, Cause.PROVED_ABSENT, 1)


def test_after_a_fault_of_lengows_own_it_may_turn_up_a_minute_later_still(outbox: Outbox, source: Source) -> None:
    """A gateway answers at once, and what stands behind it goes on working."""
    source.late_by = timedelta(seconds=69)
    doubtful(outbox, source, accept(1), "late")
    assert settled(outbox) == [("sent", None)]
    assert [it.cause for it in outbox.intents.latest()] == [Cause.ADOPTED]


def test_a_fault_of_lengows_own_is_waited_out_so_much_longer(outbox: Outbox, source: Source, time: Time) -> None:
    source.late_by = timedelta(seconds=300)
    doubtful(outbox, source, accept(1), "late")
    assert [it.cause for it in outbox.intents.latest()] == [Cause.FAULT_ANSWERED]
    assert [result for result, _ in settled(outbox)] == ["not_sent"]
    assert time.elapsed == pytest.approx(10 + 60 + 1 + 6, abs=0.01)


def test_before_it_is_sent_again_the_list_and_the_order_itself_are_asked(
    outbox: Outbox, source: Source, time: Time
) -> None:
    """Carried out long after the window: found in the list, or shown by the order where the list is silent."""
    for number, listed in ((1, True), (2, False)):
        source.late_by = timedelta(seconds=300)
        doubtful(outbox, source, accept(number), "late")
        settled(outbox)
        time.sleep(300)
        source.order(key(number))
        if not listed:
            source.listed.clear()
        (row,) = carry_out(outbox, accept(number))
        assert row.result.value == "already_done"
    assert [source.by_us(accept(number)) for number in (1, 2)] == [1, 1]
    assert [it.cause for it in outbox.intents.latest()] == [Cause.ALREADY_THERE, Cause.ADOPTED]


def test_a_refund_whose_answer_is_lost_is_found_as_late_as_the_platform_could_still_take_it(
    outbox: Outbox, source: Source, time: Time
) -> None:
    source.late_by = timedelta(seconds=350)
    refund = Request.of("refund", key(1), {"refund_price": "5.00"})
    doubtful(outbox, source, refund, "slow")
    assert settled(outbox) == [("sent", None)]
    assert (source.by_us(refund), time.elapsed >= 350) == (1, True)


def test_what_is_proved_absent_is_sent_by_the_same_command(outbox: Outbox, source: Source) -> None:
    doubtful(outbox, source, accept(1))
    settled(outbox)
    assert [row.result.value for row in carry_out(outbox, accept(1))] == ["sent"]
    assert [(intent.attempt, intent.occurrence) for intent in outbox.intents.latest()] == [(2, 1)]


def test_money_goes_out_again_only_when_a_person_says_so(outbox: Outbox, source: Source) -> None:
    refund = Request.of("refund", key(1), {"refund_price": "5.00"})
    doubtful(outbox, source, refund)
    assert settled(outbox) == [
        (
            "not_sent",
            f"{NOT_THERE}; lengowctl actions retry 1 --again sends it",
        )
    ]
    (row,) = carry_out(outbox, refund)
    assert (row.result.value, row.reason) == (
        "not_sent",
        f"{NOT_THERE}; lengowctl actions retry 1 --again sends it",
    )
    assert [row.result.value for row in carry_out(outbox, refund, again=True)] == ["sent"]
    assert source.by_us(refund) == 1


def test_leave_for_one_more_attempt_is_for_one(outbox: Outbox, source: Source) -> None:
    refund = Request.of("refund", key(1), {"refund_price": "5.00"})
    doubtful(outbox, source, refund)
    settled(outbox)
    source.faults = lambda _: "broken"
    assert [row.result.value for row in carry_out(outbox, refund, again=True)] == ["doubtful"]
    settled(outbox)
    assert [row.result.value for row in carry_out(outbox, refund)] == ["not_sent"]


def test_without_waiting_each_is_looked_at_once(outbox: Outbox, source: Source, time: Time) -> None:
    doubtful(outbox, source, accept(1))
    ((result, _),) = settled(outbox, wait=False)
    assert (result, time.elapsed) == ("doubtful", 0.0)
    time.sleep(20)
    assert [result for result, _ in settled(outbox, wait=False)] == ["doubtful"]  # the first absence
    time.sleep(5.5)  # Lengow tells its time in whole seconds: these may be less than five
    assert [result for result, _ in settled(outbox, wait=False)] == ["doubtful"]
    time.sleep(1)
    assert [result for result, _ in settled(outbox, wait=False)] == ["not_sent"]


def test_the_window_of_a_dead_run_counts_from_the_first_look_after_its_death(
    make: Make, source: Source, time: Time
) -> None:
    """It may have slept for hours between claim and request."""
    outbox = make()
    doubtful(outbox, source, accept(1))
    ledger = outbox.intents
    with ledger.transaction():
        ledger._db.run("UPDATE intents SET window_from = NULL")
    time.sleep(3600)
    source.late_by = timedelta(seconds=9)
    source.deferred.append((source.clock + timedelta(seconds=9), accept(1), "us"))
    assert settled(make()) == [("sent", None)]


def test_an_order_that_changes_between_the_looks_starts_the_count_again(
    outbox: Outbox, source: Source, time: Time
) -> None:
    doubtful(outbox, source, accept(1))
    reads = iter(range(100))

    def change() -> None:
        order = source.orders_by_key[key(1)]
        at = NOON + timedelta(seconds=next(reads))
        source.orders_by_key[key(1)] = replace(order, updated_at=at) if len(source.reads) < 3 else order

    source.before_read = change
    settled(outbox)
    assert len(source.reads) > 2
    assert outbox.intents.latest()[0].cause == Cause.PROVED_ABSENT


def test_an_order_that_shows_the_effect_proves_it(outbox: Outbox, source: Source) -> None:
    doubtful(outbox, source, accept(1))
    source.orders_by_key[key(1)] = replace(source.orders_by_key[key(1)], status="waiting_shipment")
    assert settled(outbox) == [("done", "the order is waiting_shipment (2026-11-20T12:00:00Z)")]


def test_a_shipped_order_proves_a_parcel_by_its_number_only(outbox: Outbox, source: Source) -> None:
    doubtful(outbox, source, ship(1, tracking_number="B"))
    order = source.orders_by_key[key(1)]
    parcels = tuple(Parcel(None, None, number, None, NOON, None, None, False) for number in "A")
    package = replace(order.packages[0], parcels=parcels)
    source.orders_by_key[key(1)] = replace(order, status="shipped", packages=(package,))
    assert settled(outbox)[0][0] == "not_sent"
    source.faults = lambda _: "broken"
    carry_out(outbox, ship(1, tracking_number="B"))
    source.orders_by_key[key(1)] = replace(
        order, packages=(replace(package, parcels=(replace(parcels[0], tracking_number="B"),)),)
    )
    assert settled(outbox) == [("done", "the order has the parcel B (2026-11-20T12:00:00Z)")]


def test_the_oldest_of_several_equal_ones_is_taken_and_the_others_are_told(outbox: Outbox, source: Source) -> None:
    doubtful(outbox, source, accept(1))
    for _ in range(3):
        source.act(accept(1), "hand")
    assert settled(outbox) == [("sent", "Lengow has more than one equal action: 1001, 1002 as well")]


def test_the_same_action_with_other_arguments_leaves_it_doubtful_and_both_are_shown(
    outbox: Outbox, source: Source
) -> None:
    source.moves_orders = False
    doubtful(outbox, source, ship(1, tracking_number="A"))
    source.act(ship(1, tracking_number="a"), "hand")
    ((result, reason),) = settled(outbox)
    assert result == "doubtful"
    assert 'other arguments (action 1000 {"tracking_number":"a"}; ours: {"tracking_number":"A"})' in (reason or "")


def test_known_claimed_and_ancient_actions_are_not_ours(outbox: Outbox, source: Source) -> None:
    """An equal one that was there before, that belongs to another intent, or that is days older than our request."""
    carry_out(outbox, Request.of("refund", key(1), {"refund_price": "5.00"}))
    source.finish(1000)
    outbox.follow()
    source.clock -= timedelta(days=4)
    number = source.act(Request.of("refund", key(1), {"refund_price": "5.00"}), "hand")
    source.clock += timedelta(days=4)
    source.faults = lambda _: "broken"
    carry_out(outbox, Request.of("refund", key(1), {"refund_price": "5.00"}), again=True)
    (intent,) = outbox.doubtful()
    assert set(intent.known_ids or ()) == {1000, number}
    assert [result for result, _ in settled(outbox)] == ["not_sent"]


def test_a_refused_action_of_ours_is_found_and_told_as_refused(outbox: Outbox, source: Source) -> None:
    doubtful(outbox, source, accept(1))
    source.finish(source.act(accept(1), "hand"), errors="too late")
    assert settled(outbox) == [("rejected", "too late")]
    states = [entry.to_state for entry in outbox.intents.entries(1)]
    assert states == ["planned", "sending", "doubtful", "queued", "rejected"]


@pytest.mark.parametrize(("how", "state"), [("over", State.DONE), ("on", State.PENDING)])
def test_an_action_is_found_wherever_it_stands(outbox: Outbox, source: Source, how: str, state: State) -> None:
    doubtful(outbox, source, accept(1))
    number = source.act(accept(1), "hand")
    source.finish(number) if how == "over" else source.hand_over(number)
    settled(outbox)
    assert outbox.intents.latest()[0].state is state


def test_a_look_that_fails_decides_nothing(outbox: Outbox, source: Source, time: Time) -> None:
    doubtful(outbox, source, accept(1))
    source.reads_fail = lambda: OutOfReach("no route")
    ((result, reason),) = settled(outbox)
    assert (result, (reason or "").rpartition("; ")[2]) == ("doubtful", "it could not be looked up: no route")
    assert outbox.intents.latest()[0].absences == 0


def test_a_spent_budget_ends_the_settling(outbox: Outbox, source: Source) -> None:
    doubtful(outbox, source, accept(1))
    source.reads_fail = lambda: BudgetSpent("enough for today")
    rows = outbox.settle()
    assert next(rows).result.value == "doubtful"
    with pytest.raises(BudgetSpent):
        next(rows)


def test_an_order_that_lengow_no_longer_lists_proves_nothing(outbox: Outbox, source: Source) -> None:
    doubtful(outbox, source, accept(1))
    del source.orders_by_key[key(1)]
    ((result, reason),) = settled(outbox)
    assert (result, (reason or "").rpartition("; ")[2]) == ("doubtful", "Lengow no longer lists this order")


def test_a_stop_ends_the_waiting(make: Make, source: Source) -> None:
    stop = Stop()
    outbox = make(stop=stop)
    doubtful(outbox, source, accept(1))
    source.before_read = stop.ask
    assert [result for result, _ in settled(outbox)] == ["doubtful"]


def test_many_are_looked_at_together_and_those_too_early_are_put_off(make: Make, source: Source, time: Time) -> None:
    outbox = make(pace=Pace(nap=1000.0))
    source.faults = lambda _: "broken"
    carry_out(outbox, *(accept(n) for n in range(1, 9)))
    source.queries.clear()
    assert {result for result, _ in settled(make(pace=Pace(nap=1000.0)))} == {"not_sent"}
    assert len(source.queries) <= 4 + 8 + 8
    assert time.elapsed < 30


def test_what_is_no_longer_doubtful_is_told_as_it_stands(outbox: Outbox, source: Source) -> None:
    carry_out(outbox, accept(1))
    assert [row.result.value for row in outbox.settle(outbox.intents.latest())] == ["sent"]


def test_a_row_that_was_altered_is_not_settled(outbox: Outbox, source: Source) -> None:
    doubtful(outbox, source, accept(1))
    raw = outbox.intents._db.raw
    raw.execute("DROP TRIGGER intents_fixed")
    raw.execute("UPDATE intents SET scope = 'x'")
    ((result, reason),) = settled(outbox)
    assert (result, (reason or "").rpartition("; ")[2]) == ("doubtful", "run lengowctl db check")


def test_a_fault_of_our_own_while_looking_decides_nothing(outbox: Outbox, source: Source) -> None:
    doubtful(outbox, source, accept(1))

    def broken() -> None:
        raise KeyError("oops")

    source.before_read = broken
    ((result, reason),) = settled(outbox)
    assert (result, (reason or "").rpartition("; ")[2]) == (
        "doubtful", "it could not be looked up: looking at this order broke off (KeyError)",
    )  # fmt: skip


def test_what_belongs_to_another_intent_is_passed_over(outbox: Outbox, source: Source) -> None:
    """Even when that becomes known only in the moment of the look."""
    doubtful(outbox, source, accept(1))
    number = source.act(accept(1), "hand")
    intents = outbox.intents
    with intents.transaction():
        other = outbox.plan([accept(2)])[0].intent
        assert other
        intents.move(other, State.DONE, Cause.ADOPTED, at=NOON, action_id=number)
    source.moves_orders = False
    source.orders_by_key[key(1)] = replace(source.orders_by_key[key(1)], status="waiting_acceptance")
    assert settled(outbox)[0][0] == "not_sent"
