"""Selections, sort orders and columns answered from real rows; and by which index."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lengowctl.errors import UsageFault
from lengowctl.orders.fields import LINE_FIELDS, ORDER_FIELDS, PARCEL_FIELDS, Rows
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.selection import MOST_URGENT, NEWEST, Selection, Sort
from lengowctl.store.listing import Ask, address_query, batch_query
from lengowctl.store.store import Store

from .samples import DAY, NOON, buyer, line, order, parcel, prime, refs, save

EVERY = tuple(field.name for field in ORDER_FIELDS)
A, B, C = "amazon_fr:A-1", "cdiscount:B-1", "amazon_de:C-1"


@pytest.fixture
def shop(store: Store) -> Store:
    """Three orders that differ in all that can be filtered; A is the newest."""
    save(
        store,
        order(
            "A-1",
            ordered_at=NOON - DAY,
            merchant_order_ids=("ERP-7",),
            types=(prime(),),
            parcels=(parcel("Colis Privé", "6A1"), parcel("DHL", "JD2", shipped_at=None)),
        ),
        order(
            "B-1",
            "cdiscount",
            ordered_at=NOON - 2 * DAY,
            status="waiting_acceptance",
            total=None,
            currency="GBP",
            to=buyer("Zoé Éluard", "zoe+x@mail.example", country="GB", zipcode="SW1A 1AA"),
            lines=(line("B-1", "abc-9", due_at=None), line("B-2", "ÉTÉ_1", status="refused", title="Chaise")),
        ),
        order(
            "C-1",
            "amazon_de",
            ordered_at=NOON - 3 * DAY,
            updated_at=NOON - DAY,
            status="shipped",
            total=Decimal("1000"),
            to=buyer("Anna Müller", "anna@mail.example", country="DE"),
            lines=(),
        ),
    )
    return store


FILTERS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [A, B, C]),
    ({"keys": (OrderKey("cdiscount", "B-1"), OrderKey("cdiscount", "A-1"))}, [B]),
    ({"statuses": ("shipped",)}, [C]),
    ({"statuses": ("shipped", "waiting_shipment", "shipped")}, [A, C]),
    ({"line_statuses": ("refused",)}, [B]),
    ({"marketplaces": ("amazon*",)}, [A, C]),
    ({"marketplaces": ("AMAZON_D?", "cdiscount")}, [B, C]),
    ({"marketplaces": ("fnac*",)}, []),
    ({"marketplaces": ("fnac*",), "statuses": ("shipped",)}, []),
    ({"countries": ("gb", "de")}, [B, C]),
    ({"currencies": ("eur",)}, [A, C]),
    ({"since": NOON - 2 * DAY}, [A, B]),
    ({"until": NOON - 2 * DAY}, [C]),
    ({"until": NOON - 2 * DAY + timedelta(microseconds=1)}, [B, C]),
    ({"updated_since": NOON - DAY + timedelta(microseconds=1)}, [A, B]),
    ({"due_before": NOON + DAY}, [A, B]),
    ({"due_after": NOON}, [A]),
    ({"has_due": True}, [A, B]),
    ({"has_due": False}, [C]),
    ({"min_total": Decimal("90.60")}, [A, C]),
    ({"max_total": Decimal("99")}, [A]),
    ({"min_total": Decimal("90.61")}, [C]),
    ({"skus": ("ABC-9",)}, [B]),
    ({"skus": ("sku-?", "nothing")}, [A]),
    ({"skus": ("ab[bc]*",)}, [B]),
    ({"skus": ("été*",)}, [B]),
    ({"skus": ("S_U*",)}, []),
    ({"skus": ("%",)}, []),
    ({"types": ("is_prime", "is_express")}, [A]),
    ({"types": ("is_pri",)}, []),
    ({"imported": True}, [A]),
    ({"imported": False}, [B, C]),
    ({"carriers": ("colis priv?",)}, [A]),
    ({"carriers": ("d*",)}, [A]),
    ({"carriers": ("ups",)}, []),
    ({"action_states": ("done",)}, []),
    ({"search": "dupont"}, [A]),
    ({"search": "eluard"}, [B]),
    ({"search": "mull"}, [C]),
    ({"search": "LAMPE an"}, []),
    ({"search": "chaise zoe"}, [B]),
    ({"search": "zoe+x@mail.example"}, [B]),
    ({"search": "x zoe"}, [B]),
    ({"search": "mail.example"}, [B, C]),
    ({"search": "A-1"}, [A]),
    ({"search": "erp-7"}, [A]),
    ({"search": "6a1"}, [A]),
    ({"search": "sw1a"}, [B]),
    ({"search": '"'}, []),
    ({"search": 'dupont" OR "anna'}, []),
    ({"search": "numbers:A"}, []),
    ({"search": "dup* NOT x"}, []),
    ({"search": "\0 \ud800"}, []),
    ({"search": "   "}, [A, B, C]),
    ({"statuses": ("waiting_shipment",), "marketplaces": ("amazon*",), "search": "jean", "skus": ("*",)}, [A]),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS, ids=[str(filters) for filters, _ in FILTERS])
def test_every_filter(shop: Store, filters: dict[str, Any], expected: list[str]) -> None:
    """A filter selects exactly these, with and without a limit, and the count says so too."""
    selection = Selection(**filters)
    limited = [ref for (ref,) in shop.orders.rows(selection, ("ref",), profile="p", limit=9)]
    assert (refs(shop, **filters), limited, shop.orders.count(selection)) == (expected, expected, len(expected))


SORTS: list[tuple[tuple[Sort, ...], list[str]]] = [
    (NEWEST, [A, B, C]),
    ((Sort("ordered_at"),), [C, B, A]),
    ((Sort("total"),), [A, C, B]),
    ((Sort("total", descending=True),), [C, A, B]),
    (MOST_URGENT, [B, A, C]),
    ((Sort("due_at", descending=True),), [A, B, C]),
    ((Sort("country", descending=True), Sort("ref")), [B, A, C]),
    ((Sort("items"), Sort("customer")), [C, A, B]),
    ((Sort("ref", descending=True),), [B, A, C]),
    ((Sort("profile"),), [C, A, B]),
    ((Sort("action"), Sort("action_state", descending=True)), [C, A, B]),
    ((), [C, A, B]),
]


@pytest.mark.parametrize(("sort", "expected"), SORTS, ids=str)
def test_every_sort(shop: Store, sort: tuple[Sort, ...], expected: list[str]) -> None:
    """Numbers as numbers, what is missing last in either direction, equal ones by reference."""
    for limit in (None, 2):
        for selection in (Selection(), Selection(statuses=("waiting_shipment", "waiting_acceptance", "shipped"))):
            found = shop.orders.rows(selection, ("ref",), profile="p", sort=sort, limit=limit)
            assert [ref for (ref,) in found] == expected[:limit]


@pytest.mark.parametrize("field", EVERY)
def test_every_field_sorts(shop: Store, field: str) -> None:
    """No field is refused as a sort key, and none loses an order."""
    for descending in (False, True):
        found = shop.orders.rows(Selection(), ("ref",), profile="p", sort=(Sort(field, descending),))
        assert sorted(str(ref) for (ref,) in found) == sorted([A, B, C])


def test_order_row(shop: Store) -> None:
    """Every column of an order, as stored."""
    assert next(shop.orders.rows(Selection(), EVERY, profile="main")) == (
        A, "main", "amazon_fr", "A-1", "waiting_shipment", "Unshipped", "2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z",
        "2026-11-23T12:00:00Z", "2026-11-24T12:00:00Z", "90.60", "EUR", "90.60", "EUR", "4.90", None, None, 2, 1,
        '["SKU-1"]', "Jean Dupont", "jean.dupont@shop.fr", "FR", "Lyon", "69002", "7 rue Mercière", "+33600000007",
        "Colis Privé, DHL", "6A1, JD2", '["is_prime"]', 0, '["ERP-7"]', None, None, 0, "2026-11-23T12:00:00Z",
    )  # fmt: skip


def test_words_are_the_rows_as_text(shop: Store) -> None:
    """Column by column: nothing is "", lists are told with commas, flags are true or false, all else is as stored."""
    save(
        shop, order("D-1", lines=(line("1", 'a"\\b\n', title=None), line("2", "c")), ordered_at=None, imported_at=None)
    )
    columns = ("ref", "due_at", "total", "items", "skus", "types", "anonymized", "action")
    (block,) = shop.orders.words(Selection(), columns, profile="main")
    assert [list(column) for column in block] == [
        [A, B, C, "amazon_fr:D-1"],
        ["2026-11-24T12:00:00Z", "2026-11-23T12:00:00Z", "", "2026-11-24T12:00:00Z"],
        ["90.60", "", "1000.00", "90.60"],
        ["2", "4", "0", "4"],
        ["SKU-1", "abc-9, ÉTÉ_1", "", 'a"\\b\n, c'],
        ["is_prime", "", "", ""],
        ["false"] * 4,
        [""] * 4,
    ]
    assert list(shop.orders.words(Selection(skus=("none",)), columns, profile="main")) == []


def test_json_has_the_right_types(shop: Store) -> None:
    """Money and times are text, counts numbers, lists arrays, flags true or false, what is missing null."""
    (text,) = shop.orders.json_lines(Selection(), EVERY, profile="main")
    objects = [json.loads(line) for line in text.split("\n")]
    assert objects[1] == {
        "ref": B, "profile": "main", "marketplace": "cdiscount", "order_id": "B-1", "status": "waiting_acceptance",
        "marketplace_status": "Unshipped", "ordered_at": "2026-11-21T12:00:00Z", "imported_at": "2026-11-22T12:00:00Z",
        "updated_at": "2026-11-23T12:00:00Z", "due_at": "2026-11-23T12:00:00Z", "total": None, "currency": "GBP",
        "original_total": "90.60", "original_currency": "EUR", "shipping": "4.90", "tax": None, "commission": None,
        "items": 4, "lines": 2, "skus": ["abc-9", "ÉTÉ_1"], "customer": "Zoé Éluard", "email": "zoe+x@mail.example",
        "country": "GB", "city": "Lyon", "postcode": "SW1A 1AA", "address": "7 rue Mercière", "phone": "+33600000007",
        "carrier": None, "tracking_number": None, "types": [], "fulfilled_by_marketplace": False,
        "merchant_order_ids": [], "action": None, "action_state": None, "anonymized": False,
        "synced_at": "2026-11-23T12:00:00Z",
    }  # fmt: skip
    assert list(objects[1]) == list(EVERY)


def test_line_rows(shop: Store) -> None:
    """One row a line, in the order's place and then the line's; an order without lines has none."""
    columns = ("ref", *(field.name for field in LINE_FIELDS))
    found = shop.orders.rows(Selection(), columns, rows=Rows.LINE, profile="p")
    assert list(found) == [
        (A, "A-1-1", "SKU-1", "B001", "Lampe en bois", 2, "90.60", "waiting_shipment", "2026-11-24T12:00:00Z"),
        (B, "B-1", "abc-9", "B001", "Lampe en bois", 2, "90.60", "waiting_shipment", None),
        (B, "B-2", "ÉTÉ_1", "B001", "Chaise", 2, "90.60", "refused", None),
    ]
    assert shop.orders.count(Selection(), rows=Rows.LINE) == 3
    by_sku = shop.orders.rows(Selection(), ("sku",), rows=Rows.LINE, sort=(Sort("sku", True),), limit=2, profile="p")
    assert list(by_sku) == [("ÉTÉ_1",), ("abc-9",)]


def test_parcel_rows(shop: Store) -> None:
    """One row a parcel, numbered from one; carrier and tracking number are the parcel's own."""
    columns = ("ref", *(field.name for field in PARCEL_FIELDS), "action")
    found = shop.orders.rows(Selection(), columns, rows=Rows.PARCEL, profile="p")
    url, relay = "https://example.org/t", "R7, Tabac"
    assert list(found) == [
        (A, 1, "Colis Privé", "6A1", url, "2026-11-23T12:00:00Z", relay, None),
        (A, 2, "DHL", "JD2", url, None, relay, None),
    ]
    objects = shop.orders.json_lines(
        Selection(), ("parcel", "carrier", "total"), rows=Rows.PARCEL, profile="p", limit=1
    )
    assert list(objects) == ['{"parcel":1,"carrier":"Colis Privé","total":"90.60"}']


