"""What `/v3.0/marketplaces` says."""

from __future__ import annotations

from typing import Any

from lengowctl.sandbox.temperaments import TEMPERAMENTS


def test_all_of_them_or_one(caller: Any) -> None:
    everything = caller.get("/v3.0/marketplaces").json()
    assert len(everything) == 24
    assert everything["admarkt"]["orders"] == {"carriers": {}, "actions": {}, "status": {}}
    for path in ("/v3.0/marketplaces", "/v3.0/marketplaces/"):
        assert caller.get(path, marketplace="fnac").json() == {"fnac": everything["fnac"]}
    assert caller.get("/v3.0/marketplaces", marketplace="nowhere").json() == {}


def test_one_of_them_ships_by_quantity(caller: Any) -> None:
    ship = caller.get("/v3.0/marketplaces").json()["demo_quantity"]["orders"]["actions"]["ship"]
    assert {"line", "quantity"} <= set(ship["args"])


def test_every_marketplace_with_orders_has_manners(caller: Any) -> None:
    described = caller.get("/v3.0/marketplaces").json()
    assert {code for code, entry in described.items() if entry["orders"]["status"]} == set(TEMPERAMENTS)


def test_it_is_not_counted_against_the_budget(caller: Any) -> None:
    caller.sandbox.configure(rate_limit=1)
    assert [caller.get("/v3.0/marketplaces").status for _ in range(3)] == [200, 200, 200]
