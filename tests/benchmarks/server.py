"""A server of pre-rendered orders: as little work for an answer as Python allows, so that the client is measured.

`python -m tests.benchmarks.server ORDERS [LATENCY_MS] [BOUNDARY]` prints its port and serves until it is stopped.
It counts requests a window and the most requests it ever held at once, and tells at `/stats`.
"""

from __future__ import annotations

import bisect
import json
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.benchmarks.data import MARKETPLACES, order, rendered, updated_at


class World:
    """Orders by `updated_at`, rendered once."""

    def __init__(self, total: int, latency: float, boundary: int | None) -> None:
        self.bodies = [rendered(number, total) for number in range(total)]
        self.stamps = [updated_at(number, total) for number in range(total)]
        self.keys = {str(order(n, total)["marketplace_order_id"]): n for n in range(total)} if total <= 2000 else {}
        self.latency = latency
        self.boundary = boundary
        self.lock = threading.Lock()
        self.in_flight = self.most_in_flight = self.requests = self.actions = 0
        self.windows: dict[int, int] = {}

    def page(self, query: dict[str, list[str]]) -> tuple[int, bytes]:
        if "lengow_status" in query:
            return 200, b'{"count":0,"next":null,"previous":null,"results":[]}'
        chosen = self.bodies[self._from(query) : self._to(query)]
        size = min(int(query.get("page_size", ["50"])[0]), 100)
        start = (int(query.get("page", ["1"])[0]) - 1) * size
        shown = chosen[start : start + size]
        if start and not shown:
            return 404, b'{"detail":"Invalid page."}'
        head = b'{"count":%d,"next":%s,"previous":null,"results":[' % (
            len(chosen), b'"http://next"' if start + size < len(chosen) else b"null",
        )  # fmt: skip
        return 200, head + b",".join(shown) + b"]}"

    def _from(self, query: dict[str, list[str]]) -> int:
        value = query.get("updated_from")
        return bisect.bisect_left(self.stamps, datetime.fromisoformat(value[0])) if value else 0

    def _to(self, query: dict[str, list[str]]) -> int:
        value = query.get("updated_to")
        return bisect.bisect_right(self.stamps, datetime.fromisoformat(value[0])) if value else len(self.stamps)

    def marketplaces(self) -> bytes:
        accept = {"status": ["waiting_acceptance"], "args": [], "optional_args": [], "args_description": {}}
        orders = {"status": {}, "actions": {"accept": accept}, "carriers": {}}
        entry = {"name": "M", "country_iso_a2": "FR", "orders": orders}
        return json.dumps(dict.fromkeys(MARKETPLACES, entry)).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    world: World

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/v3.0/orders/actions"):
            self._held(self._act)
            return
        self._answer(200, b'{"token":"00000000-0000-4000-8000-000000000000","account_id":4242}')

    def do_GET(self) -> None:
        world = self.world
        parts = urlsplit(self.path)
        if parts.path == "/stats":
            stats = {"requests": world.requests, "in_flight": world.most_in_flight, "windows": world.windows}
            self._answer(200, json.dumps(stats).encode())
            return
        self._held(lambda: self._route(parts.path.rstrip("/"), parse_qs(parts.query)))

    def _held(self, work: Callable[[], tuple[int, bytes]]) -> None:
        """Answer after the latency, counted among the requests that are held at once."""
        world = self.world
        with world.lock:
            world.requests += 1
            world.in_flight += 1
            world.most_in_flight = max(world.most_in_flight, world.in_flight)
            window = int(time.monotonic() // 60)
            world.windows[window] = world.windows.get(window, 0) + 1
        try:
            if world.latency:
                time.sleep(world.latency)
            self._answer(*work())
        finally:
            with world.lock:
                world.in_flight -= 1

    def _act(self) -> tuple[int, bytes]:
        with self.world.lock:
            self.world.actions += 1
            number = self.world.actions
        return 201, b'{"id":%d,"queued":true,"processed":false,"errors":null}' % number

    def _route(self, path: str, query: dict[str, list[str]]) -> tuple[int, bytes]:
        if path == "/rate-limits":
            most = self.world.boundary
            row = {"boundary": most, "remaining_credit": most, "remaining_time": most and 60}
            routes = (("/orders", "GET"), ("/orders/actions", "GET"), ("/orders/actions", "POST"))
            return 200, json.dumps([{"url_base": url, "method": method, **row} for url, method in routes]).encode()
        if path == "/v3.0/marketplaces":
            return 200, self.world.marketplaces()
        if path == "/v3.0/orders/actions":
            return 200, b'{"count":0,"next":null,"previous":null,"results":[]}'
        if path == "/v3.0/orders":
            return self.world.page(query)
        return 404, b'{"error":{"code":404,"message":"Not found"}}'

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response_only(status)
        self.send_header("Date", datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        return


def main() -> None:
    total, latency, boundary = (int(value) for value in (*sys.argv[1:], "0", "0")[:3])
    Handler.world = World(total, latency / 1000, boundary or None)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
