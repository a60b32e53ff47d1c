"""The history of all intents: one row a move, never changed, each with the hash of the one before.

The hash of a row is over the row before it, the intent and what it asks for, from, to, cause, when, who, the attempt,
the facts, and the digest of its free text: so the text can be blanked without breaking the chain.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from lengowctl.orders.action import MOVES, State
from lengowctl.orders.moment import read_instant
from lengowctl.store.connection import Cell, Connection
from lengowctl.store.faults import decoding
from lengowctl.store.intent import COLUMNS, Intent, Who, read_intent, stamp

_HASHED = (
    "seq", "previous", "intent_id", "request", "from_state", "to_state", "cause", "at", "who", "host", "command",
    "run_id", "attempt", "facts", "text_digest",
)  # fmt: skip
_ROW = (*_HASHED, "text", "hash")
_BATCH = 2_000
_TEXT = json.JSONEncoder(sort_keys=True)
_PARTS = json.JSONEncoder(separators=(",", ":"), default=repr)
PLANNED = "planned"
"""The cause of a first row."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the history. `facts` are numbers and states; `text` is what people and marketplaces wrote, None when
    it was blanked.
    """

    seq: int
    intent_id: int | None
    from_state: str | None
    to_state: str
    cause: str
    at: datetime
    who: Who
    run_id: str | None
    attempt: int | None
    facts: Mapping[str, object]
    text: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What `verify` found: how many rows, the hash of the last one, and what is wrong, in words (nothing: proved)."""

    rows: int
    head: str
    problems: tuple[str, ...]


