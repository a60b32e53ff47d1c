"""A store in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lengowctl.store.store import Store

from .samples import NOON


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a profile, not made yet."""
    return tmp_path / "profile"


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    with Store.open(folder, write=True, now=NOON) as opened:
        yield opened
