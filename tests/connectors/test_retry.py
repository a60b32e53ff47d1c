"""Repeating what may be repeated."""

from __future__ import annotations

import pytest

from lengowctl.connectors.retry import Again, Retries
from lengowctl.errors import BadAnswer, OutOfReach, Refused


class Flaky:
    """Fails a number of times, then answers."""

    def __init__(self, failures: int, fault: OutOfReach | None = None) -> None:
        self.failures = failures
        self.calls = 0
        self.fault = fault or OutOfReach("no answer", hint="look at the cable")

    def __call__(self) -> str:
        self.calls += 1
        if self.calls <= self.failures:
            raise Again(self.fault)
        return "answer"


def retries(naps: list[float], random: float = 1.0) -> Retries:
    return Retries(random=lambda: random, rest=lambda seconds, why: naps.append(seconds))


def test_pauses_double_up_to_a_limit_and_are_cut_by_chance() -> None:
    naps: list[float] = []
    assert retries(naps).call(Flaky(5)) == "answer"
    assert retries(naps, random=0.25).call(Flaky(2)) == "answer"
    assert naps == [1, 2, 4, 8, 16, 0.25, 0.5]


def test_six_tries_then_the_fault_with_its_hint_and_its_cause() -> None:
    flaky = Flaky(99, BadAnswer("cut off", hint="look at the cable"))
    with pytest.raises(BadAnswer) as caught:
        retries([]).call(flaky)
    assert (flaky.calls, caught.value.message, caught.value.hint) == (6, "cut off (tried 6 times)", "look at the cable")
    assert caught.value.__cause__ is flaky.fault


def test_without_patience_nothing_is_repeated() -> None:
    flaky, naps = Flaky(1), list[float]()
    impatient = Retries(random=lambda: 0.5, rest=lambda seconds, why: naps.append(seconds), patience=0)
    with pytest.raises(OutOfReach):
        impatient.call(flaky)
    assert (flaky.calls, naps) == (1, [])


def test_what_is_not_said_to_be_passing_is_never_repeated() -> None:
    def attempt() -> None:
        raise Refused("no")

    naps: list[float] = []
    with pytest.raises(Refused):
        retries(naps).call(attempt)
    assert naps == []


def test_a_source_that_is_down_is_not_hammered() -> None:
    mine, calls = retries([]), 0
    for _ in range(100):
        flaky = Flaky(99)
        with pytest.raises(OutOfReach):
            mine.call(flaky)
        calls += flaky.calls
    assert calls == 120


def test_a_long_run_may_repeat_a_tenth_of_its_requests() -> None:
    mine, calls = retries([]), 0
    for number in range(1000):
        flaky = Flaky(1 if number % 12 == 0 else 0)
        assert mine.call(flaky) == "answer"
        calls += flaky.calls
    assert calls == 1084