def test_unknown_names_are_told_with_the_nearest(shop: Store) -> None:
    with pytest.raises(UsageFault, match="totl") as told:
        list(shop.orders.rows(Selection(), ("totl",), profile="p"))
    assert "did you mean total?" in (told.value.hint or "")
    with pytest.raises(UsageFault, match="sku"):
        list(shop.orders.rows(Selection(), ("ref",), profile="p", sort=(Sort("sku"),)))


def test_counts_by_any_fields(shop: Store) -> None:
    assert shop.orders.counts(Selection(), ("status",)) == [
        ("shipped", 1), ("waiting_acceptance", 1), ("waiting_shipment", 1),
    ]  # fmt: skip
    assert shop.orders.counts(Selection(marketplaces=("amazon*",)), ("currency", "imported_at")) == [
        ("EUR", "2026-11-22T12:00:00Z", 2)
    ]
    assert shop.orders.counts(Selection(), ("action",)) == [(None, 3)]


def test_thousands_of_keys_are_one_question(store: Store) -> None:
    """A piped list of references may be of any length."""
    save(store, *(order(f"N-{n}") for n in range(300)))
    keys = tuple(OrderKey("amazon_fr", f"N-{n}") for n in range(100_000))
    assert store.orders.count(Selection(keys=keys)) == 300


