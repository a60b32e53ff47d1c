"""A Lengow that gives out a token and what else it is told, and a whole pretend one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpx import HTTPXMock

from lengowctl.sandbox.sandbox import Sandbox

from ..world import Clock, add_token


@pytest.fixture
def signed_in(httpx_mock: HTTPXMock) -> HTTPXMock:
    """Lengow gives out one token."""
    add_token(httpx_mock, 1)
    return httpx_mock


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small world, made once."""
    path = tmp_path_factory.mktemp("sandbox") / "world.db"
    Sandbox.open(path, orders=160, epoch=Clock().now(), wall=Clock().now, settings={"lively": False}).close()
    return path


@pytest.fixture
def sandbox(template: Path, tmp_path: Path, clock: Clock) -> Iterator[Sandbox]:
    """That world, for one test."""
    path = tmp_path / "world.db"
    path.write_bytes(template.read_bytes())
    with Sandbox.open(path, wall=clock.now) as opened:
        yield opened
