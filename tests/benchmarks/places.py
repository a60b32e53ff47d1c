"""Servers, homes and caches: what the measurements work on. All of it is on this machine and goes with the run."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .measuring import LENGOWCTL, PYTHON, Command, Failed, Run

#: From here on the server renders orders as they are asked for: a million would take 5 GB.
_LAZY = 200_000
SMALL = 1_000
_CONFIG = """default_profile = "main"

[profiles.main]
base_url = "{url}"
access_token = "a"
secret = "b"
"""


@dataclass(frozen=True)
class Server:
    """A running server. `epoch` is when its clock began to run fast."""

    port: int
    epoch: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stats(self) -> dict[str, Any]:
        """What it saw since the last mark."""
        found: dict[str, Any] = json.loads(self._ask("GET /stats"))
        return found

    def mark(self) -> None:
        """Forget what was seen; the executed actions stay."""
        self._ask("POST /mark")

    def _ask(self, what: str) -> bytes:
        """By hand: what the standard library has for it would double this process, and every peak with it."""
        heads = f"{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as wire, wire.makefile("rb") as answer:
            wire.sendall(heads.encode())
            return answer.read().partition(b"\r\n\r\n")[2]


@contextlib.contextmanager
def server(
    orders: int,
    *,
    latency: float = 0,
    limit: int | None = None,
    window: float = 60,
    limited: str = "GET",
    haste: float = 1,
    status: str | None = None,
) -> Iterator[Server]:
    """Serve so many orders, all in `status` if it is given. `latency` is in milliseconds, `limited` the method that the
    limit is kept for.
    """
    epoch = datetime.now(UTC).timestamp()
    words = [PYTHON, "-m", "tests.benchmarks.server", str(orders), "--latency", str(latency), "--window", str(window),
             "--limited", limited, "--haste", str(haste), "--epoch", str(epoch)]  # fmt: skip
    words += ["--limit", str(limit)] if limit else []
    words += ["--status", status] if status else []
    words += ["--lazy"] if orders > _LAZY else []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            if not said:
                raise Failed("the server did not start")
            yield Server(int(said), epoch)
        finally:
            process.kill()


def home(folder: Path, url: str = "http://127.0.0.1:9") -> dict[str, str]:
    """The environment of a profile whose data and configuration file lie in the folder. Without a server only reading
    works.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    config = folder / "config.toml"
    config.touch(mode=0o600)
    config.write_text(_CONFIG.format(url=url))
    own = {"LENGOWCTL_CONFIG": str(config), "LENGOWCTL_DATA_DIR": str(folder / "data"), "HOME": str(folder)}
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **own}


def profile(folder: Path) -> Path:
    """Where a home keeps the databases."""
    return folder / "data" / "main"


def lengowctl(env: dict[str, str], *words: str, terminal: bool = False) -> Command:
    return Command([*LENGOWCTL, *words], env, terminal=terminal)


@dataclass(frozen=True)
class Cache:
    """A filled cache, and what its first and second sync took."""

    folder: Path
    orders: int
    first: Run
    again: Run
    stats: dict[str, Any]
    built: str

    @property
    def env(self) -> dict[str, str]:
        return home(self.folder)

    @property
    def database(self) -> Path:
        return profile(self.folder) / "orders.db"


@dataclass
class Places:
    """A folder for this run, and caches by size, each built by a real sync when it is first needed."""

    root: Path
    keep: Path | None = None
    caches: dict[int, Cache] = field(default_factory=dict)

    def fresh(self, name: str) -> Path:
        """An empty folder of that name; what an earlier one held is gone."""
        folder = self.root / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        return folder

    def cache(self, orders: int) -> Cache:
        if orders not in self.caches:
            folder = (self.keep or self.root) / f"cache-{orders}"
            self.caches[orders] = _kept(folder) or self._build(folder, orders)
        return self.caches[orders]

    def _build(self, folder: Path, orders: int) -> Cache:
        print(f"  (a cache of {orders:,} orders is being built by a real sync)", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        with server(orders) as source:
            env = home(folder, source.url)
            first = replace(lengowctl(env, "sync", "-q"), limit=max(900.0, orders / 200)).once()
            stats = source.stats()
            again = lengowctl(env, "sync", "-q").once()
        built = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
        kept = {"orders": orders, "first": asdict(first), "again": asdict(again), "stats": stats, "built": built}
        (folder / "built.json").write_text(json.dumps(kept))
        return Cache(folder, orders, first, again, stats, built)


def _kept(folder: Path) -> Cache | None:
    """A cache that an earlier run has built here to the end."""
    try:
        kept = json.loads((folder / "built.json").read_text())
    except OSError:
        return None
    first, again = (Run(**kept[name]) for name in ("first", "again"))
    return Cache(folder, kept["orders"], first, again, kept["stats"], kept["built"])
