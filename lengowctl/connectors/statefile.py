"""Small private files that processes share: one writer at a time, nobody else on the machine reads them."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lengowctl.errors import ConfigFault, DiskFull, FileFault, LengowctlError

_OPEN = os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
_POLL = 0.05


def read_private(path: Path) -> bytes | None:
    """The file's content, or None when there is none.

    Raises ConfigFault, with the line that cures it, when others can read the file; FileFault for a symlink.
    """
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode):
            raise FileFault(f"{path} is not a plain file", hint="delete it and run the command again")
        if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
            raise ConfigFault(f"{path} can be read by others on this machine", hint=f"chmod 600 {path}")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise _file_fault(path, fault) from fault


def write_private(path: Path, content: bytes) -> None:
    """Replace the file as a whole, mode 0600. The caller holds the lock, so a leftover of a crash is ours to remove."""
    fresh = path.with_name(f"{path.name}.new")
    try:
        with suppress(FileNotFoundError):
            fresh.unlink()
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(path)
    except OSError as fault:
        raise _file_fault(path, fault) from fault


@contextmanager
def held(path: Path) -> Iterator[int]:
    """Open the file (made with mode 0600 when missing) and hold it against other threads and processes.

    For moments only: it waits as long as another one holds it. Yields the descriptor.
    """
    handle = _open(path)
    try:
        _lock(handle, wait=True)
        yield handle
    finally:
        os.close(handle)


@contextmanager
def held_within(
    path: Path, seconds: float, *, monotonic: Callable[[], float], sleep: Callable[[float], None]
) -> Iterator[bool]:
    """As `held`, but gives up waiting after `seconds`. Yields whether the file is held."""
    handle = _open(path)
    try:
        end = monotonic() + seconds
        got = _lock(handle, wait=False)
        while not got and monotonic() < end:
            sleep(_POLL)
            got = _lock(handle, wait=False)
        yield got
    finally:
        os.close(handle)


def read_all(handle: int) -> bytes:
    """Everything in an open file."""
    os.lseek(handle, 0, os.SEEK_SET)
    return os.read(handle, os.fstat(handle).st_size)


def rewrite(handle: int, content: bytes) -> None:
    """Replace the content of an open file in place. What a crash leaves half-written, readers take for nothing."""
    try:
        os.lseek(handle, 0, os.SEEK_SET)
        if os.write(handle, content) < len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.ftruncate(handle, len(content))
    except OSError as fault:
        raise _file_fault(Path("the request budget's file"), fault) from fault


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(path, _OPEN, 0o600)
    except OSError as fault:
        raise _file_fault(path, fault) from fault


def _lock(handle: int, *, wait: bool) -> bool:
    """Take the kernel's lock, which ends with the descriptor, whatever becomes of the process."""
    try:
        import fcntl
    except ImportError:  # Windows: correctness does not hang on this lock, a second token fetch is harmless
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _file_fault(path: Path, fault: OSError) -> LengowctlError:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"no room to write {path}", hint="make room and run the command again")
    return FileFault(f"{path} cannot be used: {fault.strerror}")
