"""What is proved to be here: stretches joined, holes kept, a cursor that only moves on."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from lengowctl.store.coverage import Coverage, DayGap, Unproved, _joined
from lengowctl.store.store import Store

from .samples import DAY, NOON

TICK = timedelta(microseconds=1)


def hour(number: float) -> datetime:
    return NOON + timedelta(hours=number)


def test_the_cursor_only_moves_forward(store: Store) -> None:
    coverage = store.coverage
    assert coverage.cursor() is None
    for moment, expected in ((NOON, NOON), (NOON - DAY, NOON), (NOON + TICK, NOON + TICK)):
        coverage.set_cursor(moment)
        assert coverage.cursor() == expected


def test_stretches_that_touch_are_joined(store: Store) -> None:
    """Overlapping, adjacent and enclosed ones become one; a gap of two microseconds stays."""
    coverage = store.coverage
    coverage.add(hour(0), hour(1), marketplace=None)
    coverage.add(hour(3), hour(4), marketplace=None)
    coverage.add(hour(4) + 2 * TICK, hour(5), marketplace=None)
    assert coverage.proved() == [(hour(0), hour(1)), (hour(3), hour(4)), (hour(4) + 2 * TICK, hour(5))]
    coverage.add(hour(4) + TICK, hour(4) + TICK, marketplace=None)
    coverage.add(hour(1), hour(2), marketplace=None)
    coverage.add(hour(0.5), hour(1.5), marketplace=None)
    assert coverage.proved() == [(hour(0), hour(2)), (hour(3), hour(5))]
    coverage.add(hour(-1), hour(9), marketplace=None)
    assert coverage.proved() == [(hour(-1), hour(9))]


def test_a_marketplace_has_what_all_have_and_its_own(store: Store) -> None:
    coverage = store.coverage
    coverage.add(hour(0), hour(2), marketplace=None)
    coverage.add(hour(1), hour(3), marketplace="fnac_fr")
    assert coverage.proved("fnac_fr") == [(hour(0), hour(3))]
    assert coverage.proved("other") == coverage.proved() == [(hour(0), hour(2))]


def test_unproved_windows_go_when_they_are_covered(store: Store) -> None:
    """By a stretch of all marketplaces, or of their own; never by a part, nor by another marketplace."""
    coverage = store.coverage
    everywhere = Unproved(hour(0), hour(2), None, "count moved", NOON)
    one = Unproved(hour(0), hour(2), "fnac_fr", "count moved", NOON)
    for gap in (everywhere, one):
        coverage.add_unproved(gap.since, gap.until, gap.marketplace, gap.reason, gap.at)
    coverage.add_unproved(hour(0), hour(2), "fnac_fr", "still moving", NOON)
    coverage.add(hour(0), hour(2), marketplace="other")
    coverage.add(hour(0), hour(1), marketplace=None)
    still = Unproved(hour(0), hour(2), "fnac_fr", "still moving", NOON)
    assert coverage.unproved() == [everywhere, still]
    coverage.add(hour(1), hour(2), marketplace="fnac_fr")
    assert coverage.unproved() == [everywhere]
    coverage.add(hour(1), hour(2), marketplace=None)
    assert coverage.unproved() == []


def test_day_gaps(store: Store) -> None:
    coverage = store.coverage
    day = date(2026, 11, 20)
    coverage.set_day_gap(day, "fnac_fr", 5, 4, NOON)
    coverage.set_day_gap(day, "fnac_fr", 5, 3, NOON)
    coverage.set_day_gap(date(2026, 11, 19), "", 1, 0, NOON)
    assert coverage.day_gaps() == [DayGap(date(2026, 11, 19), "", 1, 0, NOON), DayGap(day, "fnac_fr", 5, 3, NOON)]
    coverage.clear_day_gap(day, "fnac_fr")
    assert [gap.marketplace for gap in coverage.day_gaps()] == [""]
    assert coverage.verified_at() is None
    coverage.set_verified_at(NOON)
    assert coverage.verified_at() == NOON


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 6))))
def test_joining_keeps_every_microsecond(pairs: list[tuple[int, int]]) -> None:
    """The same moments are covered as before, by stretches that neither overlap nor touch."""
    stretches = sorted((start, start + length) for start, length in pairs)
    joined = _joined(stretches)

    def covered(all_of: list[tuple[int, int]]) -> set[int]:
        return {moment for start, end in all_of for moment in range(start, end + 1)}

    assert covered(joined) == covered(stretches)
    assert all(later[0] > earlier[1] + 1 for earlier, later in pairwise(joined))


def test_a_rolled_back_transaction_takes_it_all_back(store: Store) -> None:
    """Orders and cursor move together or not at all."""
    coverage: Coverage = store.coverage
    try:
        with store.transaction():
            coverage.set_cursor(NOON)
            coverage.add(NOON, NOON, marketplace=None)
            raise KeyError
    except KeyError:
        pass
    assert (coverage.cursor(), coverage.proved()) == (None, [])
