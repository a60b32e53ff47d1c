"""The program started anew, in processes of its own, and a world that is served to it over HTTP."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from lengowctl.sandbox.faults import parse_fault
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.sandbox.server import SandboxServer

from ..terminals import hangups_heard

#: Seconds after which a process that should have ended by itself is taken to hang. Nothing that a test lets the
#: program wait for ends sooner.
HANGS = 60
_AN_HOUR = 3600
_PATIENT = str(Path(__file__).with_name("patient.py"))


class Service:
    """A served world, and the processes that keep its orders."""

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
        self.running: list[subprocess.Popen[str]] = []

    def start(self, *words: str, patient: bool = False) -> subprocess.Popen[str]:
        """Begin a command. `patient`: it waits for answers for ever."""
        command = [sys.executable, *([_PATIENT] if patient else ["-m", "lengowctl"]), *words]
        with hangups_heard():
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
        """A `sync` that ends well; what it said."""
        code, out, err = ended(self.start("sync"))
        assert (code, out) == (0, "")
        return err

    def fall_silent(self, after: int) -> None:
        """After so many answers nothing is said any more when orders are asked for."""
        self.world.add_fault(parse_fault(f"timeout:count=always,route=orders,skip={after},seconds={_AN_HOUR}"))

    def stop_in_silence(self, process: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str, str]:
        """Send the signal when it waits for an answer that does not come; how it ended."""
        wait_until(lambda: any(entry.fault == "timeout" for entry in self.world.log()))
        process.send_signal(number)
        return ended(process)

    def orders(self) -> int:
        with closing(sqlite3.connect(self.database)) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            return int(db.execute("SELECT count(*) FROM orders").fetchone()[0])


def wait_until(holds: Callable[[], bool]) -> None:
    """Look again and again until it holds."""
    end = time.monotonic() + HANGS
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        time.sleep(0.02)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Its exit code and what it wrote, when it ended by itself."""
    out, err = process.communicate(timeout=HANGS)
    return process.returncode, out, err


@contextmanager
def service_in(folder: Path, *, orders: int = 300) -> Iterator[Service]:
    """A world, served; in the end no process is left."""
    settings = {"lively": False, "rate_limit": None}
    with Sandbox.open(folder / "world.db", orders=orders, settings=settings) as world, SandboxServer(world) as server:
        service = Service(folder, world, server.base_url)
        try:
            yield service
        finally:
            for process in service.running:
                process.kill()
                process.communicate()