class History:
    """Writes and proves the history. Rows are written inside the transaction that moves the intent."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._last: tuple[int, int, str] | None = None
        """The last row that we wrote: in which transaction, its number, its hash."""

    def append(
        self,
        intent: Intent | None,
        to_state: str,
        cause: str,
        *,
        from_state: str | None,
        at: datetime,
        who: Who,
        facts: Mapping[str, object],
        text: Mapping[str, object],
    ) -> None:
        """Add one row. The caller holds the transaction."""
        seq, previous = self._head()
        seq += 1
        written = _json(text)
        row: dict[str, Cell] = {
            "seq": seq,
            "previous": previous,
            "intent_id": intent.id if intent else None,
            "request": intent.digest if intent else None,
            "from_state": from_state,
            "to_state": to_state,
            "cause": cause,
            "at": stamp(at),
            "who": who.user,
            "host": who.host,
            "command": who.command,
            "run_id": intent.run_id if intent else None,
            "attempt": intent.attempt if intent else None,
            "facts": _json(facts),
            "text_digest": _digest(written),
            "text": written,
        }
        row["hash"] = _hash([row[name] for name in _HASHED])
        self._db.run(
            f"INSERT INTO history ({', '.join(_ROW)}) VALUES ({', '.join('?' * len(_ROW))})",
            [row[name] for name in _ROW],
        )

        self._last = self._db.transactions, seq, str(row["hash"])

    def _head(self) -> tuple[int, str]:
        """Number and hash of the last row. Nobody else can have added one in the transaction in which we did."""
        if self._last and self._last[0] == self._db.transactions and self._db.in_transaction:
            return self._last[1:]
        head = self._db.one("SELECT seq, hash FROM head")
        return (int(str(head[0])), str(head[1])) if head else (0, "")

    @property
    def length(self) -> int:
        """How many rows there are."""
        return self._db.number("SELECT seq FROM head")

    def of(self, intent_id: int) -> list[Entry]:
        """What happened to an intent, oldest first."""
        return self._entries("WHERE intent_id = ? ORDER BY seq", (intent_id,))

    def of_profile(self) -> list[Entry]:
        """What happened to no intent in particular: frozen and unfrozen."""
        return self._entries("WHERE intent_id IS NULL ORDER BY seq", ())

    def _entries(self, where: str, params: tuple[Cell, ...]) -> list[Entry]:
        found = self._db.all(f"SELECT {', '.join(_ROW)} FROM history {where}", params)
        with decoding(self._db.path):
            return [_entry(dict(zip(_ROW, row, strict=True))) for row in found]

    def verify(self) -> Proof:
        """Read everything again: the chain is whole, and every intent stands where its history leaves it."""
        audit = _Audit()
        for row in self._rows():
            audit.take(row)
        head = self._db.one("SELECT seq, hash FROM head")
        if head != (audit.seq, audit.previous):
            audit.problems.append("the last rows of the history are missing")
        for cells in self._db.all(f"SELECT {', '.join(COLUMNS)} FROM intents ORDER BY id"):
            audit.compare(cells)
        audit.problems.extend(f"action {number} has a history but is missing" for number in sorted(audit.last))
        return Proof(audit.seq, audit.previous, tuple(audit.problems))

    def _rows(self) -> Iterator[dict[str, Cell]]:
        last: Cell = -1
        while found := self._db.all(
            f"SELECT {', '.join(_ROW)} FROM history WHERE seq > ? ORDER BY seq LIMIT {_BATCH}", (last,)
        ):
            last = found[-1][0]
            yield from (dict(zip(_ROW, row, strict=True)) for row in found)


class _Audit:
    """Follows the chain, and keeps of each intent where the chain leaves it."""

    def __init__(self) -> None:
        self.seq = 0
        self.previous = ""
        self.problems: list[str] = []
        self.last: dict[int, tuple[Cell, ...]] = {}
        self._action_ids: dict[int, object] = {}

    def take(self, row: dict[str, Cell]) -> None:
        self.seq += 1
        if row["seq"] != self.seq or row["previous"] != self.previous:
            self.problems.append(f"history row {row['seq']!r} does not follow the one before it")
            self.seq = int(str(row["seq"]))
        if row["hash"] != _hash([row[name] for name in _HASHED]):
            self.problems.append(f"history row {row['seq']!r} was altered")
        if row["text"] is not None and _digest(str(row["text"])) != row["text_digest"]:
            self.problems.append(f"the text of history row {row['seq']!r} was altered")
        self.previous = str(row["hash"])
        if isinstance(row["intent_id"], int):
            self._follow(row["intent_id"], row)

    def _follow(self, number: int, row: dict[str, Cell]) -> None:
        before = self.last.get(number)
        state = before[0] if before else None
        if row["from_state"] != state or not _legal(state, row["to_state"]):
            self.problems.append(f"history row {row['seq']!r} is no legal move of action {number}")
        facts = _facts(row)
        if "action_id" in facts:
            self._action_ids[number] = facts["action_id"]
        self.last[number] = (row["to_state"], row["attempt"], row["request"])

    def compare(self, cells: tuple[Cell, ...]) -> None:
        try:
            intent = read_intent(cells)
        except (ValueError, TypeError):
            self.problems.append(f"action {cells[0]!r} cannot be read")
            self.last.pop(int(str(cells[0])), None)
            return
        said = self.last.pop(intent.id, None)
        if said != (intent.state, intent.attempt, intent.digest):
            self.problems.append(f"action {intent.id} is not what its history says")
        elif not intent.intact:
            self.problems.append(f"action {intent.id} no longer asks for what was written down")
        elif intent.action_id != self._action_ids.get(intent.id):
            self.problems.append(f"action {intent.id} has another number at Lengow than its history says")


def _legal(old: Cell, new: Cell) -> bool:
    if old is None:
        return new == State.PLANNED
    return any(old == state and new in targets for state, targets in MOVES.items())


def _entry(row: dict[str, Cell]) -> Entry:
    intent_id, attempt = row["intent_id"], row["attempt"]
    return Entry(
        int(str(row["seq"])),
        intent_id if isinstance(intent_id, int) else None,
        _text(row["from_state"]),
        str(row["to_state"]),
        str(row["cause"]),
        read_instant(str(row["at"])),
        Who(str(row["who"]), str(row["host"]), str(row["command"])),
        _text(row["run_id"]),
        attempt if isinstance(attempt, int) else None,
        _facts(row),
        None if row["text"] is None else json.loads(str(row["text"])),
    )


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


def _facts(row: dict[str, Cell]) -> dict[str, object]:
    try:
        found = json.loads(str(row["facts"]))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _json(values: Mapping[str, object]) -> str:
    return _TEXT.encode({name: value for name, value in values.items() if value is not None})


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _hash(parts: list[Cell]) -> str:
    return hashlib.sha256(_PARTS.encode(parts).encode("ascii")).hexdigest()
