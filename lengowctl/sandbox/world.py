"""The world file: one SQLite database that several processes may share.

An order that nobody has changed is a slim row; its body follows from the seed. A changed order keeps its body.
`synchronous` is off: a pretended world survives a killed process, and need not survive a power cut.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from lengowctl.sandbox import settings as knobs
from lengowctl.sandbox.settings import Settings

_FORMAT = 1

_SCHEMA = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE orders (
    n INTEGER PRIMARY KEY,
    marketplace TEXT NOT NULL, number TEXT NOT NULL, status TEXT NOT NULL, word TEXT NOT NULL,
    line_statuses TEXT NOT NULL, ordered_at INTEGER NOT NULL, imported_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, kind TEXT NOT NULL, catalog INTEGER NOT NULL, numbered INTEGER NOT NULL,
    next_at INTEGER, next_kind TEXT, caused INTEGER NOT NULL DEFAULT 0,
    body TEXT, future TEXT, poll_at INTEGER, poison BLOB);
CREATE TABLE prior (n INTEGER PRIMARY KEY, until INTEGER NOT NULL, row TEXT);
CREATE TABLE actions (
    id INTEGER PRIMARY KEY, n INTEGER NOT NULL, marketplace TEXT NOT NULL, number TEXT NOT NULL,
    action_type TEXT NOT NULL, arguments TEXT NOT NULL, queued INTEGER NOT NULL, processed INTEGER NOT NULL,
    errors TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, stage TEXT NOT NULL, next_at INTEGER);
CREATE TABLE effects (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, action_id INTEGER, marketplace TEXT NOT NULL, number TEXT NOT NULL,
    action_type TEXT NOT NULL, arguments TEXT NOT NULL, outcome TEXT NOT NULL, why TEXT);
CREATE TABLE tokens (token TEXT PRIMARY KEY, created_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE windows (route TEXT PRIMARY KEY, started REAL NOT NULL, used INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE faults (id INTEGER PRIMARY KEY, rule TEXT NOT NULL, seen INTEGER NOT NULL, fired INTEGER NOT NULL);
CREATE TABLE deferred (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, request TEXT NOT NULL);
CREATE TABLE log (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, method TEXT NOT NULL, target TEXT NOT NULL, status INTEGER,
    fault TEXT, effect INTEGER NOT NULL, note TEXT);
"""

_INDEXES = """
CREATE UNIQUE INDEX orders_by_number ON orders (number, marketplace);
CREATE INDEX orders_as_documented ON orders
    (marketplace, ordered_at DESC, imported_at DESC, n, updated_at, status, numbered, line_statuses, catalog);
CREATE INDEX orders_by_update ON orders (updated_at, n, marketplace, status, numbered, line_statuses, catalog,
    ordered_at);
CREATE INDEX orders_by_date ON orders (ordered_at, n, marketplace, status, numbered, line_statuses, catalog,
    updated_at);
CREATE INDEX orders_by_status ON orders (status, marketplace, ordered_at DESC, imported_at DESC, n, updated_at,
    numbered, line_statuses, catalog);
CREATE INDEX orders_next ON orders (caused, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX orders_poll ON orders (poll_at) WHERE poll_at IS NOT NULL;
CREATE INDEX actions_next ON actions (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX actions_by_order ON actions (n);
CREATE INDEX actions_by_update ON actions (updated_at);
"""

_TABLES = ("facts", "orders", "prior", "actions", "effects", "tokens", "windows", "faults", "deferred", "log")


class OrderRow(NamedTuple):
    """An order as the world file keeps it. `body` is what Lengow shows once the order has been changed; `future`
    is how it already stands at the marketplace, until Lengow's next reading at `poll_at`."""

    n: int
    marketplace: str
    number: str
    status: str
    word: str
    line_statuses: str
    ordered_at: int
    imported_at: int
    updated_at: int
    kind: str
    catalog: int
    numbered: int
    next_at: int | None = None
    next_kind: str | None = None
    caused: int = 0
    body: str | None = None
    future: str | None = None
    poll_at: int | None = None
    poison: bytes | None = None


COLUMNS = ", ".join(OrderRow._fields)
_INSERT = f"INSERT INTO orders ({COLUMNS}) VALUES ({', '.join('?' * len(OrderRow._fields))})"


class World:
    """The open file. One connection a process, one transaction at a time. A forked child opens its own, and keeps
    the inherited one untouched: closing it would upset the parent's."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._inherited: list[sqlite3.Connection] = []

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the file's only write lock from the start; all or nothing."""
        with self._lock:
            connection = self._connect()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None or self._owner != os.getpid():
            if self._connection is not None:
                self._inherited.append(self._connection)
            self._connection = _open(self.path)
            self._owner = os.getpid()
        return self._connection


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=15.0, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA busy_timeout = 15000")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA cache_size = -32000")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def exists(connection: sqlite3.Connection) -> bool:
    """Whether the file holds a world of this format. Raises ValueError for a newer one."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > _FORMAT:
        raise ValueError("this sandbox world was made by a newer version; reset it, or give another path")
    return version == _FORMAT


def clear(connection: sqlite3.Connection) -> None:
    """Drop whatever is there and lay out empty tables, without the indexes on orders."""
    for table in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _SCHEMA.split(";"):
        connection.execute(statement)


def index(connection: sqlite3.Connection) -> None:
    """Make the indexes (after the rows, which is faster) and mark the world as complete."""
    for statement in _INDEXES.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {_FORMAT}")


def fact(connection: sqlite3.Connection, name: str, default: Any = None) -> Any:
    found = connection.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
    return default if found is None else json.loads(found[0])


def set_fact(connection: sqlite3.Connection, name: str, value: Any) -> None:
    connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))


def settings(connection: sqlite3.Connection) -> Settings:
    return knobs.from_stored(fact(connection, "settings", {}))


def insert_orders(connection: sqlite3.Connection, rows: Iterator[OrderRow]) -> None:
    connection.executemany(_INSERT, rows)


def order_at(connection: sqlite3.Connection, n: int) -> OrderRow:
    return OrderRow(*connection.execute(f"SELECT {COLUMNS} FROM orders WHERE n = ?", (n,)).fetchone())


def find_order(connection: sqlite3.Connection, marketplace: str, number: str) -> OrderRow | None:
    found = connection.execute(
        f"SELECT {COLUMNS} FROM orders WHERE number = ? AND marketplace = ?", (number, marketplace)
    ).fetchone()
    return OrderRow(*found) if found else None


def update_order(connection: sqlite3.Connection, n: int, **columns: Any) -> None:
    assignments = ", ".join(f"{name} = ?" for name in columns)
    connection.execute(f"UPDATE orders SET {assignments} WHERE n = ?", (*columns.values(), n))
