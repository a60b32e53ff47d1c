"""Sending: twins looked for, claimed, posted once, recorded, told. In this order."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.errors import BadAnswer, BudgetSpent, LengowctlError, Locked, NotSignedIn, OutOfReach, UsageFault
from lengowctl.orders.action import Cause, State
from lengowctl.orders.outcome import Outcome
from lengowctl.orders.request import Request
from lengowctl.outbox.crew import Threads
from lengowctl.outbox.outbox import Outbox
from lengowctl.outbox.parts import Finished
from lengowctl.outbox.settings import Pace, Stop
from lengowctl.outbox.told import Told
from lengowctl.store.intent import Intent, Who
from lengowctl.store.store import Store

from .conftest import Inline, accept, carry_out, open_outbox, results, ship
from .source import NOON, SOURCE, Source, Time, key

Make = Callable[..., Outbox]


def faults(*kinds: str) -> Callable[[Request], str]:
    """These faults in turn, then none."""
    rest = iter(kinds)
    return lambda request: next(rest, "ok")


def plan(outbox: Outbox, *requests: Request, **how: object) -> list[Intent]:
    return [it.intent for it in outbox.plan(requests, **how) if it.intent]  # type: ignore[arg-type]


def cancel(number: int) -> Request:
    return Request.of("cancel", key(number), {"reason": "out of stock"})


def refund(number: int, **arguments: str) -> Request:
    return Request.of("refund", key(number), arguments)


def test_each_order_is_sent_once_and_told(outbox: Outbox, source: Source) -> None:
    rows = carry_out(outbox, *(accept(n) for n in range(1, 8)))
    assert results(rows) == [(key(n).order_id, "sent") for n in range(1, 8)]
    assert [row.action_id for row in rows] == list(range(1000, 1007))
    assert len(source.posts) == 7


def test_the_same_command_again_sends_nothing(outbox: Outbox, source: Source) -> None:
    carry_out(outbox, accept(1), accept(2))
    rows = carry_out(outbox, accept(1), accept(2))
    assert [(row.result.value, row.reason) for row in rows] == [
        ("already_done", "queued as action 1000"),
        ("already_done", "queued as action 1001"),
    ]
    assert len(source.posts) == 2


def test_it_is_on_disk_before_the_network_hears_of_it(store: Store, source: Source, outbox: Outbox) -> None:
    """While the request is on its way another process reads `sending`, the run and the attempt."""
    seen = []

    def look(request: Request) -> None:
        with Store.open(store.folder, write=False, now=NOON) as other:
            (intent,) = intents_of(other)
            seen.append((intent.state, intent.attempt, bool(intent.run_id), intent.known_ids))

    source.before_post = look
    source.act(accept(2), "hand")
    carry_out(outbox, accept(1))
    assert seen == [(State.SENDING, 1, True, ())]


def intents_of(store: Store) -> list[Intent]:
    return store.ledger.intents(profile="test", source=SOURCE, who=Who("x", "y", "z")).latest()


def test_told_only_when_it_is_recorded(store: Store, outbox: Outbox) -> None:
    rows = outbox.send(plan(outbox, accept(1), accept(2), accept(3)))
    for row in rows:
        with Store.open(store.folder, write=False, now=NOON) as other:
            states = {intent.id: intent.state for intent in intents_of(other)}
            assert states[row.intent_id or 0] is State.QUEUED


# -- twins


def test_an_equal_action_that_is_there_already_is_taken_over(outbox: Outbox, source: Source) -> None:
    """Whatever its state, queued or handed over or done, but not one that was refused."""
    for number in (1, 2, 3, 4):
        source.act(accept(number), "hand")
    source.hand_over(1001)
    source.finish(1002)
    source.finish(1003, errors="too late")
    rows = carry_out(outbox, *(accept(n) for n in (1, 2, 3, 4)))
    assert [(row.result.value, row.reason, row.action_id) for row in rows] == [
        ("already_done", "queued as action 1000", 1000),
        ("already_done", "pending as action 1001", 1001),
        ("already_done", "done as action 1002", 1002),
        ("sent", None, 1004),
    ]
    assert [request for request, _ in source.posts] == [accept(4)]


def test_other_arguments_make_another_action_and_dates_do_not(outbox: Outbox, source: Source) -> None:
    source.act(ship(1, tracking_number="A", shipping_date="2026-11-19"), "hand")
    source.act(ship(2, tracking_number="A", line="2-1"), "hand")
    rows = carry_out(
        outbox, ship(1, tracking_number="A", shipping_date="2026-11-20"), ship(1, tracking_number="B"), ship(2)
    )
    assert [row.result.value for row in rows] == ["already_done", "sent", "sent"]


def test_an_action_belongs_to_one_intent(outbox: Outbox, source: Source) -> None:
    """A second refund on purpose is not taken for the first one."""
    carry_out(outbox, refund(1, refund_price="5.00"))
    source.finish(1000)
    outbox.follow()
    rows = carry_out(outbox, refund(1, refund_price="5.00"), again=True)
    assert [(row.result.value, row.action_id) for row in rows] == [("sent", 1001)]
    assert [row.result.value for row in carry_out(outbox, refund(1, refund_price="5.00"))] == ["already_done"]


def test_what_may_be_that_of_an_action_in_doubt_is_not_taken_over_by_another(
    make: Make, source: Source, time: Time
) -> None:
    """All that the second one asks for was asked by the first, which is in doubt: what is listed may be its own."""
    source.moves_orders = False
    source.faults = faults("lost")
    source.after_post = lambda request: source.__setattr__("reads_fail", lambda: OutOfReach("no route"))
    first, second = plan(make(), ship(1, tracking_number="A", carrier="DPD"), ship(1, tracking_number="A"))
    assert [row.result.value for row in make().send([first])] == ["doubtful"]
    source.reads_fail = lambda: None
    source.after_post = lambda request: None
    assert [row.result.value for row in make().send([second])] == ["not_sent"]
    assert [row.result.value for row in make().settle()] == ["sent"]
    assert [row.result.value for row in make().send([second])] == ["sent"]
    assert [intent.action_id for intent in make().intents.latest()] == [1001, 1000]


def test_one_listing_for_many_orders_and_one_look_each_for_few(make: Make, source: Source) -> None:
    source.page_size = 5
    for number in range(11, 31):
        source.act(accept(number), "hand")
    carry_out(make(), *(accept(n) for n in range(1, 11)))
    assert [query.page for query in source.queries if query.key is None] == [1, 2, 3, 4]
    source.queries.clear()
    carry_out(make(), ship(21))
    assert [query.key for query in source.queries] == [None, key(21)]


def test_the_listing_is_renewed_by_what_was_updated_since(make: Make, source: Source, time: Time) -> None:
    """Somebody acts by hand after the run began: a minute later the run knows it."""
    outbox = make(pace=Pace(first=1, most=1))

    def between(request: Request) -> None:
        time.sleep(70)
        if request == accept(1):
            source.act(accept(2), "hand")

    source.after_post = between
    rows = carry_out(outbox, accept(1), accept(2), accept(3))
    assert [row.result.value for row in rows] == ["sent", "already_done", "sent"]
    first, *renewals = [query.updated_from for query in source.queries]
    assert first == NOON - timedelta(days=3)
    assert renewals[0] == NOON - timedelta(minutes=2)


def test_what_was_claimed_before_the_machine_slept_does_not_leave_on_an_old_look(
    make: Make, source: Source, time: Time
) -> None:
    """The laptop is shut for a night, and meanwhile somebody does by hand what was about to leave."""
    outbox = make(pace=Pace(first=8, most=8))
    before = iter([None])

    def sleep(request: Request) -> None:
        for _ in before:
            time.sleep(8 * 3600)
            for number in range(2, 18):
                source.act(accept(number), "hand")

    source.after_post = sleep
    rows = carry_out(outbox, *(accept(n) for n in range(1, 18)))
    assert [request for request, _ in source.posts] == [accept(1)]
    assert Counter(row.result.value for row in rows) == {"sent": 1, "already_done": 16}


def test_a_clock_ahead_of_the_source_does_not_shorten_the_listing(make: Make, source: Source, time: Time) -> None:
    time.now_ += timedelta(days=2)
    source.act(accept(1), "hand")
    source.tick(timedelta(days=2.5).total_seconds())
    time.now_ += timedelta(days=2.5)
    assert [row.result.value for row in carry_out(make(), accept(1))] == ["already_done"]


def test_refunds_and_later_attempts_look_at_the_order_each(outbox: Outbox, source: Source, time: Time) -> None:
    carry_out(outbox, refund(1, refund_price="5.00"))
    assert [query.key for query in source.queries] == [None, key(1)]
    assert source.reads == [key(1)]
    source.queries.clear()
    source.faults = faults("unreached")
    carry_out(outbox, accept(2))
    assert [query.key for query in source.queries] == [None, key(2)]


def test_an_order_that_shows_the_effect_is_not_asked_again(outbox: Outbox, source: Source) -> None:
    source.orders_by_key[key(1)] = replace(source.orders_by_key[key(1)], status="canceled")
    rows = carry_out(outbox, cancel(1), cancel(2))
    assert [(row.result.value, row.reason) for row in rows] == [
        ("already_done", "done (the order is canceled (2026-11-20T12:00:00Z))"),
        ("sent", None),
    ]


def test_after_a_refusal_the_order_is_read_before_it_is_asked_for_again(outbox: Outbox, source: Source) -> None:
    """The cache may be older than what somebody did at the marketplace after the refusal."""
    source.faults = lambda request: "refused"
    assert [row.result.value for row in carry_out(outbox, accept(1), accept(2))] == ["rejected"] * 2
    source.faults = lambda request: "ok"
    source.orders_by_key[key(1)] = replace(source.orders_by_key[key(1)], status="waiting_shipment")
    source.queries.clear()
    rows = carry_out(outbox, accept(1), accept(2))
    assert sorted((row.result.value, row.reason) for row in rows) == [
        ("already_done", "done (the order is waiting_shipment (2026-11-20T12:00:00Z))"),
        ("sent", None),
    ]
    assert ([query.key for query in source.queries], source.reads) == ([None, key(1), key(2)], [key(1), key(2)])


@pytest.mark.parametrize(("errors", "told"), [(None, "already_done"), ("Too late", "sent")])
def test_what_was_given_up_and_carried_out_after_all_is_not_asked_for_again(
    outbox: Outbox, source: Source, time: Time, errors: str | None, told: str
) -> None:
    """The answer comes on the fourth day, and the order does not show it yet. A late refusal is none."""
    source.moves_orders = False
    carry_out(outbox, accept(1))
    time.sleep(timedelta(days=3, seconds=1).total_seconds())
    outbox.follow()
    source.finish(1000, errors=errors)
    (row,) = carry_out(outbox, accept(1))
    assert (row.result.value, len(source.effects)) == (told, 1 if errors is None else 2)
    new, old = outbox.intents.latest()
    assert (old.state, new.occurrence) == (State.EXPIRED, 2)
    assert new.evidence == (None if errors else "action 1000, given up before, was carried out after all")


def test_a_second_one_on_purpose_is_not_shown_by_the_order(outbox: Outbox, source: Source) -> None:
    """Proved absent and allowed once more, the first one's effect is still no proof of the second."""
    carry_out(outbox, cancel(1))
    source.finish(1000)
    outbox.follow()
    source.faults = faults("broken")
    assert [row.result.value for row in carry_out(outbox, cancel(1), again=True)] == ["doubtful"]
    assert [row.result.value for row in outbox.settle()] == ["not_sent"]
    assert [row.result.value for row in carry_out(outbox, cancel(1), again=True)] == ["sent"]


