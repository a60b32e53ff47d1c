"""Both files opened together: private, pinned to one source, never behind the back of another process."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from lengowctl.errors import ConfigFault, FileFault, Locked, NeverSynced, SourceMismatch, StoreDamaged, StoreTooNew
from lengowctl.orders.action import Cause, State
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request
from lengowctl.orders.selection import Selection
from lengowctl.store.intent import Who
from lengowctl.store.intents import Draft
from lengowctl.store.ledger import ExportCursor
from lengowctl.store.store import Store

from .samples import NOON, order, refs, save

UNSAFE, SAFE = (3, 40, 1), (3, 52, 0)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def test_a_new_folder_is_private(tmp_path: Path) -> None:
    """Folders 0700, files 0600, whatever the umask; and nothing else lies there."""
    before = os.umask(0)
    try:
        folder = tmp_path / "data" / "profile"
        with Store.open(folder, write=True, now=NOON) as store:
            save(store, order())
            with store.transaction():
                store.facts.set("x", "y")
                assert mode(folder / "orders.db-journal") == 0o600
    finally:
        os.umask(before)
    assert {path.name: mode(path) for path in folder.iterdir()} == {
        "orders.db": 0o600, "ledger.db": 0o600, "writer.lock": 0o600,
    }  # fmt: skip
    assert (mode(folder), mode(folder.parent)) == (0o700, 0o700)


def test_reading_before_any_sync_says_sync(folder: Path) -> None:
    """No folder, no file, an empty file: one sentence, and nothing is made."""
    with pytest.raises(NeverSynced) as told:
        Store.open(folder, write=False, now=NOON)
    assert (told.value.hint, folder.exists()) == ("lengowctl sync", False)
    folder.mkdir(mode=0o700)
    (folder / "orders.db").touch(mode=0o600)
    with pytest.raises(NeverSynced):
        Store.open(folder, write=False, now=NOON)
    assert [path.name for path in folder.iterdir()] == ["orders.db"]


@pytest.mark.parametrize("write", [True, False])
def test_what_others_can_read_is_refused(store: Store, write: bool) -> None:
    """With the line that mends it."""
    for path, wrong, right in ((store.folder, 0o750, "700"), (store.folder / "orders.db", 0o644, "600")):
        before = mode(path)
        path.chmod(wrong)
        with pytest.raises(ConfigFault) as told:
            Store.open(store.folder, write=write, now=NOON)
        assert told.value.hint == f"chmod {right} {path}"
        path.chmod(before)
    Store.open(store.folder, write=write, now=NOON).close()


@pytest.mark.parametrize("name", ["orders.db", "ledger.db"])
def test_a_symbolic_link_is_not_followed(folder: Path, name: str, tmp_path: Path) -> None:
    folder.mkdir(mode=0o700)
    (folder / name).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileFault, match="symbolic link"):
        Store.open(folder, write=True, now=NOON)
    assert not (tmp_path / "elsewhere").exists()


def test_no_folder_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(FileFault):
        Store.open(tmp_path / "file" / "profile", write=True, now=NOON)


def test_the_source_is_pinned_in_both_files(store: Store) -> None:
    """First contact decides; another account is refused with both named, even when the cache was deleted."""
    assert store.source is None
    store.pin("lengow|https://api.lengow.io|1")
    store.pin("lengow|https://api.lengow.io|1")
    with pytest.raises(SourceMismatch, match=r"belongs to lengow\|.*\|1, but the keys belong to lengow\|.*\|2"):
        store.pin("lengow|https://api.lengow.io|2")
    store.close()
    (store.folder / "orders.db").unlink()
    with Store.open(store.folder, write=True, now=NOON) as again:
        assert again.source is None
        with pytest.raises(SourceMismatch):
            again.pin("lengow|https://api.lengow.io|2")
        again.pin("lengow|https://api.lengow.io|1")
        assert again.source == "lengow|https://api.lengow.io|1"


def test_a_deleted_cache_has_another_generation(store: Store) -> None:
    first = store.generation
    store.close()
    (store.folder / "orders.db").unlink()
    with Store.open(store.folder, write=True, now=NOON) as again:
        assert len(first) == len(again.generation) == 32
        assert first != again.generation


def test_a_lost_ledger_is_never_replaced_by_an_empty_one(store: Store) -> None:
    """It knew what was sent: writing is refused, listings go on, and the way on is told."""
    save(store, order())
    store.close()
    (store.folder / "ledger.db").unlink()
    with pytest.raises(StoreDamaged, match=r"ledger\.db is missing") as told:
        Store.open(store.folder, write=True, now=NOON)
    assert "backup" in (told.value.hint or "")
    with Store.open(store.folder, write=False, now=NOON) as reader:
        assert refs(reader) == ["amazon_fr:A-1"]
        with pytest.raises(StoreDamaged, match=r"ledger\.db is missing"):
            list(reader.orders.rows(Selection(), ("action",), profile="p"))
    (store.folder / "ledger.db").touch(mode=0o600)
    with Store.open(store.folder, write=False, now=NOON) as reader, pytest.raises(StoreDamaged):
        reader.ledger.exports()


@pytest.mark.parametrize("name", ["orders.db", "ledger.db"])
@pytest.mark.parametrize("write", [True, False])
def test_a_newer_file_is_left_alone_to_the_byte(store: Store, name: str, write: bool) -> None:
    save(store, order())
    store.close()
    with sqlite3.connect(store.folder / name) as raw:
        raw.execute("PRAGMA user_version=99")
    raw.close()
    before = (store.folder / name).read_bytes()
    with pytest.raises(StoreTooNew, match="newer lengowctl"):  # noqa: SIM117
        with Store.open(store.folder, write=write, now=NOON) as opened:
            opened.ledger.exports()
    assert (store.folder / name).read_bytes() == before
    assert sorted(path.name for path in store.folder.iterdir()) == ["ledger.db", "orders.db", "writer.lock"]


def test_a_foreign_database_is_refused(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    raw = sqlite3.connect(folder / "orders.db")
    raw.execute("CREATE TABLE theirs (x)")
    raw.close()
    (folder / "orders.db").chmod(0o600)
    (folder / "ledger.db").touch(mode=0o600)
    with pytest.raises(StoreDamaged, match="not one of lengowctl's"):
        Store.open(folder, write=True, now=NOON)


def test_the_settings_in_force(store: Store) -> None:
    """Durable, tidy after deletions, and readers cannot write."""
    names = ("synchronous", "foreign_keys", "secure_delete", "cache_size", "journal_mode", "query_only")
    reader = Store.open(store.folder, write=False, now=NOON, sqlite_version=UNSAFE)
    found = [[db.value(f"PRAGMA {name}") for name in names] for db in (store.connection, reader.connection)]
    reader.close()
    assert found == [[2, 1, 1, -16384, "delete", 0], [2, 1, 1, -4096, "delete", 1]]
    with Store.open(store.folder, write=False, now=NOON) as again, pytest.raises(FileFault):
        again.facts.set("x", "y")


def test_the_journal_follows_the_library(folder: Path) -> None:
    """A library that is safe for it gets WAL; one that is not leaves WAL; the ledger never has it."""
    for version, journal in ((SAFE, "wal"), (UNSAFE, "delete"), (SAFE, "wal")):
        with Store.open(folder, write=True, now=NOON, sqlite_version=version) as store:
            save(store, order())
            assert store.connection.value("PRAGMA journal_mode") == journal
    with Store.open(folder, write=False, now=NOON, sqlite_version=UNSAFE) as store:
        assert (store.connection.value("PRAGMA journal_mode"), refs(store)) == ("delete", ["amazon_fr:A-1"])
    ledger = sqlite3.connect(folder / "ledger.db")
    assert ledger.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    ledger.close()


def test_the_journal_is_not_switched_while_somebody_writes(folder: Path) -> None:
    """The reader goes on in the mode that is there."""
    from lengowctl.store.lock import writer_lock

    with Store.open(folder, write=True, now=NOON, sqlite_version=SAFE) as store:
        save(store, order())
        held, done = threading.Event(), threading.Event()

        def hold() -> None:
            with writer_lock(folder, timeout=0):
                held.set()
                done.wait(60)

        writer = threading.Thread(target=hold)
        writer.start()
        assert held.wait(60)
        try:
            with Store.open(folder, write=False, now=NOON, sqlite_version=UNSAFE) as reader:
                assert (reader.connection.value("PRAGMA journal_mode"), len(refs(reader))) == ("wal", 1)
        finally:
            done.set()
            writer.join()


def test_exports_remember_how_far_they_came(store: Store) -> None:
    cursor = ExportCursor(7, store.generation, NOON)
    assert store.ledger.export_cursor("erp") is None
    store.ledger.save_export("erp", cursor, at=NOON, target="orders.csv", rows=3)
    store.ledger.save_export("erp", ExportCursor(9, store.generation, None), at=NOON, target="-", rows=1)
    with Store.open(store.folder, write=False, now=NOON) as reader:
        (export,) = reader.ledger.exports()
        assert (export.name, export.cursor, export.at, export.target, export.rows) == (
            "erp", ExportCursor(9, store.generation, None), NOON, "-", 1,
        )  # fmt: skip


def test_the_latest_action_of_an_order(store: Store) -> None:
    """The fields `action` and `action_state`, and their filter, come from the ledger; the newest intent counts."""
    save(store, order("A-1"), order("A-2"))
    intents = store.ledger.intents(profile="p", source="s", who=Who("lea", "till", "ship"))
    for number, (order_id, action) in enumerate((("A-1", "accept"), ("A-1", "ship"), ("A-9", "ship"))):
        with intents.transaction():
            draft = Draft(Request.of(action, OrderKey("amazon_fr", order_id), {}), f"digest-{number}", 1)
            intent = intents.add(draft, note=None, hold_until=None, at=NOON)
            if action == "ship":
                intents.claim(intent, run_id="r", sent_at=NOON, known_ids=(), at=NOON)
            else:
                intents.move(intent, State.DONE, Cause.ALREADY_THERE, at=NOON, evidence="the order is shipped")
    columns = ("order_id", "action", "action_state")
    assert list(store.orders.rows(Selection(), columns, profile="p")) == [
        ("A-1", "ship", "sending"), ("A-2", None, None),
    ]  # fmt: skip
    found = [refs(store, action_states=states) for states in (("done",), ("doubtful", "sending"))]
    assert found == [[], ["amazon_fr:A-1"]]
    assert store.orders.counts(Selection(), ("action_state",)) == [(None, 1), ("sending", 1)]


#: Another process: a reader in the middle of its transaction, until it is told to go on.
READER = """
import sqlite3, sys
raw = sqlite3.connect(sys.argv[1], isolation_level=None)
raw.execute("BEGIN")
raw.execute("SELECT count(*) FROM orders").fetchall()
print("reading", flush=True)
sys.stdin.readline()
raw.execute("COMMIT")
raw.close()
"""


def _go_on(reader: subprocess.Popen[str]) -> None:
    assert reader.stdin is not None
    reader.stdin.write("go on\n")
    reader.stdin.flush()


def test_a_commit_that_meets_a_reader_waits_for_it(folder: Path) -> None:
    """Under the rollback journal a reader of another process keeps a commit from ending: it is tried again and
    nothing is lost; when the reader stays for too long, all is rolled back and said to be locked.
    """
    with Store.open(folder, write=True, now=NOON, busy_ms=300, sqlite_version=UNSAFE) as store:
        save(store, order("A-1"))
        words = [sys.executable, "-c", READER, str(folder / "orders.db")]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
            assert reader.stdin is not None
            assert reader.stdout is not None
            assert reader.stdout.readline() == "reading\n"
            with pytest.raises(Locked, match="stayed busy"):
                save(store, order("A-2"))
            assert not store.connection.in_transaction
            threading.Timer(0.1, lambda: _go_on(reader)).start()
            with Store.open(folder, write=True, now=NOON, sqlite_version=UNSAFE) as patient:
                assert save(patient, order("A-3")).new == 1
        assert sorted(refs(store)) == ["amazon_fr:A-1", "amazon_fr:A-3"]


def test_a_second_writer_is_told_locked(store: Store) -> None:
    with Store.open(store.folder, write=True, now=NOON, busy_ms=0) as other, store.transaction():
        with pytest.raises(Locked, match=r"orders\.db stayed busy"), other.transaction():
            pass
        assert refs(other) == []


def test_a_killed_writer_leaves_a_whole_page_behind(folder: Path) -> None:
    """A process that dies inside its transaction, pages already on disk: a reader rolls that back by itself."""
    with Store.open(folder, write=True, now=NOON) as store:
        save(store, order("A-1"))
    child = os.fork()
    if child == 0:
        store = Store.open(folder, write=True, now=NOON)
        store.connection.run("PRAGMA cache_size=1")
        store.connection.run("BEGIN IMMEDIATE")
        many = [(order(f"B-{n}"), b"{}" * 9000) for n in range(300)]
        store.orders.save(many, at=NOON, scrub=bytes, personal_since=None)
        os._exit(9)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert (folder / "orders.db-journal").stat().st_size > 0
    with Store.open(folder, write=False, now=NOON) as reader:
        assert refs(reader) == ["amazon_fr:A-1"]
        assert reader.connection.value("PRAGMA integrity_check") == "ok"


def test_reading_does_not_load_sqlite_utils(store: Store) -> None:
    """Nothing heavy at the door: not for reading, nor for writing into a store that is there."""
    save(store, order())
    script = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from lengowctl.store.store import Store; from lengowctl.orders.selection import Selection\n"
        "now = datetime(2026, 11, 23, tzinfo=UTC)\n"
        "with Store.open(Path(sys.argv[1]), write=False, now=now) as store:\n"
        "    assert len(list(store.orders.rows(Selection(), ('ref',), profile='p'))) == 1\n"
        "assert 'hashlib' not in sys.modules\n"
        "with Store.open(Path(sys.argv[1]), write=True, now=now) as store:\n"
        "    store.facts.set('a', 'b')\n"
        "heavy = {'sqlite_utils', 'httpx', 'rich', 'asyncio', 'ssl', 'pydantic', 'typer'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", script, str(store.folder)], check=True)


def test_a_transaction_that_is_given_up_after_closing_says_nothing(tmp_path: Path) -> None:
    """A Ctrl-C between taking a transaction and going into it leaves it to be given up when all is closed already."""
    folder = tmp_path / "main"
    store = Store.open(folder, write=True, now=NOON)
    transaction = store.transaction()
    transaction.__enter__()
    save(store, order("A-1"))
    store.close()
    assert not transaction.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)  # passed on, and nothing else
    with Store.open(folder, write=True, now=NOON) as again:
        assert again.orders.count(Selection()) == 0