def test_rows_come_in_batches_and_leave_the_writer_alone(store: Store) -> None:
    """Between two rows no cursor is open: another connection commits while a listing is half read; the listing goes
    on with the orders that it began with.
    """
    save(store, *(order(f"N-{n:04}", ordered_at=NOON - n * DAY) for n in range(1_200)))
    listing = store.orders.rows(Selection(), ("order_id", "status"), profile="p")
    first = next(listing)
    with Store.open(store.folder, write=True, now=NOON, busy_ms=0) as writer:
        save(writer, order("N-1199", status="shipped", updated_at=NOON + DAY, ordered_at=NOON - 1199 * DAY))
        save(writer, order("NEW"))
    rest = list(listing)
    assert (first, len(rest), rest[-1]) == (("N-0000", "waiting_shipment"), 1_199, ("N-1199", "shipped"))


def test_seq_bounds(store: Store) -> None:
    """`after_seq` is exclusive, `before_seq` inclusive: two runs that hand on `newest_seq` lose and repeat nothing."""
    save(store, order("A-1"), order("A-2"))
    upto = store.orders.newest_seq()
    save(store, order("A-1", status="shipped", updated_at=NOON + DAY), order("A-3"))
    bounds: list[dict[str, int]] = [{"before_seq": upto}, {"after_seq": upto}]
    found = [
        [ref for (ref,) in store.orders.rows(Selection(), ("order_id",), profile="p", **bound)] for bound in bounds
    ]
    assert found == [["A-2"], ["A-1", "A-3"]]
    assert [store.orders.count(Selection(), **bound) for bound in bounds] == [1, 2]


