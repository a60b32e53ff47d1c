"""How orders move: what each marketplace makes of actions, and what happens when nobody acts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lengowctl.sandbox.clock import parse
from lengowctl.sandbox.temperaments import TEMPERAMENTS, descriptions, first_status

Lines = Callable[[dict[str, Any]], list[dict[str, Any]]]

FIGURES = {"decimal": "1.00", "integer": "1", "quantity": "1", "datetime": "2026-03-02T10:00:00Z", "string": "A1"}


def arguments_for(code: str, action: str, order: dict[str, Any]) -> dict[str, str]:
    """Valid values for every required argument, as the description gives them."""
    described = descriptions()[code]["orders"]["actions"][action]
    given = {}
    for name in described["args"]:
        entry = described["args_description"][name]
        line = order["packages"][0]["cart"][0]
        if entry["type"] == "line_number":
            given[name] = line["marketplace_order_line_id"]
        elif entry["type"] == "quantity":
            given[name] = str(line["quantity"])
        else:
            given[name] = next(iter(entry["valid_values"]), None) or FIGURES[entry["type"]]
    return given


def cases() -> list[tuple[str, str]]:
    return [(code, action) for code, entry in descriptions().items() for action in entry["orders"]["actions"]]


@pytest.fixture(scope="module")
def goals() -> dict[str, set[str]]:
    return {
        "accept": {"accepted", "waiting_shipment"},
        "refuse": {"refused", "canceled"},
        "cancel": {"canceled"},
        "ship": {"shipped"},
        "refund": {"refunding", "refunded", "partial_refunded"},
    }


def test_every_action_of_every_marketplace_does_what_it_says(
    call: Callable[..., Any], goals: dict[str, set[str]]
) -> None:
    caller = call(orders=20, settings={"rate_limit": None})
    asked = {}
    for code, action in cases():
        status = descriptions()[code]["orders"]["actions"][action]["status"][0]
        ref = caller.sandbox.add_order(code, status=status)
        order = caller.sandbox.order(*ref)
        order["packages"][0]["cart"] = order["packages"][0]["cart"][:1]
        caller.sandbox.touch(ref, packages=order["packages"], order_types=[])
        asked[ref] = (action, caller.act(ref, action, **arguments_for(code, action, order))["id"])
    caller.sandbox.tick(timedelta(days=1, hours=1))
    rows = {row["id"]: row for page in (1, 2) for row in caller.actions(page=page, page_size=50)}
    for ref, (action, action_id) in asked.items():
        assert rows[action_id]["processed"], (ref, action, rows[action_id]["errors"])
        if ref[0] == "kaufland_de" and action == "refund":
            assert caller.status(ref) == "waiting_shipment"
        else:
            assert caller.status(ref) in goals[action] | ({"waiting_shipment"} if action == "accept" else set()), ref


@pytest.mark.parametrize(
    ("code", "status"),
    [("cdiscount", "canceled"), ("bol", "canceled"), ("spartoo_fr", "canceled"), ("fnac", "refused")],
)
def test_refusing_does_not_always_end_in_refused(caller: Any, code: str, status: str) -> None:
    source = "waiting_shipment" if code == "bol" else "waiting_acceptance"
    ref = caller.first(source, code)
    caller.outcome(ref, "refuse", **({"reason": "OUT_OF_STOCK"} if code == "bol" else {}))
    caller.sandbox.tick(timedelta(hours=1))
    assert caller.status(ref) == status


def test_mirakl_debits_after_acceptance(caller: Any) -> None:
    ref = caller.first("waiting_acceptance", "galeries_lafayette")
    caller.outcome(ref, "accept")
    caller.sandbox.tick(timedelta(minutes=16))
    order = caller.sandbox.order(*ref)
    assert (order["lengow_status"], order["marketplace_status"]) == ("accepted", "WAITING_DEBIT")
    caller.sandbox.tick(timedelta(hours=9))
    assert caller.status(ref) == "waiting_shipment"


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("cdiscount", "canceled", "Rejected"),
        ("fnac", "refused", "REFUSED"),
        ("manomano_fr", "refused", "REFUSED"),
        ("leroymerlin_fr", "refused", "REFUSED"),
        ("veepee", "canceled", "CANCELLED"),
        ("zalando_fr", "canceled", "ZALANDO_CANCELED"),
    ],
)
def test_who_does_not_answer_in_time_loses_the_order(
    call: Callable[..., Any], code: str, status: str, said: str
) -> None:
    caller = call(orders=0, settings={"lively": True, "new_orders_per_hour": 0})
    refs = [caller.sandbox.add_order(code, status="waiting_acceptance") for _ in range(12)]
    limit = timedelta(hours=TEMPERAMENTS[code].accept_limit or 0)
    caller.sandbox.tick(limit - timedelta(minutes=1))
    assert sum(caller.status(ref) == "waiting_acceptance" for ref in refs) >= 10
    caller.sandbox.tick(timedelta(minutes=2))
    ends = Counter((o["lengow_status"], o["marketplace_status"]) for o in caller.sandbox.orders_in())
    assert ends[status, said] >= 10


def test_amazon_is_read_hourly_and_answers_slowly(caller: Any) -> None:
    ref = caller.first("waiting_shipment", "amazon_fr")
    given = arguments_for("amazon_fr", "ship", caller.sandbox.order(*ref))
    caller.act(ref, "ship", **given)
    caller.sandbox.tick(timedelta(minutes=5))
    assert caller.sandbox.effects() == []
    caller.sandbox.tick(timedelta(minutes=70))
    assert caller.status(ref) == "shipped"


def test_shipped_closes_and_mirakl_then_is_final(call: Callable[..., Any]) -> None:
    caller = call(orders=0, settings={"lively": True, "new_orders_per_hour": 0})
    ref = caller.sandbox.add_order("decathlon_fr", status="shipped")
    caller.sandbox.tick(timedelta(days=11))
    order = caller.sandbox.order(*ref)
    assert (order["lengow_status"], order["marketplace_status"]) == ("closed", "RECEIVED")
    caller.sandbox.tick(timedelta(days=16))
    assert caller.sandbox.order(*ref)["marketplace_status"] == "CLOSED"


def test_refunding_becomes_refunded_by_itself(caller: Any) -> None:
    ref = caller.first("shipped", "manomano_fr")
    caller.outcome(ref, "refund", refund_reason="DAMAGED", refund_shipping_fees="true")
    caller.sandbox.tick(timedelta(minutes=30))
    assert caller.status(ref) == "refunding"
    caller.sandbox.tick(timedelta(days=1, hours=1))
    assert caller.status(ref) == "refunded"


def test_veepee_refunds_show_at_six_in_the_morning(caller: Any) -> None:
    ref = caller.first("shipped", "veepee")
    caller.outcome(ref, "refund", refund_price="1.00", refund_shipping_price="0")
    caller.sandbox.tick(timedelta(hours=10))
    assert caller.status(ref) == "shipped"
    caller.sandbox.tick(datetime(2026, 3, 3, 6, 1, tzinfo=UTC) - caller.sandbox.now())
    order = caller.sandbox.order(*ref)
    assert order["lengow_status"] == "partial_refunded"
    assert order["updated_at"].startswith("2026-03-03T06:00:00")


def test_new_orders_come_in_and_the_same_ones_each_time(call: Callable[..., Any]) -> None:
    callers = [call(settings={"lively": True, "rate_limit": None}) for _ in range(2)]
    for caller in callers:
        for _ in range(6):
            caller.sandbox.tick(timedelta(hours=2))
    first, second = (list(caller.sandbox.orders_in()) for caller in callers)
    assert first == second
    assert 15 < len(first) - 300 < 70
    arrived = [order for order in first if order["imported_at"] > "2026-03-02T09:00:00Z"]
    assert {o["lengow_status"] for o in arrived} >= {"waiting_shipment"}


def test_a_day_of_life_visits_each_order_in_time(call: Callable[..., Any]) -> None:
    """Nothing that changes is dated before the last look at the world, and nothing after now."""
    caller = call(orders=120, settings={"lively": True, "rate_limit": None})
    for _ in range(20):
        before = {(o["marketplace"], o["marketplace_order_id"]): o for o in caller.sandbox.orders_in()}
        looked = caller.sandbox.now()
        caller.sandbox.tick(timedelta(hours=5))
        for order in caller.sandbox.orders_in():
            ref = (order["marketplace"], order["marketplace_order_id"])
            if before.get(ref) != order:
                moved = datetime.fromisoformat(order["updated_at"])
                assert looked <= moved <= caller.sandbox.now(), ref


def test_personal_data_goes_after_six_months(call: Callable[..., Any]) -> None:
    caller = call(orders=60, settings={"lively": True, "new_orders_per_hour": 0})
    caller.sandbox.tick(timedelta(days=190))
    finished = [o for o in caller.sandbox.orders_in("closed") if o["marketplace_order_date"] < "2026-02-15"]
    assert finished
    assert all(order["anonymized"] for order in finished)
    assert all(order["packages"][0]["delivery"]["full_name"] is None for order in finished)


def test_a_quiet_world_stands_still(caller: Any) -> None:
    before = list(caller.sandbox.orders_in())
    caller.sandbox.tick(timedelta(days=100))
    assert list(caller.sandbox.orders_in()) == before


def test_first_statuses() -> None:
    assert first_status("amazon_fr") == "waiting_shipment"
    assert first_status("cdiscount") == "new"
    assert first_status("fnac") == "waiting_acceptance"


def test_a_renamed_marketplace_keeps_living(caller: Any) -> None:
    ref = caller.first("shipped", "cdiscount")
    caller.sandbox.configure(lively=True, new_orders_per_hour=0)
    caller.sandbox.rename(ref, "cdiscount_pro")
    caller.sandbox.tick(timedelta(days=30))
    assert caller.status(("cdiscount_pro", ref[1])) in ("shipped", "closed")
    assert parse(caller.sandbox.order("cdiscount_pro", ref[1])["updated_at"]) is not None
