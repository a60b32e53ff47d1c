"""Actions over real connections that are refused, broken, silent, old or insecure."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.orders.outcome import Answer, Lost, NotExecuted
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request

from ..world import Pretended

Make = Callable[..., LengowClient]
SHIP = Request.of("ship", OrderKey("demo_mirakl_fr", "C-1"), {"carrier": "DPD"})
TAKEN = {"id": 13244460}


def stored_session(make_client: Make, base_url: str) -> None:
    """Sign in at an address where nobody need be."""
    lengow = Pretended(lambda: httpx.Response(500))
    make_client(base_url=base_url, transport=lengow).account()


class Wire:
    """A server that treats each connection as it is told, and counts them and the POSTs."""

    def __init__(self, treat: Callable[[BaseHTTPRequestHandler], None]) -> None:
        self.posts = self.connections = 0
        wire = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                wire.connections += 1

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                wire.posts += 1
                treat(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.port = self.http.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def wire() -> Iterator[Callable[..., Wire]]:
    running: list[Wire] = []

    def build(treat: Callable[[BaseHTTPRequestHandler], None]) -> Wire:
        running.append(Wire(treat))
        return running[-1]

    yield build
    for one in running:
        one.http.shutdown()
        one.http.server_close()


def take(handler: BaseHTTPRequestHandler) -> None:
    body = json.dumps(TAKEN).encode()
    handler.send_response(201)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def take_and_hang_up(handler: BaseHTTPRequestHandler) -> None:
    take(handler)
    hang_up(handler)


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def half(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b'HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{"id": 1')
    handler.close_connection = True


def nonsense(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")
    handler.close_connection = True


def redirect(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 307 Go\r\nLocation: /v3.0/orders/actions/\r\nContent-Length: 0\r\n\r\n")


@pytest.mark.parametrize("treat", [hang_up, half, nonsense, redirect])
def test_a_connection_that_ends_badly_is_not_tried_again(
    make_client: Make, wire: Callable[..., Wire], treat: Callable[[BaseHTTPRequestHandler], None]
) -> None:
    server = wire(treat)
    stored_session(make_client, server.url)
    assert isinstance(make_client(base_url=server.url).send_action(SHIP), Lost)
    assert server.posts == 1


def test_a_server_that_says_nothing_is_given_up(make_client: Make, wire: Callable[..., Wire]) -> None:
    over = threading.Event()

    def wait(handler: BaseHTTPRequestHandler) -> None:
        over.wait(5)

    server = wire(wait)
    stored_session(make_client, server.url)
    outcome = make_client(base_url=server.url, action_timeout=0.1).send_action(SHIP)
    over.set()
    assert (outcome, server.posts) == (Lost("127.0.0.1 did not answer in time"), 1)


def test_a_connection_that_broke_while_it_was_kept_repeats_nothing(
    make_client: Make, wire: Callable[..., Wire]
) -> None:
    """Seen as closed before the request leaves: a new one is made. Seen later: lost."""
    server = wire(take_and_hang_up)
    stored_session(make_client, server.url)
    client = make_client(base_url=server.url)
    answered = sum(isinstance(client.send_action(SHIP), Answer) for _ in range(20))
    assert 1 <= answered <= server.posts <= 20


def test_a_connection_that_was_idle_for_twenty_seconds_is_not_used_again(
    make_client: Make, wire: Callable[..., Wire], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = wire(take)
    stored_session(make_client, server.url)
    client = make_client(base_url=server.url)
    counts = []
    real = time.monotonic
    for later in (0.0, 10.0, 30.0):
        monkeypatch.setattr(time, "monotonic", lambda later=later: real() + later)
        assert client.send_action(SHIP) == Answer(201, TAKEN)
        counts.append(server.connections)
    assert (counts, server.posts) == ([1, 1, 2], 3)


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_where_nobody_listens_nothing_is_executed(make_client: Make) -> None:
    url = f"http://127.0.0.1:{closed_port()}"
    stored_session(make_client, url)
    assert make_client(base_url=url).send_action(SHIP) == NotExecuted("127.0.0.1 refused the connection")


def test_without_a_secure_connection_nothing_is_executed(make_client: Make, wire: Callable[..., Wire]) -> None:
    server = wire(take)
    url = f"https://127.0.0.1:{server.port}"
    stored_session(make_client, url)
    outcome = make_client(base_url=url).send_action(SHIP)
    assert outcome == NotExecuted("no secure connection to 127.0.0.1 could be made")
    assert server.posts == 0


def test_a_proxy_that_is_not_there_executes_nothing(make_client: Make) -> None:
    url = "https://api.lengow.invalid"
    stored_session(make_client, url)
    environment = {"HTTPS_PROXY": f"http://lea:hush@127.0.0.1:{closed_port()}"}
    outcome = make_client(base_url=url, environment=environment).send_action(SHIP)
    assert isinstance(outcome, NotExecuted)
    assert "hush" not in outcome.reason
