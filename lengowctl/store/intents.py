"""The intents of a profile: written down, claimed, moved. Every move is one guarded update and one row of history.

The rules are held by the file's own triggers too (`ledger_schema.py`). A move names the intent as it was read: when
another run moved it meanwhile, nothing is changed and None is returned.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path

from lengowctl.errors import FileFault
from lengowctl.orders.action import FINAL, GRANTED, Cause, State
from lengowctl.orders.moment import read_instant
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import WHOLE, Request, canonical
from lengowctl.store.connection import Cell, Connection
from lengowctl.store.faults import decoding, moved_away
from lengowctl.store.history import PLANNED, Entry, History, Proof
from lengowctl.store.intent import COLUMNS, Intent, Who, new_intent, read_intent, stamp, with_cells
from lengowctl.store.intent_listing import Wanted, listed, number
from lengowctl.store.text import storable

_SELECT = f"SELECT {', '.join(COLUMNS)} FROM intents"
_AT_ONCE = 500
_OF_ORDERS = (
    "WHERE id IN (SELECT i.id FROM json_each(?) j CROSS JOIN intents i ON i.marketplace = json_extract(j.value, '$[0]')"
    " AND i.order_id = json_extract(j.value, '$[1]')) ORDER BY id"
)
#: No other intent of the same order, of the same line or of the whole, is being sent or doubtful.
_ALONE = (
    "NOT EXISTS (SELECT 1 FROM intents AS other WHERE other.marketplace = ? AND other.order_id = ?"
    " AND other.id <> ? AND other.state IN ('sending', 'doubtful') AND (other.scope = ? OR other.scope = ? OR ? = ?))"
)

#: Arguments that are free text, and may be blanked when the intent is over.
FREE_TEXT = frozenset({"comment"})


@dataclass(frozen=True, slots=True)
class Freeze:
    """Who stopped all sending, when and why."""

    who: str
    host: str
    at: datetime
    why: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A request to be written down: `digest` over the source and the request, `occurrence` counts equal ones;
    `on_purpose` when the one before was carried out or is under way.
    """

    request: Request
    digest: str
    occurrence: int
    on_purpose: bool = False


#: Every name of those of some orders that have several, the present one first.
Names = Mapping[OrderKey, tuple[OrderKey, ...]]


def no_names(keys: Iterable[OrderKey]) -> Names:  # noqa: ARG001
    """No marketplace was renamed."""
    return {}


