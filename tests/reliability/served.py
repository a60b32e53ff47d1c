"""A world that another process serves over HTTP, with one clock for all processes of a test."""

from __future__ import annotations

import mmap
import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.sandbox.server import SandboxServer

from ..running import NOON, Shell
from .harness import Shop, fork


class SharedClock:
    """Real time, and what was slept on top of it: a nap takes no time and moves the clock of every process that was
    forked from here, the server's included."""

    def __init__(self) -> None:
        self._cell = mmap.mmap(-1, 8)
        self._began = time.monotonic()

    @property
    def passed(self) -> float:
        return float(struct.unpack("d", self._cell[:8])[0]) + time.monotonic() - self._began

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        (slept,) = struct.unpack("d", self._cell[:8])
        self._cell[:8] = struct.pack("d", slept + seconds)


class Server:
    """A process that serves a world, in which the fate of every request can be waited for."""

    def __init__(self, path: Path, wall: Callable[[], datetime]) -> None:
        self._ours, theirs = socket.socketpair()
        self._pid = fork(lambda: self._serve(path, wall, theirs))
        theirs.close()
        self.url = f"http://127.0.0.1:{int(self._ours.recv(16))}"

    def _serve(self, path: Path, wall: Callable[[], datetime], told: socket.socket) -> None:
        self._ours.close()  # when its owner dies, this process ends
        with Sandbox.open(path, wall=wall) as world, SandboxServer(world) as server:
            at_rest = threading.active_count()
            told.send(str(server.port).encode())
            while told.recv(1):
                # Connections are taken up in turn: when this one was, so were all that were made before it.
                with socket.create_connection(("127.0.0.1", server.port)) as last:
                    last.shutdown(socket.SHUT_WR)
                    last.recv(1)
                while threading.active_count() > at_rest:
                    time.sleep(0.0005)
                told.send(b".")

    def rest(self) -> None:
        """Wait until all that dead processes asked for has been done, or never will be."""
        self._ours.send(b"?")
        assert self._ours.recv(1) == b"."

    def stop(self) -> None:
        self._ours.close()
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


@dataclass
class ServedShop(Shop):
    """A home whose profile comes from the environment and whose world is behind HTTP."""

    server: Server

    @property
    def folder(self) -> Path:
        return self.shell.data / "env"

    def pass_time(self, step: timedelta) -> None:
        """It gets later, here and there."""
        self.shell.clock.sleep(step.total_seconds())
        self.world.tick(timedelta())


@contextmanager
def served_shop(shell: Shell, *, orders: int, seed: int = 1, **settings: Any) -> Iterator[ServedShop]:
    """A home, a world, and a process that serves it."""
    shell.clock = SharedClock()  # type: ignore[assignment]
    path = shell.data.parent / "world" / "world.db"
    with Sandbox.open(path, orders=orders, seed=seed, wall=shell.clock.now, settings=settings) as world:
        info, server = world.info(), Server(path, shell.clock.now)
        shell.env = {
            "LENGOWCTL_BASE_URL": server.url,
            "LENGOWCTL_ACCESS_TOKEN": info.access_token,
            "LENGOWCTL_SECRET": info.secret,
        }
        try:
            yield ServedShop(shell, world, server)
        finally:
            server.stop()
