"""Spans of `updated_at`: what is proved, what is left to read, how far the cursor may go."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lengowctl.store.store import Store
from lengowctl.sync.coverage import OVERLAP, Hole, floor, holes, reach, subtract, to_read

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


def covered(store: Store, *spans: tuple[int, int, str | None], cursor: int) -> Store:
    """A cache whose first sync came to its end, with these hours proved."""
    with store.transaction():
        store.marketplaces.save([(code, b"{}") for code in ("amazon_de", "amazon_fr", "fnac")], NOON)
        for since, until, code in spans:
            store.coverage.add(at(since), at(until), marketplace=code)
        store.coverage.set_cursor(at(cursor))
        store.facts.set("last_sync_at", "2026-11-23T12:00:00Z")
    return store


def test_a_first_sync_that_was_broken_off_lacks_the_newest_updates(store: Store) -> None:
    assert holes(store) == [Hole("the first sync has not come to its end", "lengowctl sync")]
    with store.transaction():
        store.coverage.add(at(0), at(5), marketplace=None)
        store.coverage.set_cursor(at(5))
    text = "the first sync has not come to its end: updates after 2026-11-20T17:00:00Z are missing"
    assert holes(store, since=at(1)) == [Hole(text, "lengowctl sync")]


def test_what_was_asked_for_and_never_read_is_told_with_the_command_that_fills_it(store: Store) -> None:
    covered(store, (0, 10, None), (20, 30, None), cursor=30)
    assert holes(store) == []
    assert holes(store, since=at(20)) == []
    assert holes(store, since=at(40)) == []
    before = Hole("updates before 2026-11-21T08:00:00Z were never read", "lengowctl sync --since 2026-11-21T00:00:00Z")
    assert holes(store, since=at(12)) == [before]
    assert holes(store, updated_since=at(12)) == [before]
    assert holes(store, since=at(12), updated_since=at(20)) == []
    between = "updates from 2026-11-20T22:00:00Z to 2026-11-21T08:00:00Z were never read"
    assert holes(store, since=at(5)) == [Hole(between, "lengowctl sync --since 2026-11-20T22:00:00Z")]


def test_orders_from_before_all_that_was_read_are_a_hole(store: Store) -> None:
    covered(store, (20, 30, None), cursor=30)
    assert holes(store, until=at(25)) == []
    text = "updates before 2026-11-21T08:00:00Z were never read"
    assert holes(store, until=at(20)) == [Hole(text, "lengowctl sync --since DATE")]


def test_marketplaces_that_were_filled_by_themselves_have_no_hole(store: Store) -> None:
    covered(store, (20, 30, None), (0, 30, "amazon_de"), (0, 30, "amazon_fr"), cursor=30)
    assert holes(store, since=at(5), marketplaces=("amazon_fr",)) == []
    assert holes(store, since=at(5), marketplaces=("amazon_*",)) == []
    text = "updates before 2026-11-21T08:00:00Z were never read"
    remedy = "lengowctl sync --since 2026-11-20T17:00:00Z --marketplace 'amazon_*' --marketplace fnac"
    assert holes(store, since=at(5), marketplaces=("amazon_*", "fnac")) == [Hole(text, remedy)]


def test_a_stretch_that_was_read_in_doubt_is_told_once(store: Store) -> None:
    covered(store, (0, 10, None), (20, 30, None), cursor=30)
    with store.transaction():
        store.coverage.add_unproved(at(10), at(20), None, "the count moved", NOON)
    doubt = "updates between 2026-11-20T22:00:00Z and 2026-11-21T08:00:00Z could not be proved complete"
    assert holes(store, since=at(5)) == [Hole(f"{doubt} (the count moved)", "lengowctl sync")]


def test_a_day_that_lacks_orders_counts_for_the_order_dates_that_were_asked_for(store: Store) -> None:
    covered(store, (0, 90, None), cursor=90)
    with store.transaction():
        store.coverage.set_day_gap(date(2026, 11, 21), "fnac", 5, 4, NOON)
    gap = Hole("fnac has 5 orders of 2026-11-21 at Lengow, 4 here", "lengowctl sync --verify --marketplace fnac")
    assert holes(store) == [gap]
    assert holes(store, updated_since=at(60)) == [gap]
    assert holes(store, since=at(36)) == holes(store, until=at(12)) == holes(store, marketplaces=("amazon_*",)) == []