def test_an_order_that_is_gone_or_no_longer_fits_is_left_alone(make: Make, source: Source) -> None:
    del source.orders_by_key[key(1)]
    saved = []
    outbox = make(check=lambda intent, reading: "it was shipped meanwhile", save=saved.append)
    rows = carry_out(outbox, cancel(1), cancel(2))
    assert [(row.result.value, row.reason) for row in rows] == [
        ("not_sent", "Lengow no longer lists this order; lengowctl actions withdraw 1 gives it up"),
        ("not_sent", "it was shipped meanwhile; lengowctl actions withdraw 2 gives it up"),
    ]
    assert [reading.order.key for reading in saved] == [key(2)]
    assert source.posts == []


# -- answers


def test_a_refusal_is_told_in_lengows_words_and_a_new_request_is_a_new_occurrence(
    outbox: Outbox, source: Source
) -> None:
    source.faults = faults("refused")
    assert [(row.result.value, row.reason) for row in carry_out(outbox, accept(1))] == [("rejected", "Not like this")]
    assert [row.result.value for row in outbox.send(outbox.intents.latest())] == ["rejected"]
    assert len(source.posts) == 1
    (row,) = carry_out(outbox, accept(1))
    assert (row.result.value, [it.occurrence for it in outbox.intents.latest()]) == ("sent", [2, 1])