def _plan(store: Store, selection: Selection, sort: tuple[Sort, ...] = NEWEST, limit: int | None = 50) -> list[str]:
    sql, values = address_query(store.connection, Ask(selection, sort=sort, limit=limit))
    return [str(row[3]) for row in store.connection.all(f"EXPLAIN QUERY PLAN {sql}", values)]


PLANS: list[tuple[Selection, tuple[Sort, ...], list[str]]] = [
    (Selection(), NEWEST, ["SCAN o USING COVERING INDEX orders_newest"]),
    (
        Selection(statuses=("shipped",)),
        NEWEST,
        ["SEARCH o USING COVERING INDEX orders_status (status=?)"],
    ),
    (
        Selection(statuses=("shipped",), since=NOON, until=NOON),
        NEWEST,
        ["SEARCH o USING COVERING INDEX orders_status (status=? AND ordered_at>? AND ordered_at<?)"],
    ),
    (
        Selection(marketplaces=("amazon_fr",)),
        NEWEST,
        ["SEARCH o USING COVERING INDEX orders_marketplace (marketplace=?)"],
    ),
    (
        Selection(marketplaces=("amazon_fr",), statuses=("shipped",)),
        NEWEST,
        ["SEARCH o USING COVERING INDEX orders_marketplace_status (marketplace=? AND status=?)"],
    ),
    (Selection(has_due=True), MOST_URGENT, ["SEARCH o USING COVERING INDEX orders_due (due_at>?)"]),
    (Selection(due_before=NOON), MOST_URGENT, ["SEARCH o USING COVERING INDEX orders_due (due_at<?)"]),
    (Selection(countries=("FR",)), NEWEST, ["SCAN o USING INDEX orders_newest"]),
]