class Intents:
    """The rows of `intents`, with their history. `who` acts through this object."""

    def __init__(
        self,
        connection: Connection,
        *,
        profile: str,
        source: str,
        who: Who,
        names: Callable[[Iterable[OrderKey]], Names] = no_names,
    ) -> None:
        self._db = connection
        self._profile = profile
        self._source = source
        self.who = who
        self.names = names
        self.history = History(connection)

    @property
    def folder(self) -> Path:
        """Where the ledger lies, and the locks of runs with it."""
        return self._db.path.parent

    @property
    def in_place(self) -> bool:
        """Whether others who open the ledger now open the file that this one writes to."""
        return self._db.in_place

    def replaced(self) -> FileFault:
        """What to say when it is not in place."""
        return moved_away(self._db.path)

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, the writer's turn taken at once, durable when it ends."""
        return self._db.transaction()

    # -- reading

    def find(self, ids: Iterable[int]) -> list[Intent]:
        """The intents with these ids, in the order asked for; unknown ones are left out."""
        wanted = list(ids)
        found: dict[int, Intent] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            found.update({it.id: it for it in self._some(f"WHERE id IN ({_marks(part)})", part)})
        return [found[number] for number in wanted if number in found]

    def get(self, intent_id: int) -> Intent | None:
        return next(iter(self.find([intent_id])), None)

    def of_order(self, key: OrderKey) -> list[Intent]:
        """All intents of an order, oldest first, by whatever name of its marketplace."""
        return self.of_orders((key,)).get(key, [])

    def of_orders(self, keys: Iterable[OrderKey], names: Names | None = None) -> dict[OrderKey, list[Intent]]:
        """As `of_order`, of a thousand or so at once; orders without any are not among them. `names`: as `self.names`
        knows them, where they were looked up before.
        """
        keys = list(keys)
        names = self.names(keys) if names is None else names
        wanted = {key: names.get(key, (key,)) for key in keys}
        pairs = [[storable(word) for word in name] for name in dict.fromkeys(chain.from_iterable(wanted.values()))]
        named: dict[OrderKey, list[Intent]] = {}
        for intent in self._some(_OF_ORDERS, (json.dumps(pairs),)):
            named.setdefault(intent.key, []).append(intent)
        found = {key: [intent for name in its for intent in named.get(name, ())] for key, its in wanted.items()}
        return {key: sorted(its, key=lambda intent: intent.id) for key, its in found.items() if its}

    def in_states(self, states: Iterable[State]) -> list[Intent]:
        """All intents in these states, oldest first."""
        wanted = [str(state) for state in states]
        return self._some(f"WHERE state IN ({_marks(wanted)}) ORDER BY id", wanted)

    def left_over(self, at: datetime) -> list[Intent]:
        """The planned intents that nothing keeps back at that moment, oldest first."""
        return self._some(
            "WHERE state = 'planned' AND (hold_until IS NULL OR hold_until <= ?) ORDER BY id", (stamp(at),)
        )

    def latest(self, *, states: Sequence[State] = (), limit: int | None = None) -> list[Intent]:
        """The newest intents first, all of them or those in some states."""
        wanted = [str(state) for state in states or State]
        return self._some(
            f"WHERE state IN ({_marks(wanted)}) ORDER BY id DESC LIMIT ?", [*wanted, -1 if limit is None else limit]
        )

    def listed(self, wanted: Wanted, limit: int | None = None) -> Iterator[Intent]:
        """The intents that a listing is about, newest first, read as they are wanted."""
        return listed(self._db, wanted, limit)

    def number(self, wanted: Wanted) -> int:
        """How many intents a listing is about."""
        return number(self._db, wanted)

    def taken_ids(self, action_ids: Iterable[int]) -> dict[int, int]:
        """Which of the source's actions belong to an intent already: action id to intent id."""
        wanted = list(action_ids)
        found: dict[int, int] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            part = wanted[start : start + _AT_ONCE]
            rows = self._db.all(f"SELECT action_id, id FROM intents WHERE action_id IN ({_marks(part)})", part)
            with decoding(self._db.path):
                found.update({int(str(action)): int(str(intent)) for action, intent in rows})
        return found

    def is_alone(self, intent: Intent) -> bool:
        """Whether nothing else of the order, or of the same line, is being sent or doubtful."""
        return self._db.number(f"SELECT {_ALONE}", _overlapping(intent)) == 1

    def left_since(self, seq: int) -> frozenset[int]:
        """The intents that were sent, or found to be there, after the row of the history that has this number."""
        rows = self._db.all(
            "SELECT intent_id FROM history WHERE seq > ? AND from_state = 'planned' AND to_state <> 'withdrawn'",
            (seq,),
        )
        with decoding(self._db.path):
            return frozenset(int(str(number)) for (number,) in rows)

    def _some(self, where: str, params: Sequence[Cell]) -> list[Intent]:
        rows = self._db.all(f"{_SELECT} {where}", params)
        with decoding(self._db.path):
            return [read_intent(row) for row in rows]

    # -- writing down

    def add(self, draft: Draft, *, note: str | None, hold_until: datetime | None, at: datetime) -> Intent:
        """Write an intent down as planned. The caller holds the transaction."""
        request = draft.request
        row: dict[str, Cell] = {
            "profile": self._profile,
            "source": self._source,
            "marketplace": request.key.marketplace,
            "order_id": request.key.order_id,
            "scope": request.scope,
            "action": request.action,
            "arguments": canonical(request.arguments),
            "digest": draft.digest,
            "occurrence": draft.occurrence,
            "state": State.PLANNED.value,
            "permit": 0 if draft.on_purpose else None,
            "note": note,
            "hold_until": stamp(hold_until) if hold_until else None,
            "who": self.who.user,
            "host": self.who.host,
            "command": self.who.command,
            "created_at": stamp(at),
            "updated_at": stamp(at),
        }
        number = self._db.insert(f"INSERT INTO intents ({', '.join(row)}) VALUES ({_marks(row)})", list(row.values()))
        intent = new_intent(number, row)
        text = {"arguments": dict(request.arguments), "note": note}
        facts = {"occurrence": draft.occurrence, "on_purpose": draft.on_purpose, "hold_until": row["hold_until"]}
        self.history.append(
            intent, State.PLANNED, PLANNED, from_state=None, at=at, who=self.who, facts=facts, text=text
        )
        return intent

    # -- moving

    def claim(
        self, intent: Intent, *, run_id: str, sent_at: datetime, known_ids: Iterable[int], at: datetime
    ) -> Intent | None:
        """Make the intent this run's own, with its next attempt, before the first byte leaves. None when it is no
        longer as it was read, or another one of the order's is under way. The caller holds the transaction.
        """
        known = intent.known_ids if intent.known_ids is not None else sorted(known_ids)
        fields: dict[str, Cell] = {
            "attempt": intent.attempt + 1,
            "run_id": run_id,
            "sent_at": stamp(sent_at),
            "known_ids": json.dumps(known),
            "window_from": None,
            "absences": 0,
            "first_absent_at": None,
            "seen": None,
            "message": None,
        }
        alone = f" AND {_ALONE}", _overlapping(intent)
        return self._move(intent, State.SENDING, Cause.CLAIMED, at, fields, {}, {}, alone)

    def move(
        self,
        intent: Intent,
        to: State,
        cause: Cause,
        *,
        at: datetime,
        action_id: int | None = None,
        message: str | None = None,
        evidence: str | None = None,
        sent_at: datetime | None = None,
    ) -> Intent | None:
        """Move an intent on. None when it is no longer as it was read. The caller holds the transaction."""
        fields: dict[str, Cell] = {"message": message}
        given: dict[str, Cell] = {
            "action_id": action_id,
            "evidence": evidence,
            "sent_at": stamp(sent_at) if sent_at else None,
        }
        fields.update({name: value for name, value in given.items() if value is not None})
        return self._move(
            intent, to, cause, at, fields, {"action_id": action_id, "evidence": evidence}, {"message": message}
        )

    def _move(
        self,
        intent: Intent,
        to: State,
        cause: Cause,
        at: datetime,
        fields: dict[str, Cell],
        facts: dict[str, object],
        text: dict[str, object],
        only_if: tuple[str, tuple[Cell, ...]] = ("", ()),
    ) -> Intent | None:
        cells: dict[str, Cell] = {"state": to.value, "cause": cause.value, "updated_at": stamp(at), **fields}
        moved = self._update(intent, cells, *only_if)
        if moved is None:
            return None
        self.history.append(moved, to, cause, from_state=intent.state, at=at, who=self.who, facts=facts, text=text)
        return moved

    def note_absence(self, intent: Intent, *, absences: int, first_absent_at: datetime, seen: str) -> Intent | None:
        """Keep what settling has seen so far; no move. The caller holds the transaction."""
        fields: dict[str, Cell] = {
            "absences": absences,
            "first_absent_at": stamp(first_absent_at),
            "seen": seen,
        }
        return self._update(intent, fields)

    def note_look(self, intent: Intent, window_from: datetime) -> Intent | None:
        """Keep the source's time at the first look: the window counts from there. The caller holds the transaction."""
        return self._update(intent, {"window_from": stamp(window_from)})

    def hold(self, intent: Intent, until: datetime) -> Intent | None:
        """Keep it back until then. The caller holds the transaction."""
        return self._update(intent, {"hold_until": stamp(until)})

    def permit(self, intent: Intent) -> Intent | None:
        """A person allows one more attempt of what is proved absent. The caller holds the transaction."""
        return self._update(intent, {"permit": intent.attempt})

    def _update(
        self, intent: Intent, fields: dict[str, Cell], only_if: str = "", params: tuple[Cell, ...] = ()
    ) -> Intent | None:
        """Write these columns, if the intent is still as it was read; the intent as it is now."""
        written = self._db.run(
            f"UPDATE intents SET {', '.join([f'{name} = ?' for name in fields])}"
            f" WHERE id = ? AND state = ? AND attempt = ? AND run_id IS ?{only_if}",
            [*fields.values(), intent.id, intent.state.value, intent.attempt, intent.run_id, *params],
        )
        return with_cells(intent, fields) if written else None

    # -- the whole profile

    def frozen(self) -> Freeze | None:
        """Who stopped all sending, if anybody."""
        row = self._db.one("SELECT who, host, at, why FROM frozen")
        if row is None:
            return None
        with decoding(self._db.path):
            return Freeze(str(row[0]), str(row[1]), read_instant(str(row[2])), None if row[3] is None else str(row[3]))

    def freeze(self, why: str | None, at: datetime) -> Freeze:
        """Stop all sending of this profile. One that is in force already stays as it is."""
        with self.transaction():
            if self._db.run(
                "INSERT OR IGNORE INTO frozen (only, who, host, at, why) VALUES (1, ?, ?, ?, ?)",
                (self.who.user, self.who.host, stamp(at), why),
            ):
                self._tell("frozen", at, why)
            frozen = self.frozen()
        return frozen or Freeze(self.who.user, self.who.host, at, why)

    def unfreeze(self, why: str | None, at: datetime) -> Freeze | None:
        """Allow sending again; what was in force until now."""
        with self.transaction():
            frozen = self.frozen()
            if frozen:
                self._db.run("DELETE FROM frozen")
                self._tell("unfrozen", at, why)
        return frozen

    def _tell(self, what: str, at: datetime, why: str | None) -> None:
        self.history.append(None, what, "by_user", from_state=None, at=at, who=self.who, facts={}, text={"why": why})

    def blank(self, before: datetime) -> int:
        """Take the free text (notes, comments, messages) out of what ended before; how many intents that were. The
        chain of the history stays whole.
        """
        over = [str(state) for state in FINAL | GRANTED]
        with self.transaction():
            ended = self._some(
                f"WHERE state IN ({_marks(over)}) AND updated_at < ? AND NOT blanked ORDER BY id",
                [*over, stamp(before)],
            )
            for intent in ended:
                kept = [(name, value) for name, value in intent.arguments if name not in FREE_TEXT]
                self._db.run(
                    "UPDATE intents SET blanked = 1, note = NULL, message = NULL, arguments = ? WHERE id = ?",
                    (canonical(kept), intent.id),
                )
                self._db.run("UPDATE history SET text = NULL WHERE intent_id = ?", (intent.id,))
        return len(ended)

    def verify(self) -> Proof:
        """Prove that the history is unaltered and the intents stand where it leaves them."""
        return self.history.verify()

    def entries(self, intent_id: int) -> list[Entry]:
        """What happened to an intent, oldest first."""
        return self.history.of(intent_id)


def _overlapping(intent: Intent) -> tuple[Cell, ...]:
    """The parameters of `_ALONE`."""
    return intent.marketplace, intent.order_id, intent.id, intent.scope, WHOLE, intent.scope, WHOLE


def _marks(values: Iterable[object]) -> str:
    return ", ".join("?" for _ in values)
