"""Schemas of this version and the way to them: whole steps, a copy before, killed anywhere and still sound."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from lengowctl.errors import StoreTooNew
from lengowctl.orders.fields import LINE_FIELDS, ORDER_FIELDS, PARCEL_FIELDS
from lengowctl.store import ledger_schema, schema
from lengowctl.store.connection import FULL, Connection, connect
from lengowctl.store.migration import Step, migrate, version_of
from lengowctl.store.store import Store

from .samples import NOON, order, refs, save


def _columns(store: Store, table: str) -> set[str]:
    return {str(row[1]) for row in store.connection.all(f"PRAGMA table_info({table})")}


def test_every_stored_field_has_its_column(store: Store) -> None:
    """The frozen steps and the table of fields agree; a new field needs a new step."""
    inner = {"id", "version", "digest", "buyer_removed", "synced_at", "seq"}
    position = {"order_row", "position"}
    assert _columns(store, "orders") == inner | {field.name for field in ORDER_FIELDS if field.value}
    assert _columns(store, "lines") == position | {field.name for field in LINE_FIELDS}
    assert _columns(store, "parcels") == position | {field.name for field in PARCEL_FIELDS if field.value}


#: The version of a file as it is made now.
NOW = len(schema.STEPS)


def _second(raw: sqlite3.Connection) -> None:
    raw.execute("ALTER TABLE orders ADD COLUMN colour TEXT")
    raw.execute("UPDATE orders SET colour = 'red'")
    raw.execute("CREATE INDEX orders_colour ON orders (colour)")


def _open(path: Path) -> Connection:
    return connect(path, write=True, synchronous=FULL, busy_ms=1000)


def _migrate(path: Path, *steps: Step) -> int:
    db = _open(path)
    try:
        return migrate(db, [*schema.STEPS, *steps], backups=path.parent / "backups", now=NOON)
    finally:
        db.close()


def test_an_older_file_is_copied_before_it_is_changed(store: Store) -> None:
    """The copy is private and holds the orders as they were; nothing to do makes no copy."""
    save(store, order())
    store.close()
    path = store.folder / "orders.db"
    assert (_migrate(path), (store.folder / "backups").exists()) == (0, False)
    assert _migrate(path, _second) == 1
    (copy,) = (store.folder / "backups").iterdir()
    assert (copy.name, stat.S_IMODE(copy.stat().st_mode)) == (f"orders-v{NOW}-20261123T120000Z.db", 0o600)
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
    for file, version, columns in ((copy, NOW, 0), (path, NOW + 1, 1)):
        raw = sqlite3.connect(file)
        assert raw.execute("PRAGMA user_version").fetchone() == (version,)
        names = [row[1] for row in raw.execute("PRAGMA table_info(orders)")]
        assert (names.count("colour"), raw.execute("SELECT count(*) FROM orders").fetchone()) == (columns, (1,))
        raw.close()
    assert (_migrate(path, _second), len(list(copy.parent.iterdir()))) == (0, 1)
    with pytest.raises(StoreTooNew):
        Store.open(store.folder, write=False, now=NOON)


def test_a_file_of_the_first_version_learns_to_find_parcels(store: Store) -> None:
    store.connection.run("DROP INDEX parcels_number")
    store.connection.run("PRAGMA user_version=1")
    store.close()
    with Store.open(store.folder, write=False, now=NOON) as opened:
        assert opened.connection.number("PRAGMA user_version") == NOW
        assert opened.connection.number("SELECT count(*) FROM sqlite_master WHERE name = 'parcels_number'") == 1


def test_two_copies_in_one_second_have_two_names(store: Store) -> None:
    path, backups = store.folder / "orders.db", store.folder / "backups"
    store.close()
    _migrate(path, _second)
    with sqlite3.connect(path) as raw:
        raw.execute(f"PRAGMA user_version={NOW}")
        raw.execute("DROP INDEX orders_colour")
        raw.execute("ALTER TABLE orders DROP COLUMN colour")
    raw.close()
    _migrate(path, _second)
    assert sorted(copy.name for copy in backups.iterdir()) == [
        f"orders-v{NOW}-20261123T120000Z-1.db", f"orders-v{NOW}-20261123T120000Z.db",
    ]  # fmt: skip


def test_a_step_that_fails_changes_nothing(store: Store) -> None:
    save(store, order())
    store.close()

    def broken(raw: sqlite3.Connection) -> None:
        _second(raw)
        raise KeyError

    with pytest.raises(KeyError):
        _migrate(store.folder / "orders.db", broken)
    with Store.open(store.folder, write=True, now=NOON) as again:
        assert (refs(again), "colour" in _columns(again, "orders")) == (["amazon_fr:A-1"], False)


def _dying_after(statements: int, work: Callable[[], None]) -> int:
    """Run in a child that is killed, with all its buffers, before its n-th statement; how it ended."""
    child = os.fork()
    if child == 0:
        left = [statements]

        def count(_statement: str) -> None:
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)

        real = sqlite3.connect

        class Traced(sqlite3.Connection):
            def __init__(self, *args: object, **named: object) -> None:
                super().__init__(*args, **named)  # type: ignore[arg-type]
                self.set_trace_callback(count)

        sqlite3.connect = lambda *args, **named: real(*args, factory=Traced, **named)  # type: ignore[assignment]
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_killed_anywhere_in_the_first_start(tmp_path: Path) -> None:
    """Wherever a new store dies while it is made, the next command opens it, whole."""
    import sqlite_utils  # noqa: F401  (loaded once, not in every child)

    for statements in range(0, 300, 4):
        folder = tmp_path / str(statements)
        ended = _dying_after(statements, lambda at=folder: Store.open(at, write=True, now=NOON).close())  # type: ignore[misc]
        with Store.open(folder, write=True, now=NOON) as store:
            assert save(store, order()).new == 1
            assert store.connection.value("PRAGMA integrity_check") == "ok"
        if ended == 0:
            break
    assert statements > 40


def test_killed_at_each_statement_of_an_upgrade(tmp_path: Path) -> None:
    """The file is as before or as after, and the next run ends the upgrade."""
    for statements in range(100):
        folder = tmp_path / str(statements)
        with Store.open(folder, write=True, now=NOON) as store:
            save(store, order())
        ended = _dying_after(statements, lambda at=folder: _migrate(at / "orders.db", _second) and None)  # type: ignore[misc]
        assert _migrate(folder / "orders.db", _second) in (0, 1)
        raw = sqlite3.connect(folder / "orders.db")
        assert raw.execute("SELECT count(*), max(colour) FROM orders").fetchone() == (1, "red")
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        raw.close()
        if ended == 0:
            break
    assert statements > 10


def test_versions(store: Store) -> None:
    assert version_of(store.connection, schema.STEPS) == len(schema.STEPS)
    assert store.ledger.facts.get("nothing") is None
    ledger = connect(store.folder / "ledger.db", write=False, synchronous=FULL, busy_ms=0)
    assert version_of(ledger, ledger_schema.STEPS) == len(ledger_schema.STEPS)
    ledger.close()
