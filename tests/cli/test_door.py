"""The door to the sandbox: its answers and faults as httpx knows them from a network."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lengowctl.cli.door import ORIGIN, Door
from lengowctl.sandbox.sandbox import Sandbox, parse_fault

from ..running import NOON


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.open(tmp_path / "world.db", orders=3, wall=lambda: NOON) as sandbox:
        yield sandbox


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def client(world: Sandbox, naps: list[float]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=ORIGIN, transport=Door(world, naps.append)) as client:
        yield client


def get_token(client: httpx.Client, world: Sandbox) -> httpx.Response:
    info = world.info()
    return client.post("/access/get_token", data={"access_token": info.access_token, "secret": info.secret})


def test_a_request_is_answered(client: httpx.Client, world: Sandbox) -> None:
    answer = get_token(client, world)
    assert (answer.status_code, answer.json()["account_id"]) == (200, world.info().account_id)
    assert answer.headers["date"] == "Mon, 23 Nov 2026 12:00:00 GMT"


def test_an_answer_may_be_compressed(client: httpx.Client, world: Sandbox) -> None:
    token = get_token(client, world).json()["token"]
    with client.stream("GET", "/v3.0/marketplaces", headers={"Authorization": token}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(raw))


@pytest.mark.parametrize(
    ("fault", "raised"),
    [("reset", httpx.ReadError), ("timeout", httpx.ReadTimeout), ("cut", httpx.RemoteProtocolError)],
)
def test_faults_of_the_connection_are_httpx_errors(
    client: httpx.Client, world: Sandbox, fault: str, raised: type[httpx.TransportError]
) -> None:
    world.add_fault(parse_fault(fault))
    with pytest.raises(raised):
        get_token(client, world)
    assert get_token(client, world).status_code == 200


def test_a_slow_answer_takes_its_time(client: httpx.Client, world: Sandbox, naps: list[float]) -> None:
    world.add_fault(parse_fault("slow:seconds=7"))
    assert get_token(client, world).status_code == 200
    assert naps == [7.0]
