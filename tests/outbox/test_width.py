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


def test_it_doubles_in_a_round_while_all_goes_well() -> None:
    assert [after(*[GOOD] * n) for n in (1, 4, 12, 1000)] == [5, 8, 16, 16]


def test_after_trouble_one_more_after_as_many_good_answers() -> None:
    trouble = Answer(500)
    assert [after(trouble, *[GOOD] * n) for n in (1, 2, 4, 5, 1000)] == [2, 3, 3, 4, 16]


def test_half_as_many_are_claimed_ahead_and_none_ahead_of_one() -> None:
    assert [(Width(n, 16).at_most, Width(n, 16).ahead) for n in (1, 4, 16)] == [(1, 0), (4, 2), (16, 8)]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 540])
def test_half_after_trouble_but_never_none(status: int) -> None:
    assert [after(*[Answer(status)] * n) for n in (1, 2, 3)] == [2, 1, 1]


@pytest.mark.parametrize("outcome", [Lost("x"), NotExecuted("x"), RateLimited(1.0)])
def test_what_is_no_answer_starts_the_count_again(outcome: Outcome) -> None:
    assert after(Answer(500), GOOD, outcome, GOOD, first=4) == 2


def test_a_lost_answer_ends_the_fast_growth_and_halves_nothing() -> None:
    assert [after(Lost("x"), *[GOOD] * n) for n in (0, 3, 4)] == [4, 4, 5]


@pytest.mark.parametrize("status", [530, 400, 404])
def test_a_refusal_is_no_trouble(status: int) -> None:
    assert after(GOOD, Answer(status, {}), GOOD) == 6


def test_never_outside_its_bounds() -> None:
    assert (after(first=0), after(first=40)) == (1, 16)
