"""By which way every question is answered: over an index, without a scan of a table and without sorting all of it.

The questions are asked as the program asks them. What SQLite was really told is seen on the connection, and its plan
is asked for. The store is filled by the real writer; each question is asked without statistics and after ANALYZE, and
both must give the same plan: which index leads is ours to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lengowctl.orders.action import State
from lengowctl.orders.fields import Rows
from lengowctl.orders.reference import OrderKey, read_ref
from lengowctl.orders.request import Request
from lengowctl.orders.selection import MOST_URGENT, NEWEST, Selection, Sort
from lengowctl.store.connection import Connection, attach
from lengowctl.store.files import LEDGER
from lengowctl.store.intent import Who
from lengowctl.store.intent_listing import Wanted
from lengowctl.store.intents import Draft, Intents
from lengowctl.store.ledger import Ledger
from lengowctl.store.opening import connect_cache, open_ledger
from lengowctl.store.orders import Orders
from lengowctl.store.purge import purge
from lengowctl.store.store import Store

from .samples import DAY, NOON, buyer, line, order, parcel, save, scrub

CODES = ("amazon_fr", "amazon_de", "cdiscount", "fnac")
STATUSES = ("waiting_acceptance", "waiting_shipment", "shipped", "closed")
KEY = OrderKey("fnac", "N-3")
#: Tables of a few rows, whatever the shop sells; and what SQLite keeps for itself.
SMALL = {
    "coverage",
    "unproved",
    "day_gaps",
    "set_aside",
    "marketplaces",
    "phrases",
    "facts",
    "frozen",
    "head",
    "exports",
}
OWN = {"m", "asked", "CONSTANT", "main.search_config"}


class Shop(NamedTuple):
    """The store by its several connections."""

    orders: Orders
    store: Store
    ledger: Ledger
    intents: Intents
    told: list[tuple[Connection, str]]
    """Every statement, as SQLite saw it."""


def _order(number: int, **more: Any) -> Any:
    values: dict[str, Any] = {
        "status": STATUSES[number // 4 % 4], "ordered_at": NOON - timedelta(hours=number),
        "updated_at": NOON - timedelta(minutes=number), "lines": (line(f"{number}-1", f"SKU-{number % 40}"),),
        "parcels": (parcel(number=f"6A{number}"),), "to": buyer(f"Name{number % 9} Dupont"),
    }  # fmt: skip
    return order(f"N-{number}", CODES[number % 4], **(values | more))


def _fill(folder: Path) -> None:
    with Store.open(folder, write=True, now=NOON) as store:
        store.pin("lengow|https://api.lengow.io|1")
        save(store, *(_order(number) for number in range(400)))
        intents = store.ledger.intents(profile="p", source="s", who=Who("u", "h", "c"))
        with intents.transaction():
            for number in range(60):
                wish = Request.of(
                    "ship", OrderKey(CODES[number % 4], f"N-{number}"), {"tracking_number": f"6A{number}"}
                )
                intents.add(Draft(wish, f"d{number}", 1), note=None, hold_until=None, at=NOON)


@pytest.fixture(scope="module", params=["without statistics", "after ANALYZE"])
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop") / "p"
    _fill(folder)
    with Store.open(folder, write=True, now=NOON) as store:
        ledger = open_ledger(folder, write=True, now=NOON, busy_ms=1000)
        if request.param == "after ANALYZE":
            store.connection.run("ANALYZE")
        both = connect_cache(folder, write=False, busy_ms=1000)
        attach(both, folder / LEDGER, "ledger")
        told: list[tuple[Connection, str]] = []
        for connection in (both, store.connection, ledger):
            _listen(connection, told)
        intents = Intents(ledger, profile="p", source="s", who=Who("u", "h", "c"))
        yield Shop(Orders(both, lambda: both), store, Ledger(ledger), intents, told)
        both.close()
        ledger.close()


def _listen(connection: Connection, told: list[tuple[Connection, str]]) -> None:
    connection.raw.set_trace_callback(lambda sql: told.append((connection, sql)))


Ask = Callable[[Shop], object]


def remarks(shop: Shop, ask: Ask) -> set[str]:
    """What is no search by an index in the plans of all that SQLite is told: `scan TABLE`, `walk INDEX`, `sort`."""
    shop.told.clear()
    ask(shop)
    asked = [(connection, sql) for connection, sql in shop.told if _QUESTION.match(sql)]
    assert asked
    steps = (
        str(row[3])
        for connection, sql in asked
        for row in connection.raw.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
    )
    return {remark for step in steps if (remark := _remark(step))}


_QUESTION = re.compile(r"\s*(SELECT|WITH|UPDATE|DELETE|INSERT)\b")
_SCAN = re.compile(r"SCAN (\S+)(?: USING (?:COVERING )?INDEX (\S+))?( VIRTUAL TABLE)?")
_NAMES = {"o": "orders", "x": "lines", "p": "parcels", "i": "intents"}


def _remark(step: str) -> str | None:
    if "TEMP B-TREE" in step:
        return "sort within" if "RIGHT PART" in step else "sort"
    if "AUTOMATIC" in step:
        return step
    found = _SCAN.match(step)
    if not found or found[3] or found[1] in OWN or found[1].isdigit() or found[1].startswith("(subquery"):
        return None
    table = _NAMES.get(found[1], found[1])
    return None if table in SMALL else f"walk {found[2]}" if found[2] else f"scan {table}"


def page(limit: int | None = 50, rows: Rows = Rows.ORDER, sort: tuple[Sort, ...] = NEWEST, **filters: Any) -> Ask:
    """A listing: of all that fits when there is no limit."""
    return lambda shop: list(
        shop.orders.words(Selection(**filters), ("ref", "customer"), rows=rows, sort=sort, limit=limit, profile="p")
    )


def count(**filters: Any) -> Ask:
    return lambda shop: shop.orders.count(Selection(**filters))


def by(*names: str) -> tuple[Sort, ...]:
    return tuple(Sort(name.lstrip("-"), name.startswith("-")) for name in names)


SOON, WEEK = NOON + DAY, NOON - 7 * DAY
BUSY: dict[str, Any] = {"statuses": ("shipped",), "marketplaces": ("fnac",), "since": WEEK}

#: Answered from an index alone, read from where the answer begins: nothing else is looked at.
SEARCHED: dict[str, Ask] = {
    "status": page(statuses=("shipped",)),
    "status, all": page(None, statuses=("shipped",)),
    "status, count": count(statuses=("shipped",)),
    "marketplace": page(marketplaces=("fnac",)),
    "marketplace, count": count(marketplaces=("fnac", "cdiscount")),
    "status and marketplace": page(statuses=("shipped",), marketplaces=("fnac",)),
    "status, marketplace and date": page(**BUSY),
    "status, marketplace and date, all": page(None, **BUSY),
    "status, marketplace and date, count": count(**BUSY),
    "since": page(since=WEEK),
    "until": page(until=WEEK),
    "since and until": page(since=WEEK, until=NOON),
    "since and until, count": count(since=WEEK, until=NOON),
    "due": page(sort=MOST_URGENT, has_due=True),
    "due, count": count(has_due=True),
    "due within, as due shows it": page(sort=MOST_URGENT, has_due=True, due_before=SOON),
    "due of a status, as due shows it": page(sort=MOST_URGENT, has_due=True, statuses=("waiting_shipment",)),
    "overdue, count": count(due_before=NOON, has_due=True),
    "updated since, count": count(updated_since=NOON - DAY),
    "SKU, count": count(skus=("SKU-1",)),
    "search, count": count(search="name3"),
    "search and status, count": count(search="name3", statuses=("shipped",)),
    "carrier, count": count(carriers=("colis*",)),
    "state of the action, count": count(action_states=("planned",)),
    "reference": lambda shop: shop.orders.resolve(read_ref("fnac:N-3", {"fnac"})),
    "bare number": lambda shop: shop.orders.resolve(read_ref("N-3", {"fnac"})),
    "a thousand references": lambda shop: shop.orders.resolve_all([read_ref(f"fnac:N-{n}", None) for n in range(1000)]),
    "old code of a marketplace": lambda shop: shop.orders.resolve_all([read_ref("old:N-3", None)]),
    "body": lambda shop: shop.orders.body(KEY),
    "history": lambda shop: shop.orders.history(KEY),
    "outlines": lambda shop: shop.orders.outlines([KEY]),
    "orders of a stretch of updates": lambda shop: shop.orders.known_in(NOON - DAY, NOON),
    "newest write": lambda shop: shop.orders.newest_seq(),
    "cursor and coverage": lambda shop: (shop.store.coverage.cursor(), shop.store.facts.get("last_sync_at")),
    "a page that stood still": lambda shop: save(shop.store, _order(3), _order(5)),
    "a page with news": lambda shop: save(shop.store, _order(4, status="closed", updated_at=SOON), _order(500)),
    "an anonymised order": lambda shop: save(shop.store, _order(7, updated_at=SOON, anonymized=True)),
    "read again, unchanged": lambda shop: shop.store.orders.mark_read([KEY], NOON),
    "what is left to send": lambda shop: shop.intents.left_over(NOON),
    "intents of an order": lambda shop: shop.intents.of_order(KEY),
    "intents of many orders": lambda shop: shop.intents.of_orders([KEY]),
    "names of an order": lambda shop: shop.orders.names([KEY]),
    "what left since": lambda shop: shop.intents.left_since(0),
    "actions taken": lambda shop: shop.intents.taken_ids([1, 2]),
    "what happened to an intent": lambda shop: shop.intents.entries(1),
}  # fmt: skip

#: Found by an index of their own, whatever else is asked; then only what was found is put in order.
FOUND: dict[str, Ask] = {
    "SKU": page(skus=("SKU-1",)),
    "beginning of a SKU": page(None, skus=("SKU-1*",)),
    "search": page(search="name3"),
    "search, all": page(None, search="name3"),
    "search and status": page(search="name3", statuses=("shipped", "closed")),
    "search and date": page(search="name3", since=WEEK),
    "carrier": page(carriers=("colis*",)),
    "updated since": page(updated_since=NOON - timedelta(minutes=5)),
    "updated since, all": page(None, updated_since=NOON - DAY, marketplaces=("fnac",)),
    "due within": page(due_before=SOON),
    "due within, all": page(None, due_before=SOON),
    "overdue of a status": page(due_before=NOON, statuses=("waiting_shipment",)),
    "state of the action": page(action_states=("planned",)),
    "keys": page(keys=(KEY,)),
    "one order": lambda shop: shop.orders.row(KEY, profile="p"),
    "export since last": lambda shop: list(
        shop.orders.words(Selection(), ("ref",), profile="p", after_seq=390, before_seq=400)
    ),
    "counts of what was found": lambda shop: shop.orders.counts(Selection(search="name3"), ("status",)),
    "orders of each day": lambda shop: shop.orders.day_counts(date(2026, 11, 1), date(2026, 11, 30)),
    "open orders that stood still": lambda shop: shop.orders.still_open(checked_before=SOON, limit=100),
    "open intents": lambda shop: shop.intents.in_states([State.PLANNED, State.SENDING, State.DOUBTFUL]),
    "several statuses": page(statuses=("shipped", "closed")),
    "several statuses on several marketplaces": page(statuses=("shipped", "closed"), marketplaces=("amazon*",)),
}

#: The newest orders first, without end: an index is walked in its order, and left when there are enough.
NEWEST_FIRST: dict[str, Ask] = {
    "all": page(),
    "all, without limit": page(None),
    "with the state of the action": lambda shop: list(
        shop.orders.words(Selection(), ("ref", "action_state"), limit=50, profile="p")
    ),
}

#: Known exceptions. No index leads here, so the newest orders are walked until enough fit: at once where many do, and
#: linear in all orders where hardly any does. An index for each of these would cost every sync more than it is worth.
LINEAR: dict[str, Ask] = {
    "status of a line": page(line_statuses=("refused",)),
    "country": page(countries=("FR",)),
    "currency": page(currencies=("EUR",)),
    "at least": page(min_total=Decimal(5)),
    "at most": page(max_total=Decimal(5)),
    "type": page(types=("is_prime",)),
    "imported": page(imported=True),
    "not imported": page(imported=False),
    "the first export of a name": lambda shop: list(
        shop.orders.words(Selection(), ("ref",), profile="p", before_seq=400)
    ),
}

#: Known exceptions, each with what it costs and why that is right.
OTHERS: dict[str, tuple[Ask, set[str]]] = {
    # counts of all orders: the smallest index that has the answer, read once
    "count of all": (count(), {"walk orders_seq"}),
    "counts by status": (lambda shop: shop.orders.counts(Selection(), ("status",)), {"walk orders_status"}),
    "counts by marketplace": (
        lambda shop: shop.orders.counts(Selection(), ("marketplace",)), {"walk orders_marketplace"},
    ),
    "counts by marketplace and status": (
        lambda shop: shop.orders.counts(Selection(), ("marketplace", "status")), {"walk orders_marketplace_status"},
    ),
    # counts of what no index knows: the table, once
    "count of a country": (count(countries=("FR",)), {"scan orders"}),
    # equal dates (statuses) are few (or all of one kind), and only they are put in order
    "oldest first": (page(sort=by("ordered_at")), {"walk orders_newest", "sort within"}),
    "by status": (page(sort=by("status")), {"walk orders_status", "sort within"}),
    "lines": (page(rows=Rows.LINE), {"walk orders_newest", "sort within"}),
    "parcels": (page(rows=Rows.PARCEL), {"walk orders_newest", "sort within"}),
    # what has no index is sorted as a whole: rare wishes of people, who see the first page after a second a million
    "by total": (page(sort=by("-total")), {"scan orders", "sort"}),
    "by customer": (page(sort=by("customer")), {"scan orders", "sort"}),
    "by update": (page(sort=by("-updated_at")), {"scan orders", "sort"}),
    # the end of a SKU is in no index, but all SKUs are in one
    "end of a SKU": (page(skus=("*-1",)), {"walk lines_sku", "sort"}),
    # retention: the table once, by batches that go on where the last one ended
    "purge": (lambda shop: purge(shop.store, NOON - 300 * DAY, scrub), set()),
    # actions newest first: their own order
    "actions": (lambda shop: list(shop.intents.listed(Wanted(), 50)), {"scan intents"}),
    "states of actions": (lambda shop: shop.ledger.states(), {"walk intents_state"}),
    # numbers that were typed differently: what we sent is looked through; parcels have an index of compact numbers
    "orders with these parcels": (lambda shop: shop.orders.with_numbers(["6A1"]), {"scan intents"}),
}  # fmt: skip

TABLE: dict[str, tuple[Ask, set[str]]] = {
    **{name: (ask, set()) for name, ask in SEARCHED.items()},
    **{f"found: {name}": (ask, {"sort"}) for name, ask in FOUND.items()},
    **{f"newest: {name}": (ask, {"walk orders_newest"}) for name, ask in NEWEST_FIRST.items()},
    **{f"linear: {name}": (ask, {"walk orders_newest"}) for name, ask in LINEAR.items()},
    **OTHERS,
}


@pytest.mark.parametrize("name", TABLE)
def test_the_plan(shop: Shop, name: str) -> None:
    """Nothing but what the table says: a plan that gets worse, or better, is noticed."""
    ask, expected = TABLE[name]
    assert remarks(shop, ask) == expected
