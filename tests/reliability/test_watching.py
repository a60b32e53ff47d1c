"""`sync --watch` as a service manager runs it: a real process over HTTP, and its signals."""

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

from lengowctl.sandbox.faults import parse_fault
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.sandbox.server import SandboxServer


class Service:
    """A served world, and the process that keeps its orders."""

    def __init__(self, folder: Path, world: Sandbox, url: str) -> None:
        info = world.info()
        self.world, self.database = world, folder / "data" / "env" / "orders.db"
        self.env = {
            "PATH": os.environ["PATH"],
            "LENGOWCTL_BASE_URL": url,
            "LENGOWCTL_ACCESS_TOKEN": info.access_token,
            "LENGOWCTL_SECRET": info.secret,
            "LENGOWCTL_DATA_DIR": str(folder / "data"),
            "JOURNAL_STREAM": "8:1",
        }
        self.running: list[subprocess.Popen[str]] = []

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "lengowctl", *words]
        process = subprocess.Popen(
            command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.running.append(process)
        return process

    def once(self) -> str:
        process = self.start("sync")
        out, err = process.communicate(timeout=60)
        assert (process.returncode, out) == (0, "")
        return err

    def await_request(self, route: str, fault: str) -> None:
        end = time.monotonic() + 30
        while not any(entry.fault == fault and route in entry.target for entry in self.world.log()):
            assert time.monotonic() < end, "nothing was asked"
            time.sleep(0.02)

    def orders(self) -> int:
        with closing(sqlite3.connect(self.database)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return int(db.execute("SELECT count(*) FROM orders").fetchone()[0])


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    settings = {"lively": False, "rate_limit": None}
    with Sandbox.open(tmp_path / "world.db", orders=300, settings=settings) as world, SandboxServer(world) as server:
        service = Service(tmp_path, world, server.base_url)
        yield service
        for process in service.running:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_between_two_rounds_ends_it_with_0(service: Service, stop: signal.Signals) -> None:
    process = service.start("sync", "--watch", "--interval", "1h")
    assert process.stderr is not None
    said = process.stderr.readline()  # the round is over: it waits for the next one
    assert said.startswith("synchronised: ")
    process.send_signal(stop)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize(("skip", "stop"), [(0, signal.SIGTERM), (4, signal.SIGINT)])
def test_a_signal_in_the_middle_of_a_round_ends_it_with_0(service: Service, skip: int, stop: signal.Signals) -> None:
    """Lengow says nothing; what was read until then is kept, and the next run goes on from there."""
    service.world.add_fault(parse_fault(f"timeout:count=always,route=orders,skip={skip}"))
    process = service.start("sync", "--watch")
    service.await_request("orders", "timeout")
    process.send_signal(stop)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")
    service.world.clear_faults()
    service.once()
    assert service.orders() > 200


def test_others_write_between_its_rounds(service: Service) -> None:
    process = service.start("sync", "--watch", "--interval", "1h")
    assert process.stderr is not None
    process.stderr.readline()
    service.world.touch_many(service.world.refs()[:7])
    assert service.once().startswith("synchronised: ")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0


def test_keys_that_lengow_does_not_take_end_it_with_4(service: Service) -> None:
    service.env["LENGOWCTL_SECRET"] = "wrong"
    process = service.start("sync", "--watch")
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (4, ""), err


def test_a_feed_in_a_pipe_hands_over_at_once_and_ends_with_its_reader(service: Service) -> None:
    service.once()
    feed = service.start("list", "--watch", "-o", "ids", "--interval", "1s")
    assert feed.stdout is not None
    for _ in range(service.orders()):
        feed.stdout.readline()
    refs = service.world.refs()[:1]
    service.world.touch_many(refs)
    service.once()
    assert feed.stdout.readline().startswith(f"{refs[0][0]}:")
    feed.stdout.close()
    service.world.touch_many(refs)
    service.once()
    assert feed.wait(timeout=20) == 0
    assert feed.stderr is not None
    assert feed.stderr.read() == ""
    feed.stderr.close()
    service.running.remove(feed)
