"""What becomes of readings: never back in time, nothing written for nothing, nothing forgotten comes back."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from lengowctl.orders.model import Order
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.selection import Selection
from lengowctl.store.intake import Saved
from lengowctl.store.orders import Event
from lengowctl.store.store import Store
from lengowctl.store.verdict import Outcome, Stored, decide

from .samples import DAY, NOON, body_of, buyer, line, order, parcel, refs, rows_in, save, scrub

KEY = OrderKey("amazon_fr", "A-1")
LATER = NOON + timedelta(hours=1)
PERSONAL = ("customer", "email", "city", "postcode", "address", "phone")


def saved(new: int = 0, changed: int = 0, unchanged: int = 0, older: int = 0, anonymized: int = 0) -> Saved:
    return Saved(new, changed, unchanged, older, (), anonymized)


def test_decide() -> None:
    """Newer is taken, older is not; at the same version the content decides."""
    stored = Stored(1, 10, b"x", False, False)
    assert [decide(None, 1, b""), decide(stored, 9, b"y"), decide(stored, 11, b"x")] == [
        Outcome.NEW, Outcome.OLDER, Outcome.CHANGED,
    ]  # fmt: skip
    assert [decide(stored, 10, b"x"), decide(stored, 10, b"y")] == [Outcome.UNCHANGED, Outcome.CHANGED]


def test_new_then_the_same_again_writes_nothing(store: Store) -> None:
    """A page that was read before changes no row of any table."""
    page = [order(f"N-{n}", parcels=(parcel(),)) for n in range(100)]
    assert save(store, *page) == saved(new=100)
    before = store.connection.raw.total_changes, rows_in(store), store.orders.newest_seq()
    assert save(store, *page, at=LATER) == saved(unchanged=100)
    assert (store.connection.raw.total_changes, rows_in(store), store.orders.newest_seq()) == before


def test_a_newer_version_replaces_row_lines_parcels_words_and_body(store: Store) -> None:
    save(store, order("A-1", parcels=(parcel("DHL", "OLD-1"),)))
    newer = order(
        "A-1", status="shipped", updated_at=LATER, to=buyer("Anna Müller", "anna@mail.example"),
        lines=(line("A-1-1", "SKU-2"), line("A-1-2", "SKU-3")), parcels=(parcel("UPS", "NEW-1"),),
    )  # fmt: skip
    assert save(store, newer, at=LATER) == Saved(0, 1, 0, 0, ((KEY, "waiting_shipment", "shipped"),), 0)
    row = store.orders.row(KEY, profile="p")
    assert (row["status"], row["customer"], row["skus"], row["lines"]) == (
        "shipped", "Anna Müller", '["SKU-2","SKU-3"]', 2,
    )  # fmt: skip
    assert (row["carrier"], row["tracking_number"], row["synced_at"]) == ("UPS", "NEW-1", "2026-11-23T13:00:00Z")
    assert store.orders.body(KEY) == body_of(newer)
    assert [refs(store, search=word) for word in ("dupont", "müller", "old-1", "new-1")] == [[], [newer.ref]] * 2
    assert rows_in(store) | {"changes": 0} == {
        "orders": 1, "lines": 2, "parcels": 1, "bodies": 1, "search": 1, "changes": 0, "set_aside": 0,
    }  # fmt: skip


def test_history_names_every_difference(store: Store) -> None:
    """Field by field, lines by their id, a line that came or went as one event."""
    first = order("A-1", lines=(line("1", due_at=None), line("2", due_at=None)))
    save(store, first)
    second = order(
        "A-1", updated_at=LATER, marketplace_status="Packed",
        lines=(line("2", status="shipped", due_at=None), line("3", due_at=None)),
    )  # fmt: skip
    save(store, second, at=LATER)
    assert store.orders.history(KEY) == [
        Event(LATER, "marketplace_status", "Unshipped", "Packed", None),
        Event(LATER, "line_id", "1", None, "1"),
        Event(LATER, "line_status", "waiting_shipment", "shipped", "2"),
        Event(LATER, "line_id", None, "3", "3"),
    ]


def test_lines_with_the_same_id_are_told_apart(store: Store) -> None:
    """Line ids need not be unique; the second of a name is compared with the second."""
    save(store, order("A-1", lines=(line("1"), line("1", quantity=5))))
    save(store, order("A-1", updated_at=LATER, lines=(line("1"), line("1", quantity=4))), at=LATER)
    assert store.orders.history(KEY) == [
        Event(LATER, "items", "7", "6", None),
        Event(LATER, "quantity", "5", "4", "1"),
    ]


def test_an_older_version_changes_nothing(store: Store) -> None:
    newest = order("A-1", status="shipped")
    save(store, newest)
    assert save(store, order("A-1", updated_at=NOON - timedelta(microseconds=1))) == saved(older=1)
    assert (store.orders.row(KEY, profile="p")["status"], store.orders.body(KEY)) == ("shipped", body_of(newest))


def test_a_version_that_stood_still_with_other_content_is_taken(store: Store) -> None:
    """`updated_at` is not always moved: what was read last counts, and it is told as changed."""
    save(store, order("A-1"))
    assert save(store, order("A-1", status="canceled")).changed == 1
    assert store.orders.row(KEY, profile="p")["status"] == "canceled"


def test_only_the_body_differs(store: Store) -> None:
    """What no column shows is still kept, and counts as changed, without an event."""
    save(store, order("A-1"))
    with store.transaction():
        other = body_of(order("A-1"), note="new")
        assert store.orders.save([(order("A-1"), other)], at=LATER, scrub=scrub, personal_since=None) == saved(
            changed=1
        )
    assert (store.orders.body(KEY), store.orders.history(KEY)) == (other, [])


def test_the_same_order_twice_in_a_page(store: Store) -> None:
    assert save(store, order("A-1"), order("A-1"), order("A-1", status="shipped", updated_at=LATER)) == Saved(
        1, 1, 1, 0, ((KEY, "waiting_shipment", "shipped"),), 0
    )


def test_numbers_are_told_apart_by_marketplace(store: Store) -> None:
    save(store, order("A-1"), order("A-1", "cdiscount"))
    assert sorted(refs(store)) == ["amazon_fr:A-1", "cdiscount:A-1"]


def test_every_write_has_its_number(store: Store) -> None:
    """`seq` grows with each order written and is never given twice."""
    save(store, order("A-1"), order("A-2"))
    save(store, order("A-1", status="shipped", updated_at=LATER), order("A-2"), order("A-3"))
    numbers = store.connection.all("SELECT order_id, seq FROM orders ORDER BY seq")
    assert (numbers, store.orders.newest_seq()) == ([("A-2", 2), ("A-1", 3), ("A-3", 4)], 4)


def test_anonymised_reading_clears_everything(store: Store) -> None:
    """Columns, body, words, history and the set-aside copy lose the buyer; goods and country stay."""
    save(store, order("A-1", parcels=(parcel(),)))
    save(store, order("A-1", updated_at=LATER, to=buyer("Jean Dupond"), parcels=(parcel(),)))
    with store.transaction():
        store.set_aside.add(b'{"buyer": "Jean"}', "no status", "amazon_fr", "A-1", LATER, LATER)
    gone = order("A-1", updated_at=LATER + DAY, anonymized=True, parcels=(parcel(),))
    assert save(store, gone) == saved(changed=1, anonymized=1)
    row = store.orders.row(KEY, profile="p")
    assert {name: row[name] for name in PERSONAL} == dict.fromkeys(PERSONAL)
    assert (row["anonymized"], row["country"], row["tracking_number"]) == (1, "FR", "6A1")
    assert json.loads(store.orders.body(KEY) or b"")["buyer"] is None
    assert [refs(store, search=word) for word in ("jean", "dupont", "69002", "lampe")] == [[], [], [], [gone.ref]]
    assert [event.field for event in store.orders.history(KEY)] == ["anonymized"]
    assert (store.set_aside.count(), store.sweep_due) == (0, True)


def test_an_older_anonymised_reading_still_counts(store: Store) -> None:
    """That the data has to go is true whatever else is newer; the newer status stays."""
    newest = order("A-1", status="shipped", updated_at=LATER)
    save(store, newest)
    seq = store.orders.newest_seq()
    assert save(store, order("A-1", anonymized=True)) == saved(older=1, anonymized=1)
    row = store.orders.row(KEY, profile="p")
    assert (row["status"], row["customer"], row["anonymized"]) == ("shipped", None, 1)
    assert store.orders.body(KEY) == scrub(body_of(newest))
    assert store.orders.newest_seq() == seq + 1
    assert save(store, newest) == saved(unchanged=1)


def test_anonymised_is_a_latch(store: Store) -> None:
    """No later reading brings the buyer back, however new it is."""
    save(store, order("A-1", anonymized=True))
    for hours in (0, 1, 2):
        save(store, order("A-1", updated_at=NOON + timedelta(hours=hours), to=buyer("Back Again")))
    row = store.orders.row(KEY, profile="p")
    assert (row["customer"], row["anonymized"], refs(store, search="back")) == (None, 1, [])
    assert b"Back Again" not in (store.orders.body(KEY) or b"")


def test_retention_stores_old_orders_without_their_buyer(store: Store) -> None:
    """Ordered before the limit: no buyer's data from the start; the same again is unchanged."""
    page = order("A-1", ordered_at=NOON - 3 * DAY), order("A-2", ordered_at=NOON - DAY)
    limit = NOON - 2 * DAY
    assert save(store, *page, personal_since=limit) == saved(new=2)
    assert save(store, *page, personal_since=limit) == saved(unchanged=2)
    found = store.orders.rows(Selection(), ("order_id", "customer", "anonymized"), profile="p")
    assert list(found) == [("A-2", "Jean Dupont", 0), ("A-1", None, 0)]
    assert refs(store, search="jean") == ["amazon_fr:A-2"]