def test_what_was_not_executed_is_sent_again_in_this_run_after_a_pause(
    outbox: Outbox, source: Source, time: Time
) -> None:
    source.faults = faults("unreached", "unreached")
    (row,) = carry_out(outbox, accept(1))
    assert (row.result.value, len(source.posts), time.elapsed) == ("sent", 3, pytest.approx(3.0))


def test_a_source_that_stays_away_ends_the_run_and_leaves_all_planned(outbox: Outbox, source: Source) -> None:
    source.faults = lambda request: "unreached"
    rows, fault = until_raised(outbox.send(plan(outbox, *(accept(n) for n in range(1, 21)))))
    assert {row.result.value for row in rows} == {"not_sent"}
    assert len(rows) == 20
    assert isinstance(fault, OutOfReach)
    assert {intent.state for intent in outbox.intents.latest()} == {State.PLANNED}


def until_raised(rows: Iterator[Told]) -> tuple[list[Told], LengowctlError | None]:
    found: list[Told] = []
    try:
        for row in rows:
            found.append(row)
    except LengowctlError as fault:
        return found, fault
    return found, None


def test_a_request_limit_is_obeyed_by_all(make: Make, source: Source, time: Time) -> None:
    """No request leaves before the silence is over."""
    outbox = make(workers=4)
    source.faults = faults("ok", "limited")
    posted: list[float] = []
    source.before_post = lambda request: posted.append(time.elapsed)
    rows = carry_out(outbox, *(accept(n) for n in range(1, 10)))
    assert {row.result.value for row in rows} == {"sent"}
    assert posted == [0.0] * 4 + [pytest.approx(3.0)] * 6


def test_what_our_own_count_kept_back_is_not_looked_for(make: Make, source: Source, time: Time) -> None:
    """Nothing left: one listing for all is enough, however often the limit was reached. After a 429 it is not."""
    for fault, looks in (("kept", []), ("limited", [key(12)])):
        source.queries.clear()
        source.faults = faults("ok", fault)
        first = 1 if fault == "kept" else 11
        rows = carry_out(make(), *(accept(n) for n in range(first, first + 9)))
        assert {row.result.value for row in rows} == {"sent"}
        assert [query.key for query in source.queries] == [None, *looks]


def test_what_left_once_is_looked_for_though_it_was_kept_back_since(make: Make, source: Source) -> None:
    source.faults = faults("limited", "kept")
    (row,) = carry_out(make(), accept(1))
    assert ([query.key for query in source.queries], row.result.value) == ([None, key(1), key(1)], "sent")


def test_a_later_run_looks_for_what_an_earlier_one_claimed(make: Make, source: Source) -> None:
    stop = Stop()
    source.faults = faults("kept")
    source.after_post = lambda request: stop.ask()
    assert [row.result.value for row in carry_out(make(stop=stop), accept(1))] == ["not_sent"]
    assert [row.result.value for row in carry_out(make(), accept(1))] == ["sent"]
    assert [query.key for query in source.queries] == [None, None, key(1)]


def test_a_silence_longer_than_our_patience_ends_the_run(make: Make, source: Source) -> None:
    outbox = make(pace=Pace(patience=2.0))
    source.faults = lambda request: "limited"
    rows, fault = until_raised(outbox.send(plan(outbox, accept(1))))
    assert [row.result.value for row in rows] == ["not_sent"]
    assert isinstance(fault, BudgetSpent)


def test_a_session_that_ended_is_renewed_once_for_all_in_flight(make: Make, source: Source) -> None:
    source.faults = faults("signed_out", "signed_out", "signed_out")
    rows = carry_out(make(workers=3), *(accept(n) for n in range(1, 6)))
    assert ({row.result.value for row in rows}, source.sessions) == ({"sent"}, 1)


