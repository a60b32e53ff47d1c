"""Single orders, what the sync asks for, and counts by day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lengowctl.errors import AmbiguousOrder, UnknownOrder
from lengowctl.orders.reference import OrderKey, read_ref
from lengowctl.store.store import Store

from .samples import DAY, NOON, line, order, save

KNOWN = {"amazon_fr", "cdiscount"}


def test_a_bare_number_is_enough_where_one_order_has_it(store: Store) -> None:
    save(store, order("A-1"), order("B 1"))
    for typed in ("A-1", "amazon_fr:A-1", "AMAZON_FR:A-1"):
        assert store.orders.resolve(read_ref(typed, KNOWN)) == OrderKey("amazon_fr", "A-1")
    for typed in ("B 1", "B%201", "amazon_fr:B%201"):
        assert store.orders.resolve(read_ref(typed, KNOWN)) == OrderKey("amazon_fr", "B 1")


def test_a_marketplace_that_only_our_orders_know(store: Store) -> None:
    """Its description may be gone, or was never fetched: the full reference still works."""
    save(store, order("7", "gone_fr"), order("7", "amazon_fr"))
    assert store.orders.resolve(read_ref("gone_fr:7", KNOWN)) == OrderKey("gone_fr", "7")
    assert store.orders.resolve(read_ref("amazon_fr:7", set())) == OrderKey("amazon_fr", "7")


def test_a_full_match_on_the_number_comes_first(store: Store) -> None:
    """A number that looks like a reference, or holds a percent sign, is found as it is written."""
    save(store, order("cdiscount:7"), order("7", "cdiscount"), order("5%20"), order("5 "))
    assert store.orders.resolve(read_ref("cdiscount:7", KNOWN)) == OrderKey("amazon_fr", "cdiscount:7")
    assert store.orders.resolve(read_ref("5%20", KNOWN)) == OrderKey("amazon_fr", "5%20")


def test_a_number_of_several_orders_lists_them(store: Store) -> None:
    save(store, *(order("7", f"shop_{n:02}") for n in range(12)))
    with pytest.raises(AmbiguousOrder, match="7 is the number of several orders") as told:
        store.orders.resolve(read_ref("7", KNOWN))
    assert (told.value.hint or "").startswith("write one of these: shop_00:7, shop_01:7")
    assert (told.value.hint or "").endswith("shop_09:7, …")


def test_an_unknown_order_says_sync(store: Store) -> None:
    with pytest.raises(UnknownOrder, match="amazon_fr:9 is not in the cache") as told:
        store.orders.resolve(read_ref("amazon_fr:9", KNOWN))
    assert told.value.hint == "run lengowctl sync"
    with pytest.raises(UnknownOrder):
        store.orders.row(OrderKey("amazon_fr", "9"), profile="p")
    assert (store.orders.body(OrderKey("amazon_fr", "9")), store.orders.history(OrderKey("a", "9"))) == (None, [])


def test_an_order_of_another_marketplace_is_told_and_never_taken(store: Store) -> None:
    save(store, order("7", "cdiscount"), order("7", "bol"))
    with pytest.raises(UnknownOrder, match="amazon_fr:7 is not in the cache") as told:
        store.orders.resolve(read_ref("amazon_fr:7", KNOWN))
    assert told.value.hint == "run lengowctl sync; the number is known as bol:7, cdiscount:7"


def test_the_old_code_of_a_renamed_marketplace_finds_the_order(store: Store) -> None:
    """Whether the old code is still known or not; and never beside an order that has that code itself."""
    with store.transaction():
        store.marketplaces.save([("amazon_fr", b"{}"), ("mirakl_fr", b"{}")], NOON)
    save(store, order("A-1", "oldname"), order("B-1", "oldname"))
    save(store, order("A-1", "mirakl_fr", updated_at=NOON + DAY))
    found = store.orders.resolve_all(
        [read_ref(typed, KNOWN) for typed in ("oldname:A-1", "OLDNAME:A-1", "oldname:B-1", "mirakl_fr:A-1")]
    )
    assert found == [
        OrderKey("mirakl_fr", "A-1"),
        OrderKey("mirakl_fr", "A-1"),
        OrderKey("oldname", "B-1"),
        OrderKey("mirakl_fr", "A-1"),
    ]
    assert store.orders.resolve(read_ref("oldname:A-1", {"oldname"})) == OrderKey("mirakl_fr", "A-1")


def test_many_are_found_at_once_each_in_its_place(store: Store) -> None:
    save(store, order("A-1"), order("7", "cdiscount"), order("7", "bol"))
    found = store.orders.resolve_all([read_ref(typed, KNOWN) for typed in ("A-1", "nobody", "7", "cdiscount:7")])
    assert [key if isinstance(key, OrderKey) else key.message for key in found] == [
        OrderKey("amazon_fr", "A-1"),
        "nobody is not in the cache",
        "7 is the number of several orders",
        OrderKey("cdiscount", "7"),
    ]


def test_still_open(store: Store) -> None:
    """Open, unknown and freshly shipped orders that were not read lately, longest unread first."""
    save(store, order("late"), order("shipped", status="shipped"), at=NOON - 2 * DAY)
    save(store, order("first"), order("odd", status="who_knows"), at=NOON - 3 * DAY)
    old = {"ordered_at": NOON - 40 * DAY}
    save(store, order("over", status="closed"), order("long", status="shipped", **old), at=NOON - 3 * DAY)
    save(store, order("fresh"), at=NOON)
    found = store.orders.still_open(checked_before=NOON, limit=9)
    assert [key.order_id for key in found] == ["first", "odd", "late", "shipped"]
    assert [key.order_id for key in store.orders.still_open(checked_before=NOON, limit=1)] == ["first"]
    store.orders.mark_read([OrderKey("amazon_fr", "first")], NOON)
    assert [key.order_id for key in store.orders.still_open(checked_before=NOON, limit=1)] == ["odd"]
    assert store.orders.row(OrderKey("amazon_fr", "first"), profile="p")["synced_at"] == "2026-11-23T12:00:00Z"


def test_what_a_wrong_clock_stamped_in_the_future_is_read_again(store: Store) -> None:
    save(store, order("future"), at=NOON + 4000 * DAY)
    save(store, order("now"), at=NOON + DAY)
    assert [key.order_id for key in store.orders.still_open(checked_before=NOON, limit=9)] == ["future"]


def test_day_counts(store: Store) -> None:
    """By UTC day of the order and marketplace, both ends included."""
    midnight = NOON.replace(hour=0)
    save(
        store,
        order("1", ordered_at=midnight), order("2", ordered_at=midnight + DAY - timedelta(seconds=1)),
        order("3", "cdiscount", ordered_at=midnight), order("4", ordered_at=midnight + DAY),
        order("5", ordered_at=midnight - timedelta(seconds=1)), order("6", ordered_at=None, imported_at=None),
    )  # fmt: skip
    today, tomorrow = date(2026, 11, 23), date(2026, 11, 24)
    assert store.orders.day_counts(today, today) == {(today, "amazon_fr"): 2, (today, "cdiscount"): 1}
    assert store.orders.day_counts(today, tomorrow)[tomorrow, "amazon_fr"] == 1


def test_known_in(store: Store) -> None:
    """By `updated_at`, to the microsecond, both ends included."""
    tick = timedelta(microseconds=1)
    save(store, order("1", updated_at=NOON), order("2", updated_at=NOON + tick), order("3", updated_at=NOON + DAY))
    assert [store.orders.known_in(NOON, until) for until in (NOON, NOON + tick, NOON + DAY)] == [1, 2, 3]
    assert store.orders.known_in(NOON + 2 * tick, NOON + DAY - tick) == 0


def test_every_name_of_an_order_is_known_by_each_of_them(store: Store) -> None:
    """The present one first; not the name of another order, and nothing of orders with one name."""
    with store.transaction():
        store.marketplaces.save([("amazon_fr", b"{}"), ("mirakl_fr", b"{}")], NOON)
    save(store, order("A-1", "oldname"), order("B-1", "oldname"), order("C-1", "oldname"))
    save(store, order("A-1", "mirakl_fr", updated_at=NOON + DAY), order("C-1", "mirakl_fr", updated_at=NOON + DAY))
    save(store, order("C-1", "oldname", lines=(line("other"),)))
    now, old = OrderKey("mirakl_fr", "A-1"), OrderKey("oldname", "A-1")
    keys = [now, old, OrderKey("amazon_fr", "A-1"), OrderKey("oldname", "B-1"), OrderKey("mirakl_fr", "C-1")]
    assert store.orders.names(keys) == {now: (now, old), old: (now, old)}
    assert store.orders.names([]) == {}
