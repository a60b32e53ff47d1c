"""How far a world's clock is ahead of the wall clock, for those who must not wait for the world itself."""

from __future__ import annotations

import sqlite3


def read_offset(connection: sqlite3.Connection) -> int:
    """Microseconds; 0 where the world was never moved on. `connection` is to the world's file."""
    found = connection.execute("SELECT value FROM facts WHERE name = 'offset'").fetchone()
    return int(found[0]) if found else 0