def test_keys_that_no_longer_count_leave_the_rest_planned(outbox: Outbox, source: Source) -> None:
    source.faults = lambda request: "signed_out"
    rows, fault = until_raised(outbox.send(plan(outbox, *(accept(n) for n in range(1, 10)))))
    assert isinstance(fault, NotSignedIn)
    assert ({row.result.value for row in rows}, len(rows), source.sessions) == ({"not_sent"}, 9, 1)
    assert {intent.state for intent in outbox.intents.latest()} == {State.PLANNED}


def test_an_action_that_is_turned_away_twice_does_not_end_a_run_that_lets_others_in(make: Make, source: Source) -> None:
    """A session that was good is renewed; in the new one the others speak for it, and the action is tried again."""
    away = iter([True, True])
    source.faults = lambda request: "signed_out" if request == accept(2) and next(away, False) else "ok"
    rows = carry_out(make(), *(accept(n) for n in range(1, 29)))
    assert ({row.result.value for row in rows}, len(rows), source.sessions) == ({"sent"}, 28, 1)


def test_an_action_that_is_always_turned_away_is_left_planned_and_the_others_go(make: Make, source: Source) -> None:
    """It is tried three times, for at most two sessions; nobody signs in for each of its requests."""
    source.faults = lambda request: "signed_out" if request == accept(2) else "ok"
    rows = carry_out(make(), *(accept(n) for n in range(1, 29)))
    why = "Lengow turns this action away, while it lets others in: the session is over"
    assert sorted((row.result.value, row.reason) for row in rows) == [("not_sent", why)] + [("sent", None)] * 27
    assert (sum(request == accept(2) for request, _ in source.posts), source.sessions) == (3, 1)


def test_one_alone_that_is_turned_away_in_a_fresh_session_means_that_the_keys_do_not_count(
    make: Make, source: Source
) -> None:
    source.faults = lambda request: "signed_out" if request == accept(3) else "ok"
    rows, fault = until_raised(make(pace=Pace(first=1, most=1)).send(plan(make(), *(accept(n) for n in (1, 2, 3)))))
    assert [row.result.value for row in rows] == ["sent", "sent", "not_sent"]
    assert (type(fault), len(source.posts), source.sessions) == (NotSignedIn, 4, 1)


def test_each_session_that_ends_is_renewed_once(make: Make, source: Source) -> None:
    """A session that lasts for five requests: as many sign-ins as sessions that ended, and everything is sent."""
    source.with_orders(range(1, 61))
    left = [5]

    def ends(request: Request) -> str:
        left[0] -= 1
        return "ok" if left[0] >= 0 else "signed_out"

    source.faults = ends

    def sign_in() -> None:
        source.sessions += 1
        left[0] = 5

    source.refresh_session = sign_in  # type: ignore[method-assign]
    rows = carry_out(make(pace=Pace(first=2, most=2)), *(accept(n) for n in range(1, 61)))
    assert ({row.result.value for row in rows}, source.sessions) == ({"sent"}, 11)


def test_no_session_to_be_had_is_no_attempt_that_could_have_left(make: Make, store: Store, time: Time) -> None:
    class Keyless(Source):
        def send_action(self, request: Request) -> Outcome:
            raise NotSignedIn("wrong keys")

    outbox = open_outbox(store, Keyless().with_orders([1, 2]), time)
    rows, fault = until_raised(outbox.send(plan(outbox, accept(1), accept(2))))
    assert [row.result.value for row in rows] == ["not_sent", "not_sent"]
    assert (str(fault), outbox.doubtful()) == ("wrong keys", [])


def kinds(base: type[LengowctlError] = LengowctlError) -> Iterator[type[LengowctlError]]:
    yield base
    for kind in base.__subclasses__():
        yield from kinds(kind)


@pytest.mark.parametrize("kind", sorted(set(kinds()) - {*kinds(UsageFault)}, key=str))
def test_whatever_is_raised_on_purpose_was_raised_before_anything_left(
    store: Store, time: Time, kind: type[LengowctlError]
) -> None:
    """The run ends with it, everything stays planned, and nothing is doubtful."""

    class Raising(Source):
        def send_action(self, request: Request) -> Outcome:
            raise kind("not now")

    outbox = open_outbox(store, Raising().with_orders(range(1, 9)), time)
    rows, fault = until_raised(outbox.send(plan(outbox, *(accept(n) for n in range(1, 9)))))
    assert ({(row.result.value, row.reason) for row in rows}, len(rows)) == ({("not_sent", "not now")}, 8)
    assert (type(fault), {it.state for it in outbox.intents.latest()}) == (kind, {State.PLANNED})


def test_a_request_that_cannot_be_sent_at_all_keeps_no_other(store: Store, time: Time) -> None:
    class Particular(Source):
        def send_action(self, request: Request) -> Outcome:
            if request == accept(2):
                raise UsageFault("it holds characters that cannot be sent")
            return super().send_action(request)

    outbox = open_outbox(store, Particular().with_orders(range(1, 9)), time)
    rows = carry_out(outbox, *(accept(n) for n in range(1, 9)))
    assert sorted((row.result.value, row.reason) for row in rows) == [
        ("not_sent", "it holds characters that cannot be sent"),
        *[("sent", None)] * 7,
    ]


def test_a_fault_of_our_own_while_sending_is_doubtful(store: Store, time: Time) -> None:
    class Buggy(Source):
        def send_action(self, request: Request) -> Outcome:
            raise KeyError("oops")

    outbox = open_outbox(store, Buggy().with_orders([1]), time)
    (row,) = carry_out(outbox, accept(1))
    assert (row.result.value, "KeyError" in (row.reason or "")) == ("doubtful", True)


