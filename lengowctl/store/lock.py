"""The writer's lock: one sync, purge or migration at a time in a profile. Held by the kernel, so it dies with us."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lengowctl.errors import FileFault, Locked
from lengowctl.store.files import LOCK, make_folder

_PAUSE = 0.1
_held = threading.local()


@contextmanager
def writer_lock(
    folder: Path,
    *,
    timeout: float,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[None]:
    """Hold the writer's lock of this profile folder. Makes folder and file when they are missing.

    A thread that holds it already may enter again. Raises Locked after `timeout` seconds.
    """
    make_folder(folder)
    path = folder / LOCK
    mine = _mine()
    name = str(path.resolve())
    if name in mine:
        yield
        return
    descriptor = _open(path)
    try:
        _wait(descriptor, path, timeout, monotonic, sleep)
        mine.add(name)
        try:
            yield
        finally:
            mine.discard(name)
    finally:
        os.close(descriptor)  # lets go of the lock


def _mine() -> set[str]:
    """The locks of this thread; a forked child has none of its own."""
    if getattr(_held, "pid", None) != os.getpid():
        _held.pid = os.getpid()
        _held.names = set()
    names: set[str] = _held.names
    return names


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as fault:
        raise FileFault(f"the lock file {path} cannot be opened: {fault.strerror}") from fault


def _wait(
    descriptor: int, path: Path, timeout: float, monotonic: Callable[[], float], sleep: Callable[[float], None]
) -> None:
    deadline = monotonic() + timeout
    while not taken(descriptor):
        left = deadline - monotonic()
        if left <= 0:
            raise Locked(
                f"another lengowctl is writing to this profile (it holds {path})",
                hint="wait until it has finished and run the same command again; --lock-timeout waits longer",
            )
        sleep(min(_PAUSE, left))


if sys.platform == "win32":
    import msvcrt

    def taken(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    is_free = taken
else:
    import fcntl

    def is_free(descriptor: int) -> bool:
        """Whether nobody holds the lock. Many may ask at once, and are not in each other's way."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def taken(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
