"""Planning: each wish written down once, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest

from lengowctl.orders.action import State
from lengowctl.orders.request import Request
from lengowctl.outbox.outbox import Outbox
from lengowctl.store.store import Store

from .conftest import accept, carry_out, ship
from .source import NOON, Source, Time, key


def states(outbox: Outbox) -> list[str]:
    return [intent.state.value for intent in reversed(outbox.intents.latest())]


def refuse(number: int, **arguments: str) -> Request:
    return Request.of("refuse", key(number), arguments)


def test_a_wish_is_written_down_with_who_and_why(outbox: Outbox) -> None:
    (planned,) = outbox.plan([ship(1, carrier="DPD")], note="ticket 17")
    assert planned.intent
    intent = outbox.intents.get(planned.intent.id)
    assert intent
    assert (intent.request, intent.state, intent.note, intent.who, intent.host, intent.command, intent.occurrence) == (
        ship(1, carrier="DPD"), State.PLANNED, "ticket 17", "lea", "till-1", "accept", 1,
    )  # fmt: skip
    (entry,) = outbox.intents.entries(intent.id)
    assert entry.text == {"arguments": {"carrier": "DPD"}, "note": "ticket 17"}


def test_the_same_wish_is_one_intent(outbox: Outbox) -> None:
    first, second = outbox.plan([accept(1), accept(1)])
    (third,) = outbox.plan([accept(1)])
    assert first.intent == third.intent
    assert second.told
    assert (second.told.result.value, second.told.reason) == ("skipped", "the same as another one of this command")
    assert states(outbox) == ["planned"]


def test_a_leftover_is_not_sent_by_a_run_that_does_not_name_it(outbox: Outbox, source: Source) -> None:
    outbox.plan([accept(1), accept(2)])
    carry_out(outbox, accept(2))
    assert [request for request, _ in source.posts] == [accept(2)]
    assert [intent.ref for intent in outbox.leftovers()] == ["amazon_fr:N000001"]


def test_another_wish_for_the_order_takes_the_place_of_one_that_never_left(outbox: Outbox) -> None:
    outbox.plan([accept(1), accept(2)])
    (planned,) = outbox.plan([refuse(1)])
    assert [intent.action for intent in planned.superseded] == ["accept"]
    assert states(outbox) == ["withdrawn", "planned", "planned"]


def test_one_that_left_once_is_not_pushed_aside(outbox: Outbox, source: Source) -> None:
    source.faults = lambda _: "unreached"
    with pytest.raises(Exception, match="could not be reached"):
        carry_out(outbox, accept(1))
    (planned,) = outbox.plan([refuse(1)])
    assert planned.told
    assert planned.told.result.value == "failed"
    assert planned.told.reason == (
        "accept of this order is planned; send it with the same command, or lengowctl actions withdraw 1"
    )


@pytest.mark.parametrize(
    ("fault", "way"),
    [
        ("ok", "accept of this order is queued as action 1000; lengowctl actions wait waits for its answer"),
        ("broken", "accept of this order is doubtful; lengowctl actions settle finds out"),
    ],
)
def test_while_one_is_under_way_another_is_not_begun(outbox: Outbox, source: Source, fault: str, way: str) -> None:
    source.faults = lambda _: fault
    carry_out(outbox, accept(1))
    (planned,) = outbox.plan([refuse(1)])
    assert planned.told
    assert (planned.told.result.value, planned.told.reason) == ("failed", way)


def test_lines_do_not_stand_in_each_others_way_but_the_whole_does(outbox: Outbox) -> None:
    carry_out(outbox, accept(1, line="1-1"))
    assert outbox.plan([refuse(1, line="1-2")])[0].intent
    assert outbox.plan([refuse(1)])[0].told


def test_parcels_of_one_command_stand_together_and_a_corrected_number_replaces(outbox: Outbox) -> None:
    outbox.plan([ship(1, tracking_number="A"), ship(1, tracking_number="B")])
    assert states(outbox) == ["planned", "planned"]
    outbox.plan([ship(1, tracking_number="C")])
    assert states(outbox) == ["withdrawn", "withdrawn", "planned"]


def test_a_second_parcel_goes_out_while_the_first_is_queued(outbox: Outbox, source: Source) -> None:
    carry_out(outbox, ship(1, tracking_number="A"))
    assert [row.result.value for row in carry_out(outbox, ship(1, tracking_number="B"))] == ["sent"]


@pytest.mark.parametrize(("first", "second"), [("5.00", "5"), ("5", "5.0")])
def test_the_same_wish_in_another_spelling_is_the_same_wish(
    outbox: Outbox, source: Source, first: str, second: str
) -> None:
    """In one command, in a later one, and on purpose."""
    one, other = outbox.plan([refund(refund_price=first), refund(refund_price=second)])
    assert (one.intent is not None, other.told and other.told.result.value) == (True, "skipped")
    carry_out(outbox, refund(refund_price=second))
    source.finish(1000)
    outbox.follow()
    assert [row.result.value for row in carry_out(outbox, refund(refund_price=second))] == ["already_done"]
    assert [row.result.value for row in carry_out(outbox, refund(refund_price=second), again=True)] == ["sent"]
    assert [(it.occurrence, it.on_purpose) for it in outbox.intents.latest()] == [(2, True), (1, False)]


@pytest.mark.parametrize(
    "others", [ship(1, tracking_number="B"), ship(1, line="1-1"), Request.of("cancel", key(1), {})]
)
def test_what_left_since_an_order_was_checked_stops_what_was_checked_without_it(
    make: Callable[..., Outbox], source: Source, others: Request
) -> None:
    """Somebody is asked whether to go on, and another command has its way meanwhile; checked anew it may go."""
    outbox = make()
    checked = outbox.intents.history.length
    carry_out(make(), others)
    source.finish(1000)
    make().follow()
    (planned,) = outbox.plan([ship(1, tracking_number="A")], as_of=checked)
    assert planned.told
    assert (planned.told.result.value, planned.told.reason) == (
        "failed",
        f"{others.action} of this order left just now, by another command, and is done as action 1000;"
        " run this again to have it checked beside that",
    )
    assert outbox.plan([ship(1, tracking_number="A")], as_of=outbox.intents.history.length)[0].intent


def test_what_was_sent_before_the_check_stands_in_nobodys_way(outbox: Outbox, source: Source) -> None:
    """Nor does what moved on since, nor what did not leave."""
    carry_out(outbox, ship(1, tracking_number="A"))
    checked = outbox.intents.history.length
    source.finish(1000)
    outbox.follow()
    outbox.plan([accept(1)])
    several = [ship(1, tracking_number="B"), ship(1, tracking_number="C")]
    assert [planned.told for planned in outbox.plan(several, as_of=checked)] == [None, None]


def test_a_plan_is_durable_as_a_whole_or_not_at_all(make: Callable[..., Outbox], store: Store) -> None:
    outbox = make()
    raw = outbox.intents._db.raw
    raw.execute(
        "CREATE TRIGGER third BEFORE INSERT ON intents WHEN (SELECT count(*) FROM intents) = 2"
        " BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    with pytest.raises(Exception, match="damaged"):
        outbox.plan([accept(n) for n in (1, 2, 3)])
    raw.execute("DROP TRIGGER third")
    assert outbox.intents.latest() == []


def test_withdrawing_takes_back_what_never_left(outbox: Outbox, source: Source) -> None:
    carry_out(outbox, accept(1))
    carry_out(outbox, accept(2), hold_until=NOON + timedelta(hours=1))
    rows = outbox.withdraw([1, 2, 3, 2])
    assert [(row.result.value, row.reason) for row in rows] == [
        ("failed", "it cannot be withdrawn any more: it is queued"),
        ("done", "withdrawn"),
    ]
    assert [(row.result.value, row.reason) for row in outbox.withdraw([2])] == [("already_done", "withdrawn")]
    assert [row.result.value for row in carry_out(outbox, accept(2))] == ["sent"]


def test_what_is_held_is_no_leftover(outbox: Outbox, time: Time) -> None:
    outbox.plan([accept(1)], hold_until=NOON + timedelta(hours=1))
    assert outbox.leftovers() == []
    time.sleep(3601)
    assert len(outbox.leftovers()) == 1


def test_what_an_earlier_run_left_planned_is_held_back_too(outbox: Outbox, source: Source, time: Time) -> None:
    """It is asked for again, to be held back: it does not leave at once because it was there before."""
    outbox.plan([accept(1)])
    until = NOON + timedelta(minutes=10)
    (planned,) = outbox.plan([accept(1)], hold_until=until)
    assert (planned.intent, planned.told and planned.told.result.value) == (None, "held")
    assert [it.hold_until for it in outbox.intents.latest()] == [until]
    (sooner,) = outbox.plan([accept(1)], hold_until=NOON + timedelta(minutes=5))
    assert ((sooner.told and sooner.told.reason) or "").startswith("held back until 2026-11-20T12:10:00Z")
    time.sleep(601)
    assert [row.result.value for row in carry_out(outbox, accept(1))] == ["sent"]


def test_what_is_in_doubt_is_not_taken_up_by_a_command_that_holds_back(
    outbox: Outbox, source: Source, time: Time
) -> None:
    """It could turn out absent, and would leave at once."""
    source.faults = lambda _: "broken" if len(source.posts) < 1 else "ok"
    carry_out(outbox, accept(1))
    time.sleep(20)
    assert [row.result.value for row in outbox.settle(wait=False)] == ["doubtful"]  # one more look proves it absent
    time.sleep(10)
    (row,) = carry_out(outbox, accept(1), hold_until=NOON + timedelta(minutes=10))
    assert (row.result.value, len(source.posts)) == ("doubtful", 1)
    assert [row.result.value for row in carry_out(outbox, accept(1))] == ["sent"]


def test_freezing_is_told_with_who_when_and_why_and_kept_in_the_history(outbox: Outbox) -> None:
    frozen = outbox.freeze("stocktaking")
    assert (frozen.who, frozen.host, frozen.at, frozen.why) == ("lea", "till-1", NOON, "stocktaking")
    assert outbox.freeze("again") == frozen
    assert outbox.unfreeze("done") == frozen
    assert (outbox.unfreeze(), outbox.frozen()) == (None, None)
    assert [(it.to_state, (it.text or {}).get("why")) for it in outbox.intents.history.of_profile()] == [
        ("frozen", "stocktaking"),
        ("unfrozen", "done"),
    ]
    assert outbox.verify().problems == ()


def test_five_thousand_wishes_are_one_commit(outbox: Outbox) -> None:
    """Counted: begin and commit once."""
    statements: list[str] = []
    outbox.intents._db.raw.set_trace_callback(statements.append)
    outbox.plan([accept(n, comment=hashlib.sha256(str(n).encode()).hexdigest()) for n in range(200)])
    assert [it for it in statements if it.startswith(("BEGIN", "COMMIT"))] == ["BEGIN IMMEDIATE", "COMMIT"]


def refund(**arguments: str) -> Request:
    return Request.of("refund", key(1), arguments)


@pytest.mark.parametrize("amount", ["5.00", "6.00"])
def test_while_a_refund_is_unanswered_neither_an_equal_nor_another_one_is_begun(
    outbox: Outbox, source: Source, amount: str
) -> None:
    carry_out(outbox, refund(refund_price="5.00"))
    wait = "refund of this order is queued as action 1000; lengowctl actions wait waits for its answer"
    (planned,) = outbox.plan([refund(refund_price=amount)], again=True)
    assert planned.told
    assert (planned.told.result.value, planned.told.reason) == ("failed", wait)
    source.finish(1000)
    outbox.follow()
    assert outbox.plan([refund(refund_price=amount)], again=True)[0].intent


def test_what_was_granted_before_a_second_one_was_refused_is_done_all_the_same(outbox: Outbox, source: Source) -> None:
    """A rejected second one on purpose does not make the command without --again send a third."""
    carry_out(outbox, refund(refund_price="5.00"))
    source.finish(1000)
    outbox.follow()
    source.faults = lambda _: "refused"
    assert [row.result.value for row in carry_out(outbox, refund(refund_price="5.00"), again=True)] == ["rejected"]
    assert [row.result.value for row in carry_out(outbox, refund(refund_price="5.00"))] == ["already_done"]
    source.faults = lambda _: "ok"
    assert [row.result.value for row in carry_out(outbox, refund(refund_price="5.00"), again=True)] == ["sent"]
    assert [(it.occurrence, it.on_purpose) for it in outbox.intents.latest()] == [(3, True), (2, True), (1, False)]
