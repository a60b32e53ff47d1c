"""What SQLite raises becomes one of ours here, with the file it happened to and the way on."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lengowctl.errors import DiskFull, FileFault, LengowctlError, Locked, StoreDamaged, StoreFault

_T = TypeVar("_T")

_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE})
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SHUT = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY})
_SICK = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_NOLFS})

#: What decoding our own values raises when they are not what we wrote.
UNREADABLE = (UnicodeError, ValueError, TypeError, KeyError, OverflowError, zlib.error)


def is_busy(fault: sqlite3.Error) -> bool:
    """Whether another connection was in the way, so that trying again makes sense."""
    return _code(fault) & 0xFF in _BUSY


def damaged(path: Path) -> StoreDamaged:
    """The file cannot be what we wrote; says what to do for the cache and for the ledger."""
    if path.name == "ledger.db":
        way = "run lengowctl db check; it is never made anew by itself: bring back the last backup"
    else:
        way = "run lengowctl db check; the cache may be deleted and filled again: delete the file, then lengowctl sync"
    return StoreDamaged(f"the database {path} is damaged", hint=way)


def moved_away(path: Path) -> FileFault:
    """The file that is open is not the one that others find there."""
    return FileFault(
        f"the database {path} was moved away or replaced while this run wrote to it",
        hint="bring back a backup only while nothing else runs; then run the same command again",
    )


_failed: list[str] = []


def stoppable(function: Callable[..., _T]) -> Callable[..., _T]:
    """The function as SQLite may call it: its own failures are noted. SQLite makes the same error of them and of a
    Ctrl-C that came meanwhile, even before the function's first line.
    """

    def call(*arguments: Any) -> _T:
        try:
            return function(*arguments)
        except Exception:
            _failed.append(function.__name__)
            raise

    return call


def pass_on_stop(fault: sqlite3.Error) -> None:
    """Raises KeyboardInterrupt when SQLite's error was one: nobody else interrupts a statement of ours."""
    failed = bool(_failed)
    _failed.clear()
    if _code(fault) == sqlite3.SQLITE_INTERRUPT or ("user-defined" in str(fault) and not failed):
        raise KeyboardInterrupt from None


def translate(fault: sqlite3.Error, path: Path) -> LengowctlError:
    """The error of ours for one of SQLite's. Our statements are fixed, so what is left over is damage."""
    pass_on_stop(fault)
    code = _code(fault)
    if code in _FULL:
        return DiskFull(
            f"there is no room to write {path}; nothing half-written was left behind",
            hint="free some space (or raise the limit on file sizes) and run the same command again",
        )
    if code & 0xFF in _BUSY:
        return Locked(
            f"the database {path} stayed busy", hint="another lengowctl is at work; run the same command again"
        )
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return moved_away(path)
    if code & 0xFF in _SHUT:
        return FileFault(
            f"the database {path} cannot be opened for this", hint="look at the folder's owner, mode and room"
        )
    if code & 0xFF in _SICK and code != sqlite3.SQLITE_IOERR_SHORT_READ:
        return StoreFault(
            f"the system could not read or write {path}", hint="look at the disk, then run lengowctl db check"
        )
    return damaged(path)


def _code(fault: sqlite3.Error) -> int:
    code = getattr(fault, "sqlite_errorcode", None)
    return code if isinstance(code, int) else sqlite3.SQLITE_CORRUPT


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Inside, SQLite's errors on `path` become ours. A misuse of the module stays what it is: a bug."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.Error as fault:
        raise translate(fault, path) from fault
    except UnicodeDecodeError as fault:  # SQLite's own message quotes what it found in the file
        raise damaged(path) from fault


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Inside, a value that cannot be decoded means that `path` is damaged."""
    try:
        yield
    except UNREADABLE as fault:
        raise damaged(path) from fault
