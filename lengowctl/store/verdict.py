"""Is a reading news? Decided from what is stored, before anything is written."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from lengowctl.store.connection import Row


class Outcome(Enum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    OLDER = "older"


class Stored(NamedTuple):
    """What the store holds of an order: enough to decide whether a reading is news."""

    id: int
    version: int
    digest: bytes
    buyer_removed: bool
    anonymized: bool


def decide(stored: Stored | None, version: int, mark: bytes) -> Outcome:
    """Never back in time; at the same version what was read last counts, if it differs at all."""
    if stored is None:
        return Outcome.NEW
    if version < stored.version:
        return Outcome.OLDER
    same = version == stored.version and mark == stored.digest
    return Outcome.UNCHANGED if same else Outcome.CHANGED


def read_stored(row: Row) -> Stored:
    number, version, mark, removed, anonymized = row
    assert isinstance(number, int)
    return Stored(
        number,
        version if isinstance(version, int) else 0,
        mark if isinstance(mark, bytes) else b"",
        bool(removed),
        bool(anonymized),
    )