@pytest.mark.parametrize("fault", ["lost", "cut"])
def test_a_lost_answer_is_found_by_one_look(outbox: Outbox, source: Source, fault: str) -> None:
    source.faults = faults(fault)
    rows = carry_out(outbox, accept(1), accept(2))
    assert sorted(results(rows)) == [("N000001", "sent"), ("N000002", "sent")]
    assert len(source.effects) == 2


@pytest.mark.parametrize("fault", ["broken", "late"])
def test_what_nobody_knows_is_doubtful_and_never_sent_again(outbox: Outbox, source: Source, fault: str) -> None:
    source.faults = faults(fault)
    (row,) = carry_out(outbox, accept(1))
    assert row.result.value == "doubtful"
    assert (row.reason or "").startswith("sent at 2026-11-20T12:00:00Z (attempt 1), ")
    assert (row.reason or "").endswith("; lengowctl actions settle finds out")
    (again,) = carry_out(outbox, accept(1))
    assert (again.result.value, len(source.posts)) == ("doubtful", 1)


def test_the_number_of_another_action_of_ours_is_no_proof(outbox: Outbox, source: Source) -> None:
    carry_out(outbox, accept(1))
    source.listed.clear()  # the next action gets the same number
    (row,) = carry_out(outbox, accept(2))
    assert (row.result.value, row.action_id) == ("doubtful", None)
    assert "which belongs to another one of ours" in (row.reason or "")


# -- claims


def test_two_runs_with_the_same_orders_send_each_once(make: Make, source: Source) -> None:
    """The second comes in the middle of the first: what is planned it sends, what is done or under way it tells."""
    first, second = make(pace=Pace(first=1, most=1)), make()
    requests = [accept(n) for n in range(1, 6)]
    rows = first.send(plan(first, *requests))
    told = [next(rows), next(rows)]
    told += carry_out(second, *requests)
    told += rows
    assert [source.by_us(request) for request in requests] == [1] * 5
    assert sorted(row.result.value for row in told) == ["already_done"] * 4 + ["sent"] * 5 + ["skipped"]


def test_what_another_run_is_sending_just_now_is_waited_for(make: Make, source: Source, time: Time) -> None:
    first, second = make(pace=Pace(first=1, most=1)), make(pace=Pace(nap=1.0))
    rows: list[Told] = []

    def meanwhile(request: Request) -> None:
        source.before_post = lambda _: None
        rows.extend(carry_out(second, request))

    source.before_post = meanwhile
    carry_out(first, accept(1))
    assert [(row.result.value, row.reason) for row in rows] == [("skipped", "another run is sending it")]
    assert (time.elapsed, len(source.posts)) == (pytest.approx(30.0, abs=1.0), 1)


def test_the_row_of_a_dead_run_is_doubtful_and_that_of_a_living_one_is_let_be(make: Make, source: Source) -> None:
    dead = make(crew=NeverBack)
    rows = dead.send(plan(dead, accept(1)))
    with pytest.raises(_Gone):
        next(rows)
    assert make().doubtful() == []
    assert dead.sending
    dead.sending.abandon()
    (intent,) = make().doubtful()
    assert (intent.state, intent.cause, intent.attempt) == (State.DOUBTFUL, Cause.OWNER_DEAD, 1)


class _Gone(BaseException):
    """The process is no more."""


class NeverBack:
    """A crew that dies with its process."""

    def start(self, job: object) -> None:
        raise _Gone

    def collect(self, patience: float | None = None) -> list[object]:
        raise _Gone

    def close(self) -> None:
        pass


class OneByOne(Inline):
    """A crew whose jobs come back one after the other."""

    def collect(self, patience: float | None = None) -> list[Finished]:
        found, self._finished = self._finished[:1], self._finished[1:]
        return found


@pytest.mark.parametrize(
    ("first", "apart", "together"),
    [("ok", 0.0, [1, 2]), ("lost", 0.0, [1]), ("ok", 1.0, [1])],
    ids=["all goes well", "one is doubtful", "it waited long enough"],
)
def test_answers_are_recorded_together_while_all_goes_well_and_every_hand_is_busy(
    make: Make, source: Source, time: Time, first: str, apart: float, together: list[int]
) -> None:
    """Four leave and two are claimed ahead: with one answer, the next one leaves and nothing has to be claimed yet."""
    steps: list[tuple[str, int]] = []
    source.faults = faults(first)
    source.after_post = lambda request: time.sleep(apart)
    outbox = make(pace=Pace(first=4, most=4), crew=OneByOne, steps=lambda name, number: steps.append((name, number)))
    rows = carry_out(outbox, *(accept(n) for n in range(1, 9)))
    begun = steps.index(("recording", 1))
    assert [number for name, number in steps[begun : steps.index(("recorded", 1))] if name == "recording"] == together
    assert ({row.result.value for row in rows}, len(source.posts)) == ({"sent"}, 8)


def test_the_whole_order_and_its_lines_do_not_go_out_together(make: Make, source: Source) -> None:
    """While one is doubtful the others wait; a line does not keep another line."""
    source.faults = faults("broken")
    outbox = make(pace=Pace(first=1, most=1))
    rows = carry_out(outbox, ship(1, line="1-1"), ship(1, tracking_number="B"), ship(1, line="1-2"))
    assert [(row.arguments, row.result.value) for row in rows] == [
        ((("tracking_number", "B"),), "not_sent"),
        ((("line", "1-2"),), "sent"),
        ((("line", "1-1"),), "doubtful"),
    ]


