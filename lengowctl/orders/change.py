"""Two readings of one order in, the list of differences out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: Fields whose movement is no news: they follow from reading the order again.
_QUIET = frozenset({"ref", "updated_at", "synced_at", "profile", "action", "action_state"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs between two readings. `line_id` is None for a field of the order itself."""

    field: str
    old: str | None
    new: str | None
    line_id: str | None = None


def differences(old: Mapping[str, object], new: Mapping[str, object], line_id: str | None = None) -> list[Change]:
    """The fields of `new` whose value differs from `old`, in the order of `new`, as text. Both are stored rows."""
    return [
        Change(name, _text(old.get(name)), _text(value), line_id)
        for name, value in new.items()
        if name not in _QUIET and old.get(name) != value
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
