"""A plan in a file: which requests, and what each order looked like when they were made. `apply` sends them, but for
orders that look different by then.

The file is JSON. It ends with a digest over all of it, so that what is applied is what was written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lengowctl.orders.model import Order
from lengowctl.orders.moment import read_instant, utc_text
from lengowctl.orders.reference import OrderKey, format_ref
from lengowctl.orders.request import Request
from lengowctl.orders.tracking import place_of

VERSION = 1
_KIND = "lengowctl plan"
Looks = Mapping[str, str]
"""What an order looks like, as far as acting depends on it: by name, in words."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One order: its requests, and what it looked like."""

    key: OrderKey
    looks: Looks
    requests: tuple[Request, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What was planned: by which command of which profile, for whose orders, when."""

    profile: str
    source: str
    command: str
    created_at: datetime
    rows: tuple[PlanRow, ...]


def looks_of(order: Order) -> dict[str, str]:
    """What acting on an order depends on. The address is there as a digest only; `updated_at` is not: a mere note at
    the marketplace moves it.
    """
    found = {
        "status": order.status,
        "marketplace_status": order.marketplace_status or "",
        "total": f"{order.total} {order.currency}" if order.total is not None else "",
        "deliver to": hashlib.sha256(place_of(order).encode("utf-8", "replace")).hexdigest()[:16],
    }
    for line in order.lines:
        found[f"line {line.line_id}"] = f"{line.quantity} x {line.sku or '?'}, {line.status or 'no status'}"
    return found


def drift(before: Looks, now: Looks) -> tuple[str, ...]:
    """What has changed, in words: `status: waiting_acceptance → canceled`; nothing when it looks the same."""
    changed = [name for name in dict.fromkeys((*before, *now)) if before.get(name) != now.get(name)]
    return tuple(_told(name, before.get(name), now.get(name)) for name in changed)


def _told(name: str, before: str | None, now: str | None) -> str:
    if name == "deliver to":
        return "the address of delivery is another one"
    if before is None or now is None:
        return f"{name} is {'new' if before is None else 'gone'}"
    return f"{name}: {before or 'none'} → {now or 'none'}"


def plan_text(plan: Plan) -> str:
    """The file's text."""
    content: dict[str, Any] = {
        "kind": _KIND,
        "version": VERSION,
        "profile": plan.profile,
        "source": plan.source,
        "command": plan.command,
        "created_at": utc_text(plan.created_at),
        "orders": [_row(row) for row in plan.rows],
    }
    content["digest"] = _digest(content)
    return json.dumps(content, ensure_ascii=True, indent=1) + "\n"


def _row(row: PlanRow) -> dict[str, Any]:
    return {
        "ref": format_ref(*row.key),
        "marketplace": row.key.marketplace,
        "order_id": row.key.order_id,
        "looks": dict(row.looks),
        "requests": [{"action": one.action, "arguments": dict(one.arguments)} for one in row.requests],
    }


def read_plan(text: str) -> Plan:
    """The plan in a file. Raises ValueError with the reason: no plan, of a newer version, altered."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise ValueError("it is not JSON") from fault
    if not isinstance(content, dict) or content.get("kind") != _KIND:
        raise ValueError("it is not a plan of lengowctl")
    if content.get("version") != VERSION:
        raise ValueError(f"it is a plan of another version ({content.get('version')})")
    if content.pop("digest", None) != _digest(content):
        raise ValueError("it was altered since it was written")
    try:
        return Plan(
            profile=content["profile"],
            source=content["source"],
            command=content["command"],
            created_at=read_instant(content["created_at"]),
            rows=tuple(_read_row(row) for row in content["orders"]),
        )
    except (KeyError, TypeError, AttributeError) as fault:
        raise ValueError("parts of it are missing") from fault


def _read_row(row: Mapping[str, Any]) -> PlanRow:
    key = OrderKey(row["marketplace"], row["order_id"])
    requests: Sequence[Mapping[str, Any]] = row["requests"]
    return PlanRow(key, dict(row["looks"]), tuple(Request.of(one["action"], key, one["arguments"]) for one in requests))


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()
