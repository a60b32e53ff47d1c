"""An action of ours for programs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from lengowctl.orders.moment import utc_text
from lengowctl.store.history import Entry
from lengowctl.store.intent import Intent


def as_object(intent: Intent, entries: Sequence[Entry] = ()) -> dict[str, Any]:
    """An action for programs; names are a promise."""
    return {
        "id": intent.id,
        "ref": intent.ref,
        "action": intent.action,
        "state": intent.state.value,
        "action_id": intent.action_id,
        "arguments": dict(intent.arguments),
        "occurrence": intent.occurrence,
        "attempt": intent.attempt,
        "message": intent.message,
        "evidence": intent.evidence,
        "note": intent.note,
        "hold_until": _text(intent.hold_until),
        "sent_at": _text(intent.sent_at),
        "created_at": utc_text(intent.created_at),
        "updated_at": utc_text(intent.updated_at),
        "who": intent.who,
        "host": intent.host,
        "command": intent.command,
        "history": [_entry(entry) for entry in entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "at": utc_text(entry.at),
        "from": entry.from_state,
        "to": entry.to_state,
        "cause": entry.cause,
        "attempt": entry.attempt,
        "who": entry.who.user,
        "host": entry.who.host,
        "command": entry.who.command,
        "facts": dict(entry.facts),
        "text": None if entry.text is None else dict(entry.text),
    }


def _text(moment: datetime | None) -> str | None:
    return utc_text(moment) if moment else None
