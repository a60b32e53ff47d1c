"""How many requests may leave, and when the next one may: plain arithmetic on what is remembered, in milliseconds.

A source allows a number of requests (`boundary`) per route in a fixed window of at most 60 seconds, and its window
may begin at any moment. So no more than that number leaves in *any* 60 seconds: then no window holds more, wherever
it begins, and with work waiting every full window is used up to the last few requests.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime

from lengowctl.connectors.base import RouteBudget
from lengowctl.orders.moment import from_micros

WINDOW_MS = 60_000
DEFAULT_BOUNDARY = 500
#: Requests do not arrive as evenly as they leave.
_SLACK_MS = 50
_VERSION_PREFIX = re.compile(r"/v\d+(\.\d+)?(?=/)")


def route_of(method: str, path: str) -> str:
    """What the source counts together: `GET /orders` for `/v3.0/orders/` as for `/orders`."""
    bare = "/" + path.strip("/")
    return f"{method.upper()} {_VERSION_PREFIX.sub('', bare, count=1)}"


@dataclass(frozen=True, slots=True)
class SeenBudget:
    """What the source last said of its limits, and when. `resets_in` counts from `at`."""

    at: datetime
    routes: tuple[RouteBudget, ...]


@dataclass(slots=True)
class Quota:
    """One route. `boundary` None: the source said that it does not count here."""

    boundary: int | None = DEFAULT_BOUNDARY
    sent: list[int] = field(default_factory=list)
    silent: tuple[int, int] = (0, 0)
    """From when until when the source wants no request at all."""
    share: tuple[int, int, int] = (0, 0, 0)
    """From when until when only so many more may go: others use the same login."""

    def try_one(self, at: int) -> float:
        """0.0, and the request is counted; or how many seconds to wait before trying again."""
        self.sent = [moment for moment in self.sent if at - WINDOW_MS - _SLACK_MS < moment <= at]
        wait = self._wait(at)
        if wait > 0:
            return wait / 1000
        if self.boundary is not None:
            self.sent.append(at)
            since, until, left = self.share
            self.share = (since, until, max(left - 1, 0))
        return 0.0

    def hold(self, at: int, seconds: float) -> None:
        """Nothing may go for so long; a longer silence that is already in force stays."""
        until = at + int(seconds * 1000)
        if not (self._in_force(self.silent, at) and self.silent[1] > until):
            self.silent = (at, until)

    def learn(self, at: int, budget: RouteBudget) -> None:
        """Take over what the source says of this route."""
        self.boundary = None if budget.boundary is None else max(budget.boundary, 1)
        self.share = (0, 0, 0)
        if budget.remaining is not None and budget.resets_in is not None:
            self.share = (at, at + int(budget.resets_in * 1000), budget.remaining)

    def _wait(self, at: int) -> int:
        wait = self.silent[1] - at if self._in_force(self.silent, at) else 0
        if self.boundary is None:
            return wait
        if len(self.sent) >= self.boundary:
            wait = max(wait, self.sent[-self.boundary] + WINDOW_MS + _SLACK_MS - at)
        if self.share[2] <= 0 and self._in_force(self.share[:2], at):
            wait = max(wait, self.share[1] - at)
        return wait

    @staticmethod
    def _in_force(span: tuple[int, int], at: int) -> bool:
        # A clock that was set back must not make us wait for a day.
        return span[0] <= at < span[1]


@dataclass(slots=True)
class Quotas:
    """Every route of one source, and what the source last said of its limits."""

    origin: str
    routes: dict[str, Quota] = field(default_factory=dict)
    seen: SeenBudget | None = None

    def route(self, name: str) -> Quota:
        return self.routes.setdefault(name, Quota())

    def note(self, seen: SeenBudget, at: int) -> None:
        """Keep what the source said just now, and keep to it."""
        self.seen = seen
        for budget in seen.routes:
            self.route(route_of(budget.method, budget.route)).learn(at, budget)


def write_quotas(quotas: Quotas) -> bytes:
    """As stored in `pacing.json`."""
    seen = quotas.seen
    content = {
        "version": 1,
        "origin": quotas.origin,
        "routes": {
            name: {"boundary": quota.boundary, "sent": quota.sent, "silent": quota.silent, "share": quota.share}
            for name, quota in quotas.routes.items()
        },
        "seen": seen and {"at": round(seen.at.timestamp() * 1e6), "routes": [_row(budget) for budget in seen.routes]},
    }
    return json.dumps(content, separators=(",", ":")).encode("ascii")


def read_quotas(content: bytes, origin: str | None) -> Quotas:
    """What was stored. Content that makes no sense, or belongs to another origin (None: any), is nothing."""
    try:
        stored = json.loads(content)
        if stored["version"] != 1 or origin not in (None, stored["origin"]):
            return Quotas(origin or "")
        routes = {str(name): _quota(quota) for name, quota in stored["routes"].items()}
        return Quotas(str(stored["origin"]), routes, _seen(stored["seen"]))
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        return Quotas(origin or "")


def _quota(stored: dict[str, object]) -> Quota:
    boundary = stored["boundary"]
    return Quota(
        None if boundary is None else _int(boundary),
        _ints(stored["sent"]),
        _span(_ints(stored["silent"])),
        (*_span(_ints(stored["share"])[:2]), _ints(stored["share"])[2]),
    )


def _seen(stored: dict[str, object] | None) -> SeenBudget | None:
    if stored is None:
        return None
    rows = stored["routes"]
    if not isinstance(rows, list):
        raise TypeError(rows)
    return SeenBudget(from_micros(_int(stored["at"])), tuple(_budget(*row) for row in rows))


def _budget(route: object, method: object, boundary: object, remaining: object, resets_in: object) -> RouteBudget:
    numbers = [None if value is None else _int(value) for value in (boundary, remaining)]
    seconds = resets_in if isinstance(resets_in, int | float) else None
    return RouteBudget(str(route), str(method), numbers[0], numbers[1], seconds)


def _row(budget: RouteBudget) -> list[object]:
    return [budget.route, budget.method, budget.boundary, budget.remaining, budget.resets_in]


def _int(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _ints(value: object) -> list[int]:
    if not isinstance(value, list):
        raise TypeError(value)
    return [_int(item) for item in value]


def _span(values: list[int]) -> tuple[int, int]:
    start, end = values
    return start, end
