"""The seeded shop: always the same, believable, and with every oddity in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from lengowctl.sandbox.clock import parse, to_us
from lengowctl.sandbox.sandbox import Sandbox

Lines = Callable[[dict[str, Any]], list[dict[str, Any]]]
MIRAKL = {"decathlon_fr", "galeries_lafayette", "leroymerlin_fr", "worten_pt", "laredoute_mirakl"}


@pytest.fixture
def orders(sandbox: Sandbox) -> list[dict[str, Any]]:
    return list(sandbox.orders_in())


def test_the_same_seed_makes_the_same_shop(make: Callable[..., Sandbox]) -> None:
    one, two, other = (list(make(seed=seed).orders_in()) for seed in (5, 5, 6))
    assert one == two
    assert one != other


def test_dates_follow_the_epoch_and_nothing_else_does(make: Callable[..., Sandbox]) -> None:
    here = make()
    later = make(epoch=here.now() + timedelta(days=14))
    assert later.now() == here.now() + timedelta(days=14)
    for one, two in zip(here.orders_in(), later.orders_in(), strict=True):
        assert one["packages"][0]["delivery"].get("full_name") == two["packages"][0]["delivery"].get("full_name")
        assert (parse(two["updated_at"]) or 0) - (parse(one["updated_at"]) or 0) == 14 * 86_400_000_000
        assert one["total_order"] == two["total_order"]


def test_a_larger_shop_begins_with_the_smaller_one(make: Callable[..., Sandbox]) -> None:
    small, large = make(orders=50), make(orders=400)
    assert list(large.orders_in())[:50] == list(small.orders_in())


def test_an_ordinary_day_at_the_shop(orders: list[dict[str, Any]]) -> None:
    statuses = Counter(order["lengow_status"] for order in orders)
    assert 25 <= statuses["waiting_acceptance"] <= 32
    assert 35 <= statuses["waiting_shipment"] <= 48
    assert statuses["shipped"] + statuses["closed"] > 150
    assert set(statuses) >= {
        "new", "accepted", "refused", "canceled", "refunding", "refunded", "partial_refunded", "to_refund",
        "pickup_to_prepare", "to_pickup", "pickup_completed", "pickup_canceled",
    }  # fmt: skip
    waiting = Counter(order["marketplace"] for order in orders if order["lengow_status"] == "waiting_acceptance")
    assert waiting["cdiscount"] >= 8
    assert waiting["fnac"] >= 3
    assert sum(waiting[code] for code in MIRAKL) >= 5
    assert len({order["marketplace"] for order in orders}) >= 20


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5, 6])
def test_deadlines_are_overdue_close_and_far(make: Callable[..., Sandbox], lines: Lines, seed: int) -> None:
    sandbox = make(seed=seed)
    now = to_us(sandbox.now())
    hours = [
        ((parse(line["max_shipping_date"]) or 0) - now) / 3_600_000_000
        for order in sandbox.orders_in("waiting_shipment")
        for line in lines(order)
        if line["max_shipping_date"]
    ]
    assert any(left < 0 for left in hours)
    assert any(0 < left < 24 for left in hours)
    assert any(left > 24 for left in hours)
    assert any("shipping_deadline" in order["order_meta"] for order in sandbox.orders_in())


@pytest.mark.parametrize("size", [200, 300, 500])
def test_every_oddity_is_in_any_shop_of_two_hundred(make: Callable[..., Sandbox], lines: Lines, size: int) -> None:
    orders = list(make(orders=size, seed=size).orders_in())
    names = [str(order["packages"][0]["delivery"]["full_name"]) for order in orders]
    titles = [line["title"] for order in orders for line in lines(order)]
    for needle in ("\x1b", "\u202e", "🦄", "[red]", "[/]"):
        assert any(needle in name for name in names), needle
    assert any("é" in name or "ü" in name for name in names)
    for start in ("=", "+", "-", "@", "\t"):
        assert any(title.startswith(start) for title in titles), start
    assert any(order["anonymized"] for order in orders)
    assert any(order["total_order"] == -1 for order in orders)
    assert any(order["billing_address"] is None for order in orders)
    assert any(isinstance(order.get("comments"), list) for order in orders)
    assert any(isinstance(order["total_order"], str) for order in orders)
    assert any("order_types" not in order for order in orders)
    assert any("x_experimental" in order for order in orders)
    assert any(order["lengow_status"] == "in_dispute" for order in orders)
    assert any(len(order["packages"]) == 2 for order in orders)
    assert any(len(lines(order)) == 40 for order in orders)
    assert any(order["merchant_order_id"] == [] for order in orders)
    assert any(order["merchant_order_id"] is None for order in orders)
    assert any("\t" in order["marketplace_order_id"] for order in orders)
    assert any(len({line["lengow_status"] for line in lines(order)}) > 1 for order in orders)
    assert any({line["lengow_status"] for line in lines(order)} == {"canceled"} for order in orders)
    assert any(line["merchant_product_id"]["id"] is None for order in orders for line in lines(order))
    assert any(address["delivery"]["full_name"] is None for order in orders for address in order["packages"])
    kinds = Counter(entry["type"] for order in orders for entry in order.get("order_types", []))
    assert set(kinds) >= {"is_delivered_by_marketplace", "is_business", "is_prime"}
    numbers = Counter(order["marketplace_order_id"] for order in orders)
    assert 2 in numbers.values()
    assert {order["original_currency"]["iso_a3"] for order in orders} >= {"EUR", "TRY", "GBP", "SEK", "PLN", "CHF"}


def test_keys_are_unique(make: Callable[..., Sandbox]) -> None:
    refs = make(orders=3000).refs()
    assert len(set(refs)) == len(refs) == 3000


def test_amounts_add_up_in_both_currencies(orders: list[dict[str, Any]], lines: Lines) -> None:
    for order in orders:
        for prefix in ("", "original_"):
            if order[f"{prefix}total_order"] == -1:
                continue
            parts = [Decimal(line[f"{prefix}amount"]) for line in lines(order)]
            parts += [Decimal(str(order[f"{prefix}shipping"])), Decimal(order[f"{prefix}processing_fee"] or "0")]
            assert sum(parts) == Decimal(str(order[f"{prefix}total_order"])), order["marketplace_order_id"]


def test_money_is_written_both_ways(orders: list[dict[str, Any]], lines: Lines) -> None:
    assert {type(order["total_order"]) for order in orders} == {float, int, str}
    assert {type(line["amount"]) for order in orders for line in lines(order)} == {str}


def test_dates_have_microseconds_sometimes(orders: list[dict[str, Any]]) -> None:
    assert {"." in order["marketplace_order_date"] for order in orders} == {True, False}
    assert all(order["updated_at"].endswith("Z") for order in orders)
    assert all(order["imported_at"] <= order["updated_at"] <= "2026-03-02T09:00:00Z" for order in orders)


def test_marketplace_fulfilled_orders_arrive_as_shipped(orders: list[dict[str, Any]]) -> None:
    found = [
        order
        for order in orders
        if any(entry["type"] == "is_delivered_by_marketplace" for entry in order.get("order_types", []))
    ]
    assert {order["lengow_status"] for order in found} <= {"shipped", "closed"}
    assert "AFN" in {order["order_types"][0]["label"] for order in found}


def test_nobody_in_it_is_real(orders: list[dict[str, Any]]) -> None:
    for order in orders:
        address = order["packages"][0]["delivery"]
        assert address["email"] is None or address["email"].endswith(".example")
        if order["anonymized"]:
            assert address["email"] is address["full_name"] is address["first_line"] is None


def test_everything_is_json_and_utf_8(orders: list[dict[str, Any]]) -> None:
    for order in orders:
        assert json.loads(json.dumps(order, ensure_ascii=False).encode()) == order
