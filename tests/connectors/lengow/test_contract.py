"""The client keeps the contract, against the sandbox: through its door, and over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import timedelta

import pytest

from lengowctl.cli.door import ORIGIN, Door
from lengowctl.connectors.base import ActionConnector, Reader
from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.connectors.lengow.wire import LengowReader
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.sandbox.server import SandboxServer

from ..contract import ActionContract
from ..world import Clock


class SandboxSource:
    """The sandbox as the contract's other end."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def refs(self) -> Collection[OrderKey]:
        return [OrderKey(*ref) for ref in self.sandbox.refs()]

    def change(self, key: OrderKey) -> None:
        self.sandbox.touch(tuple(key), marketplace_status="Changed")

    def spoil(self, key: OrderKey) -> bytes:
        raw = b'{"marketplace": "x", "marketplace_order_id": "1", "total_order": NaN, "a": "\\ud800"}'
        self.sandbox.poison(tuple(key), raw, bump=False)
        return raw

    def end_session(self) -> None:
        self.sandbox.tick(timedelta(hours=2))

    def acceptable(self) -> Sequence[OrderKey]:
        return self._waiting("waiting_acceptance")

    def accepted(self) -> Sequence[OrderKey]:
        return self._waiting("waiting_shipment")

    def shipment(self) -> Request:
        arguments = {"carrier": "GLS", "tracking_number": "00 123/4+5é&=", "shipping_date": "2026-11-23T12:00:00+01:00"}
        return Request.of("ship", self.accepted()[0], arguments)

    def posts(self) -> int:
        return posts(self.sandbox)

    def effects(self) -> int:
        return sum(effect.executed for effect in self.sandbox.effects())

    def work(self) -> None:
        self.sandbox.tick(timedelta(minutes=50))

    def _waiting(self, status: str) -> Sequence[OrderKey]:
        found = self.sandbox.orders_in(status, "cdiscount")
        return [OrderKey(order["marketplace"], order["marketplace_order_id"]) for order in found]


def posts(sandbox: Sandbox) -> int:
    """How many requests for an action have reached the sandbox."""
    return sum(entry.method == "POST" and "/orders/actions" in entry.target for entry in sandbox.log())


def keys_of(sandbox: Sandbox) -> Keys:
    info = sandbox.info()
    return Keys(Secret(info.access_token), Secret(info.secret))


class TestThroughTheDoor(ActionContract):
    @pytest.fixture
    def source(self, sandbox: Sandbox) -> SandboxSource:
        return SandboxSource(sandbox)

    @pytest.fixture
    def connector(self, sandbox: Sandbox, make_client: Callable[..., LengowClient], clock: Clock) -> ActionConnector:
        door = Door(sandbox, clock.sleep)
        return make_client(base_url=ORIGIN, keys=lambda: keys_of(sandbox), transport=door)

    @pytest.fixture
    def reader(self) -> Reader:
        return LengowReader()


class TestOverHttp(TestThroughTheDoor):
    @pytest.fixture
    def connector(
        self, sandbox: Sandbox, make_client: Callable[..., LengowClient], clock: Clock
    ) -> Iterator[ActionConnector]:
        with SandboxServer(sandbox) as server:
            made = make_client(
                base_url=server.base_url,
                keys=lambda: keys_of(sandbox),
                environment={"HTTPS_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"},
            )
            yield made
            made.close()