def test_several_parcels_of_one_order_go_one_after_the_other(outbox: Outbox, source: Source) -> None:
    rows = carry_out(outbox, *(ship(1, tracking_number=number) for number in "ABC"))
    assert [row.result.value for row in rows] == ["sent"] * 3
    assert len(source.effects) == 3


def test_a_frozen_profile_sends_nothing_and_says_who_froze_it(outbox: Outbox, source: Source) -> None:
    outbox.freeze("stocktaking")
    rows = carry_out(outbox, accept(1), accept(2))
    why = "all sending was frozen by lea at 2026-11-20T12:00:00Z: stocktaking"
    assert [(row.result.value, row.reason) for row in rows] == [("not_sent", why)] * 2
    assert source.posts == []
    outbox.unfreeze()
    assert [row.result.value for row in carry_out(outbox, accept(1), accept(2))] == ["sent"] * 2


def test_freezing_stops_a_run_that_is_at_work(make: Make, source: Source) -> None:
    outbox = make(pace=Pace(first=1, most=1))
    source.after_post = lambda request: make().freeze(None) and None
    rows = carry_out(outbox, accept(1), accept(2), accept(3))
    assert [row.result.value for row in rows] == ["sent", "not_sent", "not_sent"]


def test_what_is_claimed_when_somebody_freezes_the_profile_does_not_leave(
    make: Make, source: Source, time: Time
) -> None:
    """The source is slow; four were claimed ahead when the profile was frozen, and are planned again."""
    outbox = make(pace=Pace(first=8, most=8))

    def freeze(request: Request) -> None:
        make().freeze(None)
        time.sleep(1)

    source.after_post = freeze
    carry_out(outbox, *(accept(n) for n in range(1, 18)))
    assert [request for request, _ in source.posts] == [accept(1)]
    states = [intent.state for intent in reversed(outbox.intents.latest())]
    assert states == [State.QUEUED, *[State.PLANNED] * 16]


def test_a_run_whose_ledger_was_replaced_sends_nothing_more(make: Make, source: Source, store: Store) -> None:
    """A backup is brought back while it sends: who comes next knows nothing of what was claimed."""
    outbox = make(pace=Pace(first=8, most=8))
    ledger = store.folder / "ledger.db"

    def replace_it(request: Request) -> None:
        copy = ledger.with_suffix(".copy")
        copy.write_bytes(ledger.read_bytes())
        copy.replace(ledger)

    source.after_post = replace_it
    _, fault = until_raised(outbox.send(plan(outbox, *(accept(n) for n in range(1, 18)))))
    assert [request for request, _ in source.posts] == [accept(1)]
    assert fault is not None
    assert fault.message == f"the database {ledger} was moved away or replaced while this run wrote to it"


@pytest.mark.parametrize("number", [1, 2])
def test_an_action_whose_row_is_gone_is_named(outbox: Outbox, source: Source, number: int) -> None:
    """Somebody copied an older ledger over this one: what was sent is told to be in doubt, what was not is not sent."""
    raw = outbox.intents._db.raw
    intents = plan(outbox, accept(1), accept(2), accept(3))
    raw.execute("DROP TRIGGER intents_kept")
    raw.execute("PRAGMA foreign_keys = OFF")

    def take_away(request: Request) -> None:
        raw.execute("DELETE FROM intents WHERE id = ?", (number,))

    source.after_post = take_away
    outbox._parts = replace(outbox._parts, pace=Pace(first=1, most=1))
    rows = {row.ref.partition(":")[2]: (row.result.value, row.reason or "") for row in outbox.send(intents)}
    assert sorted(rows) == ["N000001", "N000002", "N000003"]
    result, reason = rows[f"N00000{number}"]
    assert result == ("doubtful" if number == 1 else "failed")
    assert "its row in the ledger is gone" in reason
    assert [row for row, _ in rows.values()].count("sent") == 2


def test_a_run_whose_lock_file_was_taken_away_sends_nothing_more(make: Make, source: Source, store: Store) -> None:
    """Others take it for dead from then on, and settle what they find: what was claimed must not leave after that."""
    outbox = make(pace=Pace(first=8, most=8))

    def take_away(request: Request) -> None:
        for path in store.folder.glob("run-*.lock"):
            path.unlink()
        make().doubtful()

    source.after_post = take_away
    rows, fault = until_raised(outbox.send(plan(outbox, *(accept(n) for n in range(1, 18)))))
    assert [request for request, _ in source.posts] == [accept(1)]
    assert fault is not None
    assert "was taken away" in fault.message
    assert Counter(row.result.value for row in rows) == {"not_sent": 5, "doubtful": 12}
    source.after_post = lambda request: None
    carry_out(outbox, *(accept(n) for n in range(1, 18)))
    list(outbox.settle())
    rows = carry_out(outbox, *(accept(n) for n in range(1, 18)))
    assert {row.result.value for row in rows} == {"already_done", "sent"}
    assert [source.by_us(accept(n)) for n in range(1, 18)] == [1] * 17


def test_what_is_held_back_is_sent_when_its_time_has_come(outbox: Outbox, source: Source, time: Time) -> None:
    until = NOON + timedelta(minutes=10)
    (row,) = carry_out(outbox, accept(1), hold_until=until)
    assert (row.result.value, row.reason) == (
        "held",
        "held back until 2026-11-20T12:10:00Z; lengowctl actions withdraw 1 takes it back",
    )
    assert [it.result.value for it in carry_out(outbox, accept(1))] == ["held"]
    assert [it.result.value for it in outbox.send(outbox.intents.latest())] == ["held"]
    time.sleep(601)
    assert [it.result.value for it in carry_out(outbox, accept(1))] == ["sent"]


