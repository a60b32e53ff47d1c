"""The marketplaces' descriptions of themselves, as they came."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from lengowctl.orders.moment import read_instant, utc_text
from lengowctl.store.connection import Connection
from lengowctl.store.faults import decoding
from lengowctl.store.packing import pack, unpack
from lengowctl.store.text import storable


class Marketplaces:
    """Bodies by marketplace code. Writes belong inside the store's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def save(self, bodies: Iterable[tuple[str, bytes]], at: datetime) -> None:
        """Replace what is known by this complete list; an empty one changes nothing."""
        rows = [(storable(code), pack(body), utc_text(at)) for code, body in bodies]
        if rows:
            self._db.run("DELETE FROM marketplaces")
            self._db.run_many("INSERT OR REPLACE INTO marketplaces (code, body, fetched_at) VALUES (?, ?, ?)", rows)

    def body(self, code: str) -> bytes | None:
        row = self._db.one("SELECT body FROM marketplaces WHERE code = ?", (storable(code),))
        return None if row is None else self._unpacked(row[0])

    def codes(self) -> list[str]:
        """The known codes, sorted."""
        return [str(code) for (code,) in self._db.all("SELECT code FROM marketplaces ORDER BY code")]

    def all(self) -> list[tuple[str, bytes, datetime]]:
        """Code, body and when it was fetched, by code."""
        rows = self._db.all("SELECT code, body, fetched_at FROM marketplaces ORDER BY code")
        with decoding(self._db.path):
            return [(str(code), self._unpacked(body), read_instant(str(at))) for code, body, at in rows]

    def fetched_at(self) -> datetime | None:
        """When the list was last fetched, or None when it never was."""
        text = self._db.value("SELECT max(fetched_at) FROM marketplaces")
        with decoding(self._db.path):
            return None if text is None else read_instant(str(text))

    def _unpacked(self, body: object) -> bytes:
        with decoding(self._db.path):
            if not isinstance(body, bytes):
                raise TypeError("bytes were stored here")
            return unpack(body)
