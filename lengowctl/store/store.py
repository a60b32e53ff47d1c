"""The store of a profile: both files opened together, the transaction, the source they belong to."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from lengowctl.errors import Locked, NeverSynced, SourceMismatch, StoreDamaged
from lengowctl.store import ledger_schema, schema
from lengowctl.store.conditions import FUNCTIONS
from lengowctl.store.connection import EXTRA, FULL, Connection, connect
from lengowctl.store.coverage import Coverage
from lengowctl.store.erasure import is_due, sweep
from lengowctl.store.facts import Facts
from lengowctl.store.files import BACKUPS, LEDGER, ORDERS, check_file, check_folder, create_file, make_folder
from lengowctl.store.journal import journal_for
from lengowctl.store.ledger import Ledger
from lengowctl.store.lock import writer_lock
from lengowctl.store.marketplaces import Marketplaces
from lengowctl.store.migration import Step, migrate, version_of
from lengowctl.store.orders import ExactSum, Orders
from lengowctl.store.set_aside import SetAside

BUSY_MS = 15_000


class Store:
    """What a profile knows. Made by `open`; belongs to the thread that opened it."""

    def __init__(self, folder: Path, connection: Connection, *, write: bool, now: datetime, busy_ms: int) -> None:
        self.folder = folder
        self._db = connection
        self._write = write
        self._now = now
        self._busy_ms = busy_ms
        self._both: Connection | None = None
        self._ledger: Connection | None = None
        self.orders = Orders(connection, self._with_ledger)
        self.coverage = Coverage(connection)
        self.set_aside = SetAside(connection)
        self.marketplaces = Marketplaces(connection)
        self.facts = Facts(connection)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        write: bool,
        now: datetime,
        sqlite_version: tuple[int, ...] = sqlite3.sqlite_version_info,
        busy_ms: int = BUSY_MS,
    ) -> Self:
        """Open the store in this folder. For writing it is made when it is missing. An older file is brought up to
        date, under the writer's lock and with a backup before.

        Raises NeverSynced when there is nothing to read, StoreTooNew, StoreDamaged, Locked, ConfigFault for a folder
        or file that others can read, FileFault for a symbolic link.
        """
        if write:
            make_folder(folder)
        elif not (folder / ORDERS).exists() and not (folder / ORDERS).is_symlink():
            raise _never(folder)
        check_folder(folder)
        if write:
            _create(folder)
        check_file(folder / ORDERS)
        db = _opened(folder, write=write, now=now, journal=journal_for(sqlite_version), busy_ms=busy_ms)
        return cls(folder, db, write=write, now=now, busy_ms=busy_ms)

    @property
    def connection(self) -> Connection:
        """The cache's own connection, for the rooms of the store."""
        return self._db

    @property
    def ledger(self) -> Ledger:
        """What we did. Opened when it is first asked for."""
        if self._ledger is None:
            self._ledger = _open_ledger(self.folder, write=self._write, now=self._now, busy_ms=self._busy_ms)
        return Ledger(self._ledger)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing on the cache. Begun at once as a writer; a commit that meets a reader is tried again."""
        return self._db.transaction()

    @property
    def source(self) -> str | None:
        """Whose orders these are; None before first contact."""
        return self.facts.get("source")

    def pin(self, source: str) -> None:
        """Bind both files to this source, for good. Raises SourceMismatch when they belong to another one."""
        ledger = self.ledger.facts
        for theirs in (self.facts.get("source"), ledger.get("source")):
            if theirs is not None and theirs != source:
                raise SourceMismatch(
                    f"the data in {self.folder} belongs to {theirs}, but the keys belong to {source}",
                    hint="use another profile for the other account",
                )
        if ledger.get("source") is None:
            ledger.set("source", source)
        if self.source is None:
            self.facts.set("source", source)

    @property
    def generation(self) -> str:
        """Which making of the cache this is: numbers of another one say nothing here."""
        return self.facts.get("generation") or ""

    @property
    def sweep_due(self) -> bool:
        """Whether buyer's data was taken out whose words still lie in old parts of the search index."""
        return is_due(self._db)

    def sweep(self) -> None:
        """Let no byte of erased data stay in any file of the folder. Takes as long as the search index is large."""
        sweep(self._db)
        for copy in (self.folder / BACKUPS).glob("orders-v*.db"):
            copy.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the files. Safe to call twice."""
        for connection in (self._both, self._ledger, self._db):
            if connection is not None:
                connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _with_ledger(self) -> Connection:
        """A reading connection to the cache that has the ledger attached. Not the writer's: a transaction there
        would lock the ledger as well.
        """
        if self._both is None:
            self._both = _connect(self.folder, write=False, busy_ms=self._busy_ms)
            _require_ledger(self.folder)
            self._both.run("ATTACH ? AS ledger", (f"{(self.folder / LEDGER).absolute().as_uri()}?mode=rw",))
            ledger = self._both.number("SELECT count(*) FROM ledger.sqlite_master WHERE name = 'intents'")
            if not ledger:
                raise _no_ledger(self.folder)
        return self._both


def _never(folder: Path) -> NeverSynced:
    return NeverSynced(f"there are no orders yet in {folder}", hint="run lengowctl sync")


def _no_ledger(folder: Path) -> StoreDamaged:
    return StoreDamaged(
        f"{folder / LEDGER} is missing, and with it what was sent and exported so far",
        hint="bring it back from a backup; without one, delete orders.db too and run lengowctl sync",
    )


def _require_ledger(folder: Path) -> None:
    if not (folder / LEDGER).exists():
        raise _no_ledger(folder)
    check_file(folder / LEDGER)


def _create(folder: Path) -> None:
    """Make the files that are missing, the ledger first. A ledger that is gone while the cache is there is never
    replaced by an empty one: that would forget what was sent.
    """
    if (folder / ORDERS).exists():
        _require_ledger(folder)
    create_file(folder / LEDGER)
    create_file(folder / ORDERS)


def _connect(folder: Path, *, write: bool, busy_ms: int) -> Connection:
    db = connect(folder / ORDERS, write=write, synchronous=FULL, busy_ms=busy_ms)
    for name, function in FUNCTIONS.items():
        db.raw.create_function(name, 1, function, deterministic=True)
    db.raw.create_aggregate("exact_sum", 1, ExactSum)  # type: ignore[arg-type]
    return db


def _opened(folder: Path, *, write: bool, now: datetime, journal: str, busy_ms: int) -> Connection:
    """The cache, brought up to date and in its journal mode, as far as that needs anything at all."""
    db = _connect(folder, write=write, busy_ms=busy_ms)
    try:
        version = version_of(db, schema.STEPS)
        if not version and not write:
            raise _never(folder)
        if version < len(schema.STEPS):
            db.close()
            _prepare(folder, now=now, busy_ms=busy_ms)
            db = _connect(folder, write=write, busy_ms=busy_ms)
        if db.value("PRAGMA journal_mode") != journal:
            db.close()
            _switch(folder, journal, busy_ms=busy_ms, wait=write)
            db = _connect(folder, write=write, busy_ms=busy_ms)
    except BaseException:
        db.close()
        raise
    return db


def _prepare(folder: Path, *, now: datetime, busy_ms: int) -> None:
    """Bring both files up to the schema of this version. The ledger comes first: it says that we were here."""
    with writer_lock(folder, timeout=busy_ms / 1000):
        if _version(folder / ORDERS, schema.STEPS, busy_ms) and not _version(
            folder / LEDGER, ledger_schema.STEPS, busy_ms
        ):
            raise _no_ledger(folder)
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
    try:
        with writer_lock(folder, timeout=busy_ms / 1000 if wait else 0):
            db = _connect(folder, write=True, busy_ms=busy_ms if wait else 0)
            try:
                db.value(f"PRAGMA journal_mode={journal}")
            finally:
                db.close()
    except Locked:
        return


def _open_ledger(folder: Path, *, write: bool, now: datetime, busy_ms: int) -> Connection:
    _require_ledger(folder)
    if _version(folder / LEDGER, ledger_schema.STEPS, busy_ms) < len(ledger_schema.STEPS):
        _prepare(folder, now=now, busy_ms=busy_ms)
    return connect(folder / LEDGER, write=write, synchronous=EXTRA, busy_ms=busy_ms)
