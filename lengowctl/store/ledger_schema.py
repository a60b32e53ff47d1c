"""The tables of `ledger.db`, as numbered steps. A change appends a step; an old one is never edited.

The rules of the ledger stand in the file itself, as triggers: an intent moves only along the table of legal moves
(`orders/action.py`, from which they are made), what it asks for never changes, and the history only grows.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

PAGE_SIZE = 4096

#: What an intent asks for and who asked: fixed once written. Free text may be blanked (`blanked`), nothing else.
_FIXED = (
    "id", "profile", "source", "marketplace", "order_id", "scope", "action", "digest", "occurrence", "who", "host",
    "command", "created_at",
)  # fmt: skip
_CHAINED = (
    "seq", "intent_id", "request", "from_state", "to_state", "cause", "at", "who", "host", "command", "run_id",
    "attempt", "facts", "text_digest", "previous", "hash",
)  # fmt: skip


def _first(raw: sqlite3.Connection) -> None:
    raw.execute("CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    raw.execute("""
        CREATE TABLE exports (
            name TEXT PRIMARY KEY, seq INTEGER NOT NULL, generation TEXT NOT NULL, newest_updated_at INTEGER,
            at TEXT NOT NULL, target TEXT NOT NULL, rows INTEGER NOT NULL)""")
    _intents(raw)
    _history(raw)
    raw.execute("""
        CREATE TABLE frozen (
            only INTEGER PRIMARY KEY CHECK (only = 1), who TEXT NOT NULL, host TEXT NOT NULL, at TEXT NOT NULL,
            why TEXT)""")


def _intents(raw: sqlite3.Connection) -> None:
    """An intent in `queued`, `pending` or `done` carries its evidence: an action's number or the order's status."""
    from lengowctl.orders.action import State  # completion asks this module for its number of steps only

    raw.execute(f"""
        CREATE TABLE intents (
            id INTEGER PRIMARY KEY AUTOINCREMENT, profile TEXT NOT NULL, source TEXT NOT NULL,
            marketplace TEXT NOT NULL, order_id TEXT NOT NULL, scope TEXT NOT NULL, action TEXT NOT NULL,
            arguments TEXT NOT NULL, digest TEXT NOT NULL, occurrence INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ({_listed(State)})), attempt INTEGER NOT NULL DEFAULT 0,
            run_id TEXT, known_ids TEXT, action_id INTEGER UNIQUE, cause TEXT, message TEXT, evidence TEXT,
            sent_at TEXT, window_from TEXT, absences INTEGER NOT NULL DEFAULT 0, first_absent_at TEXT, seen TEXT,
            permit INTEGER, hold_until TEXT, note TEXT, blanked INTEGER NOT NULL DEFAULT 0,
            who TEXT NOT NULL, host TEXT NOT NULL, command TEXT NOT NULL,
            created_at TEXT NOT NULL, updated_at TEXT NOT NULL, UNIQUE (digest, occurrence),
            CHECK (state NOT IN ('queued', 'pending') OR action_id IS NOT NULL),
            CHECK (state <> 'done' OR action_id IS NOT NULL OR evidence IS NOT NULL),
            CHECK (state <> 'sending' OR (run_id IS NOT NULL AND sent_at IS NOT NULL)))""")
    raw.execute("CREATE INDEX intents_order ON intents (marketplace, order_id)")
    raw.execute("CREATE INDEX intents_state ON intents (state)")
    raw.execute(
        "CREATE UNIQUE INDEX intents_under_way ON intents (marketplace, order_id, scope)"
        " WHERE state IN ('sending', 'doubtful')"
    )
    _refuse(raw, "intents_born", "INSERT ON intents", "an intent begins as planned", "NEW.state <> 'planned'")
    _moves(raw)
    _refuse(
        raw,
        "intents_attempt",
        "UPDATE ON intents",
        "an attempt is counted when it is claimed, and only then",
        "NEW.attempt <> OLD.attempt + (OLD.state = 'planned' AND NEW.state = 'sending')",
    )
    _refuse(raw, "intents_fixed", "UPDATE ON intents", "what was asked for never changes", _changes(_FIXED))
    _refuse(
        raw,
        "intents_text",
        "UPDATE ON intents",
        "what was asked for never changes",
        "(OLD.arguments IS NOT NEW.arguments OR (OLD.note IS NOT NEW.note AND OLD.note IS NOT NULL))"
        " AND NOT (NEW.blanked AND NEW.state = OLD.state AND NEW.state NOT IN ('planned', 'sending', 'doubtful'))",
    )
    _refuse(raw, "intents_kept", "DELETE ON intents", "an intent is never deleted", "1")


def _moves(raw: sqlite3.Connection) -> None:
    """The table of legal moves as it is in this version."""
    from lengowctl.orders.action import LEGAL

    legal = _listed(sorted({f"{old} {new} {cause}" for old, new, cause in LEGAL}))
    _refuse(
        raw,
        "intents_move",
        "UPDATE ON intents",
        "an intent cannot move like that",
        "OLD.state <> NEW.state"
        f" AND (OLD.state || ' ' || NEW.state || ' ' || coalesce(NEW.cause, '')) NOT IN ({legal})",
    )


def _moves_anew(raw: sqlite3.Connection) -> None:
    """The table of legal moves has grown."""
    raw.execute("DROP TRIGGER intents_move")
    _moves(raw)


def _history(raw: sqlite3.Connection) -> None:
    """One row a move, each with the hash of the one before. `head` names the last one."""
    raw.execute("""
        CREATE TABLE history (
            seq INTEGER PRIMARY KEY, intent_id INTEGER REFERENCES intents (id), request TEXT, from_state TEXT,
            to_state TEXT NOT NULL, cause TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL, host TEXT NOT NULL,
            command TEXT NOT NULL, run_id TEXT, attempt INTEGER, facts TEXT NOT NULL, text TEXT,
            text_digest TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL)""")
    raw.execute("CREATE INDEX history_intent ON history (intent_id)")
    raw.execute(
        "CREATE TABLE head (only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL)"
    )
    raw.execute("INSERT INTO head VALUES (1, 0, '')")
    _refuse(
        raw,
        "history_chained",
        "INSERT ON history",
        "history goes on from its last row",
        "NOT EXISTS (SELECT 1 FROM head WHERE seq = NEW.seq - 1 AND hash = NEW.previous)",
    )
    _refuse(
        raw,
        "history_fixed",
        "UPDATE ON history",
        "history never changes",
        f"NEW.text IS NOT NULL OR {_changes(_CHAINED)}",
    )
    _refuse(raw, "history_kept", "DELETE ON history", "history never changes", "1")
    raw.execute(
        "CREATE TRIGGER history_head AFTER INSERT ON history BEGIN UPDATE head SET seq = NEW.seq, hash = NEW.hash; END"
    )


def _refuse(raw: sqlite3.Connection, name: str, event: str, words: str, when: str) -> None:
    raw.execute(f"CREATE TRIGGER {name} BEFORE {event} WHEN {when} BEGIN SELECT RAISE(ABORT, '{words}'); END")


def _changes(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


STEPS = (_first, _moves_anew)
