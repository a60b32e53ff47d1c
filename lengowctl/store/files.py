"""A profile's folder and files: private from the first byte, never through a symbolic link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from lengowctl.errors import ConfigFault, FileFault

ORDERS = "orders.db"
LEDGER = "ledger.db"
LOCK = "writer.lock"
BACKUPS = "backups"

_OTHERS = 0o077
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)


def make_folder(folder: Path) -> None:
    """Make the folder, and those above it, for its owner alone; one that is there is checked instead."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    except FileExistsError:
        check_folder(folder)
    except OSError as fault:
        raise FileFault(f"the folder {folder} cannot be made: {fault.strerror}") from fault


def check_folder(folder: Path) -> None:
    """Raises ConfigFault with the `chmod` line when others can look into the folder."""
    _check(folder, "700")


def check_file(path: Path) -> None:
    """Raises FileFault for a symbolic link and ConfigFault, with the `chmod` line, when others can read the file."""
    _check(path, "600")


def create_file(path: Path) -> bool:
    """Create the file empty, mode 0600. False when it is there already; then it has been checked."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | _NOFOLLOW, 0o600))
    except FileExistsError:
        check_file(path)
        return False
    except OSError as fault:
        raise FileFault(f"{path} cannot be made: {fault.strerror}") from fault
    return True


def _check(path: Path, mode: str) -> None:
    try:
        found = path.lstat().st_mode
    except OSError as fault:
        raise FileFault(f"{path} cannot be read: {fault.strerror}") from fault
    is_folder = mode == "700"
    if stat.S_ISLNK(found) and not is_folder:
        raise FileFault(f"{path} is a symbolic link", hint="put the file itself there; links are not followed")
    if not (stat.S_ISDIR(path.stat().st_mode) if is_folder else stat.S_ISREG(found)):
        raise FileFault(f"{path} is not a {'folder' if is_folder else 'file'}")
    if os.name == "posix" and (path.stat().st_mode if is_folder else found) & _OTHERS:
        raise ConfigFault(f"{path} is open to other users of this machine", hint=f"chmod {mode} {path}")
