"""Buyer's data that has to go leaves no byte in any file of the folder."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lengowctl.orders.reference import OrderKey
from lengowctl.orders.selection import Selection
from lengowctl.store.store import Store
from lengowctl.store.upkeep import Purged, check, purge

from .samples import DAY, NOON, buyer, line, order, parcel, refs, save, scrub

#: Of the buyers whose data goes.
CANARIES = [word.encode() for word in ("Kanarius", "kanarius", "canary.example", "Kanarienweg", "98989", "+4998989")]
SAFE, UNSAFE = (3, 52, 0), (3, 40, 1)


def canary(number: str, **more: object):  # type: ignore[no-untyped-def]
    """An order with a buyer who is found in any file by a grep."""
    words = {"first_line": "Kanarienweg 5", "zipcode": "98989", "phone_mobile": "+4998989"}
    who = buyer(f"Kanarius {number}", f"k{number}@canary.example", **words)
    lines = tuple(line(f"{number}-{n}") for n in range(3))
    return order(number, to=who, lines=lines, parcels=(parcel(),), **more)


def traces(folder: Path) -> list[tuple[str, bytes]]:
    """Where a canary is still to be found, in bytes."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [(path.name, word) for path in files for word in CANARIES if word in path.read_bytes()]


def _fill(store: Store) -> None:
    """Canaries everywhere that they can get: rows, history, words, set-aside copies, a migration's backup."""
    old, young = NOON - 200 * DAY, NOON - 5 * DAY
    save(store, *(canary(f"OLD-{n}", ordered_at=old, updated_at=old) for n in range(60)))
    save(store, *(canary(f"OLD-{n}", ordered_at=old, updated_at=old + DAY, status="shipped") for n in range(0, 60, 3)))
    moved = buyer("Kanarius Umgezogen", "neu@canary.example", first_line="Kanarienweg 6", zipcode="98989")
    save(store, *(order(f"OLD-{n}", ordered_at=old, updated_at=old + 2 * DAY, to=moved) for n in range(0, 60, 7)))
    save(store, *(order(f"NEW-{n}", ordered_at=young) for n in range(60)))
    with store.transaction():
        raw = b'{"buyer": "Kanarius"}'
        store.set_aside.add(raw, "no number", None, None, old, NOON)
        store.set_aside.add(raw, "no status", "amazon_fr", "OLD-1", NOON, NOON)
        store.set_aside.add(b'{"buyer": "Dupont"}', "no status", "amazon_fr", "NEW-1", NOON, NOON)


@pytest.mark.parametrize("version", [UNSAFE, SAFE], ids=["rollback", "wal"])
def test_no_byte_stays_after_a_purge(folder: Path, version: tuple[int, int, int]) -> None:
    """Old orders lose their buyer, in the file and beside it; young ones keep theirs; goods and numbers stay."""
    with Store.open(folder, write=True, now=NOON, sqlite_version=version) as store:
        _fill(store)
        copy = folder / "backups" / "orders-v1-20261123T120000Z.db"
        copy.parent.mkdir(mode=0o700)
        copy.write_bytes((folder / "orders.db").read_bytes() or b"Kanarius")
        assert traces(folder)
        assert purge(store, NOON - 100 * DAY, scrub) == Purged(orders=60, set_aside=1)
        assert (traces(folder), copy.exists(), store.sweep_due) == ([], False, False)
        assert purge(store, NOON - 100 * DAY, scrub) == Purged(0, 0)
        assert store.orders.count(Selection(search="kanarius")) == 0
        assert store.orders.count(Selection(search="dupont")) == 60
        assert store.orders.count(Selection(search="OLD-7")) == 1
        row = store.orders.row(OrderKey("amazon_fr", "OLD-0"), profile="p")
        assert (row["customer"], row["country"], row["anonymized"], row["skus"]) == (None, "FR", 0, '["SKU-1"]')
        assert [left.reason for left in store.set_aside.all()] == ["no number", "no status"]
        assert [left.raw for left in store.set_aside.all()] == [b"", b'{"buyer": "Dupont"}']
    assert (traces(folder), check(folder)) == ([], [])


@pytest.mark.parametrize("version", [UNSAFE, SAFE], ids=["rollback", "wal"])
def test_no_byte_stays_after_anonymised_readings(folder: Path, version: tuple[int, int, int]) -> None:
    """What the source has anonymised is gone here after the sweep that the sync does."""
    with Store.open(folder, write=True, now=NOON, sqlite_version=version) as store:
        _fill(store)
        last = NOON - 100 * DAY
        gone = [order(f"OLD-{n}", anonymized=True, ordered_at=last, updated_at=last) for n in range(60)]
        assert save(store, *gone).anonymized == 60
        with store.transaction():
            store.set_aside.purge(NOON - 150 * DAY)
        assert store.sweep_due
        store.sweep()
        assert (traces(folder), store.sweep_due) == ([], False)


def test_what_was_purged_does_not_come_back(store: Store) -> None:
    """Not with a newer reading either; that one is taken in all other things."""
    old = NOON - 200 * DAY
    save(store, canary("OLD-1", ordered_at=old))
    seq = store.orders.newest_seq()
    purge(store, NOON - 100 * DAY, scrub)
    assert store.orders.newest_seq() == seq
    save(store, canary("OLD-1", ordered_at=old, status="shipped", updated_at=NOON + DAY))
    row = store.orders.row(OrderKey("amazon_fr", "OLD-1"), profile="p")
    assert (row["status"], row["customer"], refs(store, search="kanarius")) == ("shipped", None, [])
    assert traces(store.folder) == []


def test_an_order_without_a_date_is_as_old_as_its_last_change(store: Store) -> None:
    dateless = {"ordered_at": None, "imported_at": None}
    save(store, canary("A", **dateless, updated_at=NOON - 200 * DAY), canary("B", **dateless, updated_at=NOON))
    assert purge(store, NOON - 100 * DAY, scrub).orders == 1
    assert refs(store, search="kanarius") == ["amazon_fr:B"]


def test_the_shared_phrases_hold_no_buyer(store: Store) -> None:
    """The first bodies are the pattern for packing all others: they are scrubbed before."""
    save(store, canary("A"))
    phrases = store.connection.value("SELECT text FROM phrases")
    assert isinstance(phrases, bytes)
    assert (b"status" in phrases, b"anarius" in phrases) == (True, False)


def test_a_reader_in_the_way_leaves_the_sweep_due(folder: Path) -> None:
    """Under WAL a reader can keep the log from being emptied: it stays due, and the next sweep ends it."""
    with Store.open(folder, write=True, now=NOON, sqlite_version=SAFE, busy_ms=0) as store:
        save(store, canary("A", ordered_at=NOON - 200 * DAY))
        reader = sqlite3.connect(folder / "orders.db", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM orders").fetchall()
        purge(store, NOON - 100 * DAY, scrub)
        assert (bool(traces(folder)), store.sweep_due) == (True, True)
        reader.close()
        store.sweep()
        assert (traces(folder), store.sweep_due) == ([], False)
