"""What the server has and what it saw: orders by `updated_at`, the actions that were executed, every arrival."""

from __future__ import annotations

import bisect
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from .data import MARKETPLACES, order, rendered, updated_at

Answer = tuple[int, bytes]
_PAST_END = 404, b'{"detail":"Invalid page."}'


class Log:
    """Arrivals by route, and the request limit: `limit` a fixed window of `window` seconds, which begins with the
    first request after the last one ended. Times are of the machine's monotonic clock. Thread-safe.
    """

    def __init__(self, limit: int | None = None, window: float = 60, limited: str = "GET") -> None:
        self.limit, self.window, self.limited = limit, window, limited
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self._arrivals: dict[str, list[float]] = {}
            self._last: dict[str, float] = {}
            self._flying: Counter[str] = Counter()
            self._most: Counter[str] = Counter()
            self._open: dict[str, tuple[float, int]] = {}
            self._counts: dict[str, list[int]] = {}
            self._refused = 0

    def arrived(self, route: str) -> float | None:
        """When it came; None when the limit is reached."""
        at = time.monotonic()
        with self._lock:
            self._flying[route] += 1
            self._most[route] = max(self._most[route], self._flying[route])
            if not self._within(route, at):
                self._refused += 1
                return None
            self._arrivals.setdefault(route, []).append(at)
            return at

    def left(self, route: str) -> None:
        with self._lock:
            self._flying[route] -= 1
            self._last[route] = time.monotonic()

    def seconds_left(self, route: str) -> float:
        began = self._open.get(route, (time.monotonic(), 0))[0]
        return max(began + self.window - time.monotonic(), 0.0)

    def credit(self, route: str) -> int:
        return (self.limit or 0) - (self._open.get(route, (0, 0))[1] if self.seconds_left(route) else 0)

    def _within(self, route: str, at: float) -> bool:
        if self.limit is None or not route.startswith(f"{self.limited} /orders"):
            return True
        began, used = self._open.get(route, (0.0, 0))
        if at >= began + self.window:
            began, used = at, 0
            self._counts.setdefault(route, []).append(0)
        if used >= self.limit:
            return False
        self._open[route] = began, used + 1
        self._counts[route][-1] += 1
        return True

    def told(self) -> dict[str, object]:
        """All of it: per route the requests, the first arrival, the last answer, the most at once."""
        with self._lock:
            return {
                "routes": {
                    route: {"requests": len(at), "first": at[0], "answered": self._last.get(route, at[-1]),
                            "most": self._most[route], "windows": self._counts.get(route, []),
                            "densest": _densest(at, self.window)}
                    for route, at in self._arrivals.items()
                },
                "refused": self._refused,
            }  # fmt: skip


