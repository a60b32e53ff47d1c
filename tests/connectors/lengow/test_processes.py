"""Several processes of one profile, over real HTTP."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lengowctl.connectors.base import RouteBudget
from lengowctl.connectors.pacing import Pacer
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.sandbox.server import SandboxServer

PROGRAM = Path(__file__).with_name("process.py")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[Sandbox, str]]:
    with (
        Sandbox.open(tmp_path / "world.db", orders=10, settings={"lively": False}) as sandbox,
        SandboxServer(sandbox) as running,
    ):
        yield sandbox, running.base_url


def run_together(server: tuple[Sandbox, str], folder: Path, processes: int, requests: int, patience: int) -> list[int]:
    """How many requests of each process were answered."""
    sandbox, url = server
    info = sandbox.info()
    words = [
        sys.executable,
        str(PROGRAM),
        url,
        str(folder),
        info.access_token,
        info.secret,
        str(requests),
        str(patience),
    ]
    running = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    told = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0] * processes
    return [int(words) for words in told]


def asked(sandbox: Sandbox, path: str) -> int:
    return sum(entry.target.startswith(path) for entry in sandbox.log())


def test_four_processes_ask_for_one_session(server: tuple[Sandbox, str], tmp_path: Path) -> None:
    assert run_together(server, tmp_path / "profile", 4, 5, 900) == [5, 5, 5, 5]
    assert (asked(server[0], "/access/get_token"), asked(server[0], "/v3.0/orders/")) == (1, 20)
    assert sorted(path.name for path in (tmp_path / "profile").iterdir()) == ["pacing.json", "token.json", "token.lock"]


def test_three_processes_share_one_limit(server: tuple[Sandbox, str], tmp_path: Path) -> None:
    folder = tmp_path / "profile"

    def now() -> datetime:
        return datetime.now(UTC)

    pacer = Pacer(folder, server[1], now=now, sleep=lambda seconds: None, patience=0)
    pacer.note((RouteBudget("/orders", "GET", 17, None, None),), now())
    assert sum(run_together(server, folder, 3, 10, 0)) == 17
    assert asked(server[0], "/v3.0/orders/") == 17
