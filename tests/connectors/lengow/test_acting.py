"""One POST an action, and an outcome whatever happens."""

from __future__ import annotations

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qsl

import httpx
import pytest
from pytest_httpx import HTTPXMock, IteratorStream

from lengowctl.connectors.base import ActionQuery, RouteBudget
from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.connectors.pacing import Pacer
from lengowctl.connectors.secret import Keys
from lengowctl.errors import ConfigFault, NotSignedIn, UsageFault
from lengowctl.orders.outcome import (
    Answer,
    Fate,
    Lost,
    NotExecuted,
    RateLimited,
    Unauthorized,
    classify,
)
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request

from ..test_faults import below, made
from ..world import BASE_URL, GET_TOKEN, TOKEN, Clock, Pretended, add_token

Make = Callable[..., LengowClient]
ACTIONS = f"{BASE_URL}/v3.0/orders/actions/"
KEY = OrderKey("demo_mirakl_fr", "C-1 é/7&x=+")
SHIP = Request.of("ship", KEY, {"carrier": "DPD", "line": "11 a", "tracking_number": "1Z+9"})
TAKEN = {"id": 13244460, "queued": False, "errors": None}


def posts(mock: HTTPXMock) -> list[httpx.Request]:
    return [request for request in mock.get_requests() if request.url.path.startswith("/v3.0/")]


# What leaves


def test_the_request_as_it_leaves(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(status_code=201, json=TAKEN)
    assert make_client().send_action(SHIP) == Answer(201, TAKEN)
    (post,) = posts(signed_in)
    assert (post.method, str(post.url)) == ("POST", ACTIONS)
    assert post.headers["content-type"] == "application/x-www-form-urlencoded"
    assert post.headers["authorization"] == TOKEN.format(1)
    assert dict(parse_qsl(post.content.decode())) == {
        "account_id": "4242",
        "marketplace": "demo_mirakl_fr",
        "marketplace_order_id": "C-1 é/7&x=+",
        "action_type": "ship",
        "carrier": "DPD",
        "line": "11 a",
        "tracking_number": "1Z+9",
    }


@pytest.mark.parametrize(("options", "read"), [({}, 15.0), ({"action_timeout": 3.5}, 3.5)])
def test_it_is_given_up_after_fifteen_seconds_unless_said_otherwise(
    signed_in: HTTPXMock, make_client: Make, options: dict[str, float], read: float
) -> None:
    signed_in.add_response(status_code=201, json=TAKEN)
    make_client(**options).send_action(SHIP)
    assert posts(signed_in)[0].extensions["timeout"] == {"connect": 10.0, "read": read, "write": read, "pool": 60.0}


def test_no_argument_stands_in_for_what_names_the_order(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(status_code=201, json=TAKEN)
    sly = {"account_id": "1", "marketplace": "x", "marketplace_order_id": "y", "action_type": "refund", "comment": "z"}
    make_client().send_action(Request.of("accept", KEY, sly))
    assert dict(parse_qsl(posts(signed_in)[0].content.decode())) == {
        "account_id": "4242",
        "marketplace": "demo_mirakl_fr",
        "marketplace_order_id": "C-1 é/7&x=+",
        "action_type": "accept",
        "comment": "z",
    }


# Every status, every body


def test_every_status_has_its_outcome_and_is_sent_once(make_client: Make) -> None:
    for status in range(200, 600):
        lengow = Pretended(lambda status=status: httpx.Response(status, json=TAKEN))
        outcome = make_client(folder=None, transport=lengow).send_action(SHIP)
        expected: type[object] = Answer
        if 300 <= status < 400:
            expected = Lost
        elif status in (401, 403):
            expected = Unauthorized
        elif status == 429:
            expected = RateLimited
        assert (type(outcome), lengow.asked) == (expected, 1), status
        if isinstance(outcome, Answer):
            assert outcome == Answer(status, TAKEN)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"id": 1}', {"id": 1}),
        (b'\xef\xbb\xbf {"id": "12", "x": [null, {"y": true}]}', {"id": "12", "x": [None, {"y": True}]}),
        (b'{"error": {"code": 400, "message": "no such line"}}', {"error": {"code": 400, "message": "no such line"}}),
        (b'{"detail": "Pas trouv\xc3\xa9."}', {"detail": "Pas trouvé."}),
        (b'{"line": ["bad \\ud800 \\u0000"]}', {"line": ["bad \ufffd \ufffd"]}),
        (b'{"detail": "caf\xe9"}', {"detail": "caf\ufffd"}),
        (b"[1, 2]", [1, 2]),
        (b'"text"', "text"),
        (b"", None),
        (b"  \n", None),
        (b"not json", None),
        (b'{"id": 1', None),
        (b'{"id": 1} {}', None),
        (b'{"id": NaN}', None),
        (b'{"id": ' + b"9" * 5000 + b"}", None),
        (b"[" * 9000, None),
        (b'{"a":' * 60 + b"1" + b"}" * 60, None),
    ],
)
def test_every_body_is_a_value_or_none(make_client: Make, body: bytes, value: object) -> None:
    for status in (201, 400, 540):
        lengow = Pretended(lambda status=status: httpx.Response(status, content=body))
        outcome = make_client(folder=None, transport=lengow).send_action(SHIP)
        assert isinstance(outcome, Answer)
        if value is not None:
            assert outcome == Answer(status, value)
        assert lengow.asked == 1
        json.dumps(outcome.body, default=str).encode()  # it can be stored


