"""Rounds of sync against a source that moves, breaks and lies, on a real store."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lengowctl.connectors.base import OrderQuery, Page
from lengowctl.errors import BadAnswer, FilterIgnored, OutOfReach, SourceMismatch, UnknownName
from lengowctl.orders.selection import Selection
from lengowctl.store.store import Store
from lengowctl.sync.coverage import holes
from lengowctl.sync.pull import LAG

from .conftest import cached, sync, world
from .source import NOON, SORTS, Source, make_order, spread

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Breaks:
    """A source whose n-th orders request fails, once."""

    def __init__(self, source: Source, at: int) -> None:
        self.source = source
        self.left = at

    def __getattr__(self, name: str) -> object:
        return getattr(self.source, name)

    def orders(self, query: OrderQuery) -> Page:
        self.left -= 1
        if self.left == 0:
            raise OutOfReach("the line is dead")
        return self.source.orders(query)


def test_the_first_sync_reads_the_span_and_every_open_order_whatever_its_age(store: Store) -> None:
    old_open = make_order(1, updated_at=NOON - 200 * DAY)
    old_closed = make_order(2, updated_at=NOON - 200 * DAY, status="closed")
    recent = spread(250, over=60 * DAY, before=NOON - HOUR)
    source = Source([old_open, old_closed, *(replace(o, order_id="R" + o.order_id) for o in recent)])
    pulled = sync(source, store, NOON)
    expected = world(source)
    del expected[old_closed.ref]
    assert cached(store) == expected
    assert pulled.first
    assert pulled.complete
    assert pulled.new == 251
    assert store.coverage.cursor() == NOON - LAG
    assert holes(store) == []
    assert [hole.remedy for hole in holes(store, since=NOON - 120 * DAY)] == [
        "lengowctl sync --since 2026-07-23T12:00:00Z"
    ]


def test_a_second_sync_of_a_still_world_is_one_request_and_changes_nothing(store: Store) -> None:
    source = Source(spread(250, before=NOON - 3 * HOUR))
    sync(source, store, NOON)
    asked = len(source.queries)
    source.clock = NOON + HOUR
    pulled = sync(source, store, NOON + HOUR)
    assert len(source.queries) - asked == 1
    assert (pulled.new, pulled.changed) == (0, 0)
    assert store.coverage.cursor() == NOON + HOUR - LAG


def test_what_changed_comes_with_its_history(store: Store) -> None:
    source = Source(spread(150, before=NOON - 3 * HOUR))
    sync(source, store, NOON)
    changed = next(iter(source.orders_by_key.values()))
    source.clock = NOON + HOUR
    source.touch(changed, status="shipped")
    pulled = sync(source, store, NOON + HOUR)
    assert (pulled.changed, pulled.moved) == (1, 1)
    assert cached(store) == world(source)
    assert [(e.field, e.old, e.new) for e in store.orders.history(changed.key) if e.field == "status"] == [
        ("status", "waiting_shipment", "shipped")
    ]


@pytest.mark.parametrize("at", [1, 2, 5, 9, 14, 20, 26])
def test_a_sync_that_breaks_off_goes_on_where_it_stopped(store: Store, at: int) -> None:
    source = Source(spread(2500, over=80 * DAY, before=NOON - HOUR))
    with pytest.raises(OutOfReach):
        sync(Breaks(source, at), store, NOON, workers=1)
    before = len(source.queries)
    source.clock = NOON + HOUR
    sync(source, store, NOON + HOUR, workers=1)
    again = len(source.queries) - before
    assert cached(store) == world(source)
    assert again <= 45 - max(0, at - 14)  # a whole first sync takes about 40; proved windows are not read again
    assert store.coverage.cursor() == NOON + HOUR - LAG


@settings(max_examples=12)
@given(seed=st.integers(0, 10_000), sort=st.sampled_from(SORTS), breaks=st.lists(st.integers(1, 25), max_size=3))
def test_no_update_is_ever_lost_under_drift_and_breaks(
    tmp_path_factory: pytest.TempPathFactory, seed: int, sort: str, breaks: list[int]
) -> None:
    """Rounds while orders change between any two answers, some broken off; one quiet round, and all is there."""
    folder = tmp_path_factory.mktemp("drift") / "profile"
    rng = random.Random(seed)
    source = Source(spread(700, over=20 * DAY, before=NOON - HOUR, seed=seed), sort=sort, seed=seed)

    def churn(moving: Source, query: OrderQuery) -> None:
        moving.clock += timedelta(seconds=rng.choice((0, 1, 40)))
        for order in rng.sample(list(moving.orders_by_key.values()), 3):
            moving.touch(order, status=rng.choice(("shipped", "closed", "waiting_shipment")))

    source.between = churn
    with Store.open(folder, write=True, now=NOON) as store:
        for at in (*breaks, None):
            try:
                sync(source if at is None else Breaks(source, at), store, source.clock)
            except OutOfReach:
                continue
        source.between = lambda moving, query: None
        source.clock += timedelta(minutes=3)
        quiet = sync(source, store, source.clock)
        assert cached(store) == world(source)
        assert quiet.complete


def test_the_cursor_never_passes_a_window_that_is_not_proved(store: Store) -> None:
    """450 orders of one second that keep moving: kept, shown, and read again by the next round."""
    busy = [make_order(n, marketplace="brand_new", updated_at=NOON - 10 * DAY) for n in range(450)]
    source = Source([*busy, *(replace(o, order_id="R" + o.order_id) for o in spread(300, before=NOON - HOUR))])

    def churn(moving: Source, query: OrderQuery) -> None:
        busy_second = NOON - 10 * DAY
        if query.page > 1 and query.updated_from and query.updated_from <= busy_second <= (query.updated_to or NOON):
            still = [o for o in moving.orders_by_key.values() if o.updated_at == busy_second]
            moving.put(replace(still[0], updated_at=NOON + timedelta(minutes=1)))

    source.between = churn
    source.marketplaces = lambda: Source().marketplaces()  # type: ignore[method-assign]  # it lists no brand_new
    pulled = sync(source, store, NOON)
    assert 1 <= len(pulled.unproved) <= 3  # windows of a few seconds that overlap
    assert not pulled.complete
    cursor = store.coverage.cursor()
    assert cursor is not None
    assert cursor <= NOON - 10 * DAY
    assert any("could not be proved complete" in hole.text for hole in holes(store))
    source.between = lambda moving, query: None
    again = sync(source, store, NOON)
    assert again.complete
    assert store.coverage.cursor() == NOON - LAG
    assert holes(store) == []
    assert cached(store) == world(source)


def test_an_open_order_whose_updated_at_stood_still_is_read_by_number(store: Store) -> None:
    source = Source(spread(30, before=NOON - 5 * DAY))
    sync(source, store, NOON)
    quiet = next(iter(source.orders_by_key.values()))
    source.put(replace(quiet, status="canceled"))
    source.clock = NOON + 7 * HOUR
    pulled = sync(source, store, source.clock)
    assert pulled.moved == 1
    assert cached(store)[quiet.ref][0] == "canceled"
    asked = len(source.queries)
    sync(source, store, source.clock + timedelta(minutes=10))
    assert len(source.queries) - asked == 1  # what was just read is not asked for again


def test_an_open_order_that_lengow_no_longer_lists_is_told(store: Store) -> None:
    source = Source(spread(3, before=NOON - 5 * DAY))
    sync(source, store, NOON)
    gone = next(iter(source.orders_by_key))
    source.hidden.add(gone)
    source.clock = NOON + 7 * HOUR
    assert [w for w in sync(source, store, source.clock).warnings if "no longer lists" in w and gone.order_id in w]


class Garbled(Source):
    """Answers the question for one order with another one."""

    def orders(self, query: OrderQuery) -> Page:
        if query.order_id == self.garbled.order_id:
            raise FilterIgnored("Lengow's answer holds an order of another number")
        return super().orders(query)


def test_an_open_order_that_is_answered_with_another_keeps_no_other_from_being_read(store: Store) -> None:
    source = Garbled(spread(30, before=NOON - 5 * DAY))
    source.garbled, quiet, *_ = source.orders_by_key.values()
    sync(source, store, NOON)
    source.put(replace(quiet, status="canceled"))
    source.clock = NOON + 7 * HOUR
    pulled = sync(source, store, source.clock)
    assert cached(store)[quiet.ref][0] == "canceled"
    told = f"{source.garbled.ref} could not be read again: Lengow's answer holds an order of another number"
    assert pulled.warnings == [told]
    assert sync(source, store, source.clock).warnings == []


def test_an_empty_answer_where_the_cache_knows_better_does_not_move_the_cursor(store: Store) -> None:
    source = Source(spread(30, over=HOUR, before=NOON - timedelta(minutes=5)))
    sync(source, store, NOON)
    source.hidden = set(source.orders_by_key)
    source.clock = NOON + HOUR / 2
    pulled = sync(source, store, source.clock)
    assert any("the cursor stays" in warning for warning in pulled.warnings)
    assert store.coverage.cursor() == NOON - LAG


def test_a_wrong_local_clock_is_told_and_changes_no_window(store: Store) -> None:
    source = Source(spread(250, before=NOON - HOUR))
    pulled = sync(source, store, NOON + 30 * HOUR)
    assert any("clock is 108000 s ahead" in warning for warning in pulled.warnings)
    assert store.coverage.cursor() == NOON - LAG
    assert cached(store) == world(source)


class Undated(Source):
    """A proxy takes the Date out of every answer, so the connector can only say what our own clock says."""

    def orders(self, query: OrderQuery) -> Page:
        return replace(super().orders(query), served_at=NOON + HOUR, dated=False)


def test_without_the_date_of_an_answer_no_window_is_ended(store: Store) -> None:
    """Our clock may run fast: what was updated in between would count as read. So nothing is, first or later."""
    orders = spread(250, before=NOON - 3 * HOUR)
    with pytest.raises(BadAnswer, match="does not say when it was made"):
        sync(Undated(orders), store, NOON + HOUR)
    assert (store.coverage.cursor(), cached(store)) == (None, {})
    sync(Source(orders), store, NOON)
    with pytest.raises(BadAnswer, match="does not say when it was made"):
        sync(Undated(orders), store, NOON + HOUR)
    assert store.coverage.cursor() == NOON - LAG


def test_an_order_that_cannot_be_understood_is_set_aside_and_comes_in_later(store: Store) -> None:
    source = Source(spread(150, before=NOON - HOUR))
    odd = next(iter(source.orders_by_key.values()))
    source.unreadable[odd.key] = "the total is no number"
    first = sync(source, store, NOON)
    assert first.set_aside == 1
    assert not first.complete
    assert store.set_aside.count() == 1
    assert len(cached(store)) == 149
    del source.unreadable[odd.key]
    source.clock = NOON + HOUR
    source.touch(odd)
    sync(source, store, source.clock)
    assert store.set_aside.count() == 0
    assert cached(store) == world(source)


def test_a_back_fill_fills_coverage_and_never_moves_the_cursor(store: Store) -> None:
    source = Source(spread(400, over=200 * DAY, before=NOON - HOUR))
    source.put(*(replace(o, status="closed") for o in source.orders_by_key.values()))
    sync(source, store, NOON)
    cursor = store.coverage.cursor()
    assert len(cached(store)) < 400
    source.clock = NOON + HOUR
    sync(source, store, source.clock, since=NOON - 250 * DAY, until=NOON - 80 * DAY)
    assert cached(store) == world(source)
    assert store.coverage.cursor() == cursor
    assert holes(store, since=NOON - 240 * DAY) == []
    asked = len(source.queries)
    sync(source, store, source.clock, since=NOON - 250 * DAY, until=NOON - 80 * DAY)
    assert len(source.queries) - asked <= 3  # what is proved is not read again


def test_a_marketplace_by_itself_proves_only_itself(store: Store) -> None:
    source = Source(spread(400, over=200 * DAY, before=NOON - HOUR))
    source.put(*(replace(o, status="closed") for o in source.orders_by_key.values()))
    sync(source, store, NOON)
    since = NOON - 300 * DAY
    sync(source, store, NOON, since=since, marketplaces=("amazon_*",))
    assert holes(store, since=since, marketplaces=("amazon_fr",)) == []
    assert holes(store, since=since) != []
    with pytest.raises(UnknownName):
        sync(source, store, NOON, marketplaces=("ebay_*",))


def test_full_reads_everything_again(store: Store) -> None:
    source = Source(spread(250, before=NOON - HOUR))
    sync(source, store, NOON)
    silent = next(iter(source.orders_by_key.values()))
    source.put(replace(silent, status="closed"))  # updated_at stands still
    pulled = sync(source, store, NOON, full=True)
    assert pulled.changed == 1
    assert cached(store) == world(source)


def test_a_folder_of_another_source_is_refused(store: Store) -> None:
    source = Source(spread(3))
    sync(source, store, NOON)
    other = Source(spread(3))
    other.account = lambda: replace(Source().account(), source="memory|https://elsewhere.example|2")  # type: ignore[method-assign]
    with pytest.raises(SourceMismatch):
        sync(other, store, NOON)


def test_orders_beyond_the_retention_are_stored_without_the_buyer(store: Store, tmp_path: Path) -> None:
    source = Source(
        [
            make_order(1, updated_at=NOON - DAY, ordered_at=NOON - 300 * DAY, name="Old Buyer"),
            make_order(2, updated_at=NOON - DAY),
        ]
    )
    sync(source, store, NOON, retention=180 * DAY)
    rows = dict(
        store.orders.rows(
            Selection(),
            ("order_id", "customer"),
            profile="t",
        )
    )
    assert rows == {"N000001": None, "N000002": "Lea Exemple"}


def test_what_a_back_fill_could_not_prove_is_read_again_by_the_next_sync(store: Store) -> None:
    source = Source(spread(200, before=NOON - HOUR))
    sync(source, store, NOON)
    gap = (NOON - 400 * DAY, NOON - 400 * DAY + HOUR)
    with store.transaction():
        store.coverage.add_unproved(*gap, "amazon_fr", "it kept changing", NOON)
    late = make_order(9000, updated_at=gap[0] + timedelta(minutes=1))
    source.put(late)
    source.clock = NOON + HOUR
    assert sync(source, store, source.clock).complete
    assert late.ref in cached(store)
    assert store.coverage.unproved() == []


def test_the_first_sync_is_a_whole_one_whatever_was_asked(store: Store) -> None:
    """`--full` before anything is there must not forget the old open orders."""
    old_open = make_order(1, updated_at=NOON - 200 * DAY)
    source = Source([old_open, *spread(50, before=NOON - HOUR)])
    pulled = sync(source, store, NOON, full=True)
    assert pulled.first
    assert cached(store) == world(source)
    assert store.facts.get("first_sync_since")


def test_a_back_fill_does_not_make_the_cache_look_fresh(store: Store) -> None:
    source = Source(spread(50, before=NOON - HOUR))
    sync(source, store, NOON)
    at = store.facts.get("last_sync_at")
    sync(source, store, NOON + 5 * DAY, marketplaces=("amazon_*",))
    assert store.facts.get("last_sync_at") == at
    sync(source, store, NOON + 5 * DAY)
    assert store.facts.get("last_sync_at") != at


def test_a_clock_that_was_once_far_ahead_stops_no_daily_duty(store: Store) -> None:
    source = Source(spread(50, before=NOON - HOUR))
    sync(source, store, NOON + 4000 * DAY)
    source.clock = NOON + 2 * DAY
    pulled = sync(source, store, source.clock)
    assert pulled.verified is not None
    assert store.marketplaces.fetched_at() == source.clock
