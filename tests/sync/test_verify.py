"""Counting again: a hole is found, read again, and what cannot be proved stays shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lengowctl.connectors.base import OrderQuery
from lengowctl.store.store import Store
from lengowctl.sync.coverage import holes

from .conftest import cached, sync, world
from .source import NOON, Source, make_order, spread

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def source_with_a_late_arrival(store: Store) -> tuple[Source, str]:
    """An order that Lengow showed only long after its `updated_at`: no window reads it any more."""
    source = Source(spread(200, over=20 * DAY, before=NOON - HOUR))
    late = make_order(9000, marketplace="cdiscount", updated_at=NOON - 8 * DAY)
    source.put(late)
    source.hidden = {late.key}
    sync(source, store, NOON)
    source.hidden = set()
    source.clock = NOON + HOUR
    sync(source, store, source.clock)
    assert late.ref not in cached(store)
    return source, late.ref


def test_verify_finds_the_day_that_lacks_an_order_and_reads_it_again(store: Store) -> None:
    source, missing = source_with_a_late_arrival(store)
    pulled = sync(source, store, source.clock, verify=True)
    assert cached(store) == world(source)
    assert missing in cached(store)
    assert pulled.verified is not None
    assert [(cell.marketplace, cell.day) for cell in pulled.verified.reread] == [("cdiscount", (NOON - 8 * DAY).date())]
    assert pulled.verified.gaps == []
    assert pulled.verified.compared > 30
    assert pulled.complete


def test_once_a_day_the_totals_are_compared_unasked(store: Store) -> None:
    source, missing = source_with_a_late_arrival(store)
    source.clock = NOON + 25 * HOUR
    asked = len(source.queries)
    pulled = sync(source, store, source.clock)
    assert missing in cached(store)
    assert pulled.verified is not None
    assert len(source.queries) - asked < 150
    again = sync(source, store, source.clock + HOUR)
    assert again.verified is None


def test_a_day_that_cannot_be_proved_stays_a_hole_until_it_can(store: Store) -> None:
    source, missing = source_with_a_late_arrival(store)
    day = (NOON - 8 * DAY).date()
    crowd = [make_order(5000 + n, marketplace="cdiscount", updated_at=NOON - 8 * DAY) for n in range(130)]
    source.put(*crowd)
    source.hidden = {crowd[-1].key}

    def grow(moving: Source, query: OrderQuery) -> None:
        """The day gains an order at each later page, so no reading of it is proved."""
        if query.page > 1 and query.ordered_from:
            number = 7000 + len(moving.queries)
            moving.put(replace(make_order(number, marketplace="cdiscount"), ordered_at=NOON - 8 * DAY))

    source.between = grow
    pulled = sync(source, store, source.clock, verify=True)
    assert pulled.verified is not None
    assert [gap.day for gap in pulled.verified.gaps] == [day]
    assert not pulled.complete
    shown = holes(store)
    assert len(shown) == 1
    assert shown[0].remedy == "lengowctl sync --verify --marketplace cdiscount"
    assert str(day) in shown[0].text
    source.between = lambda moving, query: None
    source.hidden = set()
    assert sync(source, store, source.clock, verify=True).complete
    assert holes(store) == []
    assert cached(store) == world(source)
    assert missing in cached(store)


def test_more_orders_here_than_there_is_no_hole(store: Store) -> None:
    source = Source(spread(60, over=10 * DAY, before=NOON - HOUR))
    sync(source, store, NOON)
    source.hidden = {next(iter(source.orders_by_key))}
    pulled = sync(source, store, NOON, verify=True)
    assert pulled.complete
    assert holes(store) == []


def test_verifying_one_marketplace_counts_only_it(store: Store) -> None:
    source, missing = source_with_a_late_arrival(store)
    asked = len(source.queries)
    sync(source, store, source.clock, verify=True, since=NOON - 12 * DAY, marketplaces=("cdiscount",))
    counted = [query for query in source.queries[asked:] if query.page_size == 1 and query.ordered_from]
    assert {query.marketplace for query in counted} == {"cdiscount"}
    assert missing in cached(store)
