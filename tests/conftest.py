"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from .running import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Runs commands in this process, in a home of its own: `shell("list", "-s", "shipped", tty=True).out`."""
    return Shell(tmp_path)
