"""The measurements, in one documented run: `python -m tests.benchmarks [ORDERS]` (100,000 by default).

Builds a cache by a real `sync` from a server of pre-rendered pages, then runs whole processes in turn, peer beside
peer, and prints medians and ratios against the goals. Machines are noisy: read the ratios, and run it when nothing
else runs. Peers that are not installed are left out.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PYTHON = sys.executable
LENGOWCTL = [str(Path(PYTHON).with_name("lengowctl"))]
ROUNDS = 11


@dataclass(frozen=True)
class Run:
    """One finished process: wall and CPU seconds, peak memory in MiB."""

    wall: float
    cpu: float
    peak: float


def main() -> None:
    orders = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}, "
          f"{os.cpu_count()} cores, {datetime.now(UTC):%Y-%m-%d}, {orders:,} orders")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        start_up()
        big, small = home / "big", home / "small"
        synchronise(big, orders)
        synchronise(small, 1_000, quiet=True)
        reading(big, small)
        exporting(big)
        acting(home / "acting")


def start_up() -> None:
    print("\nStart-up, times bare Python (medians of pairs)")
    bare = [PYTHON, "-c", "pass"]
    for name, command, goal in (
        ("--version", [*LENGOWCTL, "--version"], "P1 <= 1.3"),
        ("--help", [*LENGOWCTL, "--help"], "P5 <= 7.5"),
        ("statuses", [*LENGOWCTL, "statuses"], ""),
    ):
        show(name, ratio(command, bare), goal)


def synchronise(folder: Path, orders: int, *, quiet: bool = False) -> None:
    with server(orders) as port:
        env = keys(port, folder)
        first, second = once([*LENGOWCTL, "sync", "-q"], env), once([*LENGOWCTL, "sync", "-q"], env)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/stats") as answer:
            stats = json.load(answer)
    if quiet:
        return
    size = (folder / "env" / "orders.db").stat().st_size
    print("\nSync from a local server of pre-rendered pages (it shares the cores)")
    show("orders a second", orders / first.wall, "P14 >= 3,000", "{:,.0f}")
    show("CPU ms a page of 100", first.cpu / orders * 100_000, "P14 <= 30", "{:.1f}")
    show("peak MiB", first.peak, "P20 <= 100", "{:.0f}")
    show("KB on disk an order", size / orders / 1000, "P21 <= 3.0")
    show("most requests at once", stats["in_flight"], "as set: 4", "{}")
    show("second sync, nothing changed, s", second.wall, "")


def reading(big: Path, small: Path) -> None:
    print("\nReading, times bare Python (medians of pairs)")
    env, bare = offline(big), [PYTHON, "-c", "pass"]
    listing = [*LENGOWCTL, "list", "-n", "50"]
    show("list -n 50", ratio(listing, bare, env), "P3 <= 7.5")
    show("list -n 50 -o json", ratio([*listing, "-o", "json"], bare, env), "P3 <= 7.5")
    show("list -n 50 -s waiting_shipment", ratio([*listing, "-s", "waiting_shipment"], bare, env), "")
    show("list --search dupont -n 50", ratio([*listing, "--search", "dupont"], bare, env), "")
    show("list against one on 1,000 orders", ratio(listing, listing, env, offline(small)), "P8 <= 1.15")
    peer = shutil.which("sqlite-utils", path=str(Path(PYTHON).parent))
    if peer:
        query = "select ref, status, ordered_at, total from orders order by ordered_at desc limit 50"
        utils = [peer, "query", str(big / "env" / "orders.db"), query, "--csv"]
        show("list against sqlite-utils query", ratio(listing, utils, env), "P3 <= 0.7")
    show("peak MiB of list", once(listing, env).peak, "P20 <= 30", "{:.0f}")


def exporting(big: Path) -> None:
    print("\nExport of all orders, 15 columns, to nowhere")
    env, path = offline(big), str(big / "env" / "orders.db")
    columns = ("ref,status,marketplace_status,ordered_at,imported_at,updated_at,due_at,total,currency,shipping,"
               "items,lines,customer,country,carrier")  # fmt: skip
    csv = [*LENGOWCTL, "export", "--columns", columns]
    jsonl = [*csv, "-o", "jsonl"]
    query = f"select {columns} from orders order by ordered_at desc"
    if shutil.which("sqlite3"):
        show("CSV against sqlite3 -csv", ratio(csv, ["sqlite3", "-csv", path, query], env, rounds=5), "P12 <= 4")
        show(
            "JSON lines against sqlite3 -csv", ratio(jsonl, ["sqlite3", "-csv", path, query], env, rounds=5), "P13 <= 2"
        )
    peer = shutil.which("sqlite-utils", path=str(Path(PYTHON).parent))
    if peer:
        show(
            "CSV against sqlite-utils --csv",
            ratio(csv, [peer, "query", path, query, "--csv"], env, rounds=5),
            "P12 <= 1.1",
        )
        show("JSON lines against sqlite-utils --nl", ratio(jsonl, [peer, "query", path, query, "--nl"], env, rounds=5),
             "P13 <= 0.3")  # fmt: skip
    show("peak MiB of the CSV", once(csv, env).peak, "P20 <= 45", "{:.0f}")


def acting(folder: Path) -> None:
    """Bulk actions at 50 ms an answer. The ideal is 16 at once; the first sync and start-up are not counted."""
    print("\nActions at 50 ms an answer, 16 at once at the most, each durable before it leaves")
    with server(40_000, latency=50) as port:
        env = keys(port, folder)
        once([*LENGOWCTL, "sync", "-q"], env)
        listed = subprocess.run([*LENGOWCTL, "list", "-s", "waiting_acceptance", "-o", "ids"], env=env,
                                capture_output=True, text=True, check=True).stdout.split()  # fmt: skip
        accept = [*LENGOWCTL, "accept", "-q", "--yes", "--max-orders", "9999"]
        idle = once([*accept, "--dry-run", *listed[:10]], env).wall
        run = once([*accept, *listed[:5000]], env)
    rate = 5000 / (run.wall - idle)
    show("actions a second", rate, "", "{:.0f}")
    show("of the ideal", rate / (16 / 0.05), "P22 >= 0.75")
    show("peak MiB", run.peak, "P20 <= 80", "{:.0f}")


def show(name: str, figure: float, goal: str, form: str = "{:.2f}") -> None:
    print(f"  {name:<36} {form.format(figure):>9}   {goal}")


def ratio(
    command: list[str], peer: list[str], env: dict[str, str] | None = None, peer_env: dict[str, str] | None = None,
    rounds: int = ROUNDS,
) -> float:  # fmt: skip
    """The median of wall(command) / wall(peer), run in turn, after one round that is not counted."""
    pairs = [(once(command, env).wall, once(peer, peer_env or env).wall) for _ in range(rounds + 1)]
    return statistics.median(mine / theirs for mine, theirs in pairs[1:])


def once(command: list[str], env: dict[str, str] | None = None) -> Run:
    """Run it to the end, its output read by nobody. Raises when it fails."""
    started = _clock()
    process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = _clock() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _clock() -> float:
    import time

    return time.perf_counter()


@contextlib.contextmanager
def server(orders: int, latency: int = 0) -> Iterator[int]:
    command = [PYTHON, "-m", "tests.benchmarks.server", str(orders), str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def keys(port: int, folder: Path) -> dict[str, str]:
    own = {"LENGOWCTL_ACCESS_TOKEN": "a", "LENGOWCTL_SECRET": "b", "LENGOWCTL_BASE_URL": f"http://127.0.0.1:{port}"}
    return {"PATH": os.environ["PATH"], "HOME": str(folder), "LENGOWCTL_DATA_DIR": str(folder), **own}


def offline(folder: Path) -> dict[str, str]:
    return keys(9, folder)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
