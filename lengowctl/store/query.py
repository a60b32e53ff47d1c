"""Any question a person has, in SQL, and nothing but questions."""

from __future__ import annotations

import marshal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from lengowctl.errors import LengowctlError, NeverSynced, UsageFault
from lengowctl.store.connection import FULL, Row, attach, connect
from lengowctl.store.faults import pass_on_stop, translate
from lengowctl.store.files import LEDGER, ORDERS, check_file, check_folder

_STEPS = 10_000  # of SQLite's machine between two looks at the clock
_LONGEST = 64 * 1024 * 1024
_IN_MEMORY = 8 * 1024 * 1024
_BATCH = 500

_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
#: Pragmas that only tell something: of a table or index that is named, and of the file.
_LOOKS_AT = frozenset(
    {"table_info", "table_xinfo", "index_list", "index_info", "index_xinfo", "foreign_key_list", "table_list"}
)
_LOOKS = frozenset(
    {"table_list", "database_list", "compile_options", "user_version", "page_count", "page_size", "data_version"}
)
_FORBIDDEN_FUNCTIONS = frozenset({"load_extension", "fts3_tokenizer", "writefile", "readfile", "edit"})
_BAD = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_MISMATCH})


def query(
    folder: Path,
    sql: str,
    *,
    max_seconds: float = 60,
    max_rows: int | None = None,
    monotonic: Callable[[], float] = time.monotonic,
    busy_ms: int = 15_000,
) -> tuple[list[str], Iterator[Row]]:
    """Names and rows of one SELECT; the cache is `main`, the ledger `ledger`. Changes nothing, whatever it says.

    The answer is complete before the first row comes back, so that a slow reader of it keeps nobody waiting; a large
    one lies in a temporary file without a name. Raises UsageFault for bad SQL, for anything but reading and when
    `max_seconds` are over.
    """
    check_folder(folder)
    if not (folder / ORDERS).exists():
        raise NeverSynced(f"profile {folder.name} was never synchronised", hint="lengowctl sync")
    check_file(folder / ORDERS)
    db = connect(folder / ORDERS, write=False, synchronous=FULL, busy_ms=busy_ms)
    try:
        if (folder / LEDGER).exists():
            check_file(folder / LEDGER)
            attach(db, folder / LEDGER, "ledger")
        db.all("SELECT rowid FROM search LIMIT 0")  # the index is set up by statements that the fence would stop
        deadline = monotonic() + max_seconds
        _fence(db.raw, deadline, monotonic)
        try:
            return _answer(db.raw, sql, max_rows)
        except (sqlite3.Error, sqlite3.Warning, UnicodeError, ValueError) as fault:
            if monotonic() <= deadline and isinstance(fault, sqlite3.Error):
                pass_on_stop(fault)
            raise _told(fault, db.path, max_seconds) from fault
    finally:
        db.close()


def _fence(raw: sqlite3.Connection, deadline: float, monotonic: Callable[[], float]) -> None:
    raw.text_factory = lambda text: text.decode("utf-8", "replace")
    raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    raw.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 1)
    raw.set_progress_handler(lambda: monotonic() > deadline, _STEPS)
    raw.set_authorizer(_may)


def _may(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    if action == sqlite3.SQLITE_FUNCTION:
        allowed = (second or "").lower() not in _FORBIDDEN_FUNCTIONS
    elif action == sqlite3.SQLITE_PRAGMA:
        allowed = (first or "").lower() in (_LOOKS if second is None else _LOOKS_AT)
    else:
        allowed = action in _ALLOWED
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _answer(raw: sqlite3.Connection, sql: str, max_rows: int | None) -> tuple[list[str], Iterator[Row]]:
    cursor = raw.execute(sql)
    if cursor.description is None:
        raise UsageFault("that is not a question", hint="write one SELECT statement")
    names = [str(column[0]) for column in cursor.description]
    spool: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed by the rows)
    try:
        _spool(cursor, spool, max_rows)
    except BaseException:
        spool.close()
        raise
    return names, _rows(spool)


def _spool(cursor: sqlite3.Cursor, spool: IO[bytes], left: int | None) -> None:
    while left != 0 and (rows := cursor.fetchmany(_BATCH if left is None else min(_BATCH, left))):
        marshal.dump(rows, spool)
        left = None if left is None else left - len(rows)
    spool.seek(0)


def _rows(spool: IO[bytes]) -> Iterator[Row]:
    with spool:
        while True:
            try:
                batch: list[Row] = marshal.load(spool)  # noqa: S302 (our own bytes, from a file without a name)
            except EOFError:
                return
            yield from batch


def _told(fault: Exception, path: Path, max_seconds: float) -> LengowctlError:
    code = getattr(fault, "sqlite_errorcode", None)
    if code == sqlite3.SQLITE_INTERRUPT:
        return UsageFault(f"the query ran longer than {max_seconds:g} s", hint="narrow it down, or give it more time")
    if code == sqlite3.SQLITE_AUTH:
        return UsageFault("db query only reads: SELECT, and PRAGMA table_info and its like")
    if code == sqlite3.SQLITE_TOOBIG:
        return UsageFault("the query makes a value that is too large")
    if isinstance(code, int) and code & 0xFF not in _BAD and isinstance(fault, sqlite3.Error):
        return translate(fault, path)
    return UsageFault(f"SQLite cannot carry that out: {fault}", hint="lengowctl db query takes one SELECT statement")
