"""The door for other processes: HTTP/1.1 on the loopback, faults as a wire shows them."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from lengowctl.sandbox.sandbox import Sandbox, parse_fault
from lengowctl.sandbox.server import AT_ONCE, SandboxServer

from ..reliability.started import wait_until


@pytest.fixture
def server(sandbox: Sandbox) -> Iterator[SandboxServer]:
    with SandboxServer(sandbox) as running:
        yield running


@pytest.fixture
def client(server: SandboxServer, sandbox: Sandbox) -> Iterator[httpx.Client]:
    info = sandbox.info()
    limits = httpx.Limits(max_connections=64)
    with httpx.Client(base_url=server.base_url, trust_env=False, timeout=30, limits=limits) as speaking:
        keys = {"access_token": info.access_token, "secret": info.secret}
        speaking.headers["Authorization"] = speaking.post("/access/get_token", data=keys).json()["token"]
        speaking.params = httpx.QueryParams({"account_id": str(info.account_id)})
        yield speaking


def test_an_ordinary_client_is_served(client: httpx.Client, server: SandboxServer) -> None:
    answer = client.get("/v3.0/orders/", params={"page_size": 100})
    assert answer.status_code == 200
    assert answer.http_version == "HTTP/1.1"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["date"] == "Mon, 02 Mar 2026 09:00:00 GMT"
    assert answer.json()["next"] is None or answer.json()["next"].startswith(server.base_url)
    assert client.get("/v3.0/orders").json()["next"].startswith(f"{server.base_url}/v3.0/orders?")


def test_connections_are_kept_alive(server: SandboxServer) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for _ in range(3):
        connection.request("GET", "/rate-limits")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["error"]["code"]) == (401, 401)
        used = connection.sock
    assert connection.sock is used
    connection.close()


def test_info_knows_the_address_while_it_runs(sandbox: Sandbox) -> None:
    assert sandbox.info().base_url is None
    server = SandboxServer(sandbox)
    server.start()
    assert sandbox.info().base_url == server.base_url
    sandbox.reset(orders=3)
    assert sandbox.info().base_url == server.base_url
    server.stop()
    assert sandbox.info().base_url is None


def test_the_address_of_a_later_server_is_not_forgotten(sandbox: Sandbox) -> None:
    with SandboxServer(sandbox) as first, SandboxServer(sandbox) as second:
        first.stop()
        assert sandbox.info().base_url == second.base_url


def test_a_server_that_died_is_not_believed(sandbox: Sandbox) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    sandbox.note_server("127.0.0.1", port)
    assert sandbox.info().base_url is None


def test_writes_arrive(client: httpx.Client, sandbox: Sandbox) -> None:
    order = next(sandbox.orders_in("waiting_acceptance", "cdiscount"))
    fields = {
        "account_id": sandbox.info().account_id,
        "marketplace": "cdiscount",
        "marketplace_order_id": order["marketplace_order_id"],
        "action_type": "accept",
    }
    assert client.post("/v3.0/orders/actions/", data=fields).status_code == 201
    assert client.post("/v3.0/orders/actions/", json=fields).status_code == 201
    named = fields | {"merchant_order_id": ["X"]}
    assert client.patch("/v3.0/orders/moi/", json=named).json()["merchant_order_id"] == ["X"]


@pytest.mark.parametrize(
    ("rule", "raised"),
    [
        ("reset", httpx.ReadError),
        ("lost", httpx.ReadError),
        ("late:answer=reset", httpx.ReadError),
        ("cut", httpx.RemoteProtocolError),
        ("timeout", httpx.ReadTimeout),
        ("lost:answer=timeout", httpx.ReadTimeout),
    ],
)
def test_connection_faults_are_real(client: httpx.Client, sandbox: Sandbox, rule: str, raised: type[Exception]) -> None:
    sandbox.add_fault(parse_fault(rule))
    with pytest.raises(raised):
        client.get("/v3.0/orders/", timeout=httpx.Timeout(30, read=0.2 if "timeout" in rule else 30))
    assert client.get("/me").status_code == 200


@pytest.mark.parametrize("rule", ["429", "500", "502", "503", "530", "540", "expired", "expired403", "html:status=418"])
def test_http_faults_come_through(client: httpx.Client, sandbox: Sandbox, rule: str) -> None:
    sandbox.add_fault(parse_fault(rule))
    status = {"expired": 401, "expired403": 403, "html:status=418": 418}.get(rule) or int(rule)
    assert client.get("/me").status_code == status
    assert client.get("/me").status_code == 200


def test_a_cut_answer_promises_more_than_it_gives(server: SandboxServer, sandbox: Sandbox) -> None:
    sandbox.add_fault(parse_fault("cut"))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/rate-limits")
    answer = connection.getresponse()
    with pytest.raises(http.client.IncompleteRead) as cut:
        answer.read()
    assert len(cut.value.partial) == int(answer.headers["Content-Length"]) // 2
    connection.close()


def test_a_slow_answer_is_slow(client: httpx.Client, sandbox: Sandbox) -> None:
    sandbox.add_fault(parse_fault("slow:seconds=0.15"))
    start = time.monotonic()
    assert client.get("/me").status_code == 200
    assert time.monotonic() - start >= 0.15


def test_sixteen_requests_are_held_at_once(client: httpx.Client, server: SandboxServer, sandbox: Sandbox) -> None:
    sandbox.add_fault(parse_fault("slow:seconds=0.3,count=20"))
    statuses: list[int] = []
    threads = [threading.Thread(target=lambda: statuses.append(client.get("/me").status_code)) for _ in range(20)]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert statuses == [200] * 20
    assert server.max_in_flight == AT_ONCE
    assert time.monotonic() - start >= 0.6  # two rounds


def test_stopping_does_not_wait_for_the_silent(sandbox: Sandbox) -> None:
    sandbox.add_fault(parse_fault("timeout:seconds=3600"))
    server = SandboxServer(sandbox)
    server.start()
    silent = socket.create_connection(("127.0.0.1", server.port))
    silent.sendall(b"GET /me HTTP/1.1\r\nHost: x\r\n\r\n")
    wait_until(lambda: bool(sandbox.log()))
    stopping = threading.Thread(target=server.stop, daemon=True)
    stopping.start()
    stopping.join(60)
    assert not stopping.is_alive()
    silent.close()


def test_serve_forever_ends_when_stopped(sandbox: Sandbox) -> None:
    server = SandboxServer(sandbox)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with httpx.Client(base_url=server.base_url, trust_env=False) as client:
        assert client.get("/rate-limits").status_code == 401
    server.stop()
    thread.join(60)
    assert not thread.is_alive()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: 99999999", b"413"),
        (b"Content-Length: -1", b"413"),
        (b"Content-Length: x", b"413"),
        (b"Transfer-Encoding: chunked", b"411"),
    ],
)
def test_bodies_are_bounded(server: SandboxServer, head: bytes, status: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        connection.sendall(b"POST /access/get_token HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n")
        assert connection.recv(4096).split(b" ")[1] == status


def test_plain_clients_get_plain_answers(server: SandboxServer, client: httpx.Client) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    target = f"/v3.0/orders?{client.params}"
    headers = {"Authorization": client.headers["Authorization"]}
    connection.request("GET", target, headers=headers)
    plain = connection.getresponse().read()
    connection.request("GET", target, headers=headers | {"Accept-Encoding": "gzip"})
    packed = connection.getresponse().read()
    connection.close()
    assert gzip.decompress(packed) == plain


def test_many_threads_get_one_effect_each(client: httpx.Client, sandbox: Sandbox, call: Callable[..., Any]) -> None:
    refs = [order["marketplace_order_id"] for order in sandbox.orders_in("waiting_acceptance", "cdiscount")]
    account = sandbox.info().account_id

    def accept(number: str) -> None:
        fields = {"account_id": account, "marketplace": "cdiscount", "marketplace_order_id": number}
        client.post("/v3.0/orders/actions/", data=fields | {"action_type": "accept"})

    threads = [threading.Thread(target=accept, args=(number,)) for number in refs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    listed = client.get("/v3.0/orders/actions/", params={"page_size": 100}).json()["results"]
    assert sorted(action["marketplace_order_id"] for action in listed) == sorted(refs)
    assert len({action["id"] for action in listed}) == len(refs)
