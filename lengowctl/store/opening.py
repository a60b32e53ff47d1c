"""How the files of a profile are made, brought up to date and opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from lengowctl.errors import Locked, NeverSynced, StoreDamaged
from lengowctl.store import schema
from lengowctl.store.conditions import FUNCTIONS
from lengowctl.store.connection import EXTRA, FULL, Connection, connect
from lengowctl.store.faults import stoppable
from lengowctl.store.files import BACKUPS, LEDGER, ORDERS, check_file, create_file
from lengowctl.store.migration import Step, migrate, version_of


def never_synced(folder: Path) -> NeverSynced:
    return NeverSynced(f"profile {folder.name} was never synchronised", hint="lengowctl sync")


def no_ledger(folder: Path) -> StoreDamaged:
    return StoreDamaged(
        f"{folder / LEDGER} is missing, and with it what was sent and exported so far",
        hint="bring it back from a backup; without one, delete orders.db too and run lengowctl sync",
    )


def require_ledger(folder: Path) -> None:
    if not (folder / LEDGER).exists():
        raise no_ledger(folder)
    check_file(folder / LEDGER)


def create_files(folder: Path) -> None:
    """Make the files that are missing, the ledger first. A ledger that is gone while the cache is there is never
    replaced by an empty one: that would forget what was sent.
    """
    if (folder / ORDERS).exists():
        require_ledger(folder)
    create_file(folder / LEDGER)
    create_file(folder / ORDERS)


def connect_cache(folder: Path, *, write: bool, busy_ms: int) -> Connection:
    db = connect(folder / ORDERS, write=write, synchronous=FULL, busy_ms=busy_ms)
    for name, function in FUNCTIONS.items():
        db.raw.create_function(name, 1, stoppable(function), deterministic=True)
    return db


def open_cache(folder: Path, *, write: bool, now: datetime, journal: str, busy_ms: int) -> Connection:
    """The cache, brought up to date and in its journal mode, as far as that needs anything at all."""
    db = connect_cache(folder, write=write, busy_ms=busy_ms)
    try:
        version = version_of(db, schema.STEPS)
        if not version and not write:
            raise never_synced(folder)
        if version < len(schema.STEPS):
            db.close()
            _prepare(folder, now=now, busy_ms=busy_ms)
            db = connect_cache(folder, write=write, busy_ms=busy_ms)
        if db.value("PRAGMA journal_mode") != journal:
            db.close()
            _switch(folder, journal, busy_ms=busy_ms, wait=write)
            db = connect_cache(folder, write=write, busy_ms=busy_ms)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(folder: Path, *, now: datetime, busy_ms: int) -> None:
    """Bring both files up to the schema of this version. The ledger comes first: it says that we were here."""
    from lengowctl.store import ledger_schema  # costs a start-up that only reads orders
    from lengowctl.store.lock import writer_lock

    with writer_lock(folder, timeout=busy_ms / 1000):
        if _version(folder / ORDERS, schema.STEPS, busy_ms) and not _version(
            folder / LEDGER, ledger_schema.STEPS, busy_ms
        ):
            raise no_ledger(folder)
        _bring_up(folder / LEDGER, ledger_schema.STEPS, EXTRA, ledger_schema.PAGE_SIZE, now, busy_ms)
        _bring_up(folder / ORDERS, schema.STEPS, FULL, schema.PAGE_SIZE, now, busy_ms)


def _version(path: Path, steps: Sequence[Step], busy_ms: int) -> int:
    db = connect(path, write=False, synchronous=FULL, busy_ms=busy_ms)
    try:
        return version_of(db, steps)
    finally:
        db.close()


def _bring_up(path: Path, steps: Sequence[Step], synchronous: str, page: int, now: datetime, busy_ms: int) -> None:
    db = connect(path, write=True, synchronous=synchronous, busy_ms=busy_ms)
    try:
        db.run(f"PRAGMA page_size={page}")  # counts only while the file is empty
        migrate(db, steps, backups=path.parent / BACKUPS, now=now)
    finally:
        db.close()


def _switch(folder: Path, journal: str, *, busy_ms: int, wait: bool) -> None:
    """Change the journal mode while nobody else can be writing. Where somebody is, it stays for this time."""
    from lengowctl.store.lock import writer_lock

    try:
        with writer_lock(folder, timeout=busy_ms / 1000 if wait else 0):
            db = connect_cache(folder, write=True, busy_ms=busy_ms if wait else 0)
            try:
                db.value(f"PRAGMA journal_mode={journal}")
            finally:
                db.close()
    except Locked:
        return


def open_ledger(folder: Path, *, write: bool, now: datetime, busy_ms: int) -> Connection:
    from lengowctl.store import ledger_schema

    require_ledger(folder)
    if _version(folder / LEDGER, ledger_schema.STEPS, busy_ms) < len(ledger_schema.STEPS):
        _prepare(folder, now=now, busy_ms=busy_ms)
    return connect(folder / LEDGER, write=write, synchronous=EXTRA, busy_ms=busy_ms)
