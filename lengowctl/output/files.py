"""Files that are whole or not there: written beside their place, made durable, then moved into it."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from lengowctl.errors import DiskFull, FileFault, LengowctlError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NAME_KEEPS = re.compile(r"[A-Za-z0-9_.-]")
_LONGEST_NAME = 120
#: A part that nobody has written to for so many seconds, and that nobody holds, is left over from a killed run.
_ABANDONED = 60.0


@contextmanager
def atomic_write(path: Path, *, force: bool = False, inside: Path | None = None) -> Iterator[TextIO]:
    """A UTF-8 text stream whose content stands at `path`, mode 0600, once the block ends well; else nothing does.

    Line ends are written as they are. Raises FileFault when something is there already (unless `force`), when it is
    a link, a folder or a device, or when it would lie outside `inside`; DiskFull when there is no room.
    """
    with atomic_bytes(path, force=force, inside=inside) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        yield text
        text.flush()
        text.detach()


@contextmanager
def atomic_bytes(path: Path, *, force: bool = False, inside: Path | None = None) -> Iterator[BinaryIO]:
    """As `atomic_write`, for bytes."""
    if inside is not None:
        check_inside(path, inside)
    check_free(path, force=force)
    import secrets  # an export to stdout makes no file

    temporary = path.parent / f".lengowctl-{secrets.token_hex(8)}.part"
    try:
        with _new_file(temporary) as stream:
            _hold(stream)
            _sweep(temporary)
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        _move(temporary, path, force)
        _sync_folder(path.parent)
    except BrokenPipeError:  # of another stream: not ours to word
        raise
    except OSError as fault:
        raise file_fault(fault, path) from fault
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def file_fault(fault: OSError, path: Path | str) -> LengowctlError:
    """The same fault in our words."""
    if fault.errno in _FULL:
        return DiskFull(f"there is no room left to write {path}", hint="free some space and run it again")
    if isinstance(fault, FileExistsError):
        return _exists(path)
    if isinstance(fault, FileNotFoundError):
        return FileFault(f"{path} cannot be written: its folder does not exist")
    return FileFault(f"{path} cannot be written: {(fault.strerror or str(fault)).lower()}")


def safe_name(text: str) -> str:
    """A file name made of a reference: other texts give other names, and none of them leads out of its folder.

    Letters, digits, `_`, `-` and inner dots stay; all else is percent-encoded. A long one ends in a digest.
    """
    last = len(text) - 1
    name = "".join(char if _stays(char, at in (0, last)) else _percent(char) for at, char in enumerate(text)) or "%"
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{name[: _LONGEST_NAME - 17]}-{digest}"


def check_inside(path: Path, folder: Path) -> None:
    """Raises FileFault unless `path`, links followed, lies inside `folder`."""
    if not path.resolve().is_relative_to(folder.resolve()):
        raise FileFault(f"{path} lies outside {folder}")


def _stays(char: str, at_an_end: bool) -> bool:
    return _NAME_KEEPS.fullmatch(char) is not None and not (char == "." and at_an_end)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def check_free(path: Path, *, force: bool = False) -> None:
    """Raises FileFault when a file cannot come to stand at `path`: something is there (unless `force`), or a link."""
    try:
        there = path.lstat()
    except FileNotFoundError:
        return
    except OSError as fault:
        raise file_fault(fault, path) from fault
    if stat.S_ISLNK(there.st_mode):
        raise FileFault(f"{path} is a symbolic link", hint="name the file itself; links are not followed")
    if not stat.S_ISREG(there.st_mode):
        raise FileFault(f"{path} is not an ordinary file")
    if not force:
        raise _exists(path)


def _exists(path: Path | str) -> FileFault:
    return FileFault(f"{path} is already there", hint="choose another name, or replace it with --force")


def _new_file(path: Path) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return cast(BinaryIO, os.fdopen(os.open(path, flags, 0o600), "wb"))


def _hold(stream: BinaryIO) -> bool:
    """Take the kernel's lock on an open part, which ends with its process; False when another one has it."""
    try:
        import fcntl
    except ImportError:  # elsewhere a file that is open cannot be removed anyway
        return True
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _sweep(mine: Path) -> None:
    """Remove the parts that killed runs have left in this folder: they may hold buyers' data."""
    with suppress(OSError):
        oldest = mine.stat().st_mtime - _ABANDONED
        for part in mine.parent.glob(".lengowctl-*.part"):
            found = part.lstat()
            if stat.S_ISREG(found.st_mode) and found.st_mtime < oldest and found.st_uid == mine.stat().st_uid:
                with part.open("rb") as stream:
                    if _hold(stream):
                        part.unlink()


def _move(temporary: Path, path: Path, force: bool) -> None:
    """Into its place; without `force` only if nothing has come there meanwhile, which a link says and a rename not."""
    if force:
        temporary.replace(path)
        return
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError(errno.EEXIST, "exists", str(path)) from None
        temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":  # elsewhere a folder cannot be opened
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as fault:
        if fault.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that has nothing to sync here
            raise
    finally:
        os.close(handle)
