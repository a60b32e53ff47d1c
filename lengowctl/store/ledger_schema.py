"""The tables of `ledger.db`, as numbered steps. A change appends a step; an old one is never edited."""

from __future__ import annotations

import sqlite3

PAGE_SIZE = 4096


def _first(raw: sqlite3.Connection) -> None:
    raw.execute("CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    raw.execute("""
        CREATE TABLE exports (
            name TEXT PRIMARY KEY, seq INTEGER NOT NULL, generation TEXT NOT NULL, newest_updated_at INTEGER,
            at TEXT NOT NULL, target TEXT NOT NULL, rows INTEGER NOT NULL)""")
    raw.execute("""
        CREATE TABLE intents (
            id INTEGER PRIMARY KEY AUTOINCREMENT, profile TEXT NOT NULL, marketplace TEXT NOT NULL,
            order_id TEXT NOT NULL, scope TEXT NOT NULL, action TEXT NOT NULL, arguments TEXT NOT NULL,
            digest TEXT NOT NULL, occurrence INTEGER NOT NULL, state TEXT NOT NULL, attempt INTEGER NOT NULL,
            run_id TEXT, known_ids TEXT, action_id INTEGER UNIQUE, cause TEXT, sent_at TEXT,
            absences INTEGER NOT NULL DEFAULT 0, first_absent_at TEXT, who TEXT, command TEXT,
            created_at TEXT NOT NULL, updated_at TEXT NOT NULL, UNIQUE (digest, occurrence))""")
    raw.execute("CREATE INDEX intents_order ON intents (marketplace, order_id)")
    raw.execute("CREATE INDEX intents_state ON intents (state)")


STEPS = (_first,)
