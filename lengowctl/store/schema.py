"""The tables of `orders.db`, as numbered steps. A change appends a step; an old one is never edited."""

from __future__ import annotations

import sqlite3

#: SQLite's own choice: the smaller a page, the less a commit that touches many of them has to write twice.
PAGE_SIZE = 4096

_TEXTS = (
    "ref marketplace order_id status marketplace_status ordered_at imported_at updated_at due_at total currency"
    " original_total original_currency shipping tax commission skus customer email country city postcode address"
    " phone carrier tracking_number types merchant_order_ids synced_at"
)
_NUMBERS = "items lines fulfilled_by_marketplace anonymized version seq buyer_removed"


def _first(raw: sqlite3.Connection) -> None:
    import sqlite_utils

    db = sqlite_utils.Database(raw, execute_plugins=False)
    _orders(db)
    _parts(raw)
    _beside(db)
    raw.execute("INSERT INTO facts (name, value) VALUES ('generation', lower(hex(randomblob(16))))")


def _orders(db: object) -> None:
    """One row an order: what lists, filters and sorts need. The body and the words to search lie beside it."""
    from sqlite_utils import Database
    from sqlite_utils.db import DescIndex, Table

    assert isinstance(db, Database)
    orders = db["orders"]
    assert isinstance(orders, Table)
    columns = {"id": int} | dict.fromkeys(_TEXTS.split(), str) | dict.fromkeys(_NUMBERS.split(), int)
    required = ("ref", "marketplace", "order_id", "status", "version", "seq", "digest", "synced_at", "buyer_removed")
    orders.create(columns | {"digest": bytes}, pk="id", not_null=required)
    newest = ("ordered_at", DescIndex("ref"))  # read from its end: newest first, equal ones by reference
    orders.create_index(["order_id", "marketplace"], "orders_key", unique=True)
    orders.create_index(["marketplace", "status", *newest], "orders_marketplace_status")
    orders.create_index(["status", *newest], "orders_status")
    orders.create_index(["marketplace", *newest], "orders_marketplace")
    orders.create_index([*newest], "orders_newest")
    orders.create_index(["version"], "orders_version")
    orders.create_index(["seq"], "orders_seq", unique=True)
    db.execute("CREATE INDEX orders_due ON orders (due_at, ref) WHERE due_at IS NOT NULL")


def _parts(raw: sqlite3.Connection) -> None:
    """Lines and parcels lie clustered by order, found by position, so that a row keeps its address when it changes."""
    raw.execute("""
        CREATE TABLE lines (
            order_row INTEGER NOT NULL REFERENCES orders (id), position INTEGER NOT NULL,
            line_id TEXT, sku TEXT, marketplace_product_id TEXT, title TEXT, quantity INTEGER, amount TEXT,
            line_status TEXT, line_due_at TEXT, PRIMARY KEY (order_row, position)) WITHOUT ROWID""")
    raw.execute("CREATE INDEX lines_sku ON lines (sku COLLATE NOCASE)")
    raw.execute("""
        CREATE TABLE parcels (
            order_row INTEGER NOT NULL REFERENCES orders (id), position INTEGER NOT NULL,
            carrier TEXT, tracking_number TEXT, tracking_url TEXT, shipped_at TEXT, relay TEXT,
            PRIMARY KEY (order_row, position)) WITHOUT ROWID""")
    raw.execute("CREATE INDEX parcels_carrier ON parcels (carrier)")
    raw.execute("CREATE TABLE bodies (order_row INTEGER PRIMARY KEY REFERENCES orders (id), body BLOB NOT NULL)")
    raw.execute("CREATE TABLE phrases (id INTEGER PRIMARY KEY CHECK (id = 1), text BLOB NOT NULL)")
    raw.execute("""
        CREATE VIRTUAL TABLE search USING fts5 (
            numbers, buyer, goods, columnsize=0, tokenize="unicode61 remove_diacritics 2")""")


def _beside(db: object) -> None:
    """What is known about the orders as a whole: history, holes, what could not be understood."""
    from sqlite_utils import Database
    from sqlite_utils.db import Table

    assert isinstance(db, Database)
    tables: dict[str, tuple[dict[str, type], str | tuple[str, ...]]] = {
        "changes": (
            {"id": int, "order_row": int, "at": str, "field": str, "old": str, "new": str, "line_id": str}, "id",
        ),
        "set_aside": (
            {"id": int, "marketplace": str, "order_id": str, "digest": bytes, "raw": bytes, "reason": str,
             "updated_at": int, "at": str}, "id",
        ),
        "coverage": ({"marketplace": str, "since": int, "until": int}, ("marketplace", "since")),
        "unproved": (
            {"since": int, "until": int, "marketplace": str, "reason": str, "at": str},
            ("marketplace", "since", "until"),
        ),
        "day_gaps": (
            {"day": str, "marketplace": str, "theirs": int, "ours": int, "at": str}, ("day", "marketplace"),
        ),
        "marketplaces": ({"code": str, "body": bytes, "fetched_at": str}, "code"),
        "facts": ({"name": str, "value": str}, "name"),
    }  # fmt: skip
    for name, (columns, key) in tables.items():
        table = db[name]
        assert isinstance(table, Table)
        table.create(columns, pk=key)
    db.execute("CREATE INDEX changes_order ON changes (order_row, id)")
    db.execute("CREATE INDEX set_aside_key ON set_aside (marketplace, order_id)")


def _second(raw: sqlite3.Connection) -> None:
    """Parcels by their number as `parcel_numbers` compares it: upper case, nothing between the digits."""
    term = "tracking_number"
    for char in " -_./·\u00a0\t":
        term = f"replace({term}, '{char}', '')"
    raw.execute(f"CREATE INDEX parcels_number ON parcels (upper({term})) WHERE tracking_number IS NOT NULL")


STEPS = (_first, _second)
