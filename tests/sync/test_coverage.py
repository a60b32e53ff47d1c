"""Spans of `updated_at`: what is proved, what is left to read, how far the cursor may go."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from lengowctl.sync.coverage import OVERLAP, floor, reach, subtract, to_read

from .source import NOON

SPANS = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 40)).map(lambda pair: (at(pair[0]), at(pair[0] + pair[1]))),
    max_size=6,
)


def at(hours: int):
    return NOON + timedelta(hours=hours)


def inside(moment, spans) -> bool:
    return any(since <= moment < until for since, until in spans)


@given(proved=SPANS, start=st.integers(0, 100), length=st.integers(1, 60))
def test_subtracting_leaves_exactly_what_is_outside(proved, start: int, length: int) -> None:
    left = subtract((at(start), at(start + length)), proved)
    for hour in range(start, start + length):
        assert inside(at(hour), left) == (not inside(at(hour), proved))
    assert left == sorted(left)


@given(proved=SPANS)
def test_the_last_two_hours_of_what_is_proved_are_read_again(proved) -> None:
    left = to_read((at(0), at(200)), proved)
    for hour in range(200):
        trusted = any(since <= at(hour) < until - OVERLAP for since, until in proved)
        assert inside(at(hour), left) == (not trusted)


@given(proved=SPANS, start=st.integers(0, 100))
def test_reach_and_floor_walk_over_what_is_proved_and_no_gap(proved, start: int) -> None:
    far = reach(at(start), proved)
    for hour in range(start, int((far - NOON) / timedelta(hours=1))):
        assert inside(at(hour), proved)
    low = floor(at(start), proved)
    for hour in range(int((low - NOON) / timedelta(hours=1)), start):
        assert inside(at(hour), proved)


def test_reach_stops_at_a_gap_of_a_second() -> None:
    gap = [(at(0), at(5)), (at(5) + timedelta(seconds=1), at(9))]
    assert reach(at(0), gap) == at(5)
    assert floor(at(9), gap) == at(5) + timedelta(seconds=1)