def test_what_grew_old_is_cleared_when_it_is_read_again(store: Store) -> None:
    save(store, order("A-1", ordered_at=NOON - 3 * DAY))
    assert not store.sweep_due
    save(store, order("A-1", ordered_at=NOON - 3 * DAY), personal_since=NOON - 2 * DAY)
    row = store.orders.row(KEY, profile="p")
    assert (row["customer"], store.sweep_due, store.orders.history(KEY)) == (None, True, [])


def test_a_renamed_marketplace_is_recognised(store: Store) -> None:
    """Same number, same lines, and the old code is no longer known: one order under its new code, with its past."""
    with store.transaction():
        store.marketplaces.save([("amazon_fr", b"{}"), ("mirakl_fr", b"{}")], NOON)
    save(store, order("A-1", "oldname"))
    renamed = order("A-1", "mirakl_fr", status="shipped", updated_at=LATER)
    key = OrderKey("mirakl_fr", "A-1")
    assert save(store, renamed) == Saved(0, 1, 0, 0, ((key, "waiting_shipment", "shipped"),), 0)
    assert refs(store) == ["mirakl_fr:A-1"]
    assert ("marketplace", "oldname", "mirakl_fr") in [(e.field, e.old, e.new) for e in store.orders.history(key)]
    assert save(store, renamed) == saved(unchanged=1)
    assert save(store, order("A-1", "oldname")) == saved(older=1)
    assert refs(store) == ["mirakl_fr:A-1"]


