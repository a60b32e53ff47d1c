"""The program started anew, over real HTTP: killed at any instant, and stopped while Lengow does not answer."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from lengowctl.orders.moment import micros, read_instant
from lengowctl.sandbox.faults import parse_fault
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.sandbox.server import SandboxServer


class Place:
    """A served world and a home for the program."""

    def __init__(self, folder: Path, world: Sandbox, url: str) -> None:
        info = world.info()
        self.world, self.database = world, folder / "data" / "env" / "orders.db"
        self.env = {
            "PATH": os.environ["PATH"],
            "LENGOWCTL_BASE_URL": url,
            "LENGOWCTL_ACCESS_TOKEN": info.access_token,
            "LENGOWCTL_SECRET": info.secret,
            "LENGOWCTL_DATA_DIR": str(folder / "data"),
        }

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "lengowctl", *words]
        return subprocess.Popen(command, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def wrong(self) -> list[object]:
        with closing(sqlite3.connect(self.database)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            ours = {
                (code, number): at
                for code, number, at in db.execute("SELECT marketplace, order_id, version FROM orders")
            }
            (since,) = db.execute("SELECT value FROM facts WHERE name = 'first_sync_since'").fetchone()
        theirs = {
            (order["marketplace"], order["marketplace_order_id"]): micros(read_instant(order["updated_at"]))
            for order in self.world.orders_in()
        }
        lost = [key for key, at in theirs.items() if key not in ours and at >= micros(read_instant(since))]
        return [*lost, *(key for key, at in ours.items() if theirs.get(key) != at)]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    settings = {"lively": False, "rate_limit": None}
    with Sandbox.open(tmp_path / "world.db", orders=400, settings=settings) as world, SandboxServer(world) as server:
        yield Place(tmp_path, world, server.base_url)


@pytest.mark.parametrize("skip", [0, 12])
def test_ctrl_c_while_lengow_says_nothing(place: Place, skip: int) -> None:
    place.world.add_fault(parse_fault(f"timeout:count=always,route=orders,skip={skip}"))
    process = place.start("sync")
    end = time.monotonic() + 30
    while not any(entry.fault == "timeout" for entry in place.world.log()) and time.monotonic() < end:
        time.sleep(0.02)
    started = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "lengowctl: interrupted\n")
    assert time.monotonic() - started < 2.5
