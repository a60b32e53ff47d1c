"""The sandbox itself: a request in, a response or a fault out, and the levers that tests and people pull."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lengowctl.sandbox import (
    bodies,
    changes,
    clock,
    delivery,
    effects,
    faults,
    journal,
    routes,
    shop,
    spoiling,
    world,
)
from lengowctl.sandbox import settings as knobs
from lengowctl.sandbox.calls import Call, error
from lengowctl.sandbox.effects import Effect
from lengowctl.sandbox.faults import FaultRule, parse_fault
from lengowctl.sandbox.journal import LogEntry
from lengowctl.sandbox.life import Life
from lengowctl.sandbox.messages import Fault, Request, Response
from lengowctl.sandbox.settings import Settings
from lengowctl.sandbox.world import OrderRow, World

__all__ = [
    "Effect",
    "Fault",
    "FaultRule",
    "LogEntry",
    "Request",
    "Response",
    "Sandbox",
    "SandboxInfo",
    "Settings",
    "parse_fault",
]

Ref = tuple[str, str] | str
"""An order: (marketplace, number), or both with a colon between."""

DEFAULT_ORDERS = 300
DEFAULT_SEED = 1
_EVENTS_PER_REQUEST = 2_000
_EVENTS_PER_TICK = 50_000


@dataclass(frozen=True)
class SandboxInfo:
    """What a client needs to sign in. `base_url` is known while a server runs on this world."""

    base_url: str | None
    account_id: int
    access_token: str
    secret: str
    now: datetime
    orders: int
    seed: int


class Sandbox:
    """One pretended Lengow on one world file. Thread-safe; other processes may have the same file open."""

    def __init__(self, world_file: World, wall: Callable[[], datetime]) -> None:
        self._world = world_file
        self._wall = wall

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        orders: int | None = None,
        seed: int | None = None,
        epoch: datetime | None = None,
        wall: Callable[[], datetime] = clock.wall_clock,
        settings: Mapping[str, Any] | None = None,
    ) -> Sandbox:
        """Open the world at `path`. Where there is none it is made, with the given size (300), seed (1), epoch (now)
        and settings; they mean nothing for a world that is there already."""
        path.parent.mkdir(parents=True, exist_ok=True)
        sandbox = cls(World(path), wall)
        with sandbox._world.writing() as connection:
            if not world.exists(connection):
                sandbox._make(connection, orders, seed, epoch, settings or {})
        return sandbox

    def close(self) -> None:
        self._world.close()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The doors' side

    def handle(self, request: Request) -> Response | Fault:
        """Answer one request. Never raises: what breaks inside becomes a 500 and a note in the log."""
        try:
            with self._world.writing() as connection:
                return self._serve(connection, request)
        except Exception as failure:
            return self._broken(request, failure)

    def _serve(self, connection: sqlite3.Connection, request: Request) -> Response | Fault:
        now = self._advance(connection, _EVENTS_PER_REQUEST)
        call = self._call(connection, request, now)
        route = routes.find(request.path)
        rule = faults.pick(connection, call.seed, route.name, request.method)
        if rule is not None:
            return spoiling.spoiled(call, route, rule)
        return spoiling.finished(call, routes.dispatch(call, route))

    def _broken(self, request: Request, failure: Exception) -> Response:
        """The sandbox's own failure, told as a 500 in JSON and noted in the log."""
        told = error(500, "Internal error of the sandbox")
        now = clock.to_us(self._wall())
        try:
            with self._world.writing() as connection:
                call = self._call(connection, request, self._now_us(connection))
                now = call.now
                journal.write(call, 500, None, effect=False, note=f"{type(failure).__name__}: {failure}")
        except Exception:
            return delivery.plain(told, now)
        return delivery.plain(told, now)

    def _call(self, connection: sqlite3.Connection, request: Request, now: int) -> Call:
        seed = int(world.fact(connection, "seed"))
        return Call(request, connection, world.settings(connection), seed, shop.account_id(seed), now, request.query)

    def _run_deferred(self, connection: sqlite3.Connection, text: str, at: int) -> None:
        method, target, headers, body = json.loads(text)
        call = self._call(connection, Request(method, target, headers, body.encode("latin-1")), at)
        answer = routes.dispatch(call, routes.find(call.request.path), trusted=True)
        journal.write(call, answer.status, "late", effect=answer.effect, note="done after its answer")

    # The clock

    def now(self) -> datetime:
        """The world's clock: the wall clock plus an offset, in UTC."""
        with self._world.writing() as connection:
            return clock.from_us(self._now_us(connection))

    def tick(self, step: timedelta) -> datetime:
        """Move the world's clock, let happen what is due, and return the new time."""
        with self._world.writing() as connection:
            offset = int(world.fact(connection, "offset", 0)) + step // timedelta(microseconds=1)
            world.set_fact(connection, "offset", offset)
            return clock.from_us(self._advance(connection, _EVENTS_PER_TICK))

    def _now_us(self, connection: sqlite3.Connection) -> int:
        return clock.to_us(self._wall()) + int(world.fact(connection, "offset", 0))

    def _advance(self, connection: sqlite3.Connection, most: int) -> int:
        now = self._now_us(connection)
        self._life(connection).advance(now, most)
        return now

    def _life(self, connection: sqlite3.Connection) -> Life:
        seed = int(world.fact(connection, "seed"))
        return Life(connection, world.settings(connection), seed, self._run_deferred)

    # The world as a whole

    def reset(
        self, *, orders: int | None = None, seed: int | None = None, epoch: datetime | None = None
    ) -> SandboxInfo:
        """Begin anew: a fresh shop, no sessions, actions, effects or faults. Settings stay, and what is not given
        stays too, except the epoch: without one the clock goes back to the wall's and dates are relative to it."""
        with self._world.writing() as connection:
            kept = world.fact(connection, "settings", {})
            orders = int(world.fact(connection, "orders")) if orders is None else orders
            seed = int(world.fact(connection, "seed")) if seed is None else seed
            server = world.fact(connection, "server")
            self._make(connection, orders, seed, epoch, kept)
            world.set_fact(connection, "server", server)
        return self.info()

    def _make(
        self,
        connection: sqlite3.Connection,
        orders: int | None,
        seed: int | None,
        epoch: datetime | None,
        settings: Mapping[str, Any],
    ) -> None:
        knobs.check(settings)
        seed = DEFAULT_SEED if seed is None else seed
        count = DEFAULT_ORDERS if orders is None else orders
        wall = clock.to_us(self._wall())
        start = wall if epoch is None else clock.to_us(epoch)
        world.clear(connection)
        facts = {
            "seed": seed,
            "orders": count,
            "epoch": start,
            "offset": start - wall,
            "advanced_to": start,
            "settings": dict(settings),
        }
        for name, value in facts.items():
            world.set_fact(connection, name, value)
        world.insert_orders(connection, shop.rows(seed, start - start % clock.SECOND, count))
        world.index(connection)
        world.set_fact(connection, "next_arrival", self._life(connection).arrival_after(start))

    def info(self) -> SandboxInfo:
        with self._world.writing() as connection:
            seed = int(world.fact(connection, "seed"))
            count = int(connection.execute("SELECT count(*) FROM orders").fetchone()[0])
            server = world.fact(connection, "server")
            now = self._now_us(connection)
        return SandboxInfo(
            _living_address(server),
            shop.account_id(seed),
            shop.key(seed, "access"),
            shop.key(seed, "secret"),
            clock.from_us(now),
            count,
            seed,
        )

    def note_server(self, host: str, port: int) -> None:
        """Note that this process serves this world there."""
        with self._world.writing() as connection:
            world.set_fact(connection, "server", [host, port, os.getpid()])

    def forget_server(self, port: int) -> None:
        """Take the note back, unless another server has taken over meanwhile."""
        with self._world.writing() as connection:
            noted = world.fact(connection, "server")
            if noted and noted[1:] == [port, os.getpid()]:
                world.set_fact(connection, "server", None)

    @property
    def settings(self) -> Settings:
        with self._world.writing() as connection:
            return world.settings(connection)

    def configure(self, **changes_: Any) -> Settings:
        """Change settings by name (see `Settings`); all processes on this world obey. Raises ValueError."""
        knobs.check(changes_)
        with self._world.writing() as connection:
            world.set_fact(connection, "settings", {**world.fact(connection, "settings", {}), **changes_})
            if "new_orders_per_hour" in changes_ or "lively" in changes_:
                now = self._now_us(connection)
                world.set_fact(connection, "next_arrival", self._life(connection).arrival_after(now))
            return world.settings(connection)

    # Logs and faults

    def log(self, *, limit: int | None = None, since: datetime | None = None) -> list[LogEntry]:
        """The requests that reached the sandbox, oldest first; the last `limit` of them."""
        with self._world.writing() as connection:
            return journal.read(connection, limit, since)

    def effects(self) -> list[Effect]:
        """What really happened to orders, oldest first. What is due by now has happened."""
        with self._world.writing() as connection:
            self._advance(connection, _EVENTS_PER_TICK)
            return effects.recorded(connection)

    def add_fault(self, rule: FaultRule) -> None:
        with self._world.writing() as connection:
            faults.add(connection, rule)

    def clear_faults(self) -> None:
        with self._world.writing() as connection:
            faults.clear(connection)

    def faults(self) -> list[FaultRule]:
        """The rules that still stand."""
        with self._world.writing() as connection:
            return faults.standing(connection)

    # Orders, as a test wants to see and change them

    def refs(self) -> list[tuple[str, str]]:
        """(marketplace, number) of all orders."""
        with self._world.writing() as connection:
            return connection.execute("SELECT marketplace, number FROM orders ORDER BY n").fetchall()

    def order(self, marketplace: str, order_id: str) -> dict[str, Any]:
        """The order as Lengow has it now, without conversion or delay. Raises LookupError."""
        with self._world.writing() as connection:
            self._advance(connection, _EVENTS_PER_TICK)
            row = self._find(connection, (marketplace, order_id))
            return bodies.body(row, int(world.fact(connection, "seed")))

    def orders_in(self, status: str | None = None, marketplace: str | None = None) -> Iterator[dict[str, Any]]:
        """All orders, or those of a status or marketplace, read in one go and made one by one."""
        with self._world.writing() as connection:
            self._advance(connection, _EVENTS_PER_TICK)
            seed = int(world.fact(connection, "seed"))
            found = connection.execute(
                f"SELECT {world.COLUMNS} FROM orders WHERE (?1 IS NULL OR status = ?1)"
                " AND (?2 IS NULL OR marketplace = ?2) ORDER BY n",
                (status, marketplace),
            ).fetchall()
        return (bodies.body(OrderRow(*row), seed) for row in found)

    def touch(self, ref: Ref, *, bump: bool = True, **changed: Any) -> dict[str, Any]:
        """Change an order as a marketplace would, by top-level keys; `lengow_status` takes the marketplace's word
        and the lines along unless `marketplace_status` is given too. `bump=False` leaves `updated_at` as it was,
        which is how a change gets missed. Returns the new order."""
        with self._changing(ref) as (connection, row, seed, now):
            at = now if bump else row.updated_at
            if not changed:
                changes.bump(connection, row, at)
                return bodies.body(world.order_at(connection, row.n), seed)
            order = changes.rewrite(connection, seed, row, lambda order: _apply(order, changed), at=at)
            self._life(connection).foresee(world.order_at(connection, row.n), now)
            return order

    def touch_many(self, refs: list[tuple[str, str]]) -> None:
        """Move `updated_at` of many orders to the same instant."""
        with self._world.writing() as connection:
            now = self._advance(connection, _EVENTS_PER_TICK)
            for ref in refs:
                changes.bump(connection, self._find(connection, ref), now)

    def cancel_by_buyer(self, ref: Ref) -> dict[str, Any]:
        """The buyer cancels, whatever the order's status."""
        return self.touch(ref, lengow_status="canceled")

    def mistrust(self, ref: Ref, value: str) -> None:
        """From now on the marketplace turns down what is asked of this order with that value, as a parcel's number
        that the carrier has never seen. No description tells of it."""
        with self._changing(ref) as (connection, row, seed, _):
            changes.rewrite(connection, seed, row, lambda order: changes.mistrust(order, value), at=row.updated_at)

    def anonymise(self, ref: Ref, *, bump: bool = True) -> dict[str, Any]:
        """Take the personal data away."""
        with self._changing(ref) as (connection, row, seed, now):
            world.update_order(connection, row.n, kind="anonymised")
            at = now if bump else row.updated_at
            return changes.rewrite(connection, seed, row, bodies.anonymise, at=at)

    def rename(self, ref: Ref, marketplace: str) -> dict[str, Any]:
        """Move an existing order to another marketplace code."""
        return self.touch(ref, marketplace=marketplace)

    def poison(self, ref: Ref, raw: bytes | None, *, bump: bool = True) -> None:
        """Serve this order, wherever it is listed, as these bytes and nothing else; None heals it."""
        with self._changing(ref) as (connection, row, _, now):
            world.update_order(connection, row.n, poison=raw)
            if bump:
                changes.bump(connection, row, now)

    def add_order(
        self,
        marketplace: str,
        *,
        order_id: str | None = None,
        status: str = "waiting_shipment",
        ordered_at: datetime | None = None,
        **changed: Any,
    ) -> tuple[str, str]:
        """A new order, read by Lengow this instant. Returns its (marketplace, number)."""
        with self._world.writing() as connection:
            now = self._advance(connection, _EVENTS_PER_TICK)
            seed = int(world.fact(connection, "seed"))
            n = int(connection.execute("SELECT coalesce(max(n), -1) + 1 FROM orders").fetchone()[0])
            ordered = now if ordered_at is None else clock.to_us(ordered_at)
            row = shop.newborn(seed, n, marketplace, status, ordered, now)
            row = row if order_id is None else row._replace(number=order_id)
            self._life(connection).insert(row)
            if changed:
                changes.rewrite(connection, seed, row, lambda order: _apply(order, changed), at=now)
            return marketplace, row.number

    @contextmanager
    def _changing(self, ref: Ref) -> Iterator[tuple[sqlite3.Connection, OrderRow, int, int]]:
        with self._world.writing() as connection:
            now = self._advance(connection, _EVENTS_PER_TICK)
            yield connection, self._find(connection, ref), int(world.fact(connection, "seed")), now

    def _find(self, connection: sqlite3.Connection, ref: Ref) -> OrderRow:
        marketplace, number = ref.partition(":")[::2] if isinstance(ref, str) else ref
        row = world.find_order(connection, marketplace, number)
        if row is None:
            raise LookupError(f"the sandbox has no order {marketplace}:{number}")
        return row


def _apply(order: dict[str, Any], changed: Mapping[str, Any]) -> None:
    status = changed.get("lengow_status")
    if status is not None:
        changes.move(order, status)
    order.update(changed)


def _living_address(server: list[Any] | None) -> str | None:
    """The address of a noted server, if its process lives and the port answers."""
    if not server:
        return None
    host, port, pid = server
    try:
        if os.name == "posix":
            os.kill(int(pid), 0)
        with socket.create_connection((host, int(port)), timeout=0.5):
            return f"http://{host}:{port}"
    except OSError:
        return None
