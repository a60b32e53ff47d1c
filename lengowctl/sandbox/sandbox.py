"""The sandbox itself: a request in, a response or a fault out, and the levers that tests and people pull."""

from __future__ import annotations

import gzip
import json
import os
import socket
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from lengowctl.sandbox import access, bodies, changes, clock, effects, faults, orders_api, routes, shop, world
from lengowctl.sandbox import settings as knobs
from lengowctl.sandbox.calls import Answer, Call, error
from lengowctl.sandbox.effects import Effect
from lengowctl.sandbox.faults import FaultRule, parse_fault
from lengowctl.sandbox.life import Life
from lengowctl.sandbox.messages import Fault, Request, Response
from lengowctl.sandbox.routes import Route
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
_LOG_KEPT = 50_000
_COMPRESS_ABOVE = 1024
_SECRET_NAMES = ("access_token", "secret", "token")


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


@dataclass(frozen=True)
class LogEntry:
    """A request that reached the sandbox. `effect`: it changed something (a session counts); `note`: what went
    wrong inside the sandbox, if anything. `status` is None when no answer was given."""

    at: datetime
    method: str
    target: str
    status: int | None
    fault: str | None
    effect: bool
    note: str | None


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
        return self._spoiled(call, route, rule) if rule else self._finished(call, routes.dispatch(call, route))

    def _finished(self, call: Call, answer: Answer, fault: str | None = None) -> Response:
        _write_log(call, answer.status, fault, effect=answer.effect)
        return _response(call, answer)

    def _spoiled(self, call: Call, route: Route, rule: FaultRule) -> Response | Fault:
        """Act a fault out."""
        limit = call.settings.rate_limit
        if rule.kind in ("reset", "timeout"):
            _write_log(call, None, rule.kind, effect=False)
            return Fault("reset") if rule.kind == "reset" else Fault("timeout", delay=rule.delay())
        if rule.kind in faults.BEFORE:
            return self._finished(call, faults.instead(rule, route.name, route.url_base, limit), rule.kind)
        if rule.kind == "late":
            return self._put_off(call, route, rule)
        if rule.kind == "drift":
            self._drift(call, rule.size)
        answer = routes.dispatch(call, route)
        if rule.kind == "lost":
            return self._unanswered(call, answer, rule.answer or "reset", rule)
        response = self._finished(call, answer, rule.kind)
        if rule.kind == "cut":
            return Fault("cut", response)
        return Fault("slow", response, rule.delay()) if rule.kind == "slow" else response

    def _put_off(self, call: Call, route: Route, rule: FaultRule) -> Response | Fault:
        """Answer with an error now and do it later, unless the caller may not do it at all."""
        handler = route.handlers.get(call.request.method)
        refused = None if handler is None or route.open else access.refusal(call, route.name)
        if refused is not None:
            return self._finished(call, refused, rule.kind)
        text = json.dumps(
            [call.request.method, call.request.target, dict(call.request.headers), call.request.body.decode("latin-1")]
        )
        at = call.now + int(rule.delay() * clock.SECOND)
        call.connection.execute("INSERT INTO deferred (at, request) VALUES (?, ?)", (at, text))
        return self._unanswered(call, error(500, "Internal server error"), rule.answer or "500", rule)

    def _unanswered(self, call: Call, answer: Answer, manner: str, rule: FaultRule) -> Response | Fault:
        """The client learns nothing of what was done."""
        if manner == "500":
            told = replace(error(500, "Internal server error"), effect=answer.effect)
            return self._finished(call, told, rule.kind)
        _write_log(call, None, rule.kind, effect=answer.effect)
        return Fault("reset") if manner == "reset" else Fault("timeout", delay=60.0)

    def _drift(self, call: Call, size: int) -> None:
        """Some of the orders that are being listed change, as marketplaces do between two pages."""
        filters = orders_api.filters_of(call)
        moment = call.connection.execute("SELECT max(id) FROM log").fetchone()[0] or 0
        found = call.connection.execute(
            f"SELECT n FROM orders WHERE {filters.where} ORDER BY (n * 7919 + {moment * 31}) % 10007 LIMIT ?",
            (*filters.values, size),
        ).fetchall()
        for (n,) in found:
            row = world.order_at(call.connection, n)
            mark = f"{shop.randomness(call.seed, n, call.now % 1_000_003 + 32).getrandbits(128):032x}"
            changes.rewrite(call.connection, call.seed, row, partial(_mark, mark=mark), at=call.now)

    def _broken(self, request: Request, failure: Exception) -> Response:
        """The sandbox's own failure, told as a 500 in JSON and noted in the log."""
        told = error(500, "Internal error of the sandbox")
        now = clock.to_us(self._wall())
        try:
            with self._world.writing() as connection:
                call = self._call(connection, request, self._now_us(connection))
                now = call.now
                _write_log(call, 500, None, effect=False, note=f"{type(failure).__name__}: {failure}")
        except Exception:
            return Response(500, _headers(told, now, len(told.body)), told.body)
        return Response(500, _headers(told, now, len(told.body)), told.body)

    def _call(self, connection: sqlite3.Connection, request: Request, now: int) -> Call:
        seed = int(world.fact(connection, "seed"))
        return Call(request, connection, world.settings(connection), seed, shop.account_id(seed), now, request.query)

    def _run_deferred(self, connection: sqlite3.Connection, text: str, at: int) -> None:
        method, target, headers, body = json.loads(text)
        call = self._call(connection, Request(method, target, headers, body.encode("latin-1")), at)
        answer = routes.dispatch(call, routes.find(call.request.path), trusted=True)
        _write_log(call, answer.status, "late", effect=answer.effect, note="done after the answer")

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

    def set_server(self, address: tuple[str, int] | None) -> None:
        """Note where a server of this process serves this world; None when it stops."""
        with self._world.writing() as connection:
            world.set_fact(connection, "server", None if address is None else [*address, os.getpid()])

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
        start = -(2**62) if since is None else clock.to_us(since)
        with self._world.writing() as connection:
            found = connection.execute(
                "SELECT at, method, target, status, fault, effect, note FROM log WHERE at >= ?"
                " ORDER BY id DESC LIMIT ?",
                (start, -1 if limit is None else limit),
            ).fetchall()
        return [_entry(*row) for row in reversed(found)]

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


