"""The client against single answers of a pretended Lengow."""

from __future__ import annotations

import gzip
import json
import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_httpx import HTTPXMock, IteratorStream

from lengowctl.connectors.base import Account, OrderQuery, Page, RouteBudget
from lengowctl.connectors.budget import Budget, last_seen_budget
from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.connectors.lengow.wire import read_page
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.errors import (
    BadAnswer,
    BudgetSpent,
    ConfigFault,
    FilterIgnored,
    LengowctlError,
    NotSignedIn,
    OutOfReach,
    Refused,
)
from lengowctl.orders.reference import OrderKey

from ..world import BASE_URL, GET_TOKEN, KEYS, MARKETPLACES, NOON, PAGE, TOKEN, Clock, add_token, example, page_of

Make = Callable[..., LengowClient]
SINCE = datetime(2025, 3, 1, tzinfo=UTC)
QUERY = OrderQuery(updated_from=SINCE)
ORDERS = f"{BASE_URL}/v3.0/orders/?account_id=4242&updated_from=2025-03-01T00%3A00%3A00Z&page=1&page_size=100"
SERVED = datetime(2025, 3, 12, 10, tzinfo=UTC)
DATE = {"Date": "Wed, 12 Mar 2025 10:00:00 GMT"}
LIMITS = [{"url_base": "/orders", "method": "GET", "boundary": 500, "remaining_credit": 499, "remaining_time": 42}]


def sent(mock: HTTPXMock, path: str = "/v3.0/orders/") -> list[httpx.Request]:
    return [request for request in mock.get_requests() if request.url.path == path]


# One answer at a time


