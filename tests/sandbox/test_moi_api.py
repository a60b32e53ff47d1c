"""Writing the merchant's own numbers to an order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode


def test_the_list_replaces_what_was_there_and_the_status_stays(caller: Any) -> None:
    ref = caller.first("waiting_shipment", "amazon_fr")
    before = caller.sandbox.order(*ref)
    caller.sandbox.tick(timedelta(minutes=1))
    answer = caller.moi(ref, ["A-1", 7])
    assert answer.status == 200
    assert answer.json()["merchant_order_id"] == ["A-1", "7"]
    assert caller.moi(ref, ["B"]).json() == caller.sandbox.order(*ref)
    after = caller.sandbox.order(*ref)
    assert after["merchant_order_id"] == ["B"]
    assert after["lengow_status"] == before["lengow_status"]
    assert after["updated_at"] > before["updated_at"]
    assert [(e.action_type, e.arguments["merchant_order_id"]) for e in caller.sandbox.effects()] == [
        ("moi", "A-1,7"),
        ("moi", "B"),
    ]


def test_an_empty_list_clears(caller: Any) -> None:
    ref = caller.first("waiting_shipment", "amazon_fr")
    caller.moi(ref, ["A"])
    caller.moi(ref, [])
    assert caller.sandbox.order(*ref)["merchant_order_id"] == []
    found = caller.orders(marketplace=ref[0], marketplace_order_id=ref[1], merchant_order_id="None")
    assert found["count"] == 1


def test_updated_at_can_stand_still(call: Callable[..., Any]) -> None:
    caller = call(settings={"moi_moves_updated": False})
    ref = caller.first("waiting_shipment", "amazon_fr")
    before = caller.sandbox.order(*ref)["updated_at"]
    caller.sandbox.tick(timedelta(minutes=1))
    assert caller.moi(ref, ["A"]).json()["updated_at"] == before


def test_an_unknown_order_is_not_found_in_the_accounts_language(call: Callable[..., Any]) -> None:
    caller = call(settings={"language": "fr"})
    answer = caller.moi(("fnac", "nothing"), ["A"])
    assert (answer.status, answer.json()) == (404, {"detail": "Pas trouvé."})


def test_what_is_missing_is_named(caller: Any) -> None:
    form = urlencode({"account_id": caller.info.account_id, "marketplace": "fnac"}).encode()
    answer = caller.send("PATCH", "/v3.0/orders/moi/", body=form)
    assert answer.status == 400
    assert set(answer.json()) == {"marketplace_order_id", "merchant_order_id"}
    ref = caller.first("waiting_shipment", "amazon_fr")
    assert caller.moi(ref, [{"a": 1}]).status == 400


def test_a_form_works_too(caller: Any) -> None:
    code, number = caller.first("waiting_shipment", "amazon_fr")
    fields = {"account_id": caller.info.account_id, "marketplace": code, "marketplace_order_id": number}
    answer = caller.send("PATCH", "/v3.0/orders/moi", body=urlencode(fields | {"merchant_order_id": "S1"}).encode())
    assert answer.json()["merchant_order_id"] == ["S1"]
