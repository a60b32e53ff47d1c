"""SQL of a person's own: any question, nothing but questions, never for ever."""

from __future__ import annotations

from pathlib import Path

import pytest

from lengowctl.errors import NeverSynced, UsageFault
from lengowctl.store.store import Store
from lengowctl.store.upkeep import query

from .samples import order, save


@pytest.fixture
def filled(store: Store) -> Path:
    save(store, *(order(f"N-{n:04}") for n in range(1_200)))
    store.pin("lengow|x|1")
    return store.folder


def _ask(folder: Path, sql: str, **more: float) -> tuple[list[str], list[tuple[object, ...]]]:
    names, rows = query(folder, sql, **more)  # type: ignore[arg-type]
    return names, list(rows)


def test_both_files_can_be_asked(filled: Path) -> None:
    """The cache is `main`, the ledger `ledger`; names come with the rows."""
    assert _ask(filled, "SELECT count(*) AS n, max(order_id) FROM orders") == (
        ["n", "max(order_id)"],
        [(1200, "N-1199")],
    )
    assert _ask(filled, "SELECT value FROM ledger.facts JOIN main.facts USING (value)") == (
        ["value"],
        [("lengow|x|1",)],
    )
    assert len(_ask(filled, "SELECT * FROM orders")[1]) == 1_200
    assert (
        len(_ask(filled, "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n LIMIT 7) SELECT x FROM n")[1])
        == 7
    )
    assert _ask(filled, "SELECT json_extract('{\"a\":1.5}', '$.a'), NULL, x'00', 'é'")[1] == [(1.5, None, b"\0", "é")]
    assert ("id",) in {(row[1],) for row in _ask(filled, "PRAGMA table_info(orders)")[1]}
    assert _ask(filled, "SELECT rowid FROM search WHERE search MATCH 'dupont' LIMIT 1")[1] == [(1,)]


def test_rows_can_be_cut(filled: Path) -> None:
    assert [len(_ask(filled, "SELECT * FROM orders", max_rows=n)[1]) for n in (0, 1, 700)] == [0, 1, 700]


FORBIDDEN = [
    "DELETE FROM orders", "UPDATE orders SET status = 'x'", "INSERT INTO facts VALUES ('a', 'b')", "DROP TABLE orders",
    "CREATE TABLE x (y)", "CREATE TEMP TABLE x (y)", "ATTACH ':memory:' AS x", "DETACH ledger", "VACUUM",
    "VACUUM INTO '/tmp/x'", "PRAGMA query_only=OFF", "PRAGMA journal_mode=WAL", "PRAGMA user_version=9", "BEGIN",
    "PRAGMA writable_schema=ON", "REINDEX", "ANALYZE", "SELECT load_extension('x')", "SELECT fts3_tokenizer('simple')",
    "UPDATE ledger.facts SET value = 'x'", "INSERT INTO search (search) VALUES ('rebuild')", "SAVEPOINT x",
    "WITH x AS (SELECT 1) DELETE FROM orders",
]  # fmt: skip


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_only_reading(filled: Path, sql: str) -> None:
    """Whatever would change, attach or load something is refused in words, and the files stay as they are."""
    before = [(filled / name).read_bytes() for name in ("orders.db", "ledger.db")]
    with pytest.raises(UsageFault):
        query(filled, sql)
    assert [(filled / name).read_bytes() for name in ("orders.db", "ledger.db")] == before


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT colour FROM orders", "no such column: colour"),
        ("SELEC 1", "syntax error"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("", "not a question"),
        ("-- nothing", "not a question"),
        ("SELECT zeroblob(100000000)", "too large"),
        ("SELECT '\ud800'", "cannot carry that out"),
        ("SELECT ?", "cannot carry that out"),
        ("SELECT json('{')", "malformed JSON"),
    ],
)
def test_bad_sql_is_told_in_words(filled: Path, sql: str, told: str) -> None:
    with pytest.raises(UsageFault, match=told):
        query(filled, sql)


def test_an_endless_query_is_stopped(filled: Path) -> None:
    """By the clock that is handed in, while it runs."""
    ticks = iter(range(1_000_000))
    with pytest.raises(UsageFault, match="longer than 5 s"):
        query(
            filled,
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM n) SELECT max(x) FROM n",
            max_seconds=5,
            monotonic=lambda: float(next(ticks)),
        )


def test_a_slow_reader_of_the_answer_keeps_nobody_waiting(filled: Path) -> None:
    """The answer is complete before the first row: a writer commits while it is half read."""
    _, rows = query(filled, "SELECT order_id FROM orders ORDER BY 1")
    assert next(rows) == ("N-0000",)
    from .samples import NOON

    with Store.open(filled, write=True, now=NOON, busy_ms=0) as writer:
        save(writer, order("NEW"))
    assert len(list(rows)) == 1_199


def test_nothing_there(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    with pytest.raises(NeverSynced):
        query(folder, "SELECT 1")
