"""A clock that moves only when somebody sleeps, and pages of orders made from the composed example."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from pytest_httpx import HTTPXMock

from lengowctl.connectors.secret import Keys, Secret

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BASE_URL = "https://api.lengow.io"
GET_TOKEN = f"{BASE_URL}/access/get_token"
KEYS = Keys(Secret("a1" * 32), Secret("b2" * 32))
TOKEN = "6d3a3a3a-0000-4000-8000-00000000000{}"
HERE = Path(__file__).parent / "lengow"
PAGE = (HERE / "page.json").read_bytes()
MARKETPLACES = (HERE / "marketplaces.json").read_bytes()


@dataclass
class Clock:
    """For several threads. `naps` holds what was slept."""

    passed: float = 0.0
    naps: list[float] = field(default_factory=list)
    mutex: threading.Lock = field(default_factory=threading.Lock)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        with self.mutex:
            self.naps.append(seconds)
            self.passed += seconds


def example() -> Any:
    """The one order of the composed example, as parsed JSON."""
    return json.loads(PAGE)["results"][0]


def page_of(*orders: object, **envelope: object) -> bytes:
    """A page with these orders."""
    rest = {"count": len(orders), "next": None, "previous": None, **envelope}
    return json.dumps({**rest, "results": list(orders)}).encode()


def numbered(number: int, change: Callable[[Any], None] | None = None) -> Any:
    """The example under another number, changed."""
    order = example() | {"marketplace_order_id": f"N-{number}"}
    if change:
        change(order)
    return order


def add_token(mock: HTTPXMock, number: int, **options: Any) -> None:
    """Let Lengow give out its n-th token when it is asked for one."""
    content = {"token": TOKEN.format(number), "account_id": 4242}
    mock.add_response(method="POST", url=GET_TOKEN, json=content, **options)


class Pretended(httpx.BaseTransport):
    """A Lengow that gives out a token and answers all else as it is told, counting it."""

    def __init__(self, answer: Callable[[], httpx.Response]) -> None:
        self.answer = answer
        self.asked = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/access/get_token":
            return httpx.Response(200, json={"token": TOKEN.format(1), "account_id": 4242})
        self.asked += 1
        return self.answer()