def test_a_row_that_was_altered_is_not_sent(outbox: Outbox, source: Source, store: Store) -> None:
    """Another process with other ideas changed the order of an intent behind our back."""
    intents = plan(outbox, accept(1), accept(2))
    ledger = store.ledger.intents(profile="", source="", who=Who("", "", ""))
    raw = ledger._db.raw
    raw.execute("DROP TRIGGER intents_fixed")
    raw.execute("UPDATE intents SET order_id = 'N000009' WHERE id = 1")
    rows = list(outbox.send(intents))
    assert sorted((row.result.value, row.reason) for row in rows) == [
        ("failed", "its row in the ledger is damaged; run lengowctl db check"),
        ("sent", None),
    ]
    assert [request for request, _ in source.posts] == [accept(2)]


# -- stopped


def test_a_stop_lets_what_is_in_flight_end_and_tells_the_rest(make: Make, source: Source) -> None:
    stop = Stop()
    outbox = make(stop=stop, pace=Pace(first=2, most=2))
    source.after_post = lambda request: stop.ask()
    rows = carry_out(outbox, *(accept(n) for n in range(1, 6)))
    assert [row.result.value for row in rows] == ["sent", "not_sent", "not_sent", "not_sent", "not_sent"]
    assert rows[-1].reason == "the run was stopped before its turn"


def test_what_was_claimed_ahead_and_did_not_leave_is_planned_again(make: Make, source: Source) -> None:
    """Stopped after the third request: what else was claimed is proved not to have left, in the order asked for."""
    stop = Stop()
    outbox = make(stop=stop)
    left = iter(range(3))
    source.after_post = lambda request: (next(left) == 2 and stop.ask()) or None
    rows = carry_out(outbox, *(accept(n) for n in range(1, 9)))
    assert results(rows) == [
        *((f"N{n:06d}", "sent") for n in (1, 2, 3)),
        *((f"N{n:06d}", "not_sent") for n in range(4, 9)),
    ]
    given_back = [(it.id, it.state, it.cause) for it in reversed(outbox.intents.latest()) if it.attempt and it.id > 3]
    assert given_back == [(n, State.PLANNED, Cause.NOT_EXECUTED) for n in (4, 5, 6)]
    stopped, stop._event = len(source.posts), threading.Event()
    assert [row.result.value for row in carry_out(outbox, *(accept(n) for n in range(4, 9)))] == ["sent"] * 5
    assert (stopped, len(source.posts)) == (3, 8)


def test_a_reader_who_leaves_stops_new_sends_not_recording(make: Make, source: Source) -> None:
    """A closed stdout: what was in flight is recorded all the same."""
    outbox = make(pace=Pace(first=3, most=3))
    rows = outbox.send(plan(outbox, *(accept(n) for n in range(1, 8))))
    next(rows)
    rows.close()  # type: ignore[attr-defined]
    states = [intent.state for intent in reversed(outbox.intents.latest())]
    assert states.count(State.SENDING) == 0
    assert states.count(State.QUEUED) == len(source.posts) < 7


def test_leaving_at_once_leaves_rows_that_the_next_run_settles(make: Make, source: Source, store: Store) -> None:
    """The second Ctrl-C: rows stay `sending`, and the lock stays ours until the process is gone."""
    release = threading.Event()
    outbox = make(crew=Threads)
    source.before_post = lambda request: release.wait(60) and None
    rows = outbox.send(plan(outbox, accept(1)))
    steps = iter(rows)
    crew_collect_interrupted(outbox, steps)
    assert [intent.state for intent in outbox.intents.latest()] == [State.SENDING]
    assert make().doubtful() == []
    release.set()
    assert list(store.folder.glob("run-*.lock"))


def crew_collect_interrupted(outbox: Outbox, steps: Iterator[Told]) -> None:
    """Ctrl-C arrives while the run waits for its answers."""

    class Interrupted(Threads):  # type: ignore[type-arg]
        def collect(self, patience: float | None = None) -> list[object]:
            raise KeyboardInterrupt

    outbox._parts = replace(outbox._parts, crew=Interrupted)
    with pytest.raises(KeyboardInterrupt):
        next(steps)


def test_a_run_leaves_no_lock_behind(outbox: Outbox, store: Store) -> None:
    carry_out(outbox, accept(1))
    assert list(store.folder.glob("run-*")) == []


# -- the pace


def test_few_at_once_then_more_and_half_after_trouble(store: Store, source: Source, time: Time) -> None:
    """Counted in the source: never more in flight than the width, which begins at four and ends at sixteen."""
    source.with_orders(range(31, 301))
    barrier = Meter()
    source.before_post = barrier.enter
    source.after_post = barrier.leave
    outbox = open_outbox(store, source, time, crew=Threads)
    rows = carry_out(outbox, *(accept(n) for n in range(1, 301)))
    assert {row.result.value for row in rows} == {"sent"}
    assert barrier.most <= 16


class Meter:
    """How many requests are under way at once."""

    def __init__(self) -> None:
        self.mutex = threading.Lock()
        self.now = self.most = 0

    def enter(self, request: Request) -> None:
        with self.mutex:
            self.now += 1
            self.most = max(self.most, self.now)

    def leave(self, request: Request) -> None:
        with self.mutex:
            self.now -= 1