@pytest.mark.parametrize("status", [200, 201, 400, 401, 403, 404, 429, 500, 503, 530])
def test_a_web_page_is_marked_as_one_whatever_its_status(make_client: Make, status: int) -> None:
    lengow = Pretended(lambda: httpx.Response(status, html="\n <!DOCTYPE html><html>Sign in</html>"))
    outcome = make_client(transport=lengow).send_action(SHIP)
    assert outcome == Answer(status, web_page=True, retry_after=10.0 if status == 429 else None)
    assert (classify(outcome).fate, lengow.asked) == (Fate.DOUBTFUL, 1)


# Whatever goes wrong on the way

PROOF = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"}


@pytest.mark.parametrize("kind", sorted(set(below(httpx.HTTPError)), key=str))
def test_each_exception_of_the_library_has_its_outcome(
    signed_in: HTTPXMock, make_client: Make, kind: type[Exception]
) -> None:
    """Only what is raised before the first byte proves that nothing left."""
    signed_in.add_exception(made(kind), url=ACTIONS)
    outcome = make_client().send_action(SHIP)
    assert type(outcome) is (NotExecuted if kind.__name__ in PROOF else Lost)
    assert "hush" not in repr(outcome)
    assert len(posts(signed_in)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        ConfigFault("hush"),
        NotSignedIn("hush"),
        OSError(104, "reset"),
        TimeoutError(),
        RuntimeError("hush"),
        MemoryError(),
        httpx.InvalidURL("hush"),
        KeyError(1),
    ],
)
def test_what_nobody_expects_leaves_it_open(make_client: Make, fault: Exception) -> None:
    def fail() -> httpx.Response:
        raise fault

    lengow = Pretended(fail)
    outcome = make_client(transport=lengow).send_action(SHIP)
    assert isinstance(outcome, Lost)
    assert (lengow.asked, "hush" in outcome.reason) == (1, False)


@pytest.mark.parametrize(
    ("stream", "headers"),
    [
        ([b'{"id": 1'], {"Content-Length": "400"}),
        ([gzip.compress(b'{"id": 1}' * 90)[:-9]], {"Content-Encoding": "gzip"}),
        ([b'{"id": 1}'], {"Content-Encoding": "gzip"}),
        ([b'{"id": 1}'], {"Content-Encoding": "br"}),
        ([gzip.compress(bytes(65 * 1024 * 1024))], {"Content-Encoding": "gzip"}),
    ],
)
def test_an_answer_that_did_not_come_whole_is_no_answer(
    signed_in: HTTPXMock, make_client: Make, stream: list[bytes], headers: dict[str, str]
) -> None:
    signed_in.add_response(status_code=201, stream=IteratorStream(stream), headers=headers)
    assert isinstance(make_client().send_action(SHIP), Lost)
    assert len(posts(signed_in)) == 1


