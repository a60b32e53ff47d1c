"""The store and the sync inside the program: `python -m tests.benchmarks.storing again|upsert|bodies|pull|read …`
prints JSON.
"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.connectors.lengow.wire import LengowReader
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.orders.model import Order
from lengowctl.store.lock import writer_lock
from lengowctl.store.store import Store
from lengowctl.sync.crew import gather
from lengowctl.sync.pull import PullOptions, pull
from lengowctl.sync.window import Window

from .data import rendered

_PAGE = 100
_BATCHES = 20
_READER = LengowReader()


def _now() -> datetime:
    return datetime.now(UTC)


def _read(numbers: Iterable[int], total: int, version: int = 0) -> list[tuple[Order, bytes]]:
    bodies = [rendered(number, total, version) for number in numbers]
    return [(_READER.order(body), body) for body in bodies]


def _save(store: Store, readings: list[tuple[Order, bytes]]) -> None:
    with store.transaction():
        store.orders.save(readings, at=_now(), scrub=_READER.scrub, personal_since=None)


def again(folder: str, orders: str) -> dict[str, float]:
    """New, then unchanged, then changed orders: how many the store takes in a second of CPU; and the rows that SQLite
    says were written for the unchanged ones."""
    total = int(orders)
    found: dict[str, float] = {}
    with Store.open(Path(folder) / "store", write=True, now=_now()) as store:
        for name, version in (("new", 0), ("unchanged", 0), ("changed", 1)):
            before, took = store.connection.raw.total_changes, 0.0
            for start in range(0, total, _PAGE):
                page = _read(range(start, min(start + _PAGE, total)), total, version)
                began = time.process_time()
                _save(store, page)
                took += time.process_time() - began
            found[name] = total / took
            if name == "unchanged":
                found["rows"] = store.connection.raw.total_changes - before
    return found


def upsert(folder: str, target: str, orders: str) -> dict[str, float]:
    """Milliseconds of CPU for one changed order, chosen at random; pages of 100, on a copy."""
    total, dice = int(orders), random.Random(1)
    copy = Path(target) / "main"
    shutil.copytree(folder, copy)
    took = []
    with Store.open(copy, write=True, now=_now()) as store:
        for _ in range(_BATCHES):
            page = _read(dice.sample(range(total), _PAGE), total, 1)
            began = time.process_time()
            _save(store, page)
            took.append((time.process_time() - began) / _PAGE * 1000)
    shutil.rmtree(copy)
    return {"ms": statistics.median(took[1:])}


def bodies(folder: str) -> dict[str, object]:
    """What the bodies' table takes on disk, and each of the others; where SQLite cannot tell pages, what the bodies
    themselves take.
    """
    pages = (
        "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m USING (name) GROUP BY 1 ORDER BY 2 DESC"
    )
    with closing(sqlite3.connect(Path(folder) / "orders.db")) as db:
        try:
            sizes = dict(db.execute(pages).fetchall())
        except sqlite3.OperationalError:
            sizes = dict(db.execute("SELECT 'bodies', sum(length(body)) FROM bodies").fetchall())
    return {"bytes": sizes["bodies"], "tables": [(name, size / 1e6) for name, size in sizes.items()]}


def pulled(url: str, workers: str, folder: str) -> dict[str, float]:
    """A first sync with so many workers."""
    home = Path(folder) / "main"
    with Store.open(home, write=True, now=_now()) as store, writer_lock(home, timeout=1), _client(url, home) as client:
        result = pull(client, store, PullOptions(workers=int(workers)), scrub=_READER.scrub, now=_now)
    return {"read": result.read, "unproved": len(result.unproved)}


def read(url: str, workers: str, folder: str) -> dict[str, int]:
    """The readers of a sync with so many workers: windows, pages, orders; nothing is stored."""
    until = _now().replace(microsecond=0) - timedelta(minutes=2)
    windows = [Window(until - timedelta(days=90), until)]
    count = 0
    with _client(url, Path(folder)) as client:
        for event in gather(client, windows, workers=int(workers), ready=lambda page: len(page.readings)):
            count += event if isinstance(event, int) else 0
    return {"read": count}


def _client(url: str, folder: Path) -> LengowClient:
    return LengowClient(
        base_url=url,
        keys=lambda: Keys(Secret("a"), Secret("b")),
        folder=folder,
        now=_now,
        monotonic=time.monotonic,
        sleep=time.sleep,
        random=random.random,
        environment={},
    )


if __name__ == "__main__":
    works = {"again": again, "upsert": upsert, "bodies": bodies, "pull": pulled, "read": read}
    print(json.dumps(works[sys.argv[1]](*sys.argv[2:])))  # type: ignore[operator]