@pytest.mark.parametrize(("selection", "sort", "plan"), PLANS, ids=[str(n) for n in range(len(PLANS))])
def test_listings_walk_an_index(store: Store, selection: Selection, sort: tuple[Sort, ...], plan: list[str]) -> None:
    """The usual listings read their first page from the end of one index: no sorting, no scan of the table."""
    assert _plan(store, selection, sort) == plan


def test_alternatives_are_read_one_by_one(store: Store) -> None:
    """Several statuses or marketplaces: each from its own index, and only what the limit asks for is merged."""
    save(store, order("A-1"), order("B-1", "amazon_de"))
    plan = _plan(store, Selection(statuses=("shipped", "closed"), marketplaces=("amazon*",)))
    searched = [step for step in plan if step.startswith(("SEARCH", "SCAN o"))]
    index = "SEARCH o USING COVERING INDEX orders_marketplace_status (marketplace=? AND status=?)"
    assert (searched, plan.count("USE TEMP B-TREE FOR ORDER BY")) == ([index] * 4, 1)


def test_values_are_found_by_number(store: Store) -> None:
    """A batch is looked up row by row, for orders, lines and parcels."""
    for rows, table in ((Rows.ORDER, "o"), (Rows.LINE, "l"), (Rows.PARCEL, "p")):
        sql = batch_query(rows, ("ref",), "o.ref")
        plan = [str(row[3]) for row in store.connection.all(f"EXPLAIN QUERY PLAN {sql}", {"wanted": "[1]"})]
        assert any(step.startswith(f"SEARCH {table} USING") for step in plan)
        assert not [step for step in plan if step.startswith("SCAN ") and "VIRTUAL TABLE" not in step]


def test_search_and_sku_drive_the_listing(store: Store) -> None:
    """Words come from the full-text index, a SKU and the beginning of one from theirs."""
    for selection, step in (
        (Selection(search="dupont"), "SCAN search VIRTUAL TABLE INDEX"),
        (Selection(skus=("abc",)), "SEARCH x USING COVERING INDEX lines_sku (sku=?)"),
        (Selection(skus=("abc*",)), "SEARCH x USING COVERING INDEX lines_sku (sku>? AND sku<?)"),
        (
            Selection(keys=(OrderKey("a", "b"),)),
            "SEARCH k USING COVERING INDEX orders_key (order_id=? AND marketplace=?)",
        ),
    ):
        plan = _plan(store, selection)
        assert any(found.startswith(step) for found in plan), plan
        assert any(found.startswith("SEARCH o USING INTEGER PRIMARY KEY") for found in plan), plan


