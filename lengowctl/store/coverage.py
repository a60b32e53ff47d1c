"""What we surely have: the cursor, the proved stretches of `updated_at`, and the holes that are known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from lengowctl.orders.moment import from_micros, micros, read_instant, utc_text
from lengowctl.store.connection import Connection
from lengowctl.store.facts import Facts
from lengowctl.store.faults import decoding

_EVERYWHERE = ""
_STEP = 1  # closed stretches that are a microsecond apart leave nothing between them
Stretch = tuple[datetime, datetime]


class Unproved(NamedTuple):
    """A stretch of `updated_at` that was read without proof that nothing is missing. No marketplace: all of them."""

    since: datetime
    until: datetime
    marketplace: str | None
    reason: str
    at: datetime


class DayGap(NamedTuple):
    """A day (UTC, of the order date) on which the source counts other than we do."""

    day: date
    marketplace: str
    theirs: int
    ours: int
    at: datetime


class Coverage:
    """Reads and moves what is known to be here. Writes belong inside the store's transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._facts = Facts(connection)

    def cursor(self) -> datetime | None:
        """Every order with `updated_at` up to this moment is here; None before the first sync is complete."""
        with decoding(self._db.path):
            text = self._facts.get("cursor")
            return from_micros(int(text)) if text is not None else None

    def set_cursor(self, moment: datetime) -> None:
        """Move the cursor forward; an earlier moment changes nothing."""
        now = self.cursor()
        if now is None or moment > now:
            self._facts.set("cursor", str(micros(moment)))

    def add(self, since: datetime, until: datetime, *, marketplace: str | None) -> None:
        """Record a proved stretch, both ends included, of all marketplaces or one. Joins what touches, and drops
        the unproved windows that are now covered.
        """
        code = marketplace or _EVERYWHERE
        start, end = micros(since), micros(until)
        near = "marketplace = ? AND since <= ? AND until >= ?"
        found = self._db.all(f"SELECT since, until FROM coverage WHERE {near}", (code, end + _STEP, start - _STEP))
        ends = _numbers(self._db, found)
        self._db.run(f"DELETE FROM coverage WHERE {near}", (code, end + _STEP, start - _STEP))
        self._db.run(
            "INSERT INTO coverage (marketplace, since, until) VALUES (?, ?, ?)",
            (code, min([start, *(s for s, _ in ends)]), max([end, *(u for _, u in ends)])),
        )
        self._drop_covered()

    def proved(self, marketplace: str | None = None) -> list[Stretch]:
        """The stretches proved for all marketplaces, and those for this one, joined, oldest first."""
        found = self._db.all(
            "SELECT since, until FROM coverage WHERE marketplace IN (?, ?) ORDER BY since, until",
            (_EVERYWHERE, marketplace or _EVERYWHERE),
        )
        with decoding(self._db.path):
            return [(from_micros(since), from_micros(until)) for since, until in _joined(_numbers(self._db, found))]

    def add_unproved(
        self, since: datetime, until: datetime, marketplace: str | None, reason: str, at: datetime
    ) -> None:
        """Record a window that could not be proved; the same window again only renews reason and time."""
        self._db.run(
            "INSERT OR REPLACE INTO unproved (since, until, marketplace, reason, at) VALUES (?, ?, ?, ?, ?)",
            (micros(since), micros(until), marketplace or _EVERYWHERE, reason, utc_text(at)),
        )

    def unproved(self) -> list[Unproved]:
        """The windows that are not proved, oldest first."""
        found = self._db.all("SELECT since, until, marketplace, reason, at FROM unproved ORDER BY since, until")
        with decoding(self._db.path):
            return [
                Unproved(_moment(since), _moment(until), str(code) or None, str(reason), read_instant(str(at)))
                for since, until, code, reason, at in found
            ]

    def set_day_gap(self, day: date, marketplace: str, theirs: int, ours: int, at: datetime) -> None:
        self._db.run(
            "INSERT OR REPLACE INTO day_gaps (day, marketplace, theirs, ours, at) VALUES (?, ?, ?, ?, ?)",
            (day.isoformat(), marketplace, theirs, ours, utc_text(at)),
        )

    def day_gaps(self) -> list[DayGap]:
        """The days on which the counts differ, oldest first."""
        found = self._db.all("SELECT day, marketplace, theirs, ours, at FROM day_gaps ORDER BY day, marketplace")
        with decoding(self._db.path):
            return [
                DayGap(date.fromisoformat(str(day)), str(code), _number(theirs), _number(ours), read_instant(str(at)))
                for day, code, theirs, ours, at in found
            ]

    def clear_day_gap(self, day: date, marketplace: str) -> None:
        self._db.run("DELETE FROM day_gaps WHERE day = ? AND marketplace = ?", (day.isoformat(), marketplace))

    def verified_at(self) -> datetime | None:
        """When the counts were last compared as a whole."""
        with decoding(self._db.path):
            text = self._facts.get("verified_at")
            return read_instant(text) if text is not None else None

    def set_verified_at(self, at: datetime) -> None:
        self._facts.set("verified_at", utc_text(at))

    def _drop_covered(self) -> None:
        for window in self.unproved():
            if _covers(self.proved(window.marketplace), window):
                self._db.run(
                    "DELETE FROM unproved WHERE since = ? AND until = ? AND marketplace = ?",
                    (micros(window.since), micros(window.until), window.marketplace or _EVERYWHERE),
                )


def _covers(stretches: Iterable[Stretch], window: Unproved) -> bool:
    return any(since <= window.since and window.until <= until for since, until in stretches)


def _joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted stretches, those that overlap or touch made one."""
    joined: list[tuple[int, int]] = []
    for since, until in stretches:
        if joined and since <= joined[-1][1] + _STEP:
            joined[-1] = (joined[-1][0], max(joined[-1][1], until))
        else:
            joined.append((since, until))
    return joined


def _numbers(connection: Connection, rows: Iterable[tuple[object, ...]]) -> list[tuple[int, int]]:
    with decoding(connection.path):
        return [(_number(since), _number(until)) for since, until in rows]


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("a number was stored here")
    return value


def _moment(value: object) -> datetime:
    return from_micros(_number(value))