def test_a_shared_number_is_no_rename(store: Store) -> None:
    """Two known marketplaces, or other lines: two orders."""
    with store.transaction():
        store.marketplaces.save([("amazon_fr", b"{}"), ("cdiscount", b"{}")], NOON)
    save(store, order("A-1"), order("A-1", "cdiscount"), order("B-1"), order("C-1", "gone"))
    save(store, order("B-1", "gone", lines=(line("other"),)), order("C-1", "amazon_fr", lines=()))
    assert store.orders.count(Selection()) == 6


def test_foreign_text_is_stored_and_found(store: Store) -> None:
    """NUL, lone surrogates, numbers past 64 bits: nothing raises, and the order is found by what it shows."""
    odd = order(
        "A\0\ud800", "amazon_fr", status="odd\0", to=buyer("J\ud800ean \0 D"),
        lines=(line("l\0", "s\udfff", title="t\0", quantity=10**30),), merchant_order_ids=('a"\\\0\n',),
    )  # fmt: skip
    with store.transaction():
        store.orders.save([(odd, b"\xff{")], at=NOON, scrub=scrub, personal_since=None)
        assert store.orders.save([(odd, b"\xff{")], at=NOON, scrub=scrub, personal_since=None) == saved(unchanged=1)
    row = store.orders.row(odd.key, profile="p")
    assert (row["order_id"], row["status"], row["items"]) == ("A\ufffd\ufffd", "odd\ufffd", 2**63 - 1)
    assert json.loads(str(row["merchant_order_ids"])) == ['a"\\\ufffd\n']
    assert store.orders.body(odd.key) == b"\xff{"
    assert refs(store, keys=(odd.key,)) == [str(row["ref"])]


def test_a_body_that_cannot_be_scrubbed_is_not_kept(store: Store) -> None:
    with store.transaction():
        gone = order("A-1", anonymized=True)
        store.orders.save([(gone, b"no json, Jean")], at=NOON, scrub=scrub, personal_since=None)
    assert store.orders.body(KEY) is None


