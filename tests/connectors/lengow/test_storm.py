"""Faults of every kind at once, one request in eight spoiled, against the sandbox."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx

from lengowctl.cli.door import ORIGIN, Door
from lengowctl.connectors.base import OrderQuery
from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.errors import LengowctlError
from lengowctl.sandbox.sandbox import Sandbox, parse_fault

from ..world import Clock

PAGES = 500


class Watch(httpx.BaseTransport):
    """Passes on and notes when something was asked, and until when silence was wanted."""

    def __init__(self, door: Door, clock: Clock) -> None:
        self.door, self.clock = door, clock
        self.silent_until = 0.0
        self.statuses: Counter[int] = Counter()
        self.too_early = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        is_page = request.url.path == "/v3.0/orders/"
        self.too_early += is_page and self.clock.passed < self.silent_until
        self.statuses[0] += is_page
        answer = self.door.handle_request(request)
        self.statuses[answer.status_code] += is_page
        if answer.status_code == 429:
            self.silent_until = self.clock.passed + float(answer.headers["retry-after"])
        return answer


def test_a_storm_of_faults(tmp_path: Path, clock: Clock, make_client: Callable[..., LengowClient]) -> None:
    """Every page is read or named, silence is kept, and a storm is not answered with a storm."""
    with Sandbox.open(tmp_path / "world.db", orders=10, wall=clock.now, settings={"lively": False}) as sandbox:
        for kind in ("429:retry_after=3", "500", "reset", "timeout", "html", "cut", "expired", "expired403"):
            rule = f"{kind}{',' if ':' in kind else ':'}route=orders,probability=0.015"
            sandbox.add_fault(parse_fault(rule))
        info = sandbox.info()
        watch = Watch(Door(sandbox, clock.sleep), clock)
        client = make_client(
            base_url=ORIGIN,
            keys=lambda: Keys(Secret(info.access_token), Secret(info.secret)),
            transport=watch,
            random=random.Random(1).random,
        )
        read, named = 0, 0
        for _ in range(PAGES):
            try:
                client.orders(OrderQuery(order_id="nobody-knows-this"))
                read += 1
            except LengowctlError:
                named += 1
        demanded = watch.statuses[429] + watch.statuses[401] + watch.statuses[403]
        assert read + named == PAGES
        assert read >= 0.99 * PAGES
        assert watch.too_early == 0
        assert watch.statuses[0] - demanded <= 1.1 * PAGES
        assert sum(entry.target == "/access/get_token" for entry in sandbox.log()) <= demanded + 1
