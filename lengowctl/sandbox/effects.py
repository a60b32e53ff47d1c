"""The effect log: what really happened to orders. Append-only; the judge of every client's promises."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lengowctl.sandbox.clock import from_us
from lengowctl.sandbox.world import OrderRow

Outcome = Literal["executed", "rejected"]


@dataclass(frozen=True)
class Effect:
    """One action as the marketplace took it (`moi`, which has no action, too). `why` holds the reason of a
    rejection, or what was remarkable about an execution (a second parcel, money paid twice)."""

    at: datetime
    action_id: int | None
    marketplace: str
    order_id: str
    action_type: str
    arguments: Mapping[str, str]
    outcome: Outcome
    why: str | None

    @property
    def executed(self) -> bool:
        return self.outcome == "executed"


def record(
    connection: sqlite3.Connection,
    at: int,
    action_id: int | None,
    row: OrderRow,
    action_type: str,
    arguments: Mapping[str, str],
    outcome: Outcome,
    why: str | None,
) -> None:
    connection.execute(
        "INSERT INTO effects (at, action_id, marketplace, number, action_type, arguments, outcome, why)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (at, action_id, row.marketplace, row.number, action_type, json.dumps(dict(arguments)), outcome, why),
    )


def recorded(connection: sqlite3.Connection) -> list[Effect]:
    """All of them, oldest first."""
    found = connection.execute(
        "SELECT at, action_id, marketplace, number, action_type, arguments, outcome, why FROM effects ORDER BY id"
    )
    return [
        Effect(from_us(at), action_id, code, number, kind, json.loads(arguments), outcome, why)
        for at, action_id, code, number, kind, arguments, outcome, why in found
    ]
