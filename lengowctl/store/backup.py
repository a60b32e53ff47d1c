"""Both files of a profile copied while others work, with a manifest to check the copy by."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path

from lengowctl.errors import FileFault, NeverSynced
from lengowctl.orders.moment import utc_text
from lengowctl.store.connection import FULL, connect
from lengowctl.store.files import LEDGER, ORDERS, check_file, check_folder, create_file, make_folder
from lengowctl.store.migration import copy_database

MANIFEST = "manifest.json"
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY name"


def backup(folder: Path, target: Path, now: datetime, *, busy_ms: int = 15_000) -> list[Path]:
    """Copy both databases and write `manifest.json` (sizes, sha256, rows by table); the paths written.

    The target folder is made with mode 0700, files with 0600. Nothing is overwritten, and a backup that fails
    leaves no file behind.
    """
    check_folder(folder)
    names = [name for name in (ORDERS, LEDGER) if (folder / name).exists()]
    if not names:
        raise NeverSynced(f"there is nothing to back up in {folder}", hint="run lengowctl sync")
    if not target.is_dir():
        make_folder(target)
    taken = [name for name in (*names, MANIFEST) if os.path.lexists(target / name)]
    if taken:
        raise FileFault(f"{target / taken[0]} is already there", hint="name a new folder; nothing is overwritten")
    written: list[Path] = []
    try:
        entries = {name: _copy(folder / name, target / name, written, busy_ms) for name in names}
        _write_manifest(target / MANIFEST, {"created_at": utc_text(now), "files": entries}, written)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return written


def _copy(path: Path, target: Path, written: list[Path], busy_ms: int) -> dict[str, object]:
    check_file(path)
    create_file(target)
    written.append(target)
    db = connect(path, write=False, synchronous=FULL, busy_ms=busy_ms)
    try:
        copy_database(db, target)
    finally:
        db.close()
    return {"bytes": target.stat().st_size, "sha256": _sha256(target), "rows": _rows(target, busy_ms)}


def _rows(path: Path, busy_ms: int) -> dict[str, int]:
    db = connect(path, write=False, synchronous=FULL, busy_ms=busy_ms)
    try:
        names = [str(name) for (name,) in db.all(_TABLES) if not str(name).startswith(("search_", "sqlite_"))]
        return {name: db.number(f'SELECT count(*) FROM "{name}"') for name in names}
    finally:
        db.close()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_manifest(path: Path, content: dict[str, object], written: list[Path]) -> None:
    create_file(path)
    written.append(path)
    with path.open("r+b") as stream:
        stream.write(json.dumps(content, indent=2).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