def test_a_listing_that_cannot_be_read_sends_nothing(outbox: Outbox, source: Source) -> None:
    source.reads_fail = lambda: OutOfReach("no route")
    rows, fault = until_raised(outbox.send(plan(outbox, accept(1), accept(2))))
    assert [(row.result.value, row.reason) for row in rows] == [("not_sent", "no route")] * 2
    assert (str(fault), source.posts) == ("no route", [])


def test_the_ledger_is_all_there_after_a_full_disk(make: Make, source: Source, tmp_path: Path) -> None:
    """The answer that could not be written stays `sending`; the next run settles it without sending again."""
    outbox = make()
    source.after_post = lambda request: outbox.intents._db.raw.execute("PRAGMA max_page_count = 1") and None
    intents = plan(outbox, *(accept(n) for n in range(1, 26)), note="x" * 3000)
    until_raised(outbox.send(intents))
    outbox.intents._db.raw.execute("PRAGMA max_page_count = 1000000")
    source.after_post = lambda request: None
    rows = carry_out(make(), *(accept(n) for n in range(1, 26)))
    assert {row.result.value for row in rows} <= {"sent", "already_done"}
    assert [source.by_us(accept(n)) for n in range(1, 26)] == [1] * 25


def test_a_ledger_that_cannot_be_written_any_more_ends_the_run(make: Make, source: Source, store: Store) -> None:
    """Nothing can be recorded or given back: the run ends all the same, nothing more leaves, the next one settles."""
    outbox = make()
    outbox.intents._db.raw.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(store.folder / "ledger.db", isolation_level=None)) as other:
        source.after_post = lambda request: other.in_transaction or (other.execute("BEGIN IMMEDIATE") and None)
        _, fault = until_raised(outbox.send(plan(outbox, *(accept(n) for n in range(1, 20)))))
        assert (type(fault), len(source.posts)) == (Locked, 6)  # what was claimed, and no more
        other.rollback()
    source.after_post = lambda request: None
    rows = carry_out(make(), *(accept(n) for n in range(1, 20)))
    assert {row.result.value for row in rows} <= {"sent", "already_done", "doubtful"}
    list(make().settle())
    carry_out(make(), *(accept(n) for n in range(1, 20)))
    assert [source.by_us(accept(n)) for n in range(1, 20)] == [1] * 19


def test_one_order_that_cannot_be_looked_at_keeps_no_other(make: Make, source: Source) -> None:
    """What is wrong with the answer about one order stops that one; no route to Lengow stops all."""
    outbox = make(pace=Pace(first=1, most=1))
    looks = iter([None, BadAnswer("garbled"), None, None, OutOfReach("no route")])
    source.reads_fail = lambda: next(looks, None)
    rows, fault = until_raised(outbox.send(plan(outbox, *(cancel(n) for n in (1, 2, 3, 4)))))
    assert [(row.result.value, row.reason) for row in rows] == [
        ("not_sent", "garbled"),
        ("sent", None),
        ("not_sent", "no route"),
        ("not_sent", "no route"),
    ]
    assert str(fault) == "no route"


def test_a_listing_that_cannot_be_renewed_ends_the_run(make: Make, source: Source, time: Time) -> None:
    outbox = make(pace=Pace(first=1, most=1))

    def later(request: Request) -> None:
        time.sleep(61)
        source.reads_fail = lambda: OutOfReach("no route")

    source.after_post = later
    rows, fault = until_raised(outbox.send(plan(outbox, accept(1), accept(2))))
    assert ([row.result.value for row in rows], str(fault)) == (["sent", "not_sent"], "no route")


def test_a_session_that_cannot_be_renewed_ends_the_run(store: Store, source: Source, time: Time) -> None:
    class Closed(Source):
        def refresh_session(self) -> None:
            raise NotSignedIn("keys were rotated")

    closed = Closed(faults=faults("signed_out")).with_orders([1])
    outbox = open_outbox(store, closed, time)
    rows, fault = until_raised(outbox.send(plan(outbox, accept(1))))
    assert ([row.result.value for row in rows], str(fault)) == (["not_sent"], "keys were rotated")


def test_a_look_is_good_through_a_short_silence_and_not_through_a_long_one(
    make: Make, source: Source, time: Time
) -> None:
    outbox = make(pace=Pace(first=2, most=2, look_holds=2.0))
    source.faults = faults("limited")
    rows = carry_out(outbox, cancel(1), cancel(2), cancel(3))
    assert {row.result.value for row in rows} == {"sent"}
    assert source.by_us(cancel(3)) == 1


def test_what_is_turned_away_for_ever_is_given_up(make: Make, source: Source) -> None:
    """Other orders go on meanwhile."""
    outbox = make(pace=Pace(first=1, most=1, limited=3))
    source.faults = lambda request: "limited" if request == accept(1) else "ok"
    rows = carry_out(outbox, accept(1), accept(2))
    assert [(row.result.value, row.reason) for row in rows] == [
        ("not_sent", "the request limit is reached"),
        ("sent", None),
    ]


def test_an_answer_that_cannot_be_written_is_settled_by_the_next_run(make: Make, source: Source, store: Store) -> None:
    """Nothing is left but the lock-free row: the next run finds its owner dead, and looks."""
    outbox = make()
    source.after_post = lambda request: outbox.intents._db.raw.execute("PRAGMA query_only = ON") and None
    _, fault = until_raised(outbox.send(plan(outbox, accept(1))))
    assert fault
    outbox.intents._db.raw.execute("PRAGMA query_only = OFF")
    assert [it.state for it in outbox.intents.latest()] == [State.SENDING]
    assert [row.result.value for row in make().settle()] == ["sent"]
    assert len(source.posts) == 1
