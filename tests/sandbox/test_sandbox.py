"""The levers for tests and people: changing orders, late visibility, sort modes, hostile bytes, logs, settings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lengowctl.sandbox.sandbox import LogEntry, Request, Sandbox

ALWAYS = "2000-01-01T00:00:00Z"


def test_touch_changes_an_order_as_a_marketplace_would(caller: Any, sandbox: Sandbox) -> None:
    ref = caller.first("shipped", "cdiscount")
    sandbox.tick(timedelta(minutes=3))
    order = sandbox.touch(ref, lengow_status="closed", invoice_number="F-1")
    assert order == sandbox.order(*ref)
    assert (order["lengow_status"], order["workflow_rank"], order["invoice_number"]) == ("closed", 7, "F-1")
    assert order["updated_at"] == "2026-03-02T09:03:00Z"
    assert {line["lengow_status"] for line in order["packages"][0]["cart"]} == {"closed"}
    found = caller.orders(updated_from="2026-03-02T09:03:00Z")
    assert found["results"] == [order]


def test_touch_without_changes_only_moves_the_date(caller: Any, sandbox: Sandbox) -> None:
    before = sandbox.order(*caller.first("shipped", "cdiscount"))
    sandbox.tick(timedelta(minutes=1))
    after = sandbox.touch(f"cdiscount:{before['marketplace_order_id']}")
    assert after == before | {"updated_at": "2026-03-02T09:01:00Z"}


def test_a_change_can_leave_updated_at_still(caller: Any, sandbox: Sandbox) -> None:
    ref = caller.first("waiting_shipment", "cdiscount")
    before = sandbox.order(*ref)["updated_at"]
    sandbox.tick(timedelta(minutes=1))
    sandbox.touch(ref, lengow_status="shipped", bump=False)
    assert sandbox.order(*ref)["updated_at"] == before
    assert caller.status(ref) == "shipped"
    assert caller.orders(updated_from="2026-03-02T09:00:30Z")["count"] == 0


def test_bulk_changes_share_an_instant(caller: Any, sandbox: Sandbox) -> None:
    sandbox.touch_many(sandbox.refs()[:120])
    found = caller.orders(updated_from="2026-03-02T09:00:00Z", page_size=100)
    assert found["count"] == 120
    assert {order["updated_at"] for order in found["results"]} == {"2026-03-02T09:00:00Z"}


def test_orders_can_be_added_and_found(caller: Any, sandbox: Sandbox) -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    ref = sandbox.add_order("fnac", order_id="F#1", status="waiting_acceptance", ordered_at=moment, comments="x")
    assert ref == ("fnac", "F#1")
    (order,) = caller.orders(marketplace="fnac", marketplace_order_id="F#1")["results"]
    assert (order["comments"], order["marketplace_order_date"]) == ("x", "2026-03-01T00:00:00Z")
    assert order["imported_at"] == order["updated_at"] == "2026-03-02T09:00:00Z"


def test_anonymising_takes_the_personal_data(caller: Any, sandbox: Sandbox) -> None:
    ref = caller.first("waiting_shipment", "cdiscount")
    order = sandbox.anonymise(ref)
    assert order["anonymized"] is True
    assert order["packages"][0]["delivery"]["email"] is order["billing_address"]["full_name"] is None
    assert order["packages"][0]["delivery"]["id"] is not None


def test_renaming_moves_the_key(caller: Any, sandbox: Sandbox) -> None:
    code, number = caller.first("waiting_shipment", "cdiscount")
    sandbox.rename((code, number), "cdiscount_pro")
    assert caller.orders(marketplace=code, marketplace_order_id=number)["count"] == 0
    (order,) = caller.orders(marketplace="cdiscount_pro", marketplace_order_id=number)["results"]
    assert order["marketplace"] == "cdiscount_pro"
    with pytest.raises(LookupError, match=number):
        sandbox.order(code, number)


def test_a_change_shows_late_and_the_old_version_until_then(call: Callable[..., Any]) -> None:
    caller = call(settings={"visible_delay": 50})
    sandbox: Sandbox = caller.sandbox
    ref = caller.first("waiting_shipment", "cdiscount")
    query = {"marketplace": ref[0], "marketplace_order_id": ref[1]}
    (old,) = caller.orders(**query)["results"]
    new = sandbox.touch(ref, lengow_status="shipped")
    assert caller.orders(**query)["results"] == [old]
    assert caller.orders(updated_from=new["updated_at"])["count"] == 0
    sandbox.tick(timedelta(seconds=49))
    assert caller.orders(**query)["results"] == [old]
    sandbox.tick(timedelta(seconds=1))
    assert caller.orders(**query)["results"] == [new]
    assert caller.orders(updated_from=new["updated_at"])["count"] == 1


def test_a_new_order_shows_late_too(call: Callable[..., Any]) -> None:
    caller = call(settings={"visible_delay": 50})
    caller.sandbox.add_order("fnac", order_id="F1", comments="changed at once")
    assert caller.orders(marketplace_order_id="F1")["count"] == 0
    assert caller.orders(updated_from=ALWAYS)["count"] == 300
    caller.sandbox.tick(timedelta(seconds=51))
    assert caller.orders(marketplace_order_id="F1")["count"] == 1


def test_late_visibility_pages_like_any_other(call: Callable[..., Any]) -> None:
    caller = call(settings={"visible_delay": 50})
    before = caller.everything()
    caller.sandbox.touch_many(caller.sandbox.refs()[:40])
    assert caller.everything() == before


@pytest.mark.parametrize(
    ("mode", "key", "down"),
    [
        ("created_asc", "imported_at", False),
        ("created_desc", "imported_at", True),
        ("updated_asc", "updated_at", False),
        ("updated_desc", "updated_at", True),
    ],
)
def test_the_order_of_a_listing_that_asks_for_none(call: Callable[..., Any], mode: str, key: str, down: bool) -> None:
    caller = call(settings={"sort_mode": mode})
    moments = [order[key] for order in caller.everything()]
    assert moments == sorted(moments, reverse=down)
    caller.sandbox.configure(ignore_ordering=True)
    assert [order[key] for order in caller.everything(ordering="marketplace")] == moments


def test_ties_can_be_shuffled_from_request_to_request(call: Callable[..., Any]) -> None:
    caller = call(settings={"sort_mode": "updated_asc", "shuffle_ties": True})
    caller.sandbox.touch_many(caller.sandbox.refs())
    pages = [[o["marketplace_order_id"] for o in caller.orders(updated_from=ALWAYS)["results"]] for _ in range(3)]
    assert pages[0] != pages[1] != pages[2]


HOSTILE = [
    b"[" * 100_000 + b"]" * 100_000,
    b'{"total_order": NaN}',
    b'{"total_order": ' + b"9" * 5000 + b"}",
    b'{"comments": "\\ud800"}',
    b'{"comments": "\\u0000"}',
    b'"just text"',
    b"null",
    b"{broken",
]


@pytest.mark.parametrize("raw", HOSTILE, ids=range(len(HOSTILE)))
def test_an_order_can_be_served_as_any_bytes(caller: Any, sandbox: Sandbox, raw: bytes) -> None:
    ref = sandbox.refs()[10]
    sandbox.poison(ref, raw)
    answer = caller.get("/v3.0/orders", updated_from="2026-03-02T09:00:00Z")
    assert answer.status == 200
    assert answer.body.endswith(b'"results":[' + raw + b"]}")
    sandbox.poison(ref, None)
    assert caller.orders(updated_from="2026-03-02T09:00:00Z")["results"] == [sandbox.order(*ref)]


def test_the_log_tells_what_came_and_keeps_secrets(caller: Any, sandbox: Sandbox) -> None:
    caller.get("/me", secret="hush", token="hush", page=2)
    caller.get("/nothing")
    first, me, nothing = sandbox.log()
    assert first == LogEntry(sandbox.now(), "POST", "/access/get_token", 200, None, True, None)
    assert "hush" not in me.target
    assert "secret=%2A%2A%2A%2A" in me.target
    assert (nothing.status, nothing.effect) == (404, False)
    assert sandbox.log(limit=1) == [nothing]
    sandbox.tick(timedelta(seconds=5))
    caller.get("/me")
    assert [entry.target[:3] for entry in sandbox.log(since=sandbox.now())] == ["/me"]


def test_the_log_does_not_grow_without_end(make: Callable[..., Sandbox]) -> None:
    sandbox = make(orders=0)
    with sandbox._world.writing() as connection:
        connection.execute("INSERT INTO log (id, at, method, target, effect) VALUES (1, 0, 'GET', '/old', 0)")
        connection.execute("INSERT INTO log (id, at, method, target, effect) VALUES (52999, 0, 'GET', '/me', 0)")
    sandbox.handle(Request("GET", "/me"))
    assert [entry.target for entry in sandbox.log()] == ["/me", "/me"]


def test_what_breaks_inside_is_a_500_and_a_note(caller: Any, sandbox: Sandbox) -> None:
    ref = caller.first("waiting_shipment", "cdiscount")
    with sandbox._world.writing() as connection:
        connection.execute("UPDATE orders SET body = 'broken' WHERE number = ?", (ref[1],))
    answer = caller.get("/v3.0/orders", marketplace_order_id=ref[1])
    assert answer.status == 500
    assert answer.json()["error"]["code"] == 500
    assert answer.header("Date") == "Mon, 02 Mar 2026 09:00:00 GMT"
    assert "JSONDecodeError" in (sandbox.log()[-1].note or "")


def test_an_event_that_cannot_happen_is_struck_off(caller: Any, sandbox: Sandbox) -> None:
    ref, other = caller.first("waiting_shipment", "cdiscount"), caller.first("waiting_acceptance", "cdiscount")
    for one, action, arguments in ((ref, "ship", {"carrier": "GLS", "tracking_number": "1"}), (other, "accept", {})):
        caller.act(one, action, **arguments)
    with sandbox._world.writing() as connection:
        connection.execute("UPDATE orders SET body = 'broken' WHERE number = ?", (ref[1],))
    sandbox.tick(timedelta(minutes=30))
    assert caller.status(other) == "waiting_shipment"
    assert [row["errors"] for row in caller.actions()] == [None, "Internal error."]
    assert any("JSONDecodeError" in (entry.note or "") for entry in sandbox.log())


def test_settings_are_checked_by_name_and_kind(sandbox: Sandbox) -> None:
    assert sandbox.configure(rate_limit=None, page_size=10).page_size == 10
    assert sandbox.settings.rate_limit is None
    for wrong in ({"speed": 9}, {"sort_mode": "random"}, {"lively": 1}, {"page_size": "ten"}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            sandbox.configure(**wrong)


def test_orders_in_selects(sandbox: Sandbox) -> None:
    assert {o["marketplace"] for o in sandbox.orders_in(marketplace="fnac")} == {"fnac"}
    assert {o["lengow_status"] for o in sandbox.orders_in("new")} == {"new"}
    assert len(list(sandbox.orders_in())) == len(sandbox.refs())


def test_a_long_absence_is_caught_up_piece_by_piece(call: Callable[..., Any]) -> None:
    """However long nobody looked, a request is answered; what is late is dated after the last look."""
    caller = call(orders=200, settings={"lively": True, "new_orders_per_hour": 30, "rate_limit": None})
    caller.sandbox.tick(timedelta(days=4))
    caller.fresh()
    answer = caller.orders(updated_from=ALWAYS)
    assert answer["count"] > 2000
    assert json.dumps(answer)


def test_arrivals_can_be_stopped_and_started(call: Callable[..., Any]) -> None:
    caller = call(orders=10, settings={"lively": True, "new_orders_per_hour": 0})
    caller.sandbox.tick(timedelta(days=2))
    assert caller.sandbox.info().orders == 10
    caller.sandbox.configure(new_orders_per_hour=4)
    caller.sandbox.tick(timedelta(days=1))
    assert 60 < caller.sandbox.info().orders < 150


def test_when_the_clock_goes_back_what_has_happened_stays(sandbox: Sandbox) -> None:
    sandbox.configure(lively=True)
    sandbox.tick(timedelta(hours=5))
    before = list(sandbox.orders_in())
    sandbox.tick(timedelta(hours=-4))
    assert list(sandbox.orders_in()) == before
