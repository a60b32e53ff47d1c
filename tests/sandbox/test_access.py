"""Keys, sessions, who is refused and in which words, and the request budget."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from lengowctl.sandbox.sandbox import Request, Response


def test_the_right_keys_open_a_session_and_me_describes_it(caller: Any) -> None:
    answer = caller.sign_in()
    assert answer.status == 200
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", answer.json()["token"])
    caller.token = answer.json()["token"]
    me = caller.get("/me").json()
    assert me["account_id"] == answer.json()["account_id"] == caller.info.account_id
    assert me["token"] == caller.token
    assert datetime.fromisoformat(me["expire_at"]) == caller.sandbox.now() + timedelta(hours=1)
    assert set(me["scopes"]) == {"feed_id", "account_id", "catalog_id", "product_id"}


def test_keys_have_the_shape_that_lengow_hands_out(caller: Any) -> None:
    assert re.fullmatch(r"[0-9a-z]{64}", caller.info.access_token)
    assert re.fullmatch(r"[0-9a-z]{64}", caller.info.secret)
    assert caller.info.access_token != caller.info.secret


def test_wrong_keys_are_told_apart(caller: Any) -> None:
    wrong_secret = caller.sign_in(secret="x")
    assert wrong_secret.status == 400
    assert wrong_secret.json()["error"]["message"] == "Authentication error - Secret is not accepted"
    wrong_key = caller.sign_in(access_token="x")
    assert (wrong_key.status, wrong_key.json()["error"]["code"]) == (400, 400)
    assert wrong_key.json()["error"]["message"] == "Authentication error - Access Token is not found"
    assert caller.sign_in(secret="").status == 401


def test_status_and_code_of_an_unknown_key_can_differ(call: Callable[..., Any]) -> None:
    answer = call(settings={"unknown_key_status": 403}).sign_in(access_token="x")
    assert (answer.status, answer.json()["error"]["code"]) == (403, 400)


def test_the_token_is_taken_raw_and_as_a_bearer(caller: Any) -> None:
    for sent in (caller.token, f"Bearer {caller.token}", f"bearer {caller.token}"):
        answer = caller.sandbox.handle(Request("GET", "/me", {"authorization": sent}))
        assert answer.status == 200


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/rate-limits", 401, "Missing authentication token"),
        ("/v3.0/orders", 403, "No token in headers to access /orders API"),
        ("/me", 403, "No token in headers to access /me API"),
    ],
)
def test_without_a_token_each_route_refuses_in_its_own_words(caller: Any, path: str, status: int, message: str) -> None:
    answer = caller.send("GET", path, authorized=False)
    assert (answer.status, answer.json()["error"]["message"]) == (status, message)


def test_a_session_lasts_one_hour_of_the_worlds_clock(caller: Any) -> None:
    caller.sandbox.tick(timedelta(seconds=3599))
    assert caller.get("/me").status == 200
    caller.sandbox.tick(timedelta(seconds=1))
    refused = caller.get("/me")
    assert (refused.status, refused.json()["error"]["message"]) == (403, f"Token: {caller.token} is expired")
    assert caller.get("/v3.0/orders").status == 403
    limits = caller.get("/rate-limits")
    assert (limits.status, limits.json()["error"]["message"]) == (401, "Invalid or expired authentication token")
    assert caller.fresh().get("/me").status == 200


def test_an_invented_token_is_refused(caller: Any) -> None:
    caller.token = "00000000-0000-0000-0000-000000000000"
    assert caller.get("/v3.0/orders").status == 403


def test_another_account_is_refused_and_none_is_asked_for(caller: Any) -> None:
    assert caller.get("/v3.0/orders", account_id=1).status == 403
    missing = caller.send("GET", "/v3.0/orders")
    assert (missing.status, missing.json()) == (400, {"account_id": ["This field is required."]})
    assert caller.send("GET", "/v3.0/marketplaces").status == 200


def test_the_budget_is_counted_per_route_and_comes_back_with_the_window(call: Callable[..., Any]) -> None:
    caller = call(settings={"rate_limit": 3, "rate_window": 60})
    assert [caller.get("/v3.0/orders").status for _ in range(3)] == [200, 200, 200]
    caller.sandbox.tick(timedelta(seconds=20))
    refused = caller.get("/v3.0/orders")
    assert refused.status == 429
    assert refused.json()["error"] == {"code": 429, "message": "Request limitation: 3 reached on /v3.0/orders"}
    assert refused.header("Retry-After") == "40"
    assert caller.get("/v3.0/orders/actions/").status == 200
    caller.sandbox.tick(timedelta(seconds=40))
    assert caller.get("/v3.0/orders").status == 200


def test_rate_limits_tells_the_truth_and_costs_nothing(call: Callable[..., Any]) -> None:
    caller = call(settings={"rate_limit": 5})
    caller.get("/v3.0/orders")
    caller.sandbox.tick(timedelta(seconds=18))
    for _ in range(9):
        rows = {(row["url_base"], row["method"]): row for row in caller.get("/rate-limits").json()}
    assert rows["/orders", "GET"] == {
        "url_base": "/orders",
        "method": "GET",
        "boundary": 5,
        "remaining_credit": 4,
        "remaining_time": 42,
    }
    assert rows["/marketplaces", "GET"]["boundary"] is None
    assert rows["/marketplaces", "GET"]["remaining_credit"] is None


def test_limiting_can_be_switched_off_and_follow_the_real_clock(call: Callable[..., Any]) -> None:
    caller = call(settings={"rate_limit": None})
    assert all(row["boundary"] is None for row in caller.get("/rate-limits").json())
    caller.sandbox.configure(rate_limit=1, window_clock="real")
    assert caller.get("/v3.0/orders").status == 200
    caller.sandbox.tick(timedelta(hours=0.5))
    assert caller.get("/v3.0/orders").status == 429


def test_get_token_is_limited_too(call: Callable[..., Any]) -> None:
    caller = call(settings={"rate_limit": 2})
    assert [caller.sign_in().status for _ in range(2)] == [200, 429]


def test_unknown_routes_and_methods(caller: Any) -> None:
    unknown = caller.get("/v3.0/nothing")
    assert (unknown.status, unknown.json()["error"]["message"]) == (404, "Not found: /v3.0/nothing")
    wrong = caller.send("DELETE", "/v3.0/orders/")
    assert (wrong.status, wrong.json()) == (405, {"detail": 'Method "DELETE" not allowed.'})
    assert caller.send("OPTIONS", "/v3.0/orders/").json()["renders"] == ["application/json"]


def test_every_answer_carries_the_worlds_date(caller: Any) -> None:
    caller.sandbox.tick(timedelta(minutes=5))
    for path in ("/me", "/v3.0/orders/", "/v3.0/nothing", "/rate-limits"):
        assert caller.get(path).header("date") == "Mon, 02 Mar 2026 09:05:00 GMT"


def test_a_body_that_cannot_be_read_is_refused_not_fatal(caller: Any) -> None:
    for body in (b"{", b"[" * 100_000, b"\xff\xfe", b'{"account_id": ' + b"[" * 50_000):
        for path in ("/access/get_token", "/v3.0/orders/actions/", "/v3.0/orders/moi/"):
            headers = {"content-type": "application/json"}
            answer = caller.send("POST", path, body=body, headers=headers)
            assert isinstance(answer, Response)
            assert answer.status == 400, (path, body[:9], answer.body)
