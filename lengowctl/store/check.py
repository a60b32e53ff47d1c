"""Is what lies in a profile's folder sound? Every finding says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lengowctl.errors import LengowctlError, StoreDamaged
from lengowctl.store import ledger_schema, schema
from lengowctl.store.bodies import Bodies
from lengowctl.store.connection import EXTRA, FULL, Connection, connect
from lengowctl.store.files import BACKUPS, LEDGER, ORDERS, check_file, check_folder
from lengowctl.store.migration import version_of
from lengowctl.store.text import digest

_BATCH = 500
_AGAIN = "delete the file and run lengowctl sync: everything in it can be fetched again"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, what, and what to do about it."""

    path: Path
    problem: str
    way: str


def check(folder: Path, *, busy_ms: int = 15_000) -> list[Finding]:
    """Look through the whole folder; nothing found means sound. Reads every body, so it takes its time."""
    found = [*_guarded(folder, "", check_folder)]
    for name in (ORDERS, LEDGER):
        if not (folder / name).exists():
            way = "run lengowctl sync" if name == ORDERS else _ledger_way(folder)
            found.append(Finding(folder / name, "the file is missing", way))
            continue
        found += _guarded(folder / name, "", check_file)
        found += _database(folder / name, busy_ms)
    return found


def _guarded(path: Path, way: str, look: object) -> Iterator[Finding]:
    assert callable(look)
    try:
        look(path)
    except LengowctlError as fault:
        yield Finding(path, fault.message, fault.hint or way)


def _ledger_way(folder: Path) -> str:
    copies = sorted((folder / BACKUPS).glob("ledger-*.db"))
    last = f"the last copy made here is {copies[-1]}" if copies else "bring it back from your last lengowctl db backup"
    return f"it is never made anew by itself, what was sent is known nowhere else: {last}"


def _database(path: Path, busy_ms: int) -> list[Finding]:
    is_cache = path.name == ORDERS
    way = _AGAIN if is_cache else _ledger_way(path.parent)
    try:
        db = connect(path, write=True, synchronous=FULL if is_cache else EXTRA, busy_ms=busy_ms)
    except StoreDamaged as fault:
        return [Finding(path, fault.message, way)]
    except LengowctlError as fault:
        return [Finding(path, fault.message, fault.hint or way)]
    try:
        version = version_of(db, schema.STEPS if is_cache else ledger_schema.STEPS)
        if not version:
            return [Finding(path, "the file is empty", "run lengowctl sync" if is_cache else way)]
        found = list(_pages(db, way))
        return found if found or not is_cache else list(_cache(db))
    except StoreDamaged as fault:
        return [Finding(path, fault.message, way)]
    except LengowctlError as fault:
        return [Finding(path, fault.message, fault.hint or way)]
    finally:
        db.close()


def _pages(db: Connection, way: str) -> Iterator[Finding]:
    for (problem,) in db.all("PRAGMA integrity_check(20)"):
        if problem != "ok":
            yield Finding(db.path, f"SQLite says: {problem!s}", way)
    broken = len(db.all("PRAGMA foreign_key_check"))
    if broken:
        yield Finding(db.path, f"{broken} rows belong to orders that are not there", way)


def _cache(db: Connection) -> Iterator[Finding]:
    """What SQLite cannot know: that the search index, the bodies and the counts agree with the orders."""
    try:
        db.run("INSERT INTO search (search) VALUES ('integrity-check')")
    except StoreDamaged:
        yield Finding(db.path, "the search index does not agree with its rows", _AGAIN)
    for table, key in (("bodies", "order_row"), ("search", "rowid")):
        lost = db.number(f"SELECT count(*) FROM orders WHERE id NOT IN (SELECT {key} FROM {table})")
        if lost:
            yield Finding(db.path, f"{lost} orders have nothing in {table}", _AGAIN)
    miscounted = db.number(
        'SELECT count(*) FROM orders o WHERE o."lines" <> (SELECT count(*) FROM lines l WHERE l.order_row = o.id)'
    )
    if miscounted:
        yield Finding(db.path, f"{miscounted} orders have more or fewer lines than they say", _AGAIN)
    unreadable = sum(_wrong_bodies(db))
    if unreadable:
        yield Finding(db.path, f"{unreadable} bodies are not what was stored", _AGAIN)


def _wrong_bodies(db: Connection) -> Iterator[bool]:
    last, bodies = 0, Bodies(db)
    sql = "SELECT id, digest, body FROM orders JOIN bodies ON order_row = id WHERE id > ? ORDER BY id LIMIT ?"
    while rows := db.all(sql, (last, _BATCH)):
        for _, mark, body in rows:
            yield not _is_right(bodies, mark, body)
        number = rows[-1][0]
        assert isinstance(number, int)
        last = number


def _is_right(bodies: Bodies, mark: object, body: object) -> bool:
    try:
        return digest(bodies.unpack(body)) == mark
    except StoreDamaged:
        return False
