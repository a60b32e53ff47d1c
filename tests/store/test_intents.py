"""Intents: written down, claimed, moved; by guarded updates, and under rules that the file itself holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from lengowctl.errors import StoreDamaged
from lengowctl.orders.action import LEGAL, MOVES, Cause, State
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request, digest
from lengowctl.store.intent import Intent, Who
from lengowctl.store.intent_listing import Wanted
from lengowctl.store.intents import Draft, Intents
from lengowctl.store.store import Store

from .samples import NOON

SOURCE = "lengow|https://api.example|1"
WHO = Who("lea", "till-1", "ship")


@pytest.fixture
def intents(store: Store) -> Intents:
    return store.ledger.intents(profile="p", source=SOURCE, who=WHO)


def request(number: int = 1, action: str = "ship", **arguments: str) -> Request:
    return Request.of(action, OrderKey("amazon_fr", f"A-{number}"), arguments)


def add(intents: Intents, wish: Request | None = None, occurrence: int = 1, **more: Any) -> Intent:
    wish = wish or request()
    draft = Draft(wish, digest(SOURCE, wish), occurrence, bool(more))
    with intents.transaction():
        return intents.add(draft, note="17", hold_until=more.get("hold_until"), at=NOON)


def claim(intents: Intents, intent: Intent, run_id: str = "r1") -> Intent | None:
    with intents.transaction():
        return intents.claim(intent, run_id=run_id, sent_at=NOON, known_ids=(7, 5), at=NOON)


def move(intents: Intents, intent: Intent, state: State, cause: Cause, **more: object) -> Intent | None:
    with intents.transaction():
        return intents.move(intent, state, cause, at=NOON, **more)  # type: ignore[arg-type]


def test_what_is_written_is_read_back(intents: Intents) -> None:
    intent = add(intents, request(1, carrier="DPD", line="1"))
    held = add(intents, request(2, comment="é"), hold_until=NOON + timedelta(hours=1))
    assert intents.find([intent.id, held.id]) == [intent, held]
    assert (intent.permit, intent.hold_until, held.permit, held.hold_until) == (
        None,
        None,
        0,
        NOON + timedelta(hours=1),
    )
    assert (intent.request, intent.scope, intent.state, intent.attempt, intent.intact) == (
        request(1, carrier="DPD", line="1"), "1", State.PLANNED, 0, True,
    )  # fmt: skip


def test_a_claim_is_for_one(intents: Intents) -> None:
    intent = add(intents)
    claimed = claim(intents, intent)
    assert claimed
    assert claimed == intents.get(intent.id)
    assert (claimed.state, claimed.attempt, claimed.run_id, claimed.known_ids, claimed.sent_at) == (
        State.SENDING, 1, "r1", (5, 7), NOON,
    )  # fmt: skip
    assert claim(intents, intent, "r2") is None


def test_a_later_attempt_keeps_what_was_known_at_the_first(intents: Intents) -> None:
    claimed = claim(intents, add(intents))
    assert claimed
    back = move(intents, claimed, State.PLANNED, Cause.NOT_EXECUTED)
    assert back
    with intents.transaction():
        again = intents.claim(back, run_id="r2", sent_at=NOON, known_ids=(9,), at=NOON)
    assert again
    assert (again.attempt, again.known_ids) == (2, (5, 7))


def test_only_the_run_that_claimed_it_in_that_attempt_moves_it(intents: Intents) -> None:
    first = claim(intents, add(intents))
    assert first
    back = move(intents, first, State.PLANNED, Cause.NOT_EXECUTED)
    assert back
    second = claim(intents, back, "r2")
    assert second
    assert move(intents, first, State.QUEUED, Cause.ANSWERED, action_id=1) is None
    assert move(intents, second, State.QUEUED, Cause.ANSWERED, action_id=1)


@pytest.mark.parametrize(("scope", "other"), [("*", "*"), ("*", "1"), ("1", "*"), ("1", "1")])
def test_one_under_way_keeps_what_overlaps_from_being_claimed(intents: Intents, scope: str, other: str) -> None:
    def wish(line: str, carrier: str) -> Request:
        return request(1, carrier=carrier, **({} if line == "*" else {"line": line}))

    assert claim(intents, add(intents, wish(scope, "A")))
    assert claim(intents, add(intents, wish(other, "B"))) is None
    assert (claim(intents, add(intents, wish("2", "C"))) is None) == (scope == "*")
    assert claim(intents, add(intents, request(2)))


def test_an_action_of_lengow_belongs_to_one_intent(intents: Intents) -> None:
    for number in (1, 2):
        claimed = claim(intents, add(intents, request(number)))
        assert claimed
        if number == 1:
            assert move(intents, claimed, State.QUEUED, Cause.ANSWERED, action_id=77)
    assert intents.taken_ids([76, 77]) == {77: 1}
    with pytest.raises(StoreDamaged):
        move(intents, claimed, State.QUEUED, Cause.ANSWERED, action_id=77)


def in_state(intents: Intents, state: State, number: int) -> Intent:
    """An intent brought to a state by legal moves."""
    ways = {
        State.PLANNED: [],
        State.SENDING: [State.SENDING],
        State.DOUBTFUL: [State.SENDING, State.DOUBTFUL],
        State.QUEUED: [State.SENDING, State.QUEUED],
        State.PENDING: [State.SENDING, State.QUEUED, State.PENDING],
        State.DONE: [State.SENDING, State.QUEUED, State.DONE],
        State.REJECTED: [State.SENDING, State.REJECTED],
        State.EXPIRED: [State.SENDING, State.QUEUED, State.EXPIRED],
        State.WITHDRAWN: [State.WITHDRAWN],
    }
    intent = add(intents, request(number))
    for step in ways[state]:
        cause = next(cause for old, new, cause in sorted(LEGAL) if (old, new) == (intent.state, step))
        moved = (
            claim(intents, intent)
            if step is State.SENDING
            else move(intents, intent, step, cause, action_id=1000 + number if step is State.QUEUED else None)
        )
        assert moved
        intent = moved
    return intent


@pytest.mark.parametrize(("old", "new"), list(product(State, State)))
def test_the_file_refuses_every_move_that_is_not_in_the_table(
    store: Store, intents: Intents, old: State, new: State
) -> None:
    """Past our code, with plain SQL, with every cause."""
    in_state(intents, old, 1)
    raw = intents._db.raw
    claimed = (
        ", attempt = attempt + 1, run_id = 'x', sent_at = 'x'" if (old, new) == (State.PLANNED, State.SENDING) else ""
    )
    sql = f"UPDATE intents SET state = ?, cause = ?, action_id = coalesce(action_id, 5), evidence = 'x'{claimed}"
    for cause in Cause:
        raw.execute("SAVEPOINT try")
        if old is new or (old, new, cause) in LEGAL:
            raw.execute(sql, (new, cause))
        else:
            with pytest.raises(sqlite3.IntegrityError, match="cannot move"):
                raw.execute(sql, (new, cause))
        raw.execute("ROLLBACK TO try")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE intents SET order_id = 'B-1'",
        "UPDATE intents SET digest = 'x'",
        "UPDATE intents SET arguments = 'x'",
        "UPDATE intents SET note = 'x'",
        "UPDATE intents SET attempt = attempt + 1",
        "UPDATE intents SET attempt = 0, state = 'doubtful', cause = 'lost_answer'",
        "UPDATE intents SET blanked = 1, arguments = 'x'",
        "DELETE FROM intents",
        "UPDATE intents SET state = 'queued', cause = 'answered'",
        "UPDATE history SET at = 'x'",
        "UPDATE history SET text = '{}'",
        "DELETE FROM history",
        "INSERT INTO history SELECT 9, intent_id, request, from_state, to_state, cause, at, who, host, command, run_id,"
        " attempt, facts, text, text_digest, previous, hash FROM history LIMIT 1",
        "INSERT INTO intents (profile, source, marketplace, order_id, scope, action, arguments, digest, occurrence,"
        " state, who, host, command, created_at, updated_at, run_id, sent_at)"
        " VALUES ('', '', '', '', '', '', '', '', 1, 'sending', '', '', '', '', '', '', '')",
    ],
)
def test_the_file_keeps_what_was_written(intents: Intents, sql: str) -> None:
    in_state(intents, State.SENDING, 1)
    with pytest.raises(sqlite3.IntegrityError):
        intents._db.raw.execute(sql)


def test_claims_need_evidence(intents: Intents) -> None:
    """Queued and pending carry an action's number; done carries one, or what the order shows."""
    intent = in_state(intents, State.DOUBTFUL, 1)
    with pytest.raises(StoreDamaged):
        move(intents, intent, State.QUEUED, Cause.ADOPTED)
    with pytest.raises(StoreDamaged):
        move(intents, intent, State.DONE, Cause.ALREADY_THERE)
    assert move(intents, intent, State.DONE, Cause.ALREADY_THERE, evidence="the order is shipped")


