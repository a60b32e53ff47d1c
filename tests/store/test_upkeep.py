"""The folder looked at, copied and checked."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import stat
from pathlib import Path

import pytest

from lengowctl.errors import ConfigFault, FileFault, LengowctlError, NeverSynced
from lengowctl.orders.selection import Selection
from lengowctl.store.store import Store
from lengowctl.store.upkeep import Finding, backup, check, info

from .samples import DAY, NOON, order, parcel, refs, save

SYNC = "delete the file and run lengowctl sync: everything in it can be fetched again"


@pytest.fixture
def filled(store: Store) -> Store:
    store.pin("lengow|x|1")
    save(store, order("A-1", parcels=(parcel(),)), order("B-1", ordered_at=NOON - 9 * DAY))
    save(store, order("A-1", status="shipped", parcels=(parcel(),)))
    return store


def test_info(filled: Store) -> None:
    found = info(filled.folder)
    assert [(file.path.name, file.journal, file.schema) for file in found.files] == [
        ("orders.db", "delete", 2), ("ledger.db", "delete", 2),
    ]  # fmt: skip
    assert [file.size for file in found.files] == [file.path.stat().st_size for file in found.files]
    assert (found.source, found.generation, found.sqlite) == ("lengow|x|1", filled.generation, sqlite3.sqlite_version)
    assert (found.oldest, found.newest, found.free > 0) == (NOON - 9 * DAY, NOON - DAY, True)
    assert found.counts == {
        "orders": 2, "lines": 2, "parcels": 1, "bodies": 2, "changes": 2, "set_aside": 0, "marketplaces": 0,
    }  # fmt: skip


def test_info_of_an_empty_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    assert (info(folder).files, info(folder).counts) == ((), {})
    folder.chmod(0o755)
    with pytest.raises(ConfigFault):
        info(folder)


def test_backup(filled: Store, tmp_path: Path) -> None:
    """Both files, private, usable as they are, with a manifest that tells their sums and rows."""
    target = tmp_path / "copies" / "monday"
    with filled.transaction():  # a writer at work does not keep the copy from being whole
        written = backup(filled.folder, target, NOON)
    assert written == [target / name for name in ("orders.db", "ledger.db", "manifest.json")]
    assert sorted(path.name for path in target.iterdir()) == ["ledger.db", "manifest.json", "orders.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in written} == {0o600}
    manifest = json.loads((target / "manifest.json").read_text())
    assert manifest["created_at"] == "2026-11-23T12:00:00Z"
    for name in ("orders.db", "ledger.db"):
        data = (target / name).read_bytes()
        entry = manifest["files"][name]
        assert (entry["bytes"], entry["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert manifest["files"]["orders.db"]["rows"]["orders"] == 2
    with Store.open(target, write=False, now=NOON) as copy:
        assert (refs(copy), copy.source) == (refs(filled), "lengow|x|1")


def test_backup_overwrites_nothing(filled: Store, tmp_path: Path) -> None:
    target = tmp_path / "copies"
    target.mkdir()
    (target / "ledger.db").write_text("mine")
    with pytest.raises(FileFault, match="already there"):
        backup(filled.folder, target, NOON)
    assert [(path.name, path.read_text()) for path in target.iterdir()] == [("ledger.db", "mine")]


def test_a_backup_that_fails_leaves_nothing(filled: Store, tmp_path: Path) -> None:
    filled.close()
    data = bytearray((filled.folder / "ledger.db").read_bytes())
    data[:40] = bytes(40)
    (filled.folder / "ledger.db").write_bytes(data)
    with pytest.raises(LengowctlError):
        backup(filled.folder, tmp_path / "copies", NOON)
    assert list((tmp_path / "copies").iterdir()) == []


def test_backup_of_nothing(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(mode=0o700)
    with pytest.raises(NeverSynced):
        backup(folder, tmp_path / "copies", NOON)
    assert not (tmp_path / "copies").exists()


def test_a_sound_folder_has_no_findings(filled: Store) -> None:
    assert check(filled.folder) == []
    assert filled.orders.count(Selection()) == 2


def _broken(store: Store, *statements: str) -> list[Finding]:
    store.connection.run("PRAGMA foreign_keys=OFF")
    for statement in statements:
        store.connection.run(statement)
    return check(store.folder)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("DELETE FROM bodies WHERE order_row = 1", "1 orders have nothing in bodies"),
        ("UPDATE bodies SET body = x'00' WHERE order_row = 1", "1 bodies are not what was stored"),
        ("UPDATE orders SET digest = x'00'", "2 bodies are not what was stored"),
        ("DELETE FROM search_content WHERE id = 1", "1 orders have nothing in search"),
        ("UPDATE search_content SET c1 = 'other words'", "the search index does not agree with its rows"),
        ('UPDATE orders SET "lines" = 7 WHERE id = 2', "1 orders have more or fewer lines than they say"),
        ("UPDATE lines SET order_row = 99 WHERE order_row = 1", "1 rows belong to orders that are not there"),
    ],
)
def test_what_sqlite_cannot_see_is_found(filled: Store, statement: str, problem: str) -> None:
    """Each with the way on: the cache can always be fetched again."""
    path = filled.folder / "orders.db"
    assert Finding(path, problem, SYNC) in _broken(filled, statement)


def test_damaged_missing_and_open_files_are_told_apart(filled: Store) -> None:
    """The cache may be deleted; the ledger may not, and the last copy of it is named."""
    filled.close()
    orders, ledger = filled.folder / "orders.db", filled.folder / "ledger.db"
    orders.write_bytes(b"x" * 5000)
    ledger.unlink()
    (filled.folder / "backups").mkdir(mode=0o700)
    (filled.folder / "backups" / "ledger-v1-20261123T120000Z.db").touch(mode=0o600)
    filled.folder.chmod(0o750)
    found = check(filled.folder)
    assert [(finding.path, finding.problem) for finding in found] == [
        (filled.folder, f"{filled.folder} is open to other users of this machine"),
        (orders, f"the database {orders} is damaged"),
        (ledger, "the file is missing"),
    ]
    assert (found[0].way, found[1].way) == (f"chmod 700 {filled.folder}", SYNC)
    assert "ledger-v1-20261123T120000Z.db" in found[2].way
    filled.folder.chmod(0o700)


def test_a_folder_without_anything(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    assert [(finding.path.name, finding.problem) for finding in check(folder)] == [
        ("orders.db", "the file is missing"), ("ledger.db", "the file is missing"),
    ]  # fmt: skip
