"""Which sending runs are alive. A run holds an exclusive kernel lock on a file of its own for as long as it lives.

No process number, no clock, no lease: a paused process keeps its lock, a dead one cannot.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from contextlib import suppress
from pathlib import Path

from lengowctl.errors import FileFault
from lengowctl.store.lock import is_free, taken

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_PREFIX = "run-"
_SUFFIX = ".lock"


class RunLock:
    """The lock of one sending run. `release` it when nothing of the run is under way; else it dies with the process."""

    def __init__(self, run_id: str, path: Path, descriptor: int) -> None:
        self.run_id = run_id
        self._path = path
        self._descriptor: int | None = descriptor

    @property
    def name(self) -> str:
        """What the file is called."""
        return self._path.name

    @property
    def holds(self) -> bool:
        """Whether others can see that the run is alive: its file is where it was made."""
        return self._descriptor is not None and _is_still(self._path, self._descriptor)

    def release(self) -> None:
        """Let go, and take the file away. Safe to call twice."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            _remove(self._path, descriptor)

    def abandon(self) -> None:
        """Let go as the kernel does when a process dies: the file stays."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def begin_run(folder: Path, new_id: Callable[[], str]) -> RunLock:
    """Make the lock of a new run, and hold it. Raises FileFault."""
    while True:
        run_id = new_id()
        path = _path(folder, run_id)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600)
        except FileExistsError:
            continue
        except OSError as fault:
            raise FileFault(f"the lock file {path} cannot be made: {fault.strerror}") from fault
        if taken(descriptor) and _is_still(path, descriptor):
            return RunLock(run_id, path, descriptor)
        os.close(descriptor)  # another run swept it away before it was locked


def is_dead(folder: Path, run_id: str) -> bool:
    """Whether the run that has this id is proved to be over. Without a lock file it is: the file goes last."""
    path = _path(folder, run_id)
    try:
        descriptor = os.open(path, os.O_RDWR | _NOFOLLOW)
    except FileNotFoundError:
        return True
    except OSError as fault:
        raise FileFault(f"the lock file {path} cannot be opened: {fault.strerror}") from fault
    try:
        return is_free(descriptor)
    finally:
        os.close(descriptor)


def sweep_runs(folder: Path, needed: Collection[str]) -> None:
    """Take away the lock files of dead runs, except those that are `needed`."""
    for path in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        run_id = path.name[len(_PREFIX) : -len(_SUFFIX)]
        if run_id in needed:
            continue
        with suppress(OSError):
            descriptor = os.open(path, os.O_RDWR | _NOFOLLOW)
            if taken(descriptor):
                _remove(path, descriptor)
            else:
                os.close(descriptor)


def _path(folder: Path, run_id: str) -> Path:
    return folder / f"{_PREFIX}{run_id}{_SUFFIX}"


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _remove(path: Path, descriptor: int) -> None:
    """The file goes while it is locked, so that nobody can lock it and then lose it. Windows removes closed files."""
    if os.name == "posix":
        path.unlink(missing_ok=True)
        os.close(descriptor)
        return
    os.close(descriptor)
    with suppress(OSError):
        path.unlink(missing_ok=True)