def test_a_page_of_orders(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(url=ORDERS, content=PAGE, headers=DATE)
    page = read_page(PAGE)
    assert make_client().orders(QUERY) == Page(1, page.readings, (), SERVED)
    token, orders = signed_in.get_requests()
    assert token.content.decode() == f"access_token={'a1' * 32}&secret={'b2' * 32}"
    assert (token.headers.get("authorization"), orders.headers["authorization"]) == (None, TOKEN.format(1))


def test_a_packed_page(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(
        url=ORDERS, stream=IteratorStream([gzip.compress(PAGE)]), headers=DATE | {"Content-Encoding": "gzip"}
    )
    assert make_client().orders(QUERY).count == 1


def test_an_answer_without_a_date_has_that_of_our_own_clock_and_says_so(
    signed_in: HTTPXMock, make_client: Make
) -> None:
    signed_in.add_response(url=ORDERS, content=PAGE)
    assert make_client().orders(QUERY) == Page(1, read_page(PAGE).readings, (), NOON, dated=False)


@pytest.mark.parametrize("detail", ["Invalid page.", "Page non valide.", None])
def test_a_page_past_the_end_is_empty(signed_in: HTTPXMock, make_client: Make, detail: str | None) -> None:
    signed_in.add_response(status_code=404, json={"detail": detail}, headers=DATE)
    assert make_client().orders(OrderQuery(updated_from=SINCE, page=9)) == Page(None, (), (), SERVED)


@pytest.mark.parametrize(
    ("page", "body"), [(1, {"detail": "Not found."}), (9, {"error": {"message": "Not found: /x"}})]
)
def test_another_404_is_a_refusal(signed_in: HTTPXMock, make_client: Make, page: int, body: object) -> None:
    signed_in.add_response(status_code=404, json=body)
    with pytest.raises(Refused, match="Not found"):
        make_client().orders(OrderQuery(updated_from=SINCE, page=page))


def test_marketplaces(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(url=f"{BASE_URL}/v3.0/marketplaces?account_id=4242", content=MARKETPLACES)
    codes = [reading.marketplace.code for reading in make_client().marketplaces()]
    assert codes == ["demo_mirakl_fr", "demo_amz_de"]


def test_limits_are_told_and_remembered(signed_in: HTTPXMock, make_client: Make, tmp_path: Path) -> None:
    signed_in.add_response(url=f"{BASE_URL}/rate-limits", json=LIMITS)
    assert make_client().budget() == (RouteBudget("/orders", "GET", 500, 499, 42.0),)
    assert last_seen_budget(tmp_path / "profile") == (Budget("/orders", "GET", 500, 499, 42.0, NOON),)


def test_whose_orders_they_are(signed_in: HTTPXMock, make_client: Make) -> None:
    client = make_client(base_url="https://API.lengow.io:443/")
    assert client.account() == client.account() == Account("4242", BASE_URL, f"lengow|{BASE_URL}|4242")
    assert len(signed_in.get_requests()) == 1


@pytest.mark.parametrize(
    "url", ["http://api.lengow.io", "https://lea:hush@api.lengow.io", "https://api.lengow.io/v3.0"]
)
def test_an_address_that_is_not_acceptable_is_refused_before_anything_is_sent(make_client: Make, url: str) -> None:
    with pytest.raises(ConfigFault):
        make_client(base_url=url)


def test_a_row_that_was_not_asked_for_refuses_the_page(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(content=PAGE)
    with pytest.raises(FilterIgnored):
        make_client().orders(OrderQuery(updated_from=SINCE + timedelta(days=30)))


# One order afresh

ONE = OrderKey("amazon_fr", "403-1180092-5527741")


def test_one_order_as_it_is_now(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(content=PAGE)
    assert make_client().order(ONE) == read_page(PAGE).readings[0]
    (request,) = sent(signed_in)
    assert dict(request.url.params) == {
        "account_id": "4242",
        "marketplace": "amazon_fr",
        "marketplace_order_id": "403-1180092-5527741",
        "page": "1",
        "page_size": "100",
    }


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (page_of(example() | {"marketplace": "amazon_de"}), FilterIgnored),
        (page_of(example() | {"marketplace_order_id": "403"}), FilterIgnored),
        (page_of(example() | {"workflow_rank": float("nan")}), BadAnswer),
    ],
)
def test_another_order_or_one_without_sense_is_not_taken_for_none(
    signed_in: HTTPXMock, make_client: Make, body: bytes, fault: type[LengowctlError]
) -> None:
    signed_in.add_response(content=body)
    with pytest.raises(fault):
        make_client().order(ONE)


def test_an_order_that_lengow_has_not_is_none(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(content=page_of())
    assert make_client().order(ONE) is None


# Faults that pass, and faults that do not


@pytest.mark.parametrize(
    "bad",
    [
        {"status_code": 500, "json": {"error": {"message": "internal"}}},
        {"status_code": 502, "html": "<html>Bad gateway</html>"},
        {"status_code": 503},
        {"status_code": 504},
        {"status_code": 540, "json": {"error": {"message": "technical error"}}},
        {"html": "<html>Please log in</html>"},
        {"content": PAGE[:-30]},
        {"content": b""},
        {"json": {"error": {"code": 500, "message": "with status 200"}}},
        {"stream": IteratorStream([PAGE[:50]]), "headers": {"Content-Length": "6000"}},
    ],
)
def test_an_answer_spoiled_by_chance_is_asked_for_again(
    signed_in: HTTPXMock, make_client: Make, clock: Clock, bad: dict[str, Any]
) -> None:
    signed_in.add_response(url=ORDERS, **bad)
    signed_in.add_response(url=ORDERS, content=PAGE)
    assert make_client().orders(QUERY).count == 1
    assert clock.naps == [0.5]


@pytest.mark.parametrize(
    "fault", [httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ReadError, httpx.RemoteProtocolError, httpx.ConnectError]
)
def test_a_connection_that_broke_is_tried_again(
    signed_in: HTTPXMock, make_client: Make, fault: type[httpx.RequestError]
) -> None:
    signed_in.add_exception(fault("x"), url=ORDERS)
    signed_in.add_response(url=ORDERS, content=PAGE)
    assert make_client().orders(QUERY).count == 1


def test_six_tries_are_enough(signed_in: HTTPXMock, make_client: Make, clock: Clock) -> None:
    signed_in.add_response(url=ORDERS, status_code=503, json={"error": {"message": "moving"}}, is_reusable=True)
    with pytest.raises(OutOfReach) as caught:
        make_client().orders(QUERY)
    assert caught.value.message == "orders: Lengow has a fault of its own (503): moving (tried 6 times)"
    assert (len(sent(signed_in)), clock.naps) == (6, [0.5, 1.0, 2.0, 4.0, 8.0])


@pytest.mark.parametrize("status", [400, 402, 404, 405, 409, 410, 422, 451, 530])
def test_a_refusal_is_never_repeated_and_told_in_lengows_words(
    signed_in: HTTPXMock, make_client: Make, status: int
) -> None:
    signed_in.add_response(url=ORDERS, status_code=status, json={"detail": "Pas comme ça."})
    with pytest.raises(Refused) as caught:
        make_client().orders(QUERY)
    assert caught.value.message == f"orders: Lengow refused ({status}): Pas comme ça."
    assert len(sent(signed_in)) == 1


@pytest.mark.parametrize("status", [100, 101, 199, 301, 302, 304, 307, 407, 501, 505, 520, 599])
def test_an_answer_that_makes_no_sense_is_never_repeated(signed_in: HTTPXMock, make_client: Make, status: int) -> None:
    signed_in.add_response(url=ORDERS, status_code=status, headers={"Location": "https://evil.example/login"})
    with pytest.raises(OutOfReach):
        make_client().orders(QUERY)
    assert len(sent(signed_in)) == 1


def test_nothing_ever_goes_to_another_origin(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(url=ORDERS, status_code=302, headers={"Location": "https://evil.example/v3.0/orders/"})
    following = page_of(next="https://evil.example/v3.0/orders/?page=2")
    signed_in.add_response(url=ORDERS, content=following)
    client = make_client()
    with pytest.raises(OutOfReach, match=r"leads to evil\.example"):
        client.orders(QUERY)
    client.orders(QUERY)
    assert {request.url.host for request in signed_in.get_requests()} == {"api.lengow.io"}


# Keys and sessions


@pytest.mark.parametrize("status", [400, 401, 403])
def test_wrong_keys_are_told_and_never_tried_again(httpx_mock: HTTPXMock, make_client: Make, status: int) -> None:
    said = {"error": {"code": 400, "message": f"Authentication error - {'b2' * 32} is not accepted"}}
    httpx_mock.add_response(url=GET_TOKEN, status_code=status, json=said)
    with pytest.raises(NotSignedIn) as caught:
        make_client().orders(QUERY)
    assert caught.value.message == "Lengow does not accept these keys: Authentication error - **** is not accepted"
    assert len(httpx_mock.get_requests()) == 1


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"token": "a b", "account_id": 1}, {"token": TOKEN.format(1)}, {"account_id": 1}, []]
)
def test_an_answer_without_a_session_is_a_bad_answer(httpx_mock: HTTPXMock, make_client: Make, body: object) -> None:
    httpx_mock.add_response(url=GET_TOKEN, json=body, is_reusable=True)
    with pytest.raises(BadAnswer, match="holds no session"):
        make_client().account()
    assert len(httpx_mock.get_requests()) == 6


def test_an_older_answer_with_another_key_is_a_session(httpx_mock: HTTPXMock, make_client: Make) -> None:
    httpx_mock.add_response(url=GET_TOKEN, json={"token": TOKEN.format(1), "account_id": "7", "user_id": 3})
    assert make_client().account().id == "7"


def test_even_a_session_of_this_moment_is_renewed_once(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(url=ORDERS, status_code=401)
    add_token(signed_in, 2)
    signed_in.add_response(url=ORDERS, content=PAGE)
    assert make_client().orders(QUERY).count == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_session_that_ended_is_renewed_once(
    signed_in: HTTPXMock, make_client: Make, clock: Clock, status: int
) -> None:
    client = make_client()
    client.account()
    clock.sleep(600)
    signed_in.add_response(url=ORDERS, status_code=status, json={"error": {"message": f"Token: {TOKEN} is expired"}})
    add_token(signed_in, 2)
    signed_in.add_response(url=ORDERS, content=PAGE)
    assert client.orders(QUERY).count == 1
    assert [request.headers["authorization"][-1] for request in sent(signed_in)] == ["1", "2"]


def test_a_401_that_survives_a_new_session_means_the_keys(
    signed_in: HTTPXMock, make_client: Make, clock: Clock
) -> None:
    client = make_client()
    client.account()
    clock.sleep(600)
    add_token(signed_in, 2)
    signed_in.add_response(url=ORDERS, status_code=401, json={"error": {"message": "no"}}, is_reusable=True)
    with pytest.raises(NotSignedIn, match="a session it has just made: no"):
        client.orders(QUERY)
    assert len(sent(signed_in)) == 2


def test_a_403_that_survives_a_new_session_is_a_matter_of_permission(signed_in: HTTPXMock, make_client: Make) -> None:
    add_token(signed_in, 2)
    signed_in.add_response(
        url=ORDERS, status_code=403, json={"error": {"message": "not your account"}}, is_reusable=True
    )
    with pytest.raises(Refused) as caught:
        make_client().orders(QUERY)
    assert caught.value.message == "orders: Lengow refused (403): not your account"
    assert caught.value.hint == "these keys are not allowed to do this; ask who administers the Lengow account"
    assert [request.headers["authorization"][-1] for request in sent(signed_in)] == ["1", "2"]


def test_a_firewalls_web_page_is_not_taken_for_lengows_word(signed_in: HTTPXMock, make_client: Make) -> None:
    add_token(signed_in, 2)
    signed_in.add_response(url=ORDERS, status_code=403, html="<html>Forbidden</html>", is_reusable=True)
    with pytest.raises(BadAnswer):
        make_client().orders(QUERY)


# The request limit


@pytest.mark.parametrize(
    ("header", "waits"),
    [
        ({"Retry-After": "7"}, [7.0]),
        ({"Retry-After": "0"}, [1.0]),
        ({"Retry-After": "-5"}, [10.0]),
        ({"Retry-After": "soon"}, [10.0]),
        ({}, [10.0]),
        (DATE | {"Retry-After": "Wed, 12 Mar 2025 10:00:30 GMT"}, [30.0]),
        (DATE | {"Retry-After": "Wed, 12 Mar 2025 09:00:00 GMT"}, [1.0]),
    ],
)
def test_too_many_requests_is_obeyed(
    signed_in: HTTPXMock, make_client: Make, clock: Clock, header: dict[str, str], waits: list[float]
) -> None:
    signed_in.add_response(url=ORDERS, status_code=429, headers=header, json={"error": {"message": "500 reached"}})
    signed_in.add_response(url=ORDERS, content=PAGE)
    told: list[tuple[float, str]] = []
    make_client(on_wait=lambda seconds, why: told.append((seconds, why))).orders(QUERY)
    assert clock.naps == waits
    assert told == [(waits[0], "Lengow's request limit is reached")]


def test_a_silence_longer_than_our_patience_names_the_time(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(url=ORDERS, status_code=429, headers={"Retry-After": "3600"})
    with pytest.raises(BudgetSpent, match="2026-11-23T13:00:00Z, in 1 h 0 min"):
        make_client().orders(QUERY)


def test_a_limit_that_never_opens_ends_with_our_patience(signed_in: HTTPXMock, make_client: Make, clock: Clock) -> None:
    signed_in.add_response(url=ORDERS, status_code=429, headers={"Retry-After": "1"}, is_reusable=True)
    with pytest.raises(BudgetSpent):
        make_client().orders(QUERY)
    assert len(sent(signed_in)) < 25
    assert clock.passed <= 900


def test_waiting_for_the_limit_is_no_retry(signed_in: HTTPXMock, make_client: Make) -> None:
    for _ in range(7):
        signed_in.add_response(url=ORDERS, status_code=429, headers={"Retry-After": "1"})
    signed_in.add_response(url=ORDERS, content=PAGE)
    assert make_client().orders(QUERY).count == 1


def test_lengow_is_asked_for_its_limits_once_when_it_matters(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(content=page_of(), url=ORDERS, is_reusable=True)
    signed_in.add_response(url=f"{BASE_URL}/rate-limits", json=LIMITS)
    client = make_client()
    counts = []
    for _ in range(45):
        client.orders(QUERY)
        counts.append(len(sent(signed_in, "/rate-limits")))
    assert (counts[18], counts[19], counts[-1]) == (0, 1, 1)


def test_much_ahead_is_reason_enough_to_ask_at_once_and_failing_is_no_fault(
    signed_in: HTTPXMock, make_client: Make, clock: Clock
) -> None:
    signed_in.add_response(content=page_of(count=5000), url=ORDERS, is_reusable=True)
    signed_in.add_response(url=f"{BASE_URL}/rate-limits", status_code=500)
    client = make_client()
    assert [client.orders(QUERY).count for _ in range(3)] == [5000] * 3
    assert clock.naps == []


def test_the_limit_that_lengow_named_is_kept(signed_in: HTTPXMock, make_client: Make, clock: Clock) -> None:
    signed_in.add_response(content=page_of(count=5000), url=ORDERS, is_reusable=True)
    limits = [LIMITS[0] | {"boundary": 5, "remaining_credit": 4, "remaining_time": 30}]
    signed_in.add_response(url=f"{BASE_URL}/rate-limits", json=limits)
    client = make_client()
    for _ in range(11):
        client.orders(QUERY)
    assert 120 <= clock.passed <= 121


# Nothing leaks


class Canaries:
    """Everything that could be said of a run: traces, waits, logs, exceptions with their causes."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def run(self, call: Callable[[], object]) -> None:
        try:
            call()
        except LengowctlError as fault:
            self.words += [str(fault), repr(fault), str(fault.args), str(fault.hint)]
            self.words += traceback.format_exception(fault)


ANSWERS: list[dict[str, Any]] = [
    {"content": PAGE},
    {"content": PAGE[:-9]},
    {"status_code": 400, "json": {"error": {"message": f"bad {TOKEN.format(1)} of lea@marketplace.example"}}},
    {"status_code": 403, "json": {"error": {"message": f"Token: {TOKEN.format(1)} is expired"}}},
    {"status_code": 500, "json": {"error": {"message": f"{'a1' * 32}"}}},
    {"status_code": 302, "headers": {"Location": f"https://x/?token={TOKEN.format(1)}"}},
    {"html": f"<html>{TOKEN.format(1)}</html>"},
    {"json": {"detail": f"{TOKEN.format(1)}"}},
]


@pytest.mark.parametrize("number", range(len(ANSWERS)))
def test_no_secret_and_no_buyer_is_in_any_trace_log_or_exception(
    httpx_mock: HTTPXMock, make_client: Make, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    caplog.set_level(logging.DEBUG)
    add_token(httpx_mock, 1, is_reusable=True, is_optional=True)
    httpx_mock.add_response(url=ORDERS, is_reusable=True, **ANSWERS[number])
    found = Canaries()
    client = make_client(trace=found.words.append, on_wait=lambda seconds, why: found.words.append(why))
    found.run(lambda: client.orders(QUERY))
    found.words += [repr(client), caplog.text, repr(client.__dict__)]
    told = "\n".join(found.words)
    secrets = (TOKEN.format(1), "a1" * 32, "b2" * 32, "lea@marketplace", "Exemple", "Nantes")
    assert [secret for secret in secrets if secret in told] == []


def test_the_keys_are_asked_for_once_and_only_when_needed(signed_in: HTTPXMock, make_client: Make) -> None:
    asked: list[int] = []

    def keys() -> Keys:
        asked.append(1)
        return KEYS

    signed_in.add_response(url=ORDERS, content=page_of(), is_reusable=True)
    client = make_client(keys=keys)
    assert asked == []
    for _ in range(3):
        client.orders(QUERY)
    assert asked == [1]


def test_other_keys_never_use_anothers_session(signed_in: HTTPXMock, make_client: Make) -> None:
    make_client().account()
    add_token(signed_in, 2)
    other = Keys(Secret("c3" * 32), Secret("d4" * 32))
    make_client(keys=lambda: other).account()
    assert len(sent(signed_in, "/access/get_token")) == 2


def test_a_client_is_closed_by_its_with_block_and_twice_is_no_harm(signed_in: HTTPXMock, make_client: Make) -> None:
    with make_client() as client:
        client.account()
    client.close()


def test_a_stored_session_says_for_whom_it_is_and_nothing_in_clear_but_itself(
    signed_in: HTTPXMock, make_client: Make, tmp_path: Path
) -> None:
    make_client().account()
    stored = json.loads((tmp_path / "profile" / "token.json").read_bytes())
    assert stored == {
        "origin": BASE_URL,
        "keys": KEYS.access_token.fingerprint(),
        "account_id": "4242",
        "token": TOKEN.format(1),
        "fetched_at": "2026-11-23T12:00:00+00:00",
    }
