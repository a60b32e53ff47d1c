"""One connection to one database file: settings, and SQLite's errors in our words."""

from __future__ import annotations

import os
import sqlite3
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import chain
from pathlib import Path

from lengowctl.store.faults import decoding, is_busy, told, translate

Cell = str | int | float | bytes | None
Row = tuple[Cell, ...]
Params = Sequence[Cell] | Mapping[str, Cell]

_WRITER_KIB = 16 * 1024
_READER_KIB = 4 * 1024  # what is read once gains nothing by being kept
#: After so many of its steps (some milliseconds) SQLite lets Python look whether the run was stopped.
_STEPS = 200_000
FULL = "FULL"
EXTRA = "EXTRA"


class Connection:
    """A database file, open. Every method reads its rows to the end, so no cursor stays open between calls."""

    def __init__(self, raw: sqlite3.Connection, path: Path, busy_ms: int) -> None:
        self.raw = raw
        self.path = path
        self._busy = busy_ms / 1000
        self._file = path.stat()
        self.transactions = 0
        """How many were begun: what was read in one holds until it ends, and no longer."""

    @property
    def in_transaction(self) -> bool:
        return self.raw.in_transaction

    @property
    def in_place(self) -> bool:
        """Whether the file is still where it was opened: not moved away, and no other one in its place."""
        try:
            return os.path.samestat(self._file, self.path.stat())
        except OSError:
            return False

    def run(self, sql: str, params: Params = ()) -> int:
        """Carry out one statement; how many rows it changed."""
        with told(self.path):
            return self.raw.execute(sql, params).rowcount

    def insert(self, sql: str, params: Params = ()) -> int:
        """Carry out one INSERT of one row; the number that the row got."""
        with told(self.path):
            return self.raw.execute(sql, params).lastrowid or 0

    def run_many(self, sql: str, rows: Iterable[Params]) -> None:
        """Carry out one statement for each of the rows."""
        with told(self.path):
            self.raw.executemany(sql, rows)

    def insert_rows(self, into: str, rows: Sequence[Sequence[Cell]]) -> None:
        """`into` (`INSERT INTO table (columns)`) for rows of one length, many with one statement: a statement is a
        turn in which other threads of Python can work, and giving turns away row by row costs more than the rows.
        """
        done = 0
        with told(self.path):
            for size in self._sizes(len(rows[0])) if rows else ():
                while len(rows) - done >= size:
                    values = chain.from_iterable(rows[done : done + size])
                    self.raw.execute(_insert(into, len(rows[0]), size), list(values))
                    done += size

    def _sizes(self, width: int) -> list[int]:
        """How many rows go into a statement: few different numbers, so that statements are found prepared."""
        most = self.raw.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
        return [size for size in (64, 16, 4, 1) if size * width <= most]

    def all(self, sql: str, params: Params = ()) -> list[Row]:
        """All rows of a query whose answer is known to be small."""
        with told(self.path):
            return self.raw.execute(sql, params).fetchall()

    def one(self, sql: str, params: Params = ()) -> Row | None:
        """The first row of a query, or None."""
        with told(self.path):
            cursor = self.raw.execute(sql, params)
            row: Row | None = cursor.fetchone()
            cursor.close()
            return row

    def value(self, sql: str, params: Params = ()) -> Cell:
        """The first column of the first row, or None."""
        row = self.one(sql, params)
        return row[0] if row else None

    def number(self, sql: str, params: Params = ()) -> int:
        """The first column of the first row as a whole number; 0 when there is none."""
        value = self.value(sql, params)
        return value if isinstance(value, int) else 0

    def numbers(self, sql: str, params: Params, typecode: str) -> array[int]:
        """The first column of all rows, packed: a million of them stay small."""
        with told(self.path), decoding(self.path):
            return array(typecode, (row[0] for row in self.raw.execute(sql, params)))

    @contextmanager
    def transaction(self, monotonic: Callable[[], float] = time.monotonic) -> Iterator[None]:
        """All or nothing, the writer's turn taken at once. Inside another one it is part of that one.

        A commit that meets a reader is tried again until the busy time is over; then all is rolled back and
        Locked is raised.
        """
        if self.in_transaction:
            yield
            return
        self.run("BEGIN IMMEDIATE")
        self.transactions += 1
        try:
            yield
            self._commit(monotonic)
        except BaseException:
            self._roll_back()
            raise

    def _commit(self, monotonic: Callable[[], float]) -> None:
        deadline = monotonic() + self._busy
        while True:
            try:
                self.raw.execute("COMMIT")
                return
            except sqlite3.Error as fault:
                if not (is_busy(fault) and self.in_transaction and monotonic() < deadline):
                    raise translate(fault, self.path) from fault

    def _roll_back(self) -> None:
        """A full disk makes SQLite roll back by itself, and so does closing (a Ctrl-C may leave a transaction that is
        given up only then): there is nothing left to do."""
        with suppress(sqlite3.ProgrammingError):
            if self.in_transaction:
                self.run("ROLLBACK")

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        with told(self.path):
            self.raw.close()


@lru_cache(64)
def _insert(into: str, width: int, rows: int) -> str:
    marks = f"({', '.join('?' * width)})"
    return f"{into} VALUES {', '.join([marks] * rows)}"


def connect(path: Path, *, write: bool, synchronous: str, busy_ms: int) -> Connection:
    """Open an existing file. A reader opens it for writing too, because it may have to roll back what a killed
    writer left behind; `query_only` then keeps it from changing anything.
    """
    with told(path):
        raw = sqlite3.connect(_uri(path), uri=True, timeout=busy_ms / 1000, isolation_level=None)
    raw.set_progress_handler(_go_on, _STEPS)
    connection = Connection(raw, path, busy_ms)
    try:
        for pragma in _settings(synchronous, _WRITER_KIB if write else _READER_KIB):
            connection.run(pragma)
        connection.number("SELECT count(*) FROM sqlite_master")  # the file is read here, so damage shows here
        if not write:
            connection.run("PRAGMA query_only=ON")
    except BaseException:
        connection.close()
        raise
    return connection


def _go_on() -> int:
    """Nothing: but being called at all, Python sees a signal that came meanwhile."""
    return 0


def attach(connection: Connection, path: Path, name: str) -> None:
    """Let the connection see another database file as `name`; what is wrong with that file is told of that file."""
    with told(path):
        connection.raw.execute(f"ATTACH ? AS {name}", (_uri(path),))
        connection.raw.execute(f"SELECT count(*) FROM {name}.sqlite_master").fetchall()


def _settings(synchronous: str, cache: int) -> tuple[str, ...]:
    return (
        f"PRAGMA synchronous={synchronous}",
        "PRAGMA foreign_keys=ON",
        "PRAGMA secure_delete=ON",
        "PRAGMA trusted_schema=OFF",
        "PRAGMA cell_size_check=ON",
        f"PRAGMA cache_size=-{cache}",
    )


def _uri(path: Path) -> str:
    """`mode=rw`: a file that is missing is an error, never a new database."""
    return f"{path.absolute().as_uri()}?mode=rw"