def test_an_answer_that_comes_drop_by_drop_is_given_up_before_the_platform_would(
    signed_in: HTTPXMock, make_client: Make, clock: Clock
) -> None:
    class Drops(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            while True:
                clock.sleep(14)
                yield b" "

    signed_in.add_response(status_code=201, stream=Drops())
    outcome = make_client().send_action(SHIP)
    assert (outcome, clock.passed < 150) == (Lost("api.lengow.io did not finish its answer in time"), True)


def test_a_redirect_is_never_followed(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(status_code=302, headers={"Location": "https://login.example/?token=abc"})
    outcome = make_client().send_action(SHIP)
    assert outcome == Lost("the action: the answer leads to login.example; redirects are never followed")
    assert len(posts(signed_in)) == 1


def test_what_cannot_be_written_as_a_form_never_leaves(make_client: Make) -> None:
    lengow = Pretended(lambda: httpx.Response(201, json=TAKEN))
    with pytest.raises(UsageFault, match="characters that cannot be sent"):
        make_client(transport=lengow).send_action(Request.of("ship", KEY, {"tracking_number": "6A\udc80"}))
    assert lengow.asked == 0


# The request limit


@pytest.mark.parametrize(("header", "silence"), [("7", 7.0), ("0", 1.0), ("soon", 10.0), (None, 10.0)])
def test_too_many_requests_silences_every_process_of_the_profile(
    make_client: Make, clock: Clock, header: str | None, silence: float
) -> None:
    headers = {"Retry-After": header} if header else {}
    answers = [httpx.Response(429, headers=headers, json={"error": {"message": "500 reached"}})]
    answers += [httpx.Response(201, json=TAKEN) for _ in range(2)]
    lengow = Pretended(lambda: answers.pop(0))
    mine, other = (make_client(transport=lengow) for _ in range(2))
    assert mine.send_action(SHIP) == RateLimited(silence)
    if silence > 2:
        assert [client.send_action(SHIP) for client in (mine, other)] == [RateLimited(silence, left=False)] * 2
        assert (lengow.asked, clock.naps) == (1, [])
        clock.sleep(silence)
    assert [client.send_action(SHIP) for client in (other, mine)] == [Answer(201, TAKEN)] * 2
    assert (lengow.asked, sum(clock.naps)) == (3, silence)


def test_the_limit_of_actions_is_their_own_and_a_long_wait_is_handed_back(
    make_client: Make, clock: Clock, tmp_path: Path
) -> None:
    """A short one is sat out."""
    pacer = Pacer(tmp_path / "profile", BASE_URL, now=clock.now, sleep=clock.sleep, patience=0)
    pacer.note((RouteBudget("/orders/actions", "POST", 2, None, None),), clock.now())
    lengow = Pretended(lambda: httpx.Response(201, json=TAKEN))
    client = make_client(transport=lengow)
    assert [client.send_action(SHIP) for _ in range(4)] == [Answer(201, TAKEN)] * 2 + [
        RateLimited(60.05, left=False)
    ] * 2
    assert (lengow.asked, clock.naps) == (2, [])
    clock.sleep(59)
    assert client.send_action(SHIP) == Answer(201, TAKEN)
    assert clock.naps == [59, 1.05]
    lengow.answer = lambda: httpx.Response(200, json={"count": 0, "results": []})
    assert [client.actions(ActionQuery(key=KEY)).count for _ in range(3)] == [0, 0, 0]
    assert clock.naps == [59, 1.05]


def test_lengow_is_asked_for_its_limits_when_there_is_much_to_send(make_client: Make) -> None:
    lengow = Pretended(lambda: httpx.Response(201, json=TAKEN))
    paths: list[str] = []
    client = make_client(transport=lengow, trace=lambda line: paths.append(line.split()[1]))
    assert [client.send_action(SHIP) for _ in range(30)] == [Answer(201, TAKEN)] * 30
    assert (paths.count("/rate-limits"), paths.index("/rate-limits"), len(paths)) == (1, 20, 32)


def test_a_file_that_cannot_be_written_does_not_hide_what_lengow_said(make_client: Make, tmp_path: Path) -> None:
    def refuse() -> httpx.Response:
        pacing = tmp_path / "profile" / "pacing.json"
        pacing.unlink()
        pacing.mkdir()
        return httpx.Response(429, headers={"Retry-After": "3"})

    lengow = Pretended(refuse)
    assert make_client(transport=lengow).send_action(SHIP) == RateLimited(3.0)


# The session


@pytest.mark.parametrize("status", [400, 401, 403])
def test_wrong_keys_are_an_error_and_nothing_leaves(httpx_mock: HTTPXMock, make_client: Make, status: int) -> None:
    httpx_mock.add_response(url=GET_TOKEN, status_code=status, json={"error": {"message": "Secret is not accepted"}})
    with pytest.raises(NotSignedIn, match="Secret is not accepted"):
        make_client().send_action(SHIP)
    assert posts(httpx_mock) == []


def test_missing_keys_are_an_error_and_nothing_leaves(httpx_mock: HTTPXMock, make_client: Make) -> None:
    def keys() -> Keys:
        raise NotSignedIn("no keys")

    with pytest.raises(NotSignedIn, match="no keys"):
        make_client(keys=keys).send_action(SHIP)
    assert httpx_mock.get_requests() == []


@pytest.mark.parametrize("fault", [httpx.ReadTimeout("x"), httpx.ConnectError("x"), httpx.ReadError("x")])
def test_where_no_session_can_be_had_nothing_is_executed(
    httpx_mock: HTTPXMock, make_client: Make, fault: Exception
) -> None:
    httpx_mock.add_exception(fault, url=GET_TOKEN, is_reusable=True)
    assert isinstance(make_client().send_action(SHIP), NotExecuted)
    assert posts(httpx_mock) == []


def test_a_sign_in_that_may_not_go_yet_says_when(httpx_mock: HTTPXMock, make_client: Make) -> None:
    httpx_mock.add_response(url=GET_TOKEN, status_code=429, headers={"Retry-After": "3600"})
    assert make_client().send_action(SHIP) == RateLimited(3600.0, left=False)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"error": {"message": f"Token: {TOKEN.format(1)} is expired"}}, "Token: **** is expired"),
        ({"error": {"message": "\ud800"}}, "\ufffd"),
        ({}, "Lengow refused the session (403)"),
    ],
)
def test_a_session_that_is_refused_is_not_renewed_unasked(
    signed_in: HTTPXMock, make_client: Make, body: object, reason: str
) -> None:
    signed_in.add_response(url=ACTIONS, status_code=403, content=json.dumps(body).encode())
    assert make_client().send_action(SHIP) == Unauthorized(reason)
    assert len(signed_in.get_requests()) == 2


