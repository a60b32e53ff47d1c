"""What is made ready on another thread is stored as if the store had made it, whatever it did not know."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.orders.model import Order
from lengowctl.orders.reference import OrderKey
from lengowctl.store.bodies import Packer
from lengowctl.store.intake import Saved
from lengowctl.store.prepared import Preparation, Prepared
from lengowctl.store.store import Store

from .samples import NOON, body_of, buyer, line, order, parcel, refs, rows_in, save, scrub

KEY = OrderKey("amazon_fr", "A-1")
LATER = NOON + timedelta(hours=1)


def written_out(preparation: Preparation, *orders: Order) -> list[Prepared]:
    """Readings with their rows, made on a thread of their own."""
    made: list[Prepared] = []

    def work() -> None:
        made.extend(preparation.read_all((each, body_of(each)) for each in orders))
        preparation.write_out(made)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return made


def preparation_of(store: Store) -> Preparation:
    return store.orders.preparation(scrub=scrub, personal_since=None)


def keep(store: Store, preparation: Preparation, readings: list[Prepared]) -> Saved:
    with store.transaction():
        return store.orders.save_prepared(readings, preparation, at=LATER)


def contents(store: Store) -> list[object]:
    """Every row of the tables of orders."""
    tables = ("orders", "lines", "parcels", "search", "changes")
    return [store.connection.all(f"SELECT * FROM {table}") for table in tables]


def test_the_rows_are_those_that_the_store_makes_itself(store: Store, tmp_path: Path) -> None:
    first = [order(f"A-{n}", parcels=(parcel(),)) for n in range(130)]
    moved = [order(f"A-{n}", status="shipped", updated_at=LATER, lines=(line("x"), line("y"))) for n in range(70)]
    with Store.open(tmp_path / "other", write=True, now=NOON) as other:
        for page in (first, moved):
            preparation = preparation_of(store)
            assert keep(store, preparation, written_out(preparation, *page)) == save(other, *page, at=LATER)
        assert contents(store) == contents(other)
        keys = [each.key for each in first]
        assert list(store.orders.bodies(keys)) == list(other.orders.bodies(keys)) == [
            body_of(each) for each in (*moved, *first[70:])
        ]  # fmt: skip


def test_bodies_packed_by_other_phrases_are_packed_again(store: Store) -> None:
    """The phrases that a reader of pages knew may have been rolled back, or never have been the store's."""
    preparation = Preparation(scrub, None, Packer(b'{"n": "another", "at": "2026-11-23T12:00:00+00:00"'))
    assert keep(store, preparation, written_out(preparation, order("A-1"))).new == 1
    save(store, order("A-2"))
    assert keep(store, preparation, written_out(preparation, order("A-3"), order("A-2", updated_at=LATER))).changed == 1
    expected = [body_of(order("A-1")), body_of(order("A-2", updated_at=LATER)), body_of(order("A-3"))]
    assert list(store.orders.bodies([OrderKey("amazon_fr", f"A-{n}") for n in (1, 2, 3)])) == expected


@pytest.mark.parametrize("ahead", [True, False])
def test_a_reading_made_before_the_buyer_was_forgotten_does_not_bring_him_back(store: Store, ahead: bool) -> None:
    save(store, order("A-0"), order("A-1", anonymized=True))
    preparation = preparation_of(store)
    back = order("A-1", updated_at=LATER, to=buyer("Back Again"))
    readings = written_out(preparation, back) if ahead else preparation.read_all([(back, body_of(back))])
    assert keep(store, preparation, readings).changed == 1
    row = store.orders.row(KEY, profile="p")
    assert (row["customer"], row["anonymized"], refs(store, search="back")) == (None, 1, [])
    assert store.orders.body(KEY) == scrub(body_of(back))


def test_an_order_that_comes_twice_in_one_go_is_stored_as_it_was_last(store: Store) -> None:
    """New or known, the second reading meets what the first one left."""
    preparation = preparation_of(store)
    for status in ("waiting_shipment", "shipped"):
        save(store, order("A-2"))
        page = [order(number, status=status, updated_at=LATER, lines=()) for number in ("A-1", "A-2")]
        readings = written_out(preparation, *page, *[order("A-1"), order("A-2")], *page)
        found = keep(store, preparation, readings)
        assert (found.new + found.changed, found.older, found.unchanged) == (2, 2, 2)
    assert rows_in(store) | {"changes": 0} == {
        "orders": 2, "lines": 0, "parcels": 0, "bodies": 2, "search": 2, "changes": 0, "set_aside": 0,
    }  # fmt: skip
    assert [store.orders.row(OrderKey("amazon_fr", n), profile="p")["status"] for n in ("A-1", "A-2")] == [
        "shipped"
    ] * 2
