"""Time passing: actions move on, marketplaces are read, orders come in, expire, close and are anonymised.

Everything that is due happens before a request is answered, in the order of its time. What is late (the world was
not looked at) is dated no earlier than the last look, so that nothing ever appears in a past already observed.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lengowctl.sandbox import bodies, changes, effects, execution, objections, shop, world
from lengowctl.sandbox.clock import DAY, HOUR, MINUTE, SECOND
from lengowctl.sandbox.settings import Settings
from lengowctl.sandbox.temperaments import (
    TEMPERAMENTS,
    has_acceptance,
    temperament,
    timeout_word,
    word,
)
from lengowctl.sandbox.world import OrderRow

Deferred = Callable[[sqlite3.Connection, str, int], None]
_CAUSED = ("accepted", "refunding")
"""Statuses that lead on by themselves even in a world where nothing else happens: an action led there."""
_FROM = {
    "pass": ("new",),
    "time_out": ("waiting_acceptance",),
    "debited": ("accepted",),
    "buyer_cancels": ("new", "waiting_acceptance", "waiting_shipment"),
    "too_late": ("waiting_shipment",),
    "closed": ("shipped",),
    "final": ("closed",),
    "refunded": ("refunding",),
}
"""What can befall an order, and in which statuses it still makes sense."""
_SLACK = 1

_STRIKE_OFF = {
    "action": "UPDATE actions SET next_at = NULL, queued = 0, errors = 'Internal error.' WHERE id = ?",
    "poll": "UPDATE orders SET poll_at = NULL WHERE n = ?",
    "order": "UPDATE orders SET next_at = NULL WHERE n = ?",
    "deferred": "DELETE FROM deferred WHERE id = ?",
    "arrival": "UPDATE facts SET value = 'null' WHERE name = 'next_arrival' AND ? = 0",
}
"""How an event that cannot happen is forgotten."""


@dataclass(frozen=True)
class Life:
    """One advance of one world, inside its transaction."""

    connection: sqlite3.Connection
    settings: Settings
    seed: int
    deferred: Deferred
    """Carries out a request that was put off; given its stored text and the moment."""

    def advance(self, now: int, most: int) -> int:
        """Let everything happen that is due by `now`, but at most `most` events. Returns how many happened."""
        seen = int(world.fact(self.connection, "advanced_to", now))
        happened = 0
        while happened < most:
            due = self._next(now)
            if due is None:
                break
            at, kind, number = due
            self._attempt(kind, number, max(at, seen))
            happened += 1
        world.set_fact(self.connection, "advanced_to", max(now, seen))
        return happened

    def _next(self, now: int) -> tuple[int, str, int] | None:
        """The earliest thing that is due."""
        candidates = [
            ("action", "SELECT next_at, id FROM actions WHERE next_at IS NOT NULL ORDER BY next_at LIMIT 1"),
            ("poll", "SELECT poll_at, n FROM orders WHERE poll_at IS NOT NULL ORDER BY poll_at LIMIT 1"),
            ("order", self._first_order(1)),
            ("deferred", "SELECT at, id FROM deferred ORDER BY at LIMIT 1"),
        ]
        if self.settings.lively:
            candidates.append(("order", self._first_order(0)))
            candidates.append(("arrival", "SELECT value, 0 FROM facts WHERE name = 'next_arrival'"))
        due = []
        for kind, statement in candidates:
            found = self.connection.execute(statement).fetchone()
            if found and found[0] != "null" and int(found[0]) <= now:
                due.append((int(found[0]), kind, int(found[1])))
        return min(due, default=None)

    @staticmethod
    def _first_order(caused: int) -> str:
        return (
            "SELECT next_at, n FROM orders INDEXED BY orders_next"
            f" WHERE caused = {caused} AND next_at IS NOT NULL ORDER BY next_at LIMIT 1"
        )

    def _attempt(self, kind: str, number: int, at: int) -> None:
        """Let one thing happen as a whole or not at all. What breaks is noted and struck off: a world must not hang
        on one event for ever."""
        self.connection.execute("SAVEPOINT event")
        try:
            self._happen(kind, number, at)
        except Exception as failure:
            self.connection.execute("ROLLBACK TO event")
            self.connection.execute(_STRIKE_OFF[kind], (number,))
            self.connection.execute(
                "INSERT INTO log (at, method, target, effect, note) VALUES (?, '-', ?, 0, ?)",
                (at, f"{kind} {number}", f"{type(failure).__name__}: {failure}"),
            )
        self.connection.execute("RELEASE event")

    def _happen(self, kind: str, number: int, at: int) -> None:
        if kind == "action":
            self._move_action(number, at)
        elif kind == "poll":
            self._read_marketplace(world.order_at(self.connection, number), at)
        elif kind == "order":
            self._befall(world.order_at(self.connection, number), at)
        elif kind == "arrival":
            self._arrive(at)
        else:
            text = self.connection.execute("SELECT request FROM deferred WHERE id = ?", (number,)).fetchone()[0]
            self.connection.execute("DELETE FROM deferred WHERE id = ?", (number,))
            self.deferred(self.connection, text, at)

    # Actions

    def _move_action(self, action_id: int, at: int) -> None:
        n, stage, code, kind, arguments = self.connection.execute(
            "SELECT n, stage, marketplace, action_type, arguments FROM actions WHERE id = ?", (action_id,)
        ).fetchone()
        if stage == "queued":
            self._update_action(action_id, at, queued=0, stage="pending", next_at=at + self._answer_time(code))
            return
        row = world.order_at(self.connection, n)
        given = json.loads(arguments)
        result = self._carry_out(row, kind, given, at)
        refused = result.refused is not None
        self._update_action(
            action_id, at, queued=0, processed=int(not refused), errors=result.refused, stage="done", next_at=None
        )
        outcome: effects.Outcome = "rejected" if refused else "executed"
        why = result.refused or result.remark or objections.warning(code, kind, given)
        effects.record(self.connection, at, action_id, row, kind, given, outcome, why)

    def _update_action(self, action_id: int, at: int, **columns: Any) -> None:
        assignments = ", ".join(f"{name} = ?" for name in columns)
        self.connection.execute(
            f"UPDATE actions SET {assignments}, updated_at = ? WHERE id = ?", (*columns.values(), at, action_id)
        )

    def _answer_time(self, code: str) -> int:
        delay = self.settings.processing_delay
        return int((temperament(code).answer_seconds if delay is None else delay) * SECOND)

    def _carry_out(self, row: OrderRow, kind: str, arguments: dict[str, str], at: int) -> execution.Result:
        """What the marketplace says. Lengow looks at the status that it knows; the marketplace at its own."""
        if not objections.allowed(row.marketplace, kind, row.status):
            return execution.Result(refused=f"The action {kind} is not allowed for an order in status {row.status}.")
        order = bodies.truth(row, self.seed)
        arguments = objections.understood(row.marketplace, kind, arguments)
        objection = objections.find(objections.Asked(kind, arguments, order))
        if objection:
            return execution.Result(refused=objection)
        result = execution.carry_out(order, kind, arguments, at)
        if result.refused is None:
            poll_at = self.next_poll(row.marketplace, at, kind)
            world.update_order(self.connection, row.n, future=json.dumps(order), poll_at=poll_at)
        return result

    # Lengow reads the marketplaces

    def next_poll(self, code: str, at: int, kind: str = "") -> int:
        """When Lengow reads this marketplace next. Veepee's refunds only show at six in the morning."""
        interval = self.settings.poll_interval
        if interval is not None:
            step = int(interval * SECOND)
        elif code == "veepee" and kind == "refund":
            return at - at % DAY + 6 * HOUR + (DAY if at % DAY >= 6 * HOUR else 0)
        else:
            step = temperament(code).poll_minutes * MINUTE
        if step <= 0:
            return at
        phase = list(TEMPERAMENTS).index(code) * 37 * SECOND if code in TEMPERAMENTS else 0
        return at - (at - phase) % step + step

    def _read_marketplace(self, row: OrderRow, at: int) -> None:
        """What happened at the marketplace now shows at Lengow."""
        if row.future is None:
            world.update_order(self.connection, row.n, poll_at=None)
            return
        self._settle(row, json.loads(row.future), at, future=None, poll_at=None)

    def _settle(self, row: OrderRow, document: dict[str, Any], at: int, **columns: Any) -> None:
        """Keep the new version and note what will happen to it next."""
        self.foresee(changes.store(self.connection, row, document, at=at, **columns), at)

    def foresee(self, row: OrderRow, at: int) -> None:
        """Note what will happen next to an order that has just changed."""
        dice = shop.randomness(self.seed, row.n, at // SECOND % 1_000_003 + 16)
        next_at, next_kind = shop.next_event(row, dice, at)
        caused = int(row.status in _CAUSED)
        world.update_order(self.connection, row.n, next_at=next_at, next_kind=next_kind, caused=caused)

    # What befalls orders by themselves

    def _befall(self, row: OrderRow, at: int) -> None:
        if row.poll_at is not None:
            world.update_order(self.connection, row.n, next_at=max(row.poll_at, at) + _SLACK)
            return
        document = bodies.kept(row, self.seed)
        kind = row.next_kind or ""
        if kind == "anonymised":
            bodies.anonymise(document)
            self._settle(row, document, at, kind="anonymised")
        elif row.status in _FROM.get(kind, ()):
            self._move(document, kind, row)
            self._settle(row, document, at)
        else:
            self.foresee(row, at)

    def _move(self, document: dict[str, Any], kind: str, row: OrderRow) -> None:
        code = row.marketplace
        if kind == "pass":
            changes.move(document, "waiting_acceptance" if has_acceptance(code) else "waiting_shipment")
        elif kind == "time_out":
            changes.move(document, temperament(code).timeout_status, said=timeout_word(code))
        elif kind == "debited":
            changes.move(document, "waiting_shipment")
        elif kind in ("buyer_cancels", "too_late"):
            changes.move(document, "canceled", said=word(code, "canceled"))
        elif kind == "final":
            changes.move(document, "closed", said="CLOSED", lines=False)
        elif kind in ("closed", "refunded"):
            changes.move(document, kind)

    # New orders

    def _arrive(self, at: int) -> None:
        n = self.connection.execute("SELECT max(n) FROM orders").fetchone()[0]
        self.insert(shop.arrival(self.seed, 0 if n is None else n + 1, at))
        world.set_fact(self.connection, "next_arrival", self.arrival_after(at))

    def insert(self, row: OrderRow) -> None:
        world.insert_orders(self.connection, iter([row]))
        changes.keep_prior(self.connection, row, row.updated_at, unborn=True)

    def arrival_after(self, at: int) -> int | None:
        """When the next order comes in; None when none ever will."""
        rate = self.settings.new_orders_per_hour
        if rate is None:
            rate = min(30.0, 3 * int(world.fact(self.connection, "orders", 0)) / 300)
        if rate <= 0:
            return None
        count = self.connection.execute("SELECT max(n) FROM orders").fetchone()[0] or 0
        draw = shop.randomness(self.seed, count, 7).random()
        return at + max(SECOND, int(-math.log(1 - draw) / rate * HOUR))
