"""The client keeps the contract, against the sandbox: through its door, and over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.cli.door import ORIGIN, Door
from lengowctl.connectors.base import Connector, Reader
from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.connectors.lengow.wire import LengowReader
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.orders.reference import OrderKey
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.sandbox.server import SandboxServer

from ..contract import ConnectorContract
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


def keys_of(sandbox: Sandbox) -> Keys:
    info = sandbox.info()
    return Keys(Secret(info.access_token), Secret(info.secret))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world, made once."""
    path = tmp_path_factory.mktemp("sandbox") / "world.db"
    Sandbox.open(path, orders=160, epoch=Clock().now(), wall=Clock().now, settings={"lively": False}).close()
    return path


@pytest.fixture
def sandbox(template: Path, tmp_path: Path, clock: Clock) -> Iterator[Sandbox]:
    path = tmp_path / "world.db"
    path.write_bytes(template.read_bytes())
    with Sandbox.open(path, wall=clock.now) as opened:
        yield opened


class TestThroughTheDoor(ConnectorContract):
    @pytest.fixture
    def source(self, sandbox: Sandbox) -> SandboxSource:
        return SandboxSource(sandbox)

    @pytest.fixture
    def connector(self, sandbox: Sandbox, make_client: Callable[..., LengowClient], clock: Clock) -> Connector:
        door = Door(sandbox, clock.sleep)
        return make_client(base_url=ORIGIN, keys=lambda: keys_of(sandbox), transport=door)

    @pytest.fixture
    def reader(self) -> Reader:
        return LengowReader()


class TestOverHttp(TestThroughTheDoor):
    @pytest.fixture
    def connector(
        self, sandbox: Sandbox, make_client: Callable[..., LengowClient], clock: Clock
    ) -> Iterator[Connector]:
        with SandboxServer(sandbox) as server:
            made = make_client(
                base_url=server.base_url,
                keys=lambda: keys_of(sandbox),
                environment={"HTTPS_PROXY": "http://127.0.0.1:1", "ALL_PROXY": "http://127.0.0.1:1"},
            )
            yield made
            made.close()
