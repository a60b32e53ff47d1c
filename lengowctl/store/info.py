"""What lies in a profile's folder: paths, sizes, modes, counts."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lengowctl.orders.moment import read_instant
from lengowctl.store.connection import FULL, Connection, connect
from lengowctl.store.facts import Facts
from lengowctl.store.faults import decoding
from lengowctl.store.files import LEDGER, ORDERS, check_file, check_folder


@dataclass(frozen=True, slots=True)
class FileInfo:
    """One database file: its size with the journals beside it, its journal mode and the schema it has."""

    path: Path
    size: int
    journal: str
    schema: int


@dataclass(frozen=True, slots=True)
class Info:
    """A profile's folder as it stands. `oldest` and `newest` are order dates."""

    folder: Path
    files: tuple[FileInfo, ...]
    sqlite: str
    source: str | None
    generation: str | None
    counts: dict[str, int]
    """Rows by table: orders, lines, parcels, bodies, changes, set_aside, marketplaces."""
    oldest: datetime | None
    newest: datetime | None
    free: int
    """Bytes left on the file system."""


_COUNTED = ("orders", "lines", "parcels", "bodies", "changes", "set_aside", "marketplaces")


def info(folder: Path, *, busy_ms: int = 15_000) -> Info:
    """Look at what is there. Raises as `Store.open` does; a file that is missing is left out."""
    check_folder(folder)
    files = tuple(_file(folder / name, busy_ms) for name in (ORDERS, LEDGER) if (folder / name).exists())
    free = shutil.disk_usage(folder).free
    if not any(file.path.name == ORDERS and file.schema for file in files):
        return Info(folder, files, sqlite3.sqlite_version, None, None, {}, None, None, free)
    db = connect(folder / ORDERS, write=False, synchronous=FULL, busy_ms=busy_ms)
    try:
        facts = Facts(db)
        counts = {table: db.number(f"SELECT count(*) FROM {table}") for table in _COUNTED}
        oldest, newest = _ordered(db, "min"), _ordered(db, "max")
        source, generation = facts.get("source"), facts.get("generation")
        return Info(folder, files, sqlite3.sqlite_version, source, generation, counts, oldest, newest, free)
    finally:
        db.close()


def _file(path: Path, busy_ms: int) -> FileInfo:
    check_file(path)
    db = connect(path, write=False, synchronous=FULL, busy_ms=busy_ms)
    try:
        journal = str(db.value("PRAGMA journal_mode"))
        return FileInfo(path, _size(path), journal, db.number("PRAGMA user_version"))
    finally:
        db.close()


def _size(path: Path) -> int:
    beside = [path, *(path.with_name(path.name + end) for end in ("-journal", "-wal"))]
    return sum(file.stat().st_size for file in beside if file.exists())


def _ordered(db: Connection, which: str) -> datetime | None:
    text = db.value(f"SELECT {which}(ordered_at) FROM orders")
    with decoding(db.path):
        return None if text is None else read_instant(str(text))
