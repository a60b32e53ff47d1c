"""The questions of shell completion: answered from indexes, never waiting, never changing anything."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request, digest
from lengowctl.store.intent import Who
from lengowctl.store.intents import Draft
from lengowctl.store.ledger import ExportCursor
from lengowctl.store.peek import FEW, CachePeek, LedgerPeek
from lengowctl.store.store import Store

from .samples import DAY, NOON, buyer, line, order, parcel, save

HOUR = timedelta(hours=1)
DESCRIPTION = b'{"name": "Amazon FR", "orders": {"actions": {"ship": {"status": ["waiting_shipment", "accepted"]}}}}'
EVERYWHERE = [("amazon_fr", None), ("cdiscount", None)]


@pytest.fixture
def shop(store: Store) -> Store:
    """Four orders, the newest first: B-2, A-1, A-2, B-1."""
    save(
        store,
        order(
            "A-1", ordered_at=NOON - 2 * HOUR, lines=(line("A-1-1", "LAMP"), line("A-1-2", "lamp-xl", title="Grande"))
        ),
        order("A-2", ordered_at=NOON - DAY, status="shipped", parcels=(parcel("DHL"),), to=None, billing=None),
        order("B-1", "cdiscount", ordered_at=NOON - 2 * DAY, to=buyer("Łukasz Nowak")),
        order("B-2", "cdiscount", ordered_at=NOON - HOUR, status="waiting_acceptance"),
    )
    with store.transaction():
        bodies = [("amazon_fr", DESCRIPTION), ("broken", b"{"), ("cdiscount", b'{"orders": []}')]
        store.marketplaces.save(bodies, NOON)
    return store


@pytest.fixture
def cache(shop: Store, folder: Path) -> Iterator[CachePeek]:
    with CachePeek(os.fspath(folder)) as opened:
        yield opened


@pytest.fixture
def ledger(store: Store, folder: Path) -> Iterator[LedgerPeek]:
    """Two actions: 1 is under way, 2 is planned."""
    intents = store.ledger.intents(profile="p", source="s", who=Who("lea", "till-1", "ship"))
    for number, action in enumerate(("ship", "accept"), 1):
        wish = Request.of(action, OrderKey("amazon_fr", f"A-{number}"), {})
        with intents.transaction():
            intent = intents.add(Draft(wish, digest("s", wish), 1), note=None, hold_until=None, at=NOON)
            if action == "ship":
                intents.claim(intent, run_id="r", sent_at=NOON, known_ids=(), at=NOON)
    with LedgerPeek(os.fspath(folder)) as opened:
        yield opened


def _refs(rows: list[tuple[object, ...]]) -> list[object]:
    return [row[0] for row in rows]


def test_distinct_values_narrow_to_what_is_typed(cache: CachePeek) -> None:
    assert cache.marketplaces() == ["amazon_fr", "cdiscount"]
    assert cache.marketplaces("cd") == ["cdiscount"]
    assert cache.statuses() == ["shipped", "waiting_acceptance", "waiting_shipment"]
    assert cache.statuses("waiting_s") == ["waiting_shipment"]
    assert cache.parcel_carriers("D") == ["DHL"]
    assert cache.described("b") == ["broken"]


def test_article_numbers_are_found_whatever_their_case_with_a_title(cache: CachePeek) -> None:
    assert cache.skus("Lamp", 9) == [("LAMP", "Lampe en bois"), ("lamp-xl", "Grande")]
    assert cache.skus("LAMP", 1) == [("LAMP", "Lampe en bois")]


def test_orders_come_newest_first_with_buyer_and_total(cache: CachePeek) -> None:
    assert cache.orders(EVERYWHERE, "", 9, ours=False) == [
        ("cdiscount:B-2", "2026-11-23T11:00:00Z", "Jean Dupont", "90.60", "EUR", "B-2"),
        ("amazon_fr:A-1", "2026-11-23T10:00:00Z", "Jean Dupont", "90.60", "EUR", "A-1"),
        ("amazon_fr:A-2", "2026-11-22T12:00:00Z", None, "90.60", "EUR", "A-2"),
        ("cdiscount:B-1", "2026-11-21T12:00:00Z", "Łukasz Nowak", "90.60", "EUR", "B-1"),
    ]
    assert _refs(cache.orders(EVERYWHERE, "", 2, ours=False)) == ["cdiscount:B-2", "amazon_fr:A-1"]


def test_only_the_marketplaces_and_statuses_in_question_count(cache: CachePeek) -> None:
    pairs = [("amazon_fr", "shipped"), ("cdiscount", "waiting_shipment"), ("bol", None)]
    assert _refs(cache.orders(pairs, "", 9, ours=True)) == ["amazon_fr:A-2", "cdiscount:B-1"]
    assert cache.orders([], "", 9, ours=True) == []


def test_a_number_s_beginning_narrows_few_and_many_orders_alike(shop: Store, cache: CachePeek) -> None:
    assert _refs(cache.orders(EVERYWHERE, "A-", 9, ours=True)) == ["amazon_fr:A-1", "amazon_fr:A-2"]
    assert _refs(cache.orders([("amazon_fr", "shipped")], "A-", 9, ours=True)) == ["amazon_fr:A-2"]
    save(shop, *(order(f"A-{number}", ordered_at=NOON - 9 * DAY) for number in range(1000, 1000 + FEW)))
    assert _refs(cache.orders(EVERYWHERE, "A-", 3, ours=True)) == ["amazon_fr:A-1", "amazon_fr:A-2", "amazon_fr:A-1000"]
    assert _refs(cache.orders(EVERYWHERE, "A-100", 2, ours=True)) == ["amazon_fr:A-1000", "amazon_fr:A-1001"]


def test_more_marketplaces_than_one_query_takes_are_merged(shop: Store, cache: CachePeek) -> None:
    many = [(f"other_{number}", None) for number in range(900)]
    assert _refs(cache.orders([*many, *EVERYWHERE], "", 2, ours=True)) == ["cdiscount:B-2", "amazon_fr:A-1"]


def test_what_a_description_says_is_read_and_a_broken_one_says_nothing(cache: CachePeek) -> None:
    said = cache.said(["amazon_fr", "broken", "cdiscount", "unknown"], '$.orders.actions."ship".status')
    assert said == {("amazon_fr", "waiting_shipment"), ("amazon_fr", "accepted")}
    assert cache.said(["amazon_fr"], "$.name") == {("amazon_fr", "Amazon FR")}


def test_an_order_is_found_by_its_number_and_its_lines_by_the_order(cache: CachePeek) -> None:
    assert cache.sold_on(["A-1", "A-2", "nothing"]) == ["amazon_fr"]
    assert cache.lines("amazon_fr", "A-1") == [("A-1-1", "Lampe en bois"), ("A-1-2", "Grande")]


def test_actions_come_newest_first_by_state_and_by_the_beginning_of_their_id(ledger: LedgerPeek) -> None:
    ship, accept = (1, "ship", "amazon_fr", "A-1", "sending"), (2, "accept", "amazon_fr", "A-2", "planned")
    assert ledger.actions((), "", 9) == [accept, ship]
    assert ledger.actions(("sending", "planned"), "", 1) == [accept]
    assert ledger.actions(("planned",), "1", 9) == []
    assert ledger.asked(["1", "2", "7"]) == [("ship", "amazon_fr"), ("accept", "amazon_fr")]


def test_names_of_exports(store: Store, folder: Path) -> None:
    store.ledger.save_export("erp", ExportCursor(1, "g", None), at=NOON, target="-", rows=3)
    with LedgerPeek(os.fspath(folder)) as ledger:
        assert (ledger.exports(), ledger.exports("x")) == (["erp"], [])


def test_every_question_is_answered_by_an_index(cache: CachePeek, ledger: LedgerPeek, folder: Path) -> None:
    """No table is walked through and nothing is sorted, but what is merged and the handful that a number narrows to."""
    asked: list[str] = []
    for peek in (cache, ledger):
        peek._raw.set_trace_callback(asked.append)
    cache.marketplaces("a"), cache.statuses(), cache.parcel_carriers(), cache.skus("L", 9), cache.described()
    cache.descriptions(["amazon_fr"]), cache.said(["amazon_fr"], "$.name"), cache.sold_on(["A-1"])
    cache.lines("amazon_fr", "A-1"), cache.orders(EVERYWHERE, "A", 9, ours=True)
    cache.orders([("amazon_fr", "shipped"), ("cdiscount", None)], "", 9, ours=True)
    ledger.actions((), "1", 9), ledger.actions(("planned", "sending"), "", 9), ledger.asked(["1"]), ledger.exports()
    assert len(asked) == 16
    for sql in asked:
        plan = _plan(ledger if "intents" in sql or "exports" in sql else cache, sql)
        for step in plan:
            assert not re.search(r"TEMP B-TREE|SCAN (?!m$|j |CONSTANT|\(subquery)", step), (sql, plan)


def _plan(peek: CachePeek | LedgerPeek, sql: str) -> list[str]:
    return [str(row[3]) for row in peek._raw.execute(f"EXPLAIN QUERY PLAN {sql}")]


def test_a_question_that_takes_too_long_gives_what_was_found_until_then(cache: CachePeek) -> None:
    endless = "WITH RECURSIVE n (v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM n) SELECT v FROM n"
    found = list(cache._rows(endless, ()))
    assert found[:2] == [(1,), (2,)]
    assert cache.marketplaces() == ["amazon_fr", "cdiscount"], "the next question has its own time"


def test_nobody_waits_for_a_lock(cache: CachePeek, shop: Store, folder: Path) -> None:
    with sqlite3.connect(folder / "orders.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert cache.marketplaces() == []
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            CachePeek(os.fspath(folder))
        other.execute("ROLLBACK")
    assert cache.marketplaces() == ["amazon_fr", "cdiscount"]


def test_nothing_can_be_changed_through_it(cache: CachePeek) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        cache._raw.execute("DELETE FROM orders")


def test_what_cannot_be_read_is_refused_at_once_and_left_as_it_is(shop: Store, folder: Path) -> None:
    shop.close()
    path = folder / "orders.db"
    for version in (0, 99):
        with sqlite3.connect(path) as raw:
            raw.execute(f"PRAGMA user_version={version}")
        raw.close()
        with pytest.raises(sqlite3.DatabaseError, match="schema"):
            CachePeek(os.fspath(folder))
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        CachePeek(os.fspath(folder))
    path.rename(folder / "elsewhere")
    with pytest.raises(FileNotFoundError):
        CachePeek(os.fspath(folder))
    path.symlink_to(folder / "elsewhere")
    with pytest.raises(OSError, match="no file of ours"):
        CachePeek(os.fspath(folder))


def test_a_folder_s_name_may_hold_what_a_uri_gives_a_meaning(shop: Store, folder: Path) -> None:
    shop.close()
    odd = folder.rename(folder.parent / "50% of? #all")
    with CachePeek(os.fspath(odd)) as cache:
        assert cache.marketplaces() == ["amazon_fr", "cdiscount"]
