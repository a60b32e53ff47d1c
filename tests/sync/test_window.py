"""Windows: how they are cut, read and proved while the world moves."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lengowctl.connectors.base import OrderQuery, Page, Reading, Unreadable
from lengowctl.sync.window import SECOND, Cut, Proved, Unproved, Window, identities, is_snapshot, read_window

from .source import NOON, SORTS, Source, make_order, spread

DAY = Window(NOON - timedelta(days=1), NOON)


@given(seconds=st.integers(1, 10_000), parts=st.integers(1, 200))
def test_cutting_covers_every_second_and_overlaps_by_one(seconds: int, parts: int) -> None:
    window = Window(NOON, NOON + seconds * SECOND)
    cut = window.cut(parts)
    assert cut[0].since == window.since
    assert cut[-1].until == window.until
    for left, right in pairwise(cut):
        assert left.since < left.until
        assert right.since == max(window.since, left.until - SECOND)
    lengths = [part.until - part.since for part in cut]
    assert (len(cut) == 1) == (window.narrow or parts == 1)
    assert len(cut) == 1 or max(lengths) < window.until - window.since


def test_cutting_keeps_to_whole_seconds() -> None:
    marks = [(0, 3), (2, 6), (5, 10)]
    parts = tuple(Window(NOON + since * SECOND, NOON + until * SECOND) for since, until in marks)
    assert Window(NOON, NOON + 10 * SECOND).cut(3) == parts


def test_the_orders_of_a_page_are_told_apart_the_garbled_ones_too() -> None:
    garbled = [Unreadable(b"x", "no status", "fnac", "7")] * 3
    page = Page(6, (Reading(make_order(1), b"{}"),), (*garbled, Unreadable(b"null", "it is no object")), NOON)
    assert identities(page) == {
        ("amazon_fr", "N000001", 0),
        ("fnac", "7", 0),
        ("fnac", "7", 1),
        ("fnac", "7", 2),
        ("", hashlib.sha256(b"null").hexdigest(), 0),
    }


@pytest.mark.parametrize(
    ("count", "rows", "whole"),
    [(100, 100, True), (3, 2, False), (2, 3, False), (101, 101, False), (None, 0, False), (None, 3, False)],
)
def test_one_answer_is_a_snapshot_when_it_holds_all_that_it_counts(count: int | None, rows: int, whole: bool) -> None:
    readings = tuple(Reading(make_order(number), b"{}") for number in range(rows))
    assert is_snapshot(Page(count, readings, (), NOON)) is whole


@pytest.mark.parametrize("moves", [lambda query: query.page == 2, lambda query: query.page_size == 1])
def test_a_total_that_moved_disproves_a_window_of_which_as_many_orders_were_seen(
    moves: Callable[[OrderQuery], bool],
) -> None:
    """While the pages are read, or when the total is asked for once more at the end."""
    source = Source(spread(150, over=timedelta(hours=20)))
    real = source.orders
    source.orders = lambda query: replace(real(query), count=150 - moves(query))  # type: ignore[method-assign]
    assert read_window(source, DAY, lambda page: None) == Cut(DAY, DAY.cut(2), 150)


def test_a_window_asks_for_what_it_is() -> None:
    window = Window(NOON - SECOND, NOON, "fnac", "shipped")
    asked = OrderQuery(updated_from=NOON - SECOND, updated_to=NOON, marketplace="fnac", status="shipped", page=2)
    assert window.query(2) == asked
    placed = OrderQuery(ordered_from=NOON - SECOND, ordered_to=NOON, marketplace="fnac", status="shipped", page_size=1)
    assert replace(window, ordered=True).query(1, page_size=1) == placed


def test_a_small_window_is_proved_by_one_answer() -> None:
    source = Source(spread(40, over=timedelta(hours=20)))
    pages: list[Page] = []
    assert read_window(source, DAY, pages.append) == Proved(DAY, 40)
    assert len(source.queries) == 1
    assert is_snapshot(pages[0])


def test_pages_are_read_from_the_last_to_the_first_and_page_one_again() -> None:
    source = Source(spread(450, over=timedelta(hours=20)))
    outcome = read_window(source, DAY, lambda page: None)
    assert outcome == Proved(DAY, 450)
    assert [query.page for query in source.queries] == [1, 5, 4, 3, 2, 1]


def test_a_large_window_is_cut_before_its_rows_are_read() -> None:
    source = Source(spread(4000, over=timedelta(hours=20)))
    outcome = read_window(source, DAY, lambda page: None)
    assert outcome == Cut(DAY, DAY.cut(4), 4000)
    assert len(source.queries) == 1


def test_a_window_of_half_as_many_again_is_still_read_whole() -> None:
    source = Source(spread(1501, over=timedelta(hours=20)))
    assert read_window(source, DAY, lambda page: None) == Cut(DAY, DAY.cut(2), 1501)
    source.orders_by_key.popitem()
    assert read_window(source, DAY, lambda page: None) == Proved(DAY, 1500)


def test_a_busy_second_of_one_marketplace_is_left_unproved() -> None:
    source = Source([make_order(n) for n in range(150)])
    source.between = lambda world, query: world.touch(
        next(order for order in world.orders_by_key.values() if order.updated_at == NOON), at=NOON + timedelta(hours=1)
    )
    second = Window(NOON - SECOND, NOON, "amazon_fr")
    reason = "the orders of a few seconds kept changing while they were read"
    assert read_window(source, second, lambda page: None) == Unproved(second, reason, 148)


def test_a_window_that_moves_in_both_passes_is_halved() -> None:
    source = Source(spread(450, over=timedelta(hours=20)))

    def move(world: Source, query: OrderQuery) -> None:
        leaving = next(o for o in world.orders_by_key.values() if o.updated_at <= NOON)
        world.touch(leaving, at=NOON + timedelta(hours=1))

    source.between = move
    outcome = read_window(source, DAY, lambda page: None)
    assert isinstance(outcome, Cut)
    assert len(outcome.into) == 2


def leave_while_read_together(world: Source, query: OrderQuery) -> None:
    """An order leaves after each later page, as long as all marketplaces are read together."""
    if query.page > 1 and query.marketplace is None:
        world.touch(next(o for o in world.orders_by_key.values() if o.updated_at == NOON), at=NOON + timedelta(hours=1))


def test_one_busy_second_is_read_by_marketplace() -> None:
    source = Source([make_order(n, marketplace=("amazon_fr", "cdiscount")[n % 2]) for n in range(450)])
    source.between = leave_while_read_together
    second = Window(NOON - SECOND, NOON)
    outcome = read_window(source, second, lambda page: None, ["amazon_fr", "cdiscount"])
    left = sum(o.updated_at == NOON for o in source.orders_by_key.values())
    assert outcome == Proved(second, left)
    assert {query.marketplace for query in source.queries} == {None, "amazon_fr", "cdiscount"}


def test_a_second_with_orders_of_an_unknown_marketplace_stays_unproved() -> None:
    """The sum over the marketplaces that we know must be the whole, else somebody is missing."""
    source = Source([make_order(n, marketplace=("amazon_fr", "brand_new")[n % 2]) for n in range(450)])
    source.between = leave_while_read_together
    second = Window(NOON - SECOND, NOON)
    outcome = read_window(source, second, lambda page: None, ["amazon_fr"])
    left = [o.marketplace for o in source.orders_by_key.values() if o.updated_at == NOON]
    known = left.count("amazon_fr")
    reason = f"{len(left)} to {len(left)} orders in a few seconds, but {known} over the known marketplaces"
    assert outcome == Unproved(second, reason, len(left))
    totals = [query for query in source.queries if query.page_size == 1]
    assert [query.marketplace for query in totals[-3:]] == [None, "amazon_fr", None]


def test_a_marketplace_that_never_stands_still_leaves_its_second_unproved() -> None:
    source = Source([make_order(n, marketplace=("amazon_fr", "cdiscount")[n % 2]) for n in range(450)])

    def leave(world: Source, query: OrderQuery) -> None:
        if query.page > 1 and query.marketplace != "amazon_fr":
            code = query.marketplace or "amazon_fr"
            mine = (o for o in world.orders_by_key.values() if o.updated_at == NOON and o.marketplace == code)
            world.touch(next(mine), at=NOON + timedelta(hours=1))

    source.between = leave
    second = Window(NOON - SECOND, NOON)
    outcome = read_window(source, second, lambda page: None, ["amazon_fr", "cdiscount"])
    known = sum(o.updated_at == NOON and o.marketplace == "amazon_fr" for o in source.orders_by_key.values())
    reason = "the orders of cdiscount in a few seconds kept changing while they were read"
    assert outcome == Unproved(second, reason, known)


def test_orders_that_cannot_be_understood_count_as_seen() -> None:
    orders = spread(150, over=timedelta(hours=20))
    source = Source(orders)
    source.unreadable = {orders[3].key: "nested too deeply", orders[70].key: "no status"}
    assert read_window(source, DAY, lambda page: None) == Proved(DAY, 150)


def churn(rate: int, seed: int):
    """So many orders of the window are updated after each answer."""
    rng = random.Random(seed)

    def move(world: Source, query: OrderQuery) -> None:
        world.clock += SECOND
        for order in rng.sample(list(world.orders_by_key.values()), rate):
            world.touch(order, status=rng.choice(("shipped", "closed")))

    return move


def drain(source: Source, window: Window, seen: dict) -> list[Window]:
    """Read a window and all it is cut into; returns what was proved."""
    proved: list[Window] = []
    pending = [window]

    def hand_on(page: Page) -> None:
        for reading in page.readings:
            old = seen.get(reading.order.key)
            if old is None or reading.order.updated_at >= old:
                seen[reading.order.key] = reading.order.updated_at

    while pending:
        outcome = read_window(source, pending.pop(), hand_on, ["amazon_fr", "cdiscount", "zalando_fr"])
        if isinstance(outcome, Cut):
            pending.extend(outcome.into)
        elif isinstance(outcome, Proved):
            proved.append(outcome.window)
    return proved


@pytest.mark.parametrize("sort", SORTS)
def test_no_order_is_lost_while_orders_change_between_pages(sort: str) -> None:
    """In every sort order; the naive forward scan of the same world loses some, so the test is not blind."""
    naive_losses = 0
    for seed in range(4):
        orders = spread(1200, seed=seed)
        source = Source(orders, sort=sort, seed=seed, now=NOON + timedelta(minutes=2))
        source.between = churn(4, seed)
        seen: dict = {}
        proved = drain(source, Window(NOON - timedelta(days=31), NOON), seen)
        for order in source.orders_by_key.values():
            inside = any(window.since <= order.updated_at <= window.until for window in proved)
            assert not inside or seen.get(order.key) == order.updated_at
        # what left the window was updated later, and the next round reads it: nothing is in neither
        lost = [o.key for o in source.orders_by_key.values() if o.key not in seen and o.updated_at <= NOON]
        assert lost == []
        naive_losses += naive_scan_loses(orders, sort, seed)
    if sort != "-created":
        assert naive_losses > 0


def naive_scan_loses(orders: list, sort: str, seed: int) -> bool:
    """The control: pages first to last until the count is reached, over the same world."""
    source = Source(orders, sort=sort, seed=seed, now=NOON + timedelta(minutes=2))
    source.between = churn(4, seed)
    window = Window(NOON - timedelta(days=31), NOON)
    seen: set = set()
    page_number = 1
    while True:
        page = source.orders(window.query(page_number))
        seen |= identities(page)
        if page.count is None or page_number * 100 >= page.count:
            break
        page_number += 1
    return any(o.updated_at <= NOON and tuple(o.key) not in seen for o in source.orders_by_key.values())


@settings(max_examples=30)
@given(count=st.integers(0, 400), leave=st.sets(st.integers(0, 12), max_size=3), seed=st.integers(0, 50))
def test_proved_means_that_every_order_of_the_window_was_handed_on(count: int, leave: set[int], seed: int) -> None:
    """Whatever answer the world moves at: a proved window was seen whole."""
    source = Source(spread(count, over=timedelta(hours=20), seed=seed), sort="shuffled", seed=seed)
    answers = iter(range(10_000))

    def move(world: Source, query: OrderQuery) -> None:
        inside = [o for o in world.orders_by_key.values() if o.updated_at <= NOON]
        if next(answers) in leave and inside:
            world.put(replace(world.random.choice(inside), updated_at=NOON + timedelta(minutes=1)))

    source.between = move
    seen: dict = {}
    for window in drain(source, DAY, seen):
        for order in source.orders_by_key.values():
            assert not window.since <= order.updated_at <= window.until or order.key in seen


def test_rows_that_look_alike_in_one_answer_are_different_orders() -> None:
    """The same garbage twice, and a number garbled into another one: a window of them is proved all the same."""
    orders = spread(30, over=timedelta(hours=20))
    source = Source(orders)
    real = source.orders

    def garbled(query: OrderQuery) -> Page:
        page = real(query)
        junk = tuple(Unreadable(b"null", "it is no object") for _ in page.readings[:2])
        return replace(page, readings=(page.readings[2], *page.readings[2:-1]), unreadable=junk)

    source.orders = garbled  # type: ignore[method-assign]
    assert read_window(source, DAY, lambda page: None) == Proved(DAY, 30)


def test_an_absurd_total_plans_no_millions_of_windows() -> None:
    source = Source(spread(10, over=timedelta(hours=20)))
    real = source.orders
    source.orders = lambda query: replace(real(query), count=10**18)  # type: ignore[method-assign]
    outcome = read_window(source, Window(NOON - 3000 * timedelta(days=1), NOON), lambda page: None)
    assert isinstance(outcome, Cut)
    assert len(outcome.into) == 1000


def test_one_that_leaves_does_not_hide_one_of_an_unknown_marketplace() -> None:
    """As many left as are unknown, so the sum fits at the end; at the beginning it did not."""
    source = Source([make_order(n, marketplace=("amazon_fr", "brand_new")[n >= 449]) for n in range(450)])

    def move(world: Source, query: OrderQuery) -> None:
        leave_while_read_together(world, query)
        if query.marketplace == "amazon_fr" and query.page == 1 and len(world.queries) > 2:
            known = [o for o in world.orders_by_key.values() if o.updated_at == NOON and o.marketplace == "amazon_fr"]
            asked = [q for q in world.queries if q.marketplace == "amazon_fr" and q.page == 1]
            if len(asked) == 2:  # the marketplace was just proved
                world.touch(known[0], at=NOON + timedelta(hours=1))

    source.between = move
    outcome = read_window(source, Window(NOON - SECOND, NOON), lambda page: None, ["amazon_fr"])
    assert isinstance(outcome, Unproved)
