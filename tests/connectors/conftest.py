"""Clients on a pretended network, with a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lengowctl.connectors.lengow.client import LengowClient

from .world import BASE_URL, KEYS, Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_client(clock: Clock, tmp_path: Path) -> Iterator[Callable[..., LengowClient]]:
    """Make clients of one profile; every argument can be replaced."""
    made: list[LengowClient] = []

    def build(**options: Any) -> LengowClient:
        usual: dict[str, Any] = {
            "base_url": BASE_URL,
            "keys": lambda: KEYS,
            "folder": tmp_path / "profile",
            "now": clock.now,
            "monotonic": clock.monotonic,
            "sleep": clock.sleep,
            "random": lambda: 0.5,
        }
        made.append(LengowClient(**{**usual, **options}))
        return made[-1]

    yield build
    for client in made:
        client.close()
