"""Bytes flipped at random: whatever is asked then, what comes out is an answer or one of our errors."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from lengowctl.errors import LengowctlError, StoreDamaged
from lengowctl.orders.fields import LINE_FIELDS, ORDER_FIELDS, PARCEL_FIELDS, Rows
from lengowctl.orders.reference import OrderKey, read_ref
from lengowctl.orders.selection import Selection, Sort
from lengowctl.store.ledger import ExportCursor
from lengowctl.store.orders import Orders
from lengowctl.store.store import Store
from lengowctl.store.upkeep import check, info, query

from .samples import DAY, NOON, line, order, parcel, save

ALL = tuple(field.name for field in ORDER_FIELDS)
LINES = (*ALL, *(field.name for field in LINE_FIELDS))
PARCELS = (*ALL, *(field.name for field in PARCEL_FIELDS))
EVERY = Selection()
KEY = OrderKey("amazon_fr", "N-7")


def _rows(orders: Orders, columns: tuple[str, ...], rows: Rows = Rows.ORDER, **more: object) -> object:
    """All rows, three times: as values, as words and as JSON."""
    settings = {"rows": rows, "profile": "p"} | more
    words = list(orders.words(EVERY, columns, **settings))  # type: ignore[arg-type]
    values = list(orders.rows(EVERY, columns, **settings))  # type: ignore[arg-type]
    return words, values, list(orders.json_lines(EVERY, columns, **settings))  # type: ignore[arg-type]


ASKED: list[Callable[[Store], object]] = [
    lambda s: _rows(s.orders, ALL),
    lambda s: _rows(s.orders, LINES, Rows.LINE),
    lambda s: _rows(s.orders, PARCELS, Rows.PARCEL),
    lambda s: _rows(s.orders, ("ref", "total"), sort=(Sort("total"), Sort("customer", True)), limit=5),
    lambda s: list(s.orders.rows(Selection(search="lampe"), ("ref",), profile="p")),
    lambda s: list(s.orders.rows(Selection(skus=("s*", "é*"), carriers=("*",)), ("ref",), profile="p")),
    lambda s: list(
        s.orders.rows(Selection(marketplaces=("*",), statuses=("new", "x")), ("ref",), profile="p", limit=3)
    ),
    lambda s: s.orders.count(Selection(types=("is_prime",), imported=False, line_statuses=("x",))),
    lambda s: s.orders.counts(EVERY, ("status", "marketplace", "skus")),
    lambda s: s.orders.resolve(read_ref("amazon_fr:N-7", {"amazon_fr"})),
    lambda s: (s.orders.row(KEY, profile="p"), s.orders.body(KEY), s.orders.history(KEY)),
    lambda s: [s.orders.body(OrderKey("amazon_fr", f"N-{n}")) for n in range(60)],
    lambda s: (s.orders.still_open(checked_before=NOON + DAY, limit=9), s.orders.newest_seq()),
    lambda s: s.orders.day_counts(date(2026, 1, 1), date(2027, 1, 1)),
    lambda s: s.orders.known_in(NOON, NOON),
    lambda s: (s.coverage.cursor(), s.coverage.proved("x"), s.coverage.unproved(), s.coverage.day_gaps()),
    lambda s: (s.coverage.verified_at(), s.source, s.generation, s.sweep_due),
    lambda s: (s.set_aside.all(), s.set_aside.count()),
    lambda s: (s.marketplaces.all(), s.marketplaces.codes(), s.marketplaces.body("x"), s.marketplaces.fetched_at()),
    lambda s: (s.ledger.exports(), s.ledger.states(), s.ledger.facts.get("source")),
]


@pytest.fixture
def full(store: Store) -> Store:
    """A store with something in every table."""
    store.pin("lengow|https://api.lengow.io|1")
    orders = [
        order(f"N-{n}", lines=(line(f"{n}"), line("x", "ÉTÉ")), parcels=(parcel(),), merchant_order_ids=("E",))
        for n in range(60)
    ]
    save(store, *orders)
    save(store, order("N-7", status="shipped", updated_at=NOON + DAY))
    with store.transaction():
        store.set_aside.add(b"{", "no number", None, None, NOON, NOON)
        store.marketplaces.save([("amazon_fr", b"{}"), ("x", b"{}")], NOON)
        store.coverage.add(NOON - DAY, NOON, marketplace=None)
        store.coverage.add_unproved(NOON, NOON + DAY, "x", "why", NOON)
        store.coverage.set_day_gap(NOON.date(), "x", 1, 2, NOON)
        store.coverage.set_cursor(NOON)
        store.coverage.set_verified_at(NOON)
    store.ledger.save_export("erp", ExportCursor(1, "g", NOON), at=NOON, target="t", rows=1)
    store.close()
    return store


@pytest.mark.parametrize("name", ["orders.db", "ledger.db"])
@pytest.mark.parametrize("seed", range(6))
def test_random_damage(full: Store, seed: int, name: str) -> None:
    """Every question, on files with flipped, zeroed and cut bytes. No other exception comes out than ours."""
    dice, path = random.Random(seed), full.folder / name
    whole = path.read_bytes()
    for _ in range(3):
        path.write_bytes(_hurt(dice, whole))
        told = [fault for ask in ASKED if (fault := _told(full.folder, ask))]
        assert all(fault.hint for fault in told)
        assert all("Dupont" not in fault.message for fault in told)
        for look in (check, info, lambda folder: list(query(folder, "SELECT * FROM orders, lines")[1])):
            with contextlib.suppress(LengowctlError):
                look(full.folder)
    path.write_bytes(whole)


def _hurt(dice: random.Random, whole: bytes) -> bytes:
    data = bytearray(whole)
    kind = dice.randrange(4)
    if kind == 0:
        return bytes(data[: dice.randrange(1, len(data))])
    if kind == 1:
        start = dice.randrange(len(data))
        data[start : start + 512] = bytes(len(data[start : start + 512]))
        return bytes(data)
    for _ in range(1 if kind == 2 else 200):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _told(folder: Path, ask: Callable[[Store], object]) -> LengowctlError | None:
    try:
        with Store.open(folder, write=False, now=NOON, busy_ms=0) as store:
            ask(store)
    except LengowctlError as fault:
        return fault
    return None


@pytest.mark.parametrize("form", ["rows", "words"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("skus", "'no json'"),
        ("ordered_at", "'yesterday'"),
        ("total", "'much'"),
        ("total", "'NaN'"),
        ("customer", "x'00ff'"),
        ("customer", "CAST(x'ff' AS TEXT)"),
        ("items", "'two'"),
        ("anonymized", "2.5"),
    ],
)
def test_a_value_of_another_kind_is_damage(full: Store, field: str, value: str, form: str) -> None:
    """In whatever form the rows are wanted."""
    with Store.open(full.folder, write=True, now=NOON) as store:
        store.connection.run(f"UPDATE orders SET {field} = {value}")
        with pytest.raises(StoreDamaged):
            list(getattr(store.orders, form)(EVERY, ("ref", field), profile="p"))


@pytest.mark.parametrize(
    ("sql", "ask"),
    [
        ("UPDATE bodies SET body = x'00'", lambda s: s.orders.body(KEY)),
        ("UPDATE bodies SET body = substr(body, 1, 20)", lambda s: s.orders.body(KEY)),
        ("UPDATE bodies SET body = 7", lambda s: s.orders.body(KEY)),
        ("UPDATE phrases SET text = x'00'", lambda s: s.orders.body(KEY)),
        ("UPDATE changes SET at = 'x'", lambda s: s.orders.history(KEY)),
        ("UPDATE facts SET value = 'x' WHERE name = 'cursor'", lambda s: s.coverage.cursor()),
        ("UPDATE coverage SET since = 'x'", lambda s: s.coverage.proved()),
        ("UPDATE coverage SET until = 9e18", lambda s: s.coverage.proved()),
        ("UPDATE unproved SET at = 'x'", lambda s: s.coverage.unproved()),
        ("UPDATE day_gaps SET day = 'x'", lambda s: s.coverage.day_gaps()),
        ("UPDATE set_aside SET raw = x'00'", lambda s: s.set_aside.all()),
        ("UPDATE marketplaces SET body = 'x'", lambda s: s.marketplaces.all()),
        ("UPDATE marketplaces SET fetched_at = 'x'", lambda s: s.marketplaces.fetched_at()),
        ("DROP TABLE lines", lambda s: _rows(s.orders, LINES, Rows.LINE)),
    ],
)
def test_values_that_cannot_be_ours(full: Store, sql: str, ask: Callable[[Store], object]) -> None:
    """SQLite has no checksums: what is read is of the kind that was written, or the file is called damaged."""
    with Store.open(full.folder, write=True, now=NOON) as store:
        store.connection.run("PRAGMA foreign_keys=OFF")
        store.connection.run(sql)
    with Store.open(full.folder, write=False, now=NOON) as store, pytest.raises(StoreDamaged) as told:
        ask(store)
    assert "db check" in (told.value.hint or "")
    assert (told.value.message, told.value.exit_code) == (f"the database {full.folder / 'orders.db'} is damaged", 1)
