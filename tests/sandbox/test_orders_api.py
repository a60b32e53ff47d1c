"""Listing orders: every filter, the silent window, ordering, pages, money and shapes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lengowctl.sandbox.clock import iso, to_us
from lengowctl.sandbox.sandbox import Request, Response

Lines = Callable[[dict[str, Any]], list[dict[str, Any]]]
ALWAYS = "2000-01-01T00:00:00Z"


def ids(answer: dict[str, Any]) -> list[tuple[str, str]]:
    return [(order["marketplace"], order["marketplace_order_id"]) for order in answer["results"]]


def test_the_envelope_and_both_slash_forms(caller: Any) -> None:
    bare, slashed = caller.get("/v3.0/orders").json(), caller.get("/v3.0/orders/").json()
    assert set(bare) == {"count", "next", "previous", "results"}
    assert bare["results"] == slashed["results"]
    assert bare["previous"] is None
    assert bare["next"] == f"https://api.lengow.io/v3.0/orders?account_id={caller.info.account_id}&page=2"


def test_without_a_date_only_seven_days_come_and_a_bad_date_is_as_good_as_none(caller: Any) -> None:
    week = iso(to_us(caller.sandbox.now() - timedelta(days=7)))
    silent = caller.orders()["count"]
    assert 0 < silent < 300
    assert all(order["marketplace_order_date"] >= week for order in caller.orders(page_size=100)["results"])
    assert caller.orders(marketplace_order_date_from="yesterday")["count"] == silent
    assert caller.orders(updated_from="2026-02-30T00:00:00Z")["count"] == silent
    assert caller.orders(marketplace_order_date_from=week)["count"] == silent


def test_an_unencoded_plus_is_a_bad_date(caller: Any) -> None:
    base = f"/v3.0/orders?account_id={caller.info.account_id}&updated_from="
    bad = caller.send("GET", base + "2000-01-01T00:00+01:00").json()["count"]
    good = caller.send("GET", base + "2000-01-01T00:00%2B01:00").json()["count"]
    assert (bad, good) == (caller.orders()["count"], 300)


def test_date_filters_and_order_numbers_lift_the_window(caller: Any) -> None:
    assert caller.orders(updated_from=ALWAYS)["count"] == 300
    assert caller.orders(marketplace_order_date_from=ALWAYS)["count"] == 300
    assert caller.orders(updated_to="2100-01-01T00:00:00Z")["count"] == 300
    old = next(order for order in caller.sandbox.orders_in() if order["anonymized"])
    found = caller.orders(marketplace=old["marketplace"], marketplace_order_id=old["marketplace_order_id"])
    assert found["results"] == [old]


def test_windows_on_both_dates_are_inclusive(caller: Any) -> None:
    for key, name in (("updated_at", "updated"), ("marketplace_order_date", "marketplace_order_date")):
        moments = sorted(order[key] for order in caller.sandbox.orders_in())
        low, high = moments[40], moments[90]
        answer = caller.orders(**{f"{name}_from": low, f"{name}_to": high}, page_size=100)
        assert answer["count"] == sum(low <= moment <= high for moment in moments)
        assert {low, high} <= {order[key] for order in answer["results"]}


def test_an_offset_is_understood(caller: Any) -> None:
    order = next(caller.sandbox.orders_in("waiting_shipment"))
    moment = order["marketplace_order_date"].replace("Z", "+00:00")
    answer = caller.orders(marketplace_order_date_from=moment, marketplace_order_date_to=moment)
    assert answer["count"] == 1


def test_exact_filters(caller: Any) -> None:
    everything = list(caller.sandbox.orders_in())
    for name in ("marketplace", "lengow_status"):
        for value in {order[name] for order in everything}:
            wanted = [order for order in everything if order[name] == value]
            assert caller.orders(updated_from=ALWAYS, **{name: value})["count"] == len(wanted)
    assert caller.orders(updated_from=ALWAYS, marketplace="nowhere")["count"] == 0
    both = caller.orders(updated_from=ALWAYS, marketplace="cdiscount", lengow_status="waiting_acceptance")
    assert both["count"] == 10


def test_line_status_finds_orders_by_any_line(caller: Any, lines: Lines) -> None:
    answer = caller.everything(lengow_line_status="waiting_acceptance")
    expected = [
        order
        for order in caller.sandbox.orders_in()
        if any(line["lengow_status"] == "waiting_acceptance" for line in lines(order))
    ]
    assert len(answer) == len(expected)
    assert any(order["lengow_status"] != "waiting_acceptance" for order in answer)
    two = caller.everything(lengow_line_status="waiting_acceptance,canceled")
    assert len(two) > len(answer)


def test_merchant_order_id_none_means_not_imported(caller: Any) -> None:
    without = caller.everything(merchant_order_id="None")
    assert without == caller.everything(merchant_order_id="")
    assert all(not order["merchant_order_id"] for order in without)
    assert {json.dumps(order["merchant_order_id"]) for order in without} == {"null", "[]"}
    number = next(o["merchant_order_id"][0] for o in caller.sandbox.orders_in("closed") if o["merchant_order_id"])
    assert [number] in [order["merchant_order_id"][:1] for order in caller.everything(merchant_order_id=number)]
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.moi(ref, ["MINE-1"])
    assert ids(caller.orders(updated_from=ALWAYS, merchant_order_id="MINE-1")) == [ref]


def test_catalog_ids_split_the_shop(caller: Any) -> None:
    counts = [caller.orders(updated_from=ALWAYS, catalog_ids=text)["count"] for text in ("101", "102", "103", "9")]
    assert counts == [100, 100, 100, 0]
    assert caller.orders(updated_from=ALWAYS, catalog_ids="101,103")["count"] == 200


def test_pages_are_clamped_at_100_and_default_to_50(caller: Any) -> None:
    assert len(caller.orders(updated_from=ALWAYS)["results"]) == 50
    assert len(caller.orders(updated_from=ALWAYS, page_size=1000)["results"]) == 100
    assert len(caller.orders(updated_from=ALWAYS, page_size="many")["results"]) == 50
    assert len(caller.orders(updated_from=ALWAYS, page_size=7)["results"]) == 7


def test_pages_cover_everything_once(caller: Any) -> None:
    found = caller.everything()
    keys = [(order["marketplace"], order["marketplace_order_id"]) for order in found]
    assert sorted(keys) == sorted(caller.sandbox.refs())
    last = caller.orders(updated_from=ALWAYS, page_size=100, page=3)
    assert last["next"] is None
    assert "page=2" in last["previous"]


@pytest.mark.parametrize("page", ["4", "0", "-1", "x", "99999999999999999999"])
def test_a_page_that_is_not_there_is_404(caller: Any, page: str) -> None:
    answer = caller.get("/v3.0/orders", updated_from=ALWAYS, page_size=100, page=page)
    assert (answer.status, answer.json()) == (404, {"detail": "Invalid page."})


def test_an_empty_listing_has_a_first_page(caller: Any) -> None:
    answer = caller.orders(marketplace="nowhere")
    assert answer == {"count": 0, "next": None, "previous": None, "results": []}


def test_details_come_in_the_language_of_the_account(call: Callable[..., Any]) -> None:
    answer = call(settings={"language": "fr"}).get("/v3.0/orders", page=999)
    assert answer.json() == {"detail": "Page non valide."}


def test_the_documented_order_is_the_default(caller: Any) -> None:
    found = caller.everything()
    keys = [(o["marketplace"], [-ord(c) for c in o["marketplace_order_date"][:19]]) for o in found]
    assert keys == sorted(keys)


def test_ordering_is_obeyed_and_unknown_fields_are_passed_over(caller: Any) -> None:
    up = [order["updated_at"][:19] for order in caller.everything(ordering="updated_at")]
    assert up == sorted(up)
    down = [order["updated_at"][:19] for order in caller.everything(ordering="nonsense,-updated_at")]
    assert down == sorted(up, reverse=True)
    mixed = [(o["marketplace"], o["updated_at"]) for o in caller.everything(ordering="marketplace,-updated_at")]
    assert [code for code, _ in mixed] == sorted(code for code, _ in mixed)


def test_compressed_only_when_accepted(caller: Any) -> None:
    target = f"/v3.0/orders?account_id={caller.info.account_id}"
    plain = caller.send("GET", target)
    packed = caller.send("GET", target, headers={"accept-encoding": "gzip, deflate"})
    assert packed.header("Content-Encoding") == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert int(packed.header("Content-Length") or 0) == len(packed.body) < len(plain.body) / 3
    small = caller.send("GET", "/me", headers={"accept-encoding": "gzip"})
    assert small.header("Content-Encoding") is None


def test_foreign_amounts_come_converted_and_can_be_left_alone(caller: Any, lines: Lines) -> None:
    foreign = [o for o in caller.everything() if o["original_currency"]["iso_a3"] not in ("EUR", "TRY")]
    assert foreign
    for order in foreign:
        if order["anonymized"]:
            continue
        assert order["currency"]["iso_a3"] == "EUR"
        assert order["total_order"] != order["original_total_order"]
        ref = {"marketplace": order["marketplace"], "marketplace_order_id": order["marketplace_order_id"]}
        (raw,) = caller.orders(**ref, no_currency_conversion=1)["results"]
        assert raw["currency"] == order["original_currency"]
        assert raw["total_order"] == order["original_total_order"]
        assert [line["amount"] for line in lines(raw)] == [line["original_amount"] for line in lines(order)]
        (pounds,) = caller.orders(**ref, set_currency="GBP")["results"]
        assert pounds["currency"]["iso_a3"] == "GBP"
        assert pounds["original_total_order"] == order["original_total_order"]


def test_an_order_without_a_rate_has_minus_one(caller: Any) -> None:
    (order,) = [order for order in caller.everything() if order["total_order"] == -1]
    assert order["original_total_order"] > 0
    assert order["original_currency"]["iso_a3"] == "TRY"
    (same,) = [o for o in caller.everything(set_currency="USD") if o["total_order"] == -1]
    assert same["marketplace_order_id"] == order["marketplace_order_id"]


def test_next_names_the_host_that_was_asked(caller: Any) -> None:
    target = f"/v3.0/orders/?account_id={caller.info.account_id}"
    answer = caller.send("GET", target, headers={"host": "127.0.0.1:8080"})
    assert answer.json()["next"].startswith("http://127.0.0.1:8080/v3.0/orders/?")


def test_the_last_page_of_a_large_shop_is_whole(call: Callable[..., Any]) -> None:
    caller = call(orders=20_000, settings={"rate_limit": None})
    answer = caller.orders(updated_from=ALWAYS, page_size=100, page=200)
    assert (answer["count"], len(answer["results"])) == (20_000, 100)
    assert len(set(ids(answer))) == 100


def test_queries_of_any_kind_never_break_it(caller: Any) -> None:
    for query in (
        "%",
        "a=b=c&&&",
        "page_size=-5",
        "catalog_ids=x,,1",
        "updated_from=%00",
        "ordering=-,-,,",
        "\x7f=%ff",
    ):
        answer = caller.sandbox.handle(
            Request("GET", f"/v3.0/orders?account_id={caller.info.account_id}&{query}", {"authorization": caller.token})
        )
        assert isinstance(answer, Response)
        assert answer.status == 200