def test_counts_come_from_an_index_alone(store: Store) -> None:
    for sql, plan in (
        ("SELECT status, count(*) FROM orders o GROUP BY status", "SCAN o USING COVERING INDEX orders_status"),
        (
            "SELECT marketplace, order_id FROM orders WHERE order_id = ? ORDER BY marketplace",
            "SEARCH orders USING COVERING INDEX orders_key (order_id=?)",
        ),
        (
            "SELECT id FROM orders WHERE marketplace = ? AND order_id = ?",
            "SEARCH orders USING COVERING INDEX orders_key (order_id=? AND marketplace=?)",
        ),
    ):
        values = ("x",) * sql.count("?")
        assert [row[3] for row in store.connection.all(f"EXPLAIN QUERY PLAN {sql}", values)] == [plan]


def test_common_words_are_met_on_the_way(store: Store) -> None:
    """The first page of a search that thousands fit walks the newest orders; all of them come from the index."""
    many = [order(f"N-{n:04}", ordered_at=NOON - timedelta(minutes=n), lines=()) for n in range(2_100)]
    save(store, *many, order("RARE", to=buyer("Zoé Éluard", "zoe@mail.example"), ordered_at=NOON))
    common, rare = Selection(search="dupont"), Selection(search="zoe")
    plan = _plan(store, common)
    assert plan[0] == "SCAN o USING COVERING INDEX orders_newest"
    assert not any("TEMP B-TREE" in step for step in plan)
    assert "SEARCH o USING INTEGER PRIMARY KEY (rowid=?)" in _plan(store, rare)
    assert "SEARCH o USING INTEGER PRIMARY KEY (rowid=?)" in _plan(store, common, limit=None)
    first = [ref for (ref,) in store.orders.rows(common, ("order_id",), profile="p", limit=2)]
    assert (first, len(refs(store, search="dupont")), refs(store, search="zoe")) == (
        ["N-0000", "N-0001"], 2_100, ["amazon_fr:RARE"],
    )  # fmt: skip


def test_no_columns_are_no_question(shop: Store) -> None:
    with pytest.raises(UsageFault):
        list(shop.orders.rows(Selection(), (), profile="p"))


def test_the_first_rows_are_there_before_all_were_found(store: Store) -> None:
    """A million numbers need not be read for them; what is written meanwhile moves no row and repeats none."""
    save(store, *(order(f"N-{n:04}", ordered_at=NOON - n * DAY) for n in range(300)))
    asked: list[str] = []
    store.connection.raw.set_trace_callback(asked.append)
    listing = store.orders.rows(Selection(), ("order_id",), profile="p")
    first = [next(listing) for _ in range(50)]
    assert [sql.partition("LIMIT ")[2] for sql in asked if "LIMIT" in sql] == ["250"]
    store.connection.raw.set_trace_callback(None)
    moved = order("N-0270", ordered_at=NOON + DAY, updated_at=NOON + DAY)
    save(store, order("NEW", ordered_at=NOON + DAY), moved)
    assert [number for (number,) in (*first, *listing)] == [
        *(f"N-{n:04}" for n in range(250)),
        "N-0270",
        *(f"N-{n:04}" for n in range(250, 300) if n != 270),
    ]


def test_few_rows_are_found_by_one_question(shop: Store) -> None:
    asked: list[str] = []
    shop.connection.raw.set_trace_callback(asked.append)
    assert 0 < len(list(shop.orders.rows(Selection(), ("ref",), profile="p"))) < 50
    assert len([sql for sql in asked if "ORDER BY" in sql]) == 1