def test_an_exception_rolls_all_back(store: Store) -> None:
    """A page is stored whole or not at all, and the next one goes in as if nothing had been."""

    class Stop(Exception):
        pass

    try:
        with store.transaction():
            store.orders.save([(order("A-1"), b"{}")], at=NOON, scrub=scrub, personal_since=None)
            raise Stop
    except Stop:
        pass
    assert rows_in(store)["orders"] == 0
    assert save(store, order("A-1")) == saved(new=1)
    assert store.orders.body(KEY) == body_of(order("A-1"))


# Any sequence of readings against a model in a few lines


@dataclass
class Known:
    """What must be stored of one order."""

    version: int
    body: bytes
    status: str
    customer: str | None
    removed: bool
    anonymized: bool


@dataclass(frozen=True)
class Read:
    number: str
    version: int
    status: str
    name: str
    anonymized: bool
    old: bool
    limited: bool

    def order(self) -> Order:
        return order(
            self.number, status=self.status, anonymized=self.anonymized, to=buyer(self.name),
            updated_at=NOON + timedelta(microseconds=self.version), ordered_at=NOON - (9 if self.old else 1) * DAY,
        )  # fmt: skip


READS = st.builds(
    Read, st.sampled_from(["A", "B"]), st.integers(0, 3), st.sampled_from(["new", "shipped"]),
    st.sampled_from(["Zoe", "Max"]), st.sampled_from([False, False, False, True]), st.booleans(), st.booleans(),
)  # fmt: skip


class Model:
    """The promise, without any database."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}

    def take(self, read: Read) -> tuple[str, bool]:
        """What the reading is counted as, and whether buyer's data went."""
        body, before = body_of(read.order()), self.known.get(read.number)
        removed = read.anonymized or (before is not None and before.removed)
        hidden = removed or (read.limited and read.old)
        body = scrub(body) if hidden else body
        now = Known(
            read.version, body, read.status, None if hidden else read.name, removed,
            read.anonymized or (before is not None and before.anonymized),
        )  # fmt: skip
        if before is None:
            self.known[read.number] = now
            return "new", False
        went = read.anonymized and not before.anonymized
        older, same = read.version < before.version, (read.version, body) == (before.version, before.body)
        if older or same:
            if went:
                cleared = replace(before, body=scrub(before.body), customer=None, removed=True, anonymized=True)
                self.known[read.number] = cleared
            return "older" if older else "unchanged", went
        self.known[read.number] = now
        return "changed", went


@settings(max_examples=60)
@given(st.lists(st.lists(READS, min_size=1, max_size=4), max_size=6))
def test_any_sequence_of_readings(pages: list[list[Read]]) -> None:
    """Random pages: old and new versions, equal ones with other content, anonymised ones, with a retention or
    without. Counts, rows, bodies, words and history are those of the model.
    """
    with tempfile.TemporaryDirectory() as place, Store.open(Path(place) / "p", write=True, now=NOON) as store:
        model = Model()
        for page in pages:
            for read in page:
                _one(store, model, read)
        _compare(store, model)


def _one(store: Store, model: Model, read: Read) -> None:
    writes = store.connection.raw.total_changes
    found = save(store, read.order(), personal_since=NOON - 5 * DAY if read.limited else None)
    kind, went = model.take(read)
    counts = {"new": found.new, "changed": found.changed, "unchanged": found.unchanged, "older": found.older}
    assert counts == {name: int(name == kind) for name in counts}
    assert found.anonymized == went
    if kind in ("unchanged", "older") and not went:
        assert store.connection.raw.total_changes == writes


def _compare(store: Store, model: Model) -> None:
    columns = ("order_id", "status", "customer", "anonymized")
    rows = store.orders.rows(Selection(), columns, profile="p")
    assert sorted(rows) == [
        (number, known.status, known.customer, int(known.anonymized)) for number, known in sorted(model.known.items())
    ]
    for number, known in model.known.items():
        key = OrderKey("amazon_fr", number)
        assert store.orders.body(key) == known.body
        found = {name for name in ("Zoe", "Max") if f"amazon_fr:{number}" in refs(store, search=name)}
        assert found == ({known.customer} if known.customer else set())
        told = {word for event in store.orders.history(key) for word in (event.old, event.new)}
        assert not (known.customer is None and told & {"Zoe", "Max"})
