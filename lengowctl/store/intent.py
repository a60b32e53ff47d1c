"""An intent: one action that we mean to have carried out, as the ledger holds it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from lengowctl.orders.action import State
from lengowctl.orders.moment import read_instant
from lengowctl.orders.reference import OrderKey, format_ref
from lengowctl.orders.request import Arguments, Request, digest, form, read_arguments
from lengowctl.store.connection import Cell


@dataclass(frozen=True, slots=True)
class Who:
    """Who acts: the system's user, the machine, and the command (its name, never its arguments)."""

    user: str
    host: str
    command: str


@dataclass(frozen=True, slots=True)
class Intent:
    """A row of the ledger. `sent_at`, `window_from`, `first_absent_at` are by the source's clock, others by ours."""

    id: int
    profile: str
    source: str
    marketplace: str
    order_id: str
    scope: str
    action: str
    arguments: Arguments
    digest: str
    occurrence: int
    state: State
    attempt: int
    run_id: str | None
    known_ids: tuple[int, ...] | None
    """The source's actions for this order at the first attempt; None before it."""
    action_id: int | None
    cause: str | None
    message: str | None
    """What was said of it last: the marketplace's words, or why it is doubtful."""
    evidence: str | None
    """What proves `done` where no action does: the order's own status."""
    sent_at: datetime | None
    window_from: datetime | None
    """When the source was first asked after we gave up: how long it may still turn up counts from there."""
    absences: int
    first_absent_at: datetime | None
    seen: str | None
    """What the order looked like at the first absence."""
    permit: int | None
    """The attempt after which a person allowed another one, where that is needed; 0 when an equal one was there."""
    hold_until: datetime | None
    note: str | None
    blanked: bool
    who: str
    host: str
    command: str
    created_at: datetime
    updated_at: datetime

    @property
    def key(self) -> OrderKey:
        return OrderKey(self.marketplace, self.order_id)

    @property
    def ref(self) -> str:
        return format_ref(self.marketplace, self.order_id)

    @property
    def on_purpose(self) -> bool:
        """Whether it was asked for although an equal one was carried out, or under way, before."""
        return self.permit == 0

    @property
    def request(self) -> Request:
        """What is asked for. Raises ValueError when the row cannot be what we wrote."""
        return Request(self.action, self.key, self.scope, self.arguments)

    def asks(self, request: Request, text: str) -> bool:
        """Whether it was asked for what `request`, whose digest is `text`, asks of the same order, however spelled."""
        try:
            return self.digest == text or (not self.blanked and form(self.request) == form(request))
        except ValueError:
            return False

    @property
    def intact(self) -> bool:
        """Whether the row still says what was written down; a blanked one cannot be told."""
        try:
            return self.blanked or digest(self.source, self.request) == self.digest
        except ValueError:
            return False


#: The columns, in the order of the fields.
COLUMNS = tuple(field.name for field in fields(Intent))


@lru_cache(maxsize=16)
def stamp(moment: datetime) -> str:
    """The ledger's spelling of an instant: UTC, microseconds, `Z`; sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def read_intent(row: Sequence[Cell]) -> Intent:
    """The intent in a row of `COLUMNS`. Raises ValueError or TypeError when it cannot be one that we wrote."""
    values: list[Any] = [read(cell) if read else cell for read, cell in zip(_BY_COLUMN, row, strict=True)]
    return Intent(*values)


def new_intent(number: int, cells: Mapping[str, Cell]) -> Intent:
    """The intent of a row that was just written with these columns; the others are as the schema begins them."""
    row = {"attempt": 0, "absences": 0, "blanked": 0, **cells, "id": number}
    return read_intent([row.get(column) for column in COLUMNS])


def with_cells(intent: Intent, cells: Mapping[str, Cell]) -> Intent:
    """The intent after these columns of its row were written."""
    values: dict[str, Any] = {}
    for name, cell in cells.items():
        read = _READERS.get(name)
        values[name] = read(cell) if read else cell
    return replace(intent, **values)


def _instant(cell: Cell) -> object:
    return None if cell is None else read_instant(str(cell))


def _known(cell: Cell) -> object:
    return None if cell is None else tuple(int(number) for number in json.loads(str(cell)))


_READERS: dict[str, Callable[[Cell], object]] = {
    "arguments": lambda cell: read_arguments(str(cell)),
    "state": lambda cell: State(str(cell)),
    "known_ids": _known,
    "blanked": lambda cell: bool(cell),
    **dict.fromkeys(("sent_at", "window_from", "first_absent_at", "hold_until", "created_at", "updated_at"), _instant),
}
_BY_COLUMN = tuple(_READERS.get(name) for name in COLUMNS)
