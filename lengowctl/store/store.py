"""The store of a profile: both files opened together, the transaction, the source they belong to."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lengowctl.errors import SourceMismatch
from lengowctl.store.connection import Connection, attach
from lengowctl.store.coverage import Coverage
from lengowctl.store.facts import Facts
from lengowctl.store.files import BACKUPS, LEDGER, ORDERS, check_file, check_folder, make_folder
from lengowctl.store.journal import journal_for
from lengowctl.store.marketplaces import Marketplaces
from lengowctl.store.opening import (
    connect_cache,
    create_files,
    never_synced,
    no_ledger,
    open_cache,
    open_ledger,
    require_ledger,
)
from lengowctl.store.orders import Orders

if TYPE_CHECKING:
    from lengowctl.store.intent import Who
    from lengowctl.store.intents import Intents
    from lengowctl.store.ledger import Ledger
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
            raise never_synced(folder)
        check_folder(folder)
        if write:
            create_files(folder)
        check_file(folder / ORDERS)
        db = open_cache(folder, write=write, now=now, journal=journal_for(sqlite_version), busy_ms=busy_ms)
        return cls(folder, db, write=write, now=now, busy_ms=busy_ms)

    @cached_property
    def set_aside(self) -> SetAside:
        """The orders that could not be understood."""
        from lengowctl.store.set_aside import SetAside  # costs a start-up that only reads orders

        return SetAside(self._db)

    @property
    def connection(self) -> Connection:
        """The cache's own connection, for the rooms of the store."""
        return self._db

    @property
    def ledger(self) -> Ledger:
        """What we did. Opened when it is first asked for."""
        from lengowctl.store.ledger import Ledger  # costs a start-up that only reads orders

        if self._ledger is None:
            self._ledger = open_ledger(self.folder, write=self._write, now=self._now, busy_ms=self._busy_ms)
        return Ledger(self._ledger)

    def intents(self, *, profile: str, source: str, who: Who) -> Intents:
        """What we meant to have done, for whoever acts now; found by each name that an order has or had."""
        return self.ledger.intents(profile=profile, source=source, who=who, names=self.orders.names)

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
        from lengowctl.store.erasure import is_due  # costs a start-up that only reads orders

        return is_due(self._db)

    def sweep(self) -> None:
        """Let no byte of erased data stay in any file of the folder. Takes as long as the search index is large.

        Where a reader of a WAL file is in the way, it stays due: see `sweep_due`.
        """
        from lengowctl.store.erasure import sweep

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
            require_ledger(self.folder)
            self._both = connect_cache(self.folder, write=False, busy_ms=self._busy_ms)
            attach(self._both, self.folder / LEDGER, "ledger")
            if not self._both.number("SELECT count(*) FROM ledger.sqlite_master WHERE name = 'intents'"):
                raise no_ledger(self.folder)
        return self._both
