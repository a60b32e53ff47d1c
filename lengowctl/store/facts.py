"""Single facts by name: the source, when the last sync was, the cursor."""

from __future__ import annotations

from lengowctl.store.connection import Connection


class Facts:
    """Text by name. Names are ours, values are text."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def get(self, name: str) -> str | None:
        value = self._db.value("SELECT value FROM facts WHERE name = ?", (name,))
        return value if isinstance(value, str) else None

    def set(self, name: str, value: str) -> None:
        self._db.run(
            "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def drop(self, name: str) -> None:
        self._db.run("DELETE FROM facts WHERE name = ?", (name,))
