"""How many at once."""

from __future__ import annotations

import pytest

from lengowctl.orders.outcome import Answer, Lost, NotExecuted, Outcome, RateLimited
from lengowctl.outbox.width import Width

GOOD = Answer(201, {"id": 1})


def after(*outcomes: Outcome, first: int = 4, most: int = 16) -> int:
    width = Width(first, most)
    for outcome in outcomes:
        width.learn(outcome)
    return width.at_most


def test_one_more_after_as_many_good_answers_up_to_the_most() -> None:
    assert [after(*[GOOD] * n) for n in (3, 4, 8, 9, 1000)] == [4, 5, 5, 6, 16]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 540])
def test_half_after_trouble_but_never_none(status: int) -> None:
    assert [after(*[Answer(status)] * n) for n in (1, 2, 3)] == [2, 1, 1]


@pytest.mark.parametrize("outcome", [Lost("x"), NotExecuted("x"), RateLimited(1.0)])
def test_what_is_no_answer_starts_the_count_again(outcome: Outcome) -> None:
    assert after(GOOD, GOOD, GOOD, outcome, GOOD, GOOD, GOOD) == 4


@pytest.mark.parametrize("status", [530, 400, 404])
def test_a_refusal_is_no_trouble(status: int) -> None:
    assert after(GOOD, GOOD, GOOD, Answer(status, {}), GOOD) == 5


def test_never_outside_its_bounds() -> None:
    assert (after(first=0), after(first=40)) == (1, 16)
