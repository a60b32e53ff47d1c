"""A source that takes actions, in memory. It keeps a log of what really happened to orders: the judge of the outbox.

Knows nothing of how the outbox works. One POST is one action; what goes wrong with it is asked for by name:

`ok`           taken, and answered
`unreached`    nothing arrives, and the sender knows it
`limited`      turned away, with a time to wait
`kept`         kept back by our own count of the limit: nothing leaves
`signed_out`   turned away: no session
`refused`      refused at once, in Lengow's own envelope
`lost`         taken, but the answer is lost
`broken`       nothing is done, but the sender cannot know that (a time-out, a web page)
`late`         answered with a 500, and done a while later all the same
`slow`         not answered in time, and done a while later
`cut`          taken, but the answer is a 500
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lengowctl.connectors.base import (
    Account,
    ActionPage,
    ActionQuery,
    ActionReading,
    MarketplaceReading,
    OrderQuery,
    Page,
    Reading,
    RouteBudget,
)
from lengowctl.errors import LengowctlError
from lengowctl.orders.model import Line, Order, Package, Parcel
from lengowctl.orders.outcome import Answer, Lost, NotExecuted, Outcome, RateLimited, Unauthorized
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
OK = "ok"
SOURCE = "memory|https://source.example|1"
_BECOMES = {"accept": "waiting_shipment", "refuse": "refused", "ship": "shipped", "cancel": "canceled"}


def key(number: int, marketplace: str = "amazon_fr") -> OrderKey:
    return OrderKey(marketplace, f"N{number:06d}")


def make_order(number: int, status: str = "waiting_acceptance") -> Order:
    """A small whole order of two lines."""
    lines = tuple(
        Line(f"{number}-{n}", "SKU", None, "Mug", 2, Decimal(9), None, None, None, None, status, None, None)
        for n in (1, 2)
    )
    return Order(
        *key(number), status, "Unshipped", NOON, NOON, NOON, Decimal(18), "EUR", Decimal(18), "EUR",
        None, None, None, None, None, (), (Package(lines, None),), None, (), False,
    )  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What happened to an order, and through whom: `us`, or `hand` (another program, a person)."""

    action_id: int
    request: Request
    by: str