class World:
    """Orders, rendered once (or, `lazy`, whenever they are asked for), and actions."""

    def __init__(
        self,
        total: int,
        log: Log,
        latency: float = 0,
        haste: float = 1,
        epoch: float = 0,
        *,
        status: str | None = None,
        lazy: bool = False,
    ) -> None:
        self._status = status
        self.total, self.log, self.latency, self.haste, self._epoch = total, log, latency, haste, epoch
        self._bodies = [] if lazy else [self._rendered(number) for number in range(total)]
        self._stamps = [updated_at(number, total).timestamp() for number in range(total)]
        self._acts: list[bytes] = []
        self._at: list[float] = []
        self._numbers: dict[str, int] = {}
        self._done: Counter[tuple[str, str, str]] = Counter()
        self._lock = threading.Lock()

    def now(self) -> float:
        """The server's clock: seconds since 1970."""
        return self._epoch + (time.time() - self._epoch) * self.haste

    # Orders

    def page(self, query: Mapping[str, str]) -> Answer:
        first = bisect.bisect_left(self._stamps, _stamp(query["updated_from"])) if "updated_from" in query else 0
        end = bisect.bisect_right(self._stamps, _stamp(query["updated_to"])) if "updated_to" in query else self.total
        if "marketplace_order_id" in query:
            first = self._number(query["marketplace_order_id"])
            end = first + 1 if first < self.total else first
        size = min(int(query.get("page_size", "50")), 100)
        start = first + (int(query.get("page", "1")) - 1) * size
        shown = range(start, min(start + size, end))
        if start > first and not shown:
            return _PAST_END
        following = b'"http://next"' if start + size < end else b"null"
        head = b'{"count":%d,"next":%s,"previous":null,"results":[' % (max(end - first, 0), following)
        return 200, head + b",".join(map(self._body, shown)) + b"]}"

    def _body(self, number: int) -> bytes:
        return self._bodies[number] if self._bodies else self._rendered(number)

    def _rendered(self, number: int) -> bytes:
        return rendered(number, self.total, status=self._status)

    def _number(self, order_id: str) -> int:
        """Which order that is; the last and one when there is none. They are looked through once."""
        with self._lock:
            if not self._numbers:
                found = (order(number, self.total)["marketplace_order_id"] for number in range(self.total))
                self._numbers = {str(name): number for number, name in enumerate(found)}
        return self._numbers.get(order_id, self.total)

    def marketplaces(self) -> bytes:
        accept = {"status": ["waiting_acceptance"], "args": [], "optional_args": [], "args_description": {}}
        orders = {"status": {}, "actions": {"accept": accept}, "carriers": {}}
        entry = {"name": "M", "country_iso_a2": "FR", "orders": orders}
        return json.dumps(dict.fromkeys(MARKETPLACES, entry)).encode()

    # Actions

    def act(self, form: Mapping[str, str]) -> bytes:
        """Execute it, whatever was executed before."""
        key = form["marketplace"], form["marketplace_order_id"], form["action_type"]
        moment = self.now()
        stamp = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        with self._lock:
            number = len(self._acts) + 1
            row = dict(zip(("marketplace", "marketplace_order_id", "action_type"), key, strict=True))
            state = {"account_id": 4242, "queued": False, "processed": True, "errors": None}
            self._acts.append(
                json.dumps({"id": number, **row, **state, "created_at": stamp, "updated_at": stamp}).encode()
            )
            self._at.append(moment)
            self._done[key] += 1
        return b'{"id":%d,"queued":true,"processed":false,"errors":null}' % number

    def actions(self, query: Mapping[str, str]) -> bytes:
        """The executed ones, oldest first."""
        with self._lock:
            first = bisect.bisect_left(self._at, _stamp(query["updated_from"])) if "updated_from" in query else 0
            end = bisect.bisect_right(self._at, _stamp(query["updated_to"])) if "updated_to" in query else len(self._at)
            found = self._acts[first:end]
        if "marketplace_order_id" in query:
            wanted = {
                name: query[name] for name in ("marketplace", "marketplace_order_id", "action_type") if name in query
            }
            found = [row for row in found if wanted.items() <= json.loads(row).items()]
        size = min(int(query.get("page_size", "50")), 100)
        start = (int(query.get("page", "1")) - 1) * size
        following = b'"http://next"' if start + size < len(found) else b"null"
        head = b'{"count":%d,"next":%s,"previous":null,"results":[' % (len(found), following)
        return head + b",".join(found[start : start + size]) + b"]}"

    def executed(self) -> dict[str, int]:
        """How many actions were executed, on how many orders, and how often one was executed again."""
        with self._lock:
            return {
                "executed": len(self._acts),
                "orders": len(self._done),
                "doubles": len(self._acts) - len(self._done),
            }


def _densest(moments: Sequence[float], span: float) -> int:
    """The most of them in any such span, wherever it begins."""
    first = most = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - span:
            first += 1
        most = max(most, last - first + 1)
    return most


def _stamp(text: str) -> float:
    """A query's bound. Whole seconds stand for their whole second, as bounds in Lengow do."""
    return datetime.fromisoformat(text).timestamp()
