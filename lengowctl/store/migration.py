"""Bring a database file up to the schema of this version: one immediate transaction a step, a backup before."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from lengowctl.errors import StoreDamaged, StoreTooNew
from lengowctl.store.connection import Connection
from lengowctl.store.faults import told
from lengowctl.store.files import create_file, make_folder

Step = Callable[[sqlite3.Connection], None]


def version_of(connection: Connection, steps: Sequence[Step]) -> int:
    """How many steps the file has behind it; 0 for an empty one. Changes nothing.

    Raises StoreTooNew for a file of a newer lengowctl and StoreDamaged for a database that is not ours.
    """
    version = connection.number("PRAGMA user_version")
    if version > len(steps):
        raise StoreTooNew(
            f"{connection.path} was written by a newer lengowctl (schema {version}, this one knows {len(steps)})",
            hint="install the newer lengowctl; nothing in the file was touched",
        )
    if version < 0 or (not version and connection.number("SELECT count(*) FROM sqlite_master")):
        raise StoreDamaged(f"{connection.path} is a database, but not one of lengowctl's", hint="move it away")
    return version


def migrate(connection: Connection, steps: Sequence[Step], *, backups: Path, now: datetime) -> int:
    """Carry out the missing steps; how many there were. A file that holds something is copied to `backups` first.

    The caller holds the writer's lock. Stopped anywhere, the file is as before or as after a whole step.
    """
    version = version_of(connection, steps)
    if version and version < len(steps):
        _back_up(connection, backups, version, now)
    for number in range(version, len(steps)):
        with connection.transaction(), told(connection.path):
            steps[number](connection.raw)
            connection.run(f"PRAGMA user_version={number + 1}")
    return len(steps) - version


def _back_up(connection: Connection, backups: Path, version: int, now: datetime) -> None:
    make_folder(backups)
    stem = f"{connection.path.stem}-v{version}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    path = next(path for n in range(1000) if create_file(path := backups / f"{stem}{f'-{n}' if n else ''}.db"))
    copy_database(connection, path)


def copy_database(connection: Connection, path: Path) -> None:
    """Copy the database as it stands into the empty file, down to the disk. The copy needs no other file beside it."""
    with told(path):
        copy = sqlite3.connect(path, isolation_level=None)
        try:
            connection.raw.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        finally:
            copy.close()
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
