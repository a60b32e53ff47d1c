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
from typing import TYPE_CHECKING

from lengowctl.orders.moment import from_micros, micros

if TYPE_CHECKING:  # it brings all that an answer can hold, and `status` asks for the budget alone
    from lengowctl.connectors.base import RouteBudget

FILE = "pacing.json"
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
class Budget:
    """What the source said of one route's limit at `seen_at`; `resets_in` counts in seconds from then."""

    route: str
    method: str
    boundary: int | None
    remaining: int | None
    resets_in: float | None
    seen_at: datetime


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

    def learn(self, budget: RouteBudget, asked: int, at: int) -> None:
        """Take over what the source says of this route. What was sent since we `asked` is not counted in it."""
        self.boundary = None if budget.boundary is None else max(budget.boundary, 1)
        self.share = (0, 0, 0)
        if budget.remaining is not None and budget.resets_in is not None:
            left = budget.remaining - sum(moment >= asked for moment in self.sent)
            self.share = (at, at + int(budget.resets_in * 1000), max(left, 0))

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
    seen: tuple[Budget, ...] = ()

    def route(self, name: str) -> Quota:
        return self.routes.setdefault(name, Quota())

    def note(self, budgets: tuple[RouteBudget, ...], asked: datetime, at: datetime) -> None:
        """Keep what the source says, and keep to it."""
        self.seen = tuple(Budget(b.route, b.method, b.boundary, b.remaining, b.resets_in, at) for b in budgets)
        for budget in budgets:
            quota = self.route(route_of(budget.method, budget.route))
            quota.learn(budget, milliseconds(asked), milliseconds(at))


def milliseconds(moment: datetime) -> int:
    return micros(moment) // 1000


def write_quotas(quotas: Quotas) -> bytes:
    """As stored in `pacing.json`."""
    content = {
        "version": 1,
        "origin": quotas.origin,
        "routes": {
            name: {"boundary": quota.boundary, "sent": quota.sent, "silent": quota.silent, "share": quota.share}
            for name, quota in quotas.routes.items()
        },
        "seen": [_row(budget) for budget in quotas.seen],
    }
    return json.dumps(content, separators=(",", ":")).encode("ascii")


def read_quotas(content: bytes, origin: str | None) -> Quotas:
    """What was stored. Content that makes no sense, or belongs to another origin (None: any), is nothing."""
    try:
        stored = json.loads(content)
        if stored["version"] != 1 or origin not in (None, stored["origin"]):
            return Quotas(origin or "")
        routes = {str(name): _quota(quota) for name, quota in stored["routes"].items()}
        return Quotas(str(stored["origin"]), routes, tuple(_budget(*row) for row in stored["seen"]))
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


def _budget(
    route: object, method: object, boundary: object, remaining: object, resets_in: object, seen_at: object
) -> Budget:
    limit, left = (None if value is None else _int(value) for value in (boundary, remaining))
    seconds = resets_in if isinstance(resets_in, int | float) else None
    return Budget(str(route), str(method), limit, left, seconds, from_micros(_int(seen_at)))


def _row(budget: Budget) -> list[object]:
    seen_at = micros(budget.seen_at)
    return [budget.route, budget.method, budget.boundary, budget.remaining, budget.resets_in, seen_at]


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
