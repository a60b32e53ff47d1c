"""Faults acted out: what a spoiled request does, and what its client gets to see."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import Any

from lengowctl.sandbox import access, changes, clock, delivery, faults, journal, orders_api, routes, shop, world
from lengowctl.sandbox.calls import Answer, Call, error
from lengowctl.sandbox.faults import FaultRule
from lengowctl.sandbox.messages import Fault, Response
from lengowctl.sandbox.routes import Route


def finished(call: Call, answer: Answer, fault: str | None = None) -> Response:
    """Log the answer and make it ready."""
    journal.write(call, answer.status, fault, effect=answer.effect)
    return delivery.response(call, answer)


def spoiled(call: Call, route: Route, rule: FaultRule) -> Response | Fault:
    """Act a fault out."""
    limit = call.settings.rate_limit
    if rule.kind in ("reset", "timeout"):
        journal.write(call, None, rule.kind, effect=False)
        return Fault("reset") if rule.kind == "reset" else Fault("timeout", delay=rule.delay())
    if rule.kind in faults.BEFORE:
        return finished(call, faults.instead(rule, route.name, route.url_base, limit), rule.kind)
    if rule.kind == "late":
        return _put_off(call, route, rule)
    if rule.kind == "drift":
        _drift(call, rule.size)
    answer = routes.dispatch(call, route)
    if rule.kind == "lost":
        return _unanswered(call, answer, rule.answer or "reset", rule)
    response = finished(call, answer, rule.kind)
    if rule.kind == "cut":
        return Fault("cut", response)
    return Fault("slow", response, rule.delay()) if rule.kind == "slow" else response


def _put_off(call: Call, route: Route, rule: FaultRule) -> Response | Fault:
    """Answer with an error now and do it later, unless the caller may not do it at all."""
    handler = route.handlers.get(call.request.method)
    refused = None if handler is None or route.open else access.refusal(call, route.name)
    if refused is not None:
        return finished(call, refused, rule.kind)
    text = json.dumps(
        [call.request.method, call.request.target, dict(call.request.headers), call.request.body.decode("latin-1")]
    )
    at = call.now + int(rule.delay() * clock.SECOND)
    call.connection.execute("INSERT INTO deferred (at, request) VALUES (?, ?)", (at, text))
    return _unanswered(call, error(500, "Internal server error"), rule.answer or "500", rule)


def _unanswered(call: Call, answer: Answer, manner: str, rule: FaultRule) -> Response | Fault:
    """The client learns nothing of what was done."""
    if manner == "500":
        told = replace(error(500, "Internal server error"), effect=answer.effect)
        return finished(call, told, rule.kind)
    journal.write(call, None, rule.kind, effect=answer.effect)
    return Fault("reset") if manner == "reset" else Fault("timeout", delay=60.0)


def _drift(call: Call, size: int) -> None:
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


def _mark(order: dict[str, Any], mark: str) -> None:
    order["order_meta"] = {**(order.get("order_meta") or {}), "checksum": mark}