def test_a_renewed_session_is_used_from_then_on(signed_in: HTTPXMock, make_client: Make) -> None:
    signed_in.add_response(url=ACTIONS, status_code=401)
    signed_in.add_response(url=ACTIONS, status_code=201, json=TAKEN, is_reusable=True)
    add_token(signed_in, 2)
    client = make_client()
    client.refresh_session()  # nothing was refused yet
    assert isinstance(client.send_action(SHIP), Unauthorized)
    client.refresh_session()
    client.refresh_session()
    assert [client.send_action(SHIP) for _ in range(2)] == [Answer(201, TAKEN)] * 2
    assert [request.headers["authorization"][-1] for request in posts(signed_in)] == ["1", "2", "2"]


def test_many_that_were_refused_together_renew_once(signed_in: HTTPXMock, make_client: Make) -> None:
    """Threads of one process, and another process that learns of it later."""
    signed_in.add_response(url=ACTIONS, status_code=401, is_reusable=True)
    add_token(signed_in, 2)
    mine, other = make_client(), make_client()
    other.account()
    with ThreadPoolExecutor(8) as pool:
        assert {type(outcome) for outcome in pool.map(lambda _: mine.send_action(SHIP), range(8))} == {Unauthorized}
        list(pool.map(lambda _: mine.refresh_session(), range(8)))
    assert isinstance(other.send_action(SHIP), Unauthorized)
    other.refresh_session()
    assert mine.account() == other.account()
    assert len(signed_in.get_requests()) == 9 + 2


def test_a_client_that_cannot_be_made_is_an_error_and_nothing_leaves(make_client: Make, tmp_path: Path) -> None:
    make_client(transport=Pretended(lambda: httpx.Response(500))).account()
    with pytest.raises(ConfigFault):
        make_client(ca_bundle=tmp_path / "none.pem").send_action(SHIP)


# Nothing leaks

ECHO = f"{TOKEN.format(1)} {'a1' * 32} {'b2' * 32} lea@marketplace.example"
LEAKS: list[Callable[[], httpx.Response]] = [
    lambda: httpx.Response(400, json={"error": {"message": ECHO}}),
    lambda: httpx.Response(400, json={"detail": [{"loc": ["x"], "msg": ECHO}], "line": [ECHO]}),
    lambda: httpx.Response(201, json={"id": 1, "comment": ECHO}),
    lambda: httpx.Response(401, json={"error": {"message": ECHO}}),
    lambda: httpx.Response(500, text=ECHO),
    lambda: httpx.Response(302, headers={"Location": f"https://x/?{TOKEN.format(1)}"}),
    lambda: httpx.Response(403, html=f"<html>{ECHO}</html>"),
    lambda: _raise(httpx.ReadError(ECHO)),
    lambda: _raise(httpx.ConnectError(ECHO)),
    lambda: _raise(RuntimeError(ECHO)),
]


def _raise(fault: Exception) -> httpx.Response:
    raise fault


@pytest.mark.parametrize("number", range(len(LEAKS)))
def test_no_secret_and_no_argument_is_in_any_trace_log_or_outcome(
    make_client: Make, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    caplog.set_level(logging.DEBUG)
    traced: list[str] = []
    client = make_client(transport=Pretended(LEAKS[number]), trace=traced.append)
    outcome = client.send_action(SHIP)
    told = "\n".join([*traced, repr(outcome), str(classify(outcome)), caplog.text, repr(client.__dict__)])
    secrets = (TOKEN.format(1), "a1" * 32, "b2" * 32, "lea@marketplace", "1Z+9", "1Z%2B9", "C-1 é")
    assert [secret for secret in secrets if secret in told] == []
    assert [line.split(" ")[:2] for line in traced] == [
        ["POST", "/access/get_token"],
        ["POST", "/v3.0/orders/actions/"],
    ]