def test_every_state_can_be_reached_and_left_as_the_table_says() -> None:
    assert {state for state in State if not MOVES[state]} == {
        State.DONE, State.REJECTED, State.EXPIRED, State.WITHDRAWN,
    }  # fmt: skip


def test_intents_are_found_by_order_state_and_request(intents: Intents) -> None:
    one, two, three = add(intents, request(1)), add(intents, request(1, carrier="A")), add(intents, request(2))
    four = add(intents, request(2), occurrence=2)
    assert intents.of_order(OrderKey("amazon_fr", "A-1")) == [one, two]
    assert intents.find([three.id, 99, one.id]) == [three, one]
    assert intents.latest(limit=2) == [four, three]
    assert intents.latest(states=[State.DONE]) == []
    assert intents.in_states([State.PLANNED]) == [one, two, three, four]


def test_a_listing_is_newest_first_filtered_and_read_as_it_is_wanted(intents: Intents) -> None:
    with intents.transaction():
        for number in range(1, 1203):
            wish = Request.of("ship" if number % 2 else "accept", OrderKey(f"shop_{number % 3}", f"{number}"), {})
            at = NOON + timedelta(seconds=number)
            intents.add(Draft(wish, digest(SOURCE, wish), 1), note=None, hold_until=None, at=at)

    def ids(limit: int | None = None, **conditions: Any) -> list[int]:
        wanted = Wanted(**conditions)
        found = [it.id for it in intents.listed(wanted, limit)]
        assert limit is not None or intents.number(wanted) == len(found)
        return found

    everything = list(range(1202, 0, -1))
    assert ids() == everything
    assert (ids(3), ids(0), ids(500), ids(501)) == ([1202, 1201, 1200], [], everything[:500], everything[:501])
    assert ids(actions=("accept",)) == everything[::2]
    assert ids(marketplaces=("shop_[01]",), ids=(1, 2, 3)) == [3, 1]
    assert ids(marketplaces=("nowhere",)) == ids(states=(State.DONE,)) == ids(ids=()) == []
    assert ids(since=NOON + timedelta(seconds=1201), states=(State.DONE, State.PLANNED)) == [1202, 1201]


