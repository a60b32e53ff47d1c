"""Orders that nobody understood, and marketplaces as they came."""

from __future__ import annotations

from lengowctl.orders.reference import OrderKey
from lengowctl.store.set_aside import SetAsideOrder
from lengowctl.store.store import Store

from .samples import DAY, NOON, order, save


def test_the_same_bytes_are_new_once(store: Store) -> None:
    """One row an order, its latest reading; what has no number is told apart by its bytes."""
    aside = store.set_aside
    key = ("amazon_fr", "A-1")
    assert aside.add(b"one", "no status", *key, NOON, NOON)
    assert not aside.add(b"one", "no status", *key, NOON, NOON + DAY)
    assert aside.add(b"two", "no total", *key, None, NOON + DAY)
    assert aside.add(b"three", "no number \ud800", None, None, None, NOON)
    assert not aside.add(b"three", "no number", None, None, None, NOON)
    assert aside.all() == [
        SetAsideOrder(b"two", "no total", "amazon_fr", "A-1", None, NOON + DAY),
        SetAsideOrder(b"three", "no number \ufffd", None, None, None, NOON),
    ]
    assert aside.count() == 2


def test_an_order_that_is_understood_is_no_longer_set_aside(store: Store) -> None:
    aside = store.set_aside
    assert aside.resolve([OrderKey("amazon_fr", "A-1")]) == 0
    aside.add(b"one", "no status", "amazon_fr", "A-1", NOON, NOON)
    aside.add(b"two", "no status", "cdiscount", "A-1", NOON, NOON)
    assert aside.resolve([OrderKey("amazon_fr", "A-1"), OrderKey("amazon_fr", "A-2")]) == 1
    assert [left.marketplace for left in aside.all()] == ["cdiscount"]


def test_purged_bytes_are_not_new_again(store: Store) -> None:
    aside = store.set_aside
    aside.add(b"old", "no status", "amazon_fr", "A-1", NOON - 9 * DAY, NOON)
    aside.add(b"unknown", "no date", None, None, None, NOON)
    assert (aside.purge(NOON - DAY), aside.purge(NOON - DAY)) == (1, 0)
    assert [left.raw for left in aside.all()] == [b"", b"unknown"]
    assert not aside.add(b"old", "no status", "amazon_fr", "A-1", NOON - 9 * DAY, NOON)


def test_of_a_forgotten_buyer_nothing_is_kept_even_if_the_order_makes_no_sense_any_more(store: Store) -> None:
    save(store, order("gone", anonymized=True), order("there"))
    aside = store.set_aside
    for number in ("gone", "there"):
        assert aside.add(b"Jean", "no status", "amazon_fr", number, NOON, NOON)
        assert not aside.add(b"Jean", "no status", "amazon_fr", number, NOON, NOON)
    assert {left.order_id: left.raw for left in aside.all()} == {"gone": b"", "there": b"Jean"}
