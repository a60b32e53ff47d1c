"""Every goal of performance, P1 to P24, measured in one run: `python -m tests.benchmarks`.

Builds caches by a real `sync` from a server of pre-rendered pages on this machine, then runs whole processes in turn,
peer beside peer, and prints each figure beside its goal: met, missed, or not measured and why. It takes some fifteen
minutes on two cores; with `--million` about forty-five, and 8 GB of disk. Peers that are not installed are left out.

Machines are noisy: read the ratios, which are medians of pairs, and run it when nothing else runs. Absolute times are
context.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from . import acting, exporting, listing, starting, syncing
from .goals import NUMBERS
from .places import Places
from .report import Report, load, machine

ROUNDS, ORDERS, MILLION = 11, 100_000, 1_000_000
_INTERRUPTED = 130


def main() -> int:
    said = _arguments()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    report = Report(frozenset(said.only))
    for line in machine(said.orders):
        print(line)
    report.load.append(load("start"))
    print(report.load[0])
    with _folder(said.keep) as (root, keep):
        try:
            measure(report, Places(root, keep), said)
            code = 0
        except KeyboardInterrupt:
            print("\ninterrupted; what was measured until then:")
            code = _INTERRUPTED
    report.load.append(load("end"))
    report.end()
    return code


def measure(report: Report, places: Places, said: argparse.Namespace) -> None:
    """All that was asked for, in sections; what fails costs its own goals only."""
    cache, usual = partial(places.cache, said.orders), partial(places.cache, min(said.orders, ORDERS))
    rounds, actions = said.rounds, said.actions
    parts: tuple[tuple[str, tuple[str, ...], Callable[[], None]], ...] = (
        ("Start-up", ("P1", "P5"), lambda: starting.start_up(report, places, rounds)),
        ("Completion", ("P2",), lambda: starting.completion(report, cache(), rounds)),
        ("The first request", ("P6",), lambda: starting.first_request(report, places, rounds)),
        ("First sync of the cache", ("P14", "P20"), lambda: syncing.first_sync(report, usual(), cache())),
        ("Disk", ("P21",), lambda: syncing.disk(report, cache())),
        ("Lists", ("P3", "P4", "P20"), lambda: listing.lists(report, cache(), rounds)),
        ("Lists, large and small", ("P8",), lambda: listing.growth(report, places, cache(), rounds)),
        ("Queries", ("P7", "P10"), lambda: listing.queries(report, places, cache())),
        ("Counts", ("P9",), lambda: listing.counts(report, cache(), rounds)),
        ("Rendering", ("P11",), lambda: listing.rendering(report, cache())),
        ("Exports", ("P12", "P13", "P20"), lambda: exporting.exports(report, cache(), min(rounds, 5))),
        ("Flat memory", ("P20",), lambda: syncing.flatness(report, places, cache())),
        ("Sync beside its peers", ("P14",), lambda: syncing.beside_peers(report, places, said.peer_orders, said.dlt)),
        ("Sync under a limit", ("P15",), lambda: syncing.under_a_limit(report, places)),
        ("Slow pages", ("P16",), lambda: syncing.waiting_for_pages(report, places, said.peer_orders * 3)),
        ("Storing", ("P17",), lambda: syncing.storing(report, places, said.peer_orders)),
        ("Storing in a large cache", ("P18",), lambda: syncing.upserting(report, places, said.orders >= MILLION)),
        ("A world that moves", ("P19",), lambda: syncing.churn(report, places.fresh("churn"), said.worlds)),
        ("Actions", ("P22", "P24", "P20"), lambda: acting.durable(report, places, actions)),
        ("Actions under a limit", ("P23",), lambda: acting.under_a_limit(report, places, actions)),
        ("Actions killed", ("P23",), lambda: acting.killed(report, places, min(actions, 400), said.kills)),
    )  # fmt: skip
    for title, numbers, work in parts:
        if report.wanted & set(numbers):
            with report.section(title, *numbers):
                work()
    for cached in places.caches.values():
        with closing(sqlite3.connect(cached.database)) as db:
            report.journal = str(db.execute("PRAGMA journal_mode").fetchone()[0])
    if report.journal:
        report.load.append(f"journal mode in force: {report.journal}")


@contextlib.contextmanager
def _folder(keep: Path | None) -> Iterator[tuple[Path, Path | None]]:
    """A folder that goes with the run, and the one for caches that stays."""
    if keep:
        keep.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(prefix="benchmarks-", ignore_cleanup_errors=True) as folder:
        yield Path(folder), keep.absolute() if keep else None


def _arguments() -> argparse.Namespace:
    reader = argparse.ArgumentParser(
        prog="python -m tests.benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    reader.add_argument("--orders", type=int, default=ORDERS, help="in the large cache (100,000)")
    reader.add_argument("--million", action="store_true", help="as --orders 1000000; P18 needs it")
    reader.add_argument("--only", default="", metavar="P14,P22", help="measure these goals only")
    reader.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the caches there, and use those that are")
    reader.add_argument("--rounds", type=int, default=ROUNDS, help="of short commands; slow ones take fewer (11)")
    reader.add_argument("--actions", type=int, default=5000, help="in bulk (5,000)")
    reader.add_argument("--peer-orders", type=int, default=20_000, help="for the sync beside its peers (20,000)")
    reader.add_argument("--worlds", type=int, default=3, help="that move, for each sort order (3)")
    reader.add_argument("--kills", type=int, default=12, help="of a bulk run (12)")
    reader.add_argument("--dlt", metavar="PYTHON", help="a Python that has dlt with its SQLAlchemy destination")
    said = reader.parse_args()
    said.orders = max(said.orders, MILLION) if said.million else said.orders
    said.only = [word.strip().upper() for word in said.only.split(",") if word.strip()] or list(NUMBERS)
    unknown = set(said.only) - set(NUMBERS)
    if unknown:
        reader.error(f"no goal is called {', '.join(sorted(unknown))}")
    return said


if __name__ == "__main__":
    sys.exit(main())
