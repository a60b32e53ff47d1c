"""The session is over, one action alone is turned away, or nothing is let in: told apart by what else is let in."""

from __future__ import annotations

import pytest

from lengowctl.orders.outcome import Answer, Fate, Verdict
from lengowctl.outbox.door import Door, Finding
from lengowctl.outbox.parts import Posted, Visit
from lengowctl.store.intent import Intent
from lengowctl.store.store import Store

from .conftest import accept, open_outbox
from .source import Source, Time

AWAY = Verdict(Fate.REAUTHORISE, message="no")
IN = Verdict(Fate.QUEUED, 7)


@pytest.fixture
def intents(store: Store, source: Source, time: Time) -> list[Intent]:
    planned = open_outbox(store, source, time).plan([accept(n) for n in (1, 2, 3)])
    return [it.intent for it in planned if it.intent]


def answer(door: Door, intent: Intent, verdict: Verdict, visit: Visit | None = None) -> None:
    door.heed(Posted(intent, Answer(0), visit or door.visit), verdict)


def test_all_that_were_turned_away_together_ask_for_one_session(intents: list[Intent]) -> None:
    door = Door()
    for intent in intents:
        answer(door, intent, AWAY)
    assert (door.in_question, door.judge(outstanding=True), door.in_question) == (True, Finding.OVER, False)
    door.enter()
    assert (door.visit, door.judge(outstanding=False)) == (Visit(1, 0), Finding.FINE)


def test_an_answer_to_an_earlier_session_says_nothing_of_this_one(intents: list[Intent]) -> None:
    door = Door()
    old = door.visit
    door.enter()
    answer(door, intents[0], AWAY, old)
    answer(door, intents[1], IN, old)
    assert (door.in_question, door.visit) == (False, Visit(1, 0))


@pytest.mark.parametrize(
    ("others", "finding"),
    [(IN, Finding.FINE), (Verdict(Fate.REJECTED), Finding.FINE), (Verdict(Fate.DOUBTFUL), Finding.SHUT)],
)
def test_a_fresh_session_is_judged_by_what_else_it_lets_in(
    intents: list[Intent], others: Verdict, finding: Finding
) -> None:
    """A refusal in words is let in, too; an answer that is no answer proves nothing."""
    door = Door()
    answer(door, intents[0], AWAY)
    assert door.judge(outstanding=False) is Finding.OVER
    door.enter()
    left = door.visit
    answer(door, intents[0], AWAY, left)
    assert (door.judge(outstanding=True), door.in_question) == (Finding.WAIT, True)
    answer(door, intents[1], others, left)
    assert door.judge(outstanding=False) is finding


def test_two_that_are_turned_away_in_a_fresh_session_are_enough(intents: list[Intent]) -> None:
    """One alone may be unlucky for the first time; then the session is renewed once more."""
    alone, both = Door(), Door()
    for door, some in ((alone, intents[:1]), (both, intents[:2])):
        door.enter()
        for intent in some:
            answer(door, intent, AWAY)
    assert (alone.judge(outstanding=False), both.judge(outstanding=False)) == (Finding.OVER, Finding.SHUT)


def test_when_none_was_let_in_since_it_left_the_session_may_be_over_again(intents: list[Intent]) -> None:
    door = Door()
    answer(door, intents[0], AWAY)
    door.judge(outstanding=False)
    door.enter()
    answer(door, intents[1], IN)
    answer(door, intents[0], AWAY)
    assert door.judge(outstanding=False) is Finding.OVER


def test_three_times_are_enough_for_one_action(intents: list[Intent]) -> None:
    door = Door()
    told = []
    for _ in range(3):
        told.append(door.is_shut_for(intents[0].id))
        answer(door, intents[0], AWAY)
    assert (told, door.is_shut_for(intents[0].id), door.is_shut_for(intents[1].id)) == ([False] * 3, True, False)
