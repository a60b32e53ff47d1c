"""No room to write: one clear error, and everything as it was."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lengowctl.errors import DiskFull
from lengowctl.store.store import Store

from .samples import DAY, NOON, order, refs, rows_in, save


def test_a_full_disk_leaves_nothing_half_written(store: Store) -> None:
    """The page is rolled back whole, the cursor stays, and with room again the same run goes through."""
    save(store, order("A-1"))
    with store.transaction():
        store.coverage.set_cursor(NOON)
    before = rows_in(store)
    pages = store.connection.number("PRAGMA page_count")
    store.connection.run(f"PRAGMA max_page_count={pages + 2}")
    many = [(order(f"B-{n}"), b"%d" % n * 4000) for n in range(100)]

    def page() -> None:
        with store.transaction():
            store.coverage.set_cursor(NOON + DAY)
            store.orders.save(many, at=NOON, scrub=bytes, personal_since=None)

    with pytest.raises(DiskFull, match="no room to write") as told:
        page()
    assert told.value.hint is not None
    assert (rows_in(store), store.coverage.cursor(), store.connection.in_transaction) == (before, NOON, False)
    store.connection.run(f"PRAGMA max_page_count={pages + 10_000}")
    page()
    assert (rows_in(store)["orders"], store.coverage.cursor()) == (101, NOON + DAY)


SCRIPT = """
import resource, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from lengowctl.errors import DiskFull
from lengowctl.store.store import Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
with Store.open(folder, write=True, now=datetime(2026, 11, 23, tzinfo=UTC)) as store:
    limit = (folder / "orders.db").stat().st_size + 20_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        with store.transaction():
            for n in range(400):
                store.facts.set(f"fact {n}", "x" * 1000)
    except DiskFull as fault:
        print(fault.message)
"""


def test_a_limit_on_file_sizes_is_a_full_disk(store: Store) -> None:
    save(store, order("A-1"))
    found = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(store.folder)], capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith("there is no room to write"), found.stderr
    assert (refs(store), store.facts.get("fact 0")) == (["amazon_fr:A-1"], None)
    assert store.connection.value("PRAGMA integrity_check") == "ok"