def test_what_nothing_keeps_back_is_left_over(intents: Intents) -> None:
    hour = timedelta(hours=1)
    with intents.transaction():
        for number, until in ((1, None), (2, NOON + hour), (3, NOON - hour), (4, NOON)):
            wish = request(number)
            intents.add(Draft(wish, digest(SOURCE, wish), 1), note=None, hold_until=until, at=NOON)
    claim(intents, intents.find([3])[0])
    assert [it.id for it in intents.left_over(NOON)] == [1, 4]


def test_the_intents_of_many_orders_are_found_at_once(intents: Intents) -> None:
    one, two = add(intents, request(1)), add(intents, request(2))
    again = add(intents, request(1, "refund"))
    keys = [OrderKey("amazon_fr", "A-1"), OrderKey("amazon_fr", "A-2"), OrderKey("bol", "A-1")]
    assert intents.of_orders(keys) == {keys[0]: [one, again], keys[1]: [two]}
    assert intents.of_orders([]) == {}


def test_a_thousand_are_found_at_once(intents: Intents) -> None:
    with intents.transaction():
        for number in range(1200):
            intents.add(Draft(request(number), str(number), 1), note=None, hold_until=None, at=NOON)
    assert len(intents.find(range(1, 1201))) == 1200
    assert intents.taken_ids(range(1200)) == {}


def test_free_text_is_blanked_when_it_is_over_and_the_chain_stays_whole(intents: Intents) -> None:
    comment = request(1, action="cancel", comment="Mme Martin called", reason="late")
    over = claim(intents, add(intents, comment))
    assert over
    move(intents, over, State.REJECTED, Cause.REFUSED_BY_API, message="Mme Martin?")
    open_one = add(intents, request(2, action="cancel", comment="Mme Martin"))
    assert intents.blank(NOON) == 0
    assert intents.blank(NOON + timedelta(days=1)) == 1
    blanked = intents.get(over.id)
    assert blanked
    assert (blanked.arguments, blanked.note, blanked.message, blanked.blanked) == (
        (("reason", "late"),),
        None,
        None,
        True,
    )
    assert [entry.text for entry in intents.entries(over.id)] == [None] * 3
    assert intents.get(open_one.id) == open_one
    assert intents.verify().problems == ()
    assert intents.blank(NOON + timedelta(days=1)) == 0


def test_a_value_that_cannot_be_ours_is_damage(intents: Intents) -> None:
    add(intents)
    intents._db.raw.execute("DROP TRIGGER intents_text")
    intents._db.raw.execute("UPDATE intents SET arguments = 'no json'")
    with pytest.raises(StoreDamaged):
        intents.latest()


def test_a_ledger_of_the_first_version_learns_the_new_moves(store: Store) -> None:
    """Its triggers were made from an older table; they are made anew, and its intents are as they were."""
    before = in_state(store.ledger.intents(profile="p", source=SOURCE, who=WHO), State.SENDING, 1)
    store.close()
    with closing(sqlite3.connect(store.folder / "ledger.db")) as raw:
        (sql,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = 'intents_move'").fetchone()
        raw.execute("DROP TRIGGER intents_move")
        assert "fault_answered" in sql
        raw.execute(sql.replace("'sending doubtful fault_answered', ", ""))
        raw.execute("PRAGMA user_version = 1")
        raw.commit()
    with Store.open(store.folder, write=True, now=NOON) as again:
        intents = again.ledger.intents(profile="p", source=SOURCE, who=WHO)
        assert intents.latest() == [before]
        assert move(intents, before, State.DOUBTFUL, Cause.FAULT_ANSWERED)
        assert intents.verify().problems == ()