def _mark(order: dict[str, Any], mark: str) -> None:
    order["order_meta"] = {**(order.get("order_meta") or {}), "checksum": mark}


def _entry(
    at: int, method: str, target: str, status: int | None, fault: str | None, effect: int, note: str | None
) -> LogEntry:
    return LogEntry(clock.from_us(at), method, target, status, fault, bool(effect), note)


def _write_log(call: Call, status: int | None, fault: str | None, *, effect: bool, note: str | None = None) -> None:
    added = call.connection.execute(
        "INSERT INTO log (at, method, target, status, fault, effect, note) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (call.now, call.request.method, _masked(call.request.target), status, fault, int(effect), note),
    ).lastrowid
    if added and added % 1000 == 0:
        call.connection.execute("DELETE FROM log WHERE id <= ?", (added - _LOG_KEPT,))


def _masked(target: str) -> str:
    path, sign, query = target.partition("?")
    if not any(name in query for name in _SECRET_NAMES):
        return target
    pairs = parse_qsl(query, keep_blank_values=True)
    return path + sign + urlencode([(name, "****" if name in _SECRET_NAMES else value) for name, value in pairs])


def _response(call: Call, answer: Answer) -> Response:
    body = answer.body
    accepted = "gzip" in call.request.headers.get("accept-encoding", "")
    if not accepted or len(body) <= _COMPRESS_ABOVE:
        return Response(answer.status, _headers(answer, call.now, len(body)), body)
    packed = gzip.compress(body, compresslevel=1, mtime=0)
    headers = (*_headers(answer, call.now, len(packed)), ("Content-Encoding", "gzip"))
    return Response(answer.status, headers, packed)


def _headers(answer: Answer, now: int, length: int) -> tuple[tuple[str, str], ...]:
    return (
        ("Date", clock.http_date(now)),
        ("Content-Type", answer.content_type),
        ("Content-Length", str(length)),
        ("Vary", "Accept-Encoding"),
        *answer.headers,
    )


def _living_address(server: list[Any] | None) -> str | None:
    """The address of a noted server, if its process lives and the port answers."""
    if not server:
        return None
    host, port, pid = server
    try:
        os.kill(int(pid), 0)
        with socket.create_connection((host, int(port)), timeout=0.5):
            return f"http://{host}:{port}"
    except OSError:
        return None
