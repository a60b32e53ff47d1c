"""Asking for actions and reading what became of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lengowctl.sandbox.actions_api import ARGUMENTS


def test_a_new_action_is_the_wide_object(caller: Any) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    action = caller.act(ref, "accept")
    assert set(ARGUMENTS) <= set(action)
    assert all(action[name] is None for name in ARGUMENTS)
    assert (action["marketplace"], action["marketplace_order_id"]) == ref
    assert (action["queued"], action["processed"], action["errors"]) == (True, False, None)
    assert action["account_id"] == caller.info.account_id
    assert caller.get(f"/v3.0/orders/actions/{action['id']}/").json() == action
    assert caller.get("/v3.0/orders/actions/1/").status == 404


def test_form_and_json_bodies_mean_the_same(caller: Any) -> None:
    ref = caller.first("waiting_shipment", "cdiscount")
    fields = {
        "account_id": caller.info.account_id,
        "marketplace": ref[0],
        "marketplace_order_id": ref[1],
        "action_type": "ship",
        "carrier": "GLS",
        "tracking_number": 12345,
        "tracking_url": None,
    }
    body = json.dumps(fields).encode()
    answer = caller.send("POST", "/v3.0/orders/actions", body=body, headers={"content-type": "application/json"})
    assert answer.status == 201
    twin = caller.act(ref, "ship", carrier="GLS", tracking_number="12345")
    first = answer.json()
    for different in ("id", "created_at", "updated_at"):
        first.pop(different), twin.pop(different)
    assert first == twin


def test_the_life_of_an_action_and_of_its_order(caller: Any) -> None:
    """Queued, handed over, answered; the order follows when Lengow reads the marketplace."""
    ref = caller.first("waiting_acceptance", "cdiscount")
    action_id = caller.act(ref, "accept")["id"]
    before = caller.sandbox.order(*ref)["updated_at"]

    def state() -> tuple[bool, bool, str | None, str]:
        (row,) = caller.actions(id=action_id)
        return row["queued"], row["processed"], row["errors"], caller.status(ref)

    assert state() == (True, False, None, "waiting_acceptance")
    caller.sandbox.tick(timedelta(seconds=6))
    assert state() == (False, False, None, "waiting_acceptance")
    assert caller.sandbox.effects() == []
    caller.sandbox.tick(timedelta(seconds=60))
    assert state() == (False, True, None, "waiting_acceptance")
    assert [(e.action_id, e.outcome) for e in caller.sandbox.effects()] == [(action_id, "executed")]
    caller.sandbox.tick(timedelta(minutes=15))
    assert state() == (False, True, None, "waiting_shipment")
    assert caller.sandbox.order(*ref)["updated_at"] > before


def test_the_answer_may_say_queued_false_all_the_same(call: Callable[..., Any]) -> None:
    caller = call(settings={"queued_at_once": False})
    ref = caller.first("waiting_acceptance", "cdiscount")
    assert caller.act(ref, "accept")["queued"] is False
    assert caller.actions(queued="True")[0]["marketplace_order_id"] == ref[1]


def test_times_can_be_set(call: Callable[..., Any]) -> None:
    caller = call(settings={"queue_delay": 0, "processing_delay": 0, "poll_interval": 0})
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.act(ref, "accept")
    assert caller.status(ref) == "waiting_shipment"


@pytest.mark.parametrize(
    ("fields", "status", "named"),
    [
        ({"marketplace": "nowhere"}, 400, "marketplace"),
        ({"marketplace_order_id": "nothing"}, 404, "detail"),
        ({"action_type": "cancel"}, 400, "action_type"),
        ({"action_type": "explode"}, 400, "action_type"),
        ({"action_type": ""}, 400, "action_type"),
        ({"action_type": "ship"}, 400, "carrier"),
    ],
)
def test_what_is_wrong_at_first_sight_is_refused_at_once(
    caller: Any, fields: dict[str, str], status: int, named: str
) -> None:
    code, number = caller.first("waiting_acceptance", "cdiscount")
    given = {"marketplace": code, "marketplace_order_id": number, "action_type": "accept"} | fields
    ref = (given.pop("marketplace"), given.pop("marketplace_order_id"))
    answer = caller.post_action(ref, given["action_type"])
    assert (answer.status, "id" in answer.json()) == (status, False)
    assert named in answer.json()
    assert caller.actions() == []


def test_missing_arguments_can_show_up_later(call: Callable[..., Any]) -> None:
    caller = call(settings={"check_arguments": "later"})
    ref = caller.first("waiting_shipment", "cdiscount")
    row = caller.outcome(ref, "ship", carrier="GLS")
    assert (row["processed"], row["errors"]) == (False, "The tracking_number argument is required.")
    assert [e.outcome for e in caller.sandbox.effects()] == ["rejected"]


def test_a_status_that_does_not_allow_it_shows_later_or_at_once(caller: Any) -> None:
    ref = caller.first("shipped", "cdiscount")
    row = caller.outcome(ref, "accept")
    assert (row["processed"], "not allowed" in row["errors"]) == (False, True)
    caller.sandbox.configure(check_status="at_once")
    answer = caller.post_action(ref, "accept")
    assert (answer.status, answer.json()["error"]["code"]) == (400, 400)


def test_arguments_that_are_no_plain_values_are_refused(caller: Any) -> None:
    ref = caller.first("waiting_shipment", "cdiscount")
    fields = json.loads(json.dumps({"account_id": caller.info.account_id, "carrier": ["GLS"], "action_type": "ship"}))
    body = json.dumps(fields | {"marketplace": ref[0], "marketplace_order_id": ref[1]}).encode()
    answer = caller.send("POST", "/v3.0/orders/actions/", body=body, headers={"content-type": "application/json"})
    assert (answer.status, set(answer.json())) == (400, {"carrier"})


def test_a_repeated_post_is_a_second_action(caller: Any) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    first, second = caller.act(ref, "accept")["id"], caller.act(ref, "accept")["id"]
    assert second > first
    caller.sandbox.tick(timedelta(minutes=2))
    assert [(e.action_id, e.outcome) for e in caller.sandbox.effects()] == [(first, "executed"), (second, "rejected")]


def test_listing_filters(caller: Any) -> None:
    accepted = caller.first("waiting_acceptance", "cdiscount")
    shipped = caller.first("waiting_shipment", "kaufland_de")
    one = caller.act(accepted, "accept")["id"]
    caller.sandbox.tick(timedelta(seconds=10))
    moment = caller.sandbox.now()
    two = caller.act(shipped, "ship", carrier="DHL", tracking_number="T1")["id"]

    def found(**query: object) -> list[int]:
        return [row["id"] for row in caller.actions(**query)]

    assert found() == [two, one]
    assert found(marketplace_order_id=accepted[1]) == [one]
    assert found(marketplace="kaufland_de", action_type="ship") == [two]
    assert found(queued="True") == [two]
    assert found(queued="False") == [one]
    assert found(processed="True") == []
    assert found(carrier="DHL", tracking_number="T1") == [two]
    assert found(carrier="DHL", tracking_number="T2") == []
    assert found(reason="x") == []
    assert found(carrier="") == [two, one]
    assert found(id=one) == [one]
    assert found(updated_from=moment.isoformat()) == [two]
    assert found(updated_to=(moment - timedelta(seconds=1)).isoformat()) == [one]
    assert found(updated_from="nonsense") == [two, one]


def test_action_pages(caller: Any) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    for _ in range(5):
        caller.act(ref, "accept")
    first = caller.get("/v3.0/orders/actions/", page_size=2).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (5, 2, None)
    assert "page=2" in first["next"]
    assert caller.get("/v3.0/orders/actions/", page_size=2, page=4).status == 404