@dataclass
class Source:
    """Keeps the contract `ActionConnector`. `faults` is asked for the fault of each POST."""

    orders_by_key: dict[OrderKey, Order] = field(default_factory=dict)
    clock: datetime = NOON
    late_by: timedelta = timedelta(seconds=2)
    """How long after its answer a `late` action is done."""
    faults: Callable[[Request], str] = lambda request: OK
    reads_fail: Callable[[], LengowctlError | None] = lambda: None
    moves_orders: bool = True
    """Whether an executed action shows in the order at once."""
    page_size: int = 50
    listed: dict[int, ActionReading] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    posts: list[tuple[Request, str]] = field(default_factory=list)
    queries: list[ActionQuery] = field(default_factory=list)
    reads: list[OrderKey] = field(default_factory=list)
    sessions: int = 0
    deferred: list[tuple[datetime, Request, str]] = field(default_factory=list)
    sender: Callable[[], str] = lambda: "us"
    """Who sends just now, for the log."""

    def __post_init__(self) -> None:
        self.mutex = threading.Lock()
        self.before_read: Callable[[], None] = lambda: None
        self.before_post: Callable[[Request], None] = lambda request: None
        self.after_post: Callable[[Request], None] = lambda request: None

    def with_orders(self, numbers: Iterable[int], status: str = "waiting_acceptance") -> Source:
        self.orders_by_key.update({key(n): make_order(n, status) for n in numbers})
        return self

    # -- the contract

    def send_action(self, request: Request) -> Outcome:
        self.before_post(request)
        with self.mutex:
            self._let_happen()
            fault = self.faults(request)
            self.posts.append((request, fault))
            outcome = self._answer(request, fault)
        self.after_post(request)
        return outcome

    def _answer(self, request: Request, fault: str) -> Outcome:
        match fault:
            case "unreached":
                return NotExecuted("connection refused")
            case "limited":
                return RateLimited(3.0)
            case "kept":
                return RateLimited(3.0, left=False)
            case "signed_out":
                return Unauthorized("the session is over")
            case "refused":
                return Answer(400, {"error": {"code": 400, "message": "Not like this"}})
            case "broken":
                return Lost("no answer in time")
            case "late" | "slow":
                self.deferred.append((self.clock + self.late_by, request, self.sender()))
                return Lost("no answer in time") if fault == "slow" else Answer(500, {"error": {"message": "Oops"}})
        number = self.act(request, self.sender())
        if fault == "lost":
            return Lost("the connection was reset")
        return Answer(500, {}) if fault == "cut" else Answer(201, {"id": number})

    def actions(self, query: ActionQuery) -> ActionPage:
        self.before_read()
        with self.mutex:
            self._let_happen()
            self.queries.append(query)
            self._fail()
            found = [it for it in sorted(self.listed.values(), key=lambda it: -it.id) if self._meets(it, query)]
            start = (query.page - 1) * self.page_size
            page = found[start : start + self.page_size]
            return ActionPage(len(found) if page or query.page == 1 else None, tuple(page), self._date())

    def order(self, key: OrderKey) -> Reading | None:
        self.before_read()
        with self.mutex:
            self._let_happen()
            self.reads.append(key)
            self._fail()
            order = self.orders_by_key.get(key)
            return Reading(order, b"{}") if order else None

    def refresh_session(self) -> None:
        self.sessions += 1

    def account(self) -> Account:
        return Account("1", "https://source.example", SOURCE)

    def orders(self, query: OrderQuery) -> Page:
        raise NotImplementedError

    def marketplaces(self) -> tuple[MarketplaceReading, ...]:
        return ()

    def budget(self) -> tuple[RouteBudget, ...]:
        return ()

    def close(self) -> None:
        pass

    # -- what happens there

    def act(self, request: Request, by: str) -> int:
        """Carry an action out. Nobody asks whether it was done before."""
        number = 1000 + len(self.listed)
        created = self.clock
        self.listed[number] = ActionReading(
            number, request.key, request.action, request.arguments, True, False, None, created, created
        )
        self.effects.append(Effect(number, request, by))
        if self.moves_orders:
            self._move(request)
        return number

    def finish(self, number: int, *, errors: str | None = None) -> None:
        """The marketplace answers."""
        action = self.listed[number]
        done = errors is None
        self.listed[number] = replace(action, queued=False, processed=done, errors=errors, updated_at=self.clock)

    def hand_over(self, number: int) -> None:
        self.listed[number] = replace(self.listed[number], queued=False, updated_at=self.clock)

    def tick(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    def by_us(self, request: Request) -> int:
        """How often we did this to the order."""
        return sum(effect.request == request and effect.by != "hand" for effect in self.effects)

    def _let_happen(self) -> None:
        due = [it for it in self.deferred if it[0] <= self.clock]
        self.deferred = [it for it in self.deferred if it[0] > self.clock]
        for _, request, by in due:
            self.act(request, by)

    def _fail(self) -> None:
        fault = self.reads_fail()
        if fault:
            raise fault

    def _meets(self, action: ActionReading, query: ActionQuery) -> bool:
        since, until = query.updated_from, query.updated_to
        at = action.updated_at or NOON
        inside = (since is None or at >= since) and (until is None or at <= until)
        return inside and query.key in (None, action.key) and query.action in (None, action.action)

    def _date(self) -> datetime:
        return self.clock.replace(microsecond=0)

    def _move(self, request: Request) -> None:
        order = self.orders_by_key.get(request.key)
        status = _BECOMES.get(request.action)
        if order is None or status is None or request.scope != "*":
            return
        number = dict(request.arguments).get("tracking_number")
        package = order.packages[0]
        parcel = Parcel(None, None, number, None, self.clock, None, None, False)
        parcels = (*package.parcels, parcel) if request.action == "ship" else package.parcels
        self.orders_by_key[request.key] = replace(
            order, status=status, packages=(replace(package, parcels=parcels),), updated_at=self.clock
        )


class Time:
    """Time that passes only when somebody sleeps; the source's clock goes along."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.now_ = NOON
        self.elapsed = 0.0

    def now(self) -> datetime:
        return self.now_

    def monotonic(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.elapsed += seconds
        self.now_ += timedelta(seconds=seconds)
        self.source.tick(seconds)
