"""What we did and what exists nowhere else: so far, how far each named export has come."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from lengowctl.orders.moment import from_micros, micros, read_instant, utc_text
from lengowctl.orders.reference import OrderKey
from lengowctl.store.connection import Connection
from lengowctl.store.facts import Facts
from lengowctl.store.faults import decoding
from lengowctl.store.intent import Who
from lengowctl.store.intents import Intents, Names, no_names


@dataclass(frozen=True, slots=True)
class ExportCursor:
    """How far an export has come: `seq` within the cache that has this `generation`, and the newest order version
    in it, to go on from when the cache was made anew.
    """

    seq: int
    generation: str
    newest_updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Export:
    """A named export: its cursor, and when, where and with how many rows it last ran."""

    name: str
    cursor: ExportCursor
    at: datetime
    target: str
    rows: int


class Ledger:
    """The rows of `ledger.db`."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self.facts = Facts(connection)

    def export_cursor(self, name: str) -> ExportCursor | None:
        """Where the export of this name stands; None when it never ran."""
        return next((export.cursor for export in self.exports() if export.name == name), None)

    def save_export(self, name: str, cursor: ExportCursor, *, at: datetime, target: str, rows: int) -> None:
        """Move the export's cursor: after the file has its final name, so that nothing is skipped by a crash."""
        newest = None if cursor.newest_updated_at is None else micros(cursor.newest_updated_at)
        with self._db.transaction():
            self._db.run(
                "INSERT OR REPLACE INTO exports (name, seq, generation, newest_updated_at, at, target, rows)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (name, cursor.seq, cursor.generation, newest, utc_text(at), target, rows),
            )

    def intents(
        self, *, profile: str, source: str, who: Who, names: Callable[[Iterable[OrderKey]], Names] = no_names
    ) -> Intents:
        """What we meant to have done, for whoever acts now; `names` knows the orders whose marketplace was renamed."""
        return Intents(self._db, profile=profile, source=source, who=who, names=names)

    def states(self) -> tuple[tuple[str, int], ...]:
        """How many actions stand in each state, by state."""
        found = self._db.all("SELECT state, count(*) FROM intents GROUP BY state ORDER BY state")
        with decoding(self._db.path):
            return tuple((str(state), int(str(number))) for state, number in found)

    def exports(self) -> list[Export]:
        """All named exports, by name."""
        found = self._db.all(
            "SELECT name, seq, generation, newest_updated_at, at, target, rows FROM exports ORDER BY name"
        )
        with decoding(self._db.path):
            return [_read(row) for row in found]


def _read(row: tuple[object, ...]) -> Export:
    name, seq, generation, newest, at, target, rows = row
    if not isinstance(seq, int) or not isinstance(rows, int):
        raise TypeError("numbers were stored here")
    newest_updated_at = from_micros(newest) if isinstance(newest, int) else None
    cursor = ExportCursor(seq, str(generation), newest_updated_at)
    return Export(str(name), cursor, read_instant(str(at)), str(target), rows)
