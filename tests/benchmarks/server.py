"""A server of pre-rendered orders: as little work for an answer as Python allows, so that the client is measured.

`python -m tests.benchmarks.server ORDERS [OPTIONS]` prints its port and serves until it is stopped. It executes every
action that reaches it at once and lists it ever after; it keeps a request limit of its own, in fixed windows; it tells
all that it saw at `/stats`.
"""

from __future__ import annotations

import argparse
import json
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from .world import Answer, Log, World

_TOKEN = b'{"token":"00000000-0000-4000-8000-000000000000","account_id":4242}'
_EMPTY = b'{"count":0,"next":null,"previous":null,"results":[]}'
_GONE = 404, b'{"error":{"code":404,"message":"Not found"}}'
LIMITED = ("/orders", "GET"), ("/orders/actions", "GET"), ("/orders/actions", "POST")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    world: World

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if len(body) < length:  # whoever sent it was killed: nothing of it is executed
            self.close_connection = True
            return
        path = urlsplit(self.path).path.rstrip("/")
        if path == "/mark":
            self.world.log.clear()
            self._answer(200, b"{}")
        elif path == "/v3.0/orders/actions":
            form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self._held("POST /orders/actions", lambda: (201, self.world.act(form)))
        else:
            self._held("POST /access/get_token", lambda: (200, _TOKEN), latency=False)

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path, query = parts.path.rstrip("/"), {name: values[0] for name, values in parse_qs(parts.query).items()}
        if path == "/stats":
            self._answer(200, json.dumps(self.world.log.told() | self.world.executed()).encode())
            return
        routes: dict[str, Callable[[], Answer]] = {
            "/rate-limits": lambda: (200, self._limits()),
            "/v3.0/marketplaces": lambda: (200, self.world.marketplaces()),
            "/v3.0/orders/actions": lambda: (200, self.world.actions(query)),
            "/v3.0/orders": lambda: (200, _EMPTY) if "lengow_status" in query else self.world.page(query),
        }
        route = f"GET {path.removeprefix('/v3.0')}"
        self._held(route, routes.get(path, lambda: _GONE), latency=path != "/rate-limits")

    def _held(self, route: str, work: Callable[[], Answer], *, latency: bool = True) -> None:
        """Do it, and answer after the latency; counted among the requests that are held at once."""
        world = self.world
        left = world.log.arrived(route)
        try:
            if left is None:
                self._refuse(route)
                return
            status, body = work()
            if latency and world.latency:
                time.sleep(world.latency)
            self._answer(status, body)
        finally:
            world.log.left(route)

    def _refuse(self, route: str) -> None:
        limit = self.world.log.limit
        path = route.partition(" ")[2]
        seconds = int(self.world.log.seconds_left(route) * self.world.haste) + 1
        words = {"error": {"code": 429, "message": f"Request limitation: {limit} reached on /v3.0{path}"}}
        self._answer(429, json.dumps(words).encode(), f"Retry-After: {seconds}\r\n")

    def _limits(self) -> bytes:
        log, rows = self.world.log, []
        for url, method in LIMITED:
            route = f"{method} {url}"
            row: dict[str, object] = {"boundary": None, "remaining_credit": None, "remaining_time": None}
            if log.limit and method == log.limited:
                seconds = min(int(log.seconds_left(route) * self.world.haste), 60)
                row = {"boundary": log.limit, "remaining_credit": log.credit(route), "remaining_time": seconds}
            rows.append({"url_base": url, "method": method, **row})
        return json.dumps(rows).encode()

    def _answer(self, status: int, body: bytes, more: str = "") -> None:
        """Heads and body in one piece: two would wait for each other on the wire."""
        date = datetime.fromtimestamp(self.world.now(), UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
        head = f"HTTP/1.1 {status} .\r\nDate: {date}\r\nContent-Type: application/json\r\n{more}Content-Length: {len(body)}\r\n\r\n"  # noqa: E501
        self.wfile.write(head.encode() + body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        return


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    address_family = socket.AF_INET

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed closes its connections as it likes."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("orders", type=int)
    reader.add_argument("--latency", type=float, default=0, help="milliseconds before each answer")
    reader.add_argument("--limit", type=int, help="requests a window and route")
    reader.add_argument("--window", type=float, default=60, help="seconds")
    reader.add_argument("--limited", default="GET", help="the method that the limit is kept for")
    reader.add_argument("--haste", type=float, default=1, help="its clock runs so many times as fast")
    reader.add_argument("--epoch", type=float, default=0, help="from when on it does")
    reader.add_argument("--status", help="of all orders, instead of one and another")
    reader.add_argument("--lazy", action="store_true", help="render each order when it is asked for")
    said = reader.parse_args()
    log = Log(said.limit, said.window, said.limited)
    Handler.world = World(
        said.orders, log, said.latency / 1000, said.haste, said.epoch, status=said.status, lazy=said.lazy
    )
    server = Server(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
