"""Whose data lies in the folders beside each other: two profiles for one account would not know of each other."""

from __future__ import annotations

from pathlib import Path

from lengowctl.errors import LengowctlError
from lengowctl.store.connection import FULL, connect
from lengowctl.store.facts import Facts
from lengowctl.store.files import LEDGER


def folder_of(source: str, root: Path, *, but: Path) -> Path | None:
    """The folder below `root`, other than `but`, whose ledger belongs to this source; None when there is none.

    A ledger that cannot be read is passed over: it must not keep the other profiles from working.
    """
    if not root.is_dir():
        return None
    for folder in sorted(root.iterdir()):
        if folder != but and source_of(folder) == source:
            return folder
    return None


def source_of(folder: Path) -> str | None:
    """Whose data lies in a profile's folder; None when there is none, or none that can be read."""
    if not (folder / LEDGER).is_file():
        return None
    try:
        db = connect(folder / LEDGER, write=False, synchronous=FULL, busy_ms=1000)
    except LengowctlError:
        return None
    try:
        return Facts(db).get("source")
    except LengowctlError:
        return None
    finally:
        db.close()
