"""Lengow's API as a connector: routes, pages and limits. Only reads are repeated by themselves.

Amounts come in the account's currency, with the marketplace's own beside them (`original_…`): no conversion is asked
for and none is switched off. `next` links are not followed; pages are counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import httpx

from lengowctl.connectors.base import Account, MarketplaceReading, OrderQuery, Page, RouteBudget
from lengowctl.connectors.http import Answer, Http, Network
from lengowctl.connectors.lengow.answers import error_of, judge
from lengowctl.connectors.lengow.asking import check_filters, parameters
from lengowctl.connectors.lengow.catalog import read_limits, read_marketplaces
from lengowctl.connectors.lengow.session import Session
from lengowctl.connectors.lengow.wire import read_page
from lengowctl.connectors.origin import read_origin
from lengowctl.connectors.pacing import Pacer
from lengowctl.connectors.redact import Masks
from lengowctl.connectors.retry import Again, Retries
from lengowctl.connectors.secret import Keys
from lengowctl.errors import BadAnswer, LengowctlError

_LIMITS_PATH = "/rate-limits"
_ORDERS_PATH = "/v3.0/orders/"
_MARKETPLACES_PATH = "/v3.0/marketplaces"
#: From so many requests, or orders ahead, it pays to ask Lengow for its limits.
_MANY_REQUESTS = 20
_MANY_ORDERS = 1000

_T = TypeVar("_T")


class LengowClient:
    """Reads orders from Lengow (keeps the contract `Connector`), from up to eight threads at once.

    `keys` is asked once, when first needed. `folder` holds `token.json` and `pacing.json` (None: nothing is stored).
    `patience` is the longest wait in seconds that is sat out; `on_wait(seconds, why)` is told of each of a second or
    more; `trace` gets one masked line per request. Raises ConfigFault for an address that is not acceptable.
    """

    def __init__(
        self,
        *,
        base_url: str,
        keys: Callable[[], Keys],
        folder: Path | None,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
        transport: httpx.BaseTransport | None = None,
        trace: Callable[[str], None] | None = None,
        on_wait: Callable[[float, str], None] | None = None,
        patience: float = 900.0,
        ca_bundle: Path | None = None,
        environment: Mapping[str, str] | None = None,
        connect_timeout: float = 10.0,
        read_timeout: float = 20.0,
    ) -> None:
        self._origin = read_origin(base_url)
        self._now = now
        self._masks = Masks()
        network = Network(connect_timeout, read_timeout, ca_bundle, environment, transport)
        self._http = Http(self._origin, network, monotonic=monotonic, trace=trace)
        self._pacer = Pacer(folder, self._origin.url, now=now, sleep=sleep, patience=patience, on_wait=on_wait)
        self._retries = Retries(random=random, rest=self._pacer.rest, patience=patience)
        self._session = Session(
            self._origin.url,
            keys,
            folder,
            http=self._http,
            pacer=self._pacer,
            retries=self._retries,
            masks=self._masks,
            now=now,
            monotonic=monotonic,
            sleep=sleep,
        )
        self._mutex = threading.Lock()
        self._pages = 0
        self._limits_asked = False

    def account(self) -> Account:
        """Whose orders these are; from the token, without a request when a stored one is good."""
        account_id = self._session.account_id()
        return Account(account_id, self._origin.url, f"lengow|{self._origin.url}|{account_id}")

    def orders(self, query: OrderQuery) -> Page:
        """One page. Raises NotSignedIn, OutOfReach, BudgetSpent, BadAnswer, FilterIgnored, Refused."""

        def accept(answer: Answer) -> Page:
            served_at = answer.date() or self._now()
            if answer.status == 404 and query.page > 1 and "detail" in (error_of(answer.body) or {}):
                return Page(None, (), (), served_at)
            judge(answer, "orders", self._masks.mask)
            page = _again_if_bad(read_page, answer.body)
            check_filters(query, page)
            return Page(page.count, page.readings, page.unreadable, served_at)

        page = self._read("orders", _ORDERS_PATH, parameters(query), accept)
        self._learn_limits(page.count or 0)
        return page

    def marketplaces(self) -> tuple[MarketplaceReading, ...]:
        """Every marketplace that Lengow describes to this account. Raises as `orders`."""

        def accept(answer: Answer) -> tuple[MarketplaceReading, ...]:
            judge(answer, "marketplaces", self._masks.mask)
            return _again_if_bad(read_marketplaces, answer.body)

        return self._read("marketplaces", _MARKETPLACES_PATH, (), accept)

    def budget(self) -> tuple[RouteBudget, ...]:
        """The request limits as Lengow states them now; remembered for other processes. Raises as `orders`."""
        return self._retries.call(self._ask_limits)

    def close(self) -> None:
        """Let go of connections. Safe to call twice."""
        self._http.close()

    def __enter__(self) -> LengowClient:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _read(self, what: str, path: str, params: tuple[tuple[str, str], ...], accept: Callable[[Answer], _T]) -> _T:
        """One read, repeated while that may help."""
        return self._retries.call(lambda: accept(self._session.get(what, path, params)))

    def _ask_limits(self) -> tuple[RouteBudget, ...]:
        asked = self._now()
        answer = self._session.get("request limits", _LIMITS_PATH)
        judge(answer, "request limits", self._masks.mask)
        limits = _again_if_bad(read_limits, answer.body)
        self._pacer.note(limits, asked)
        return limits

    def _learn_limits(self, orders_ahead: int) -> None:
        """Ask for the limits once a run, when there is enough to do that they matter. Doing without is no fault."""
        with self._mutex:
            self._pages += 1
            if self._limits_asked or (self._pages < _MANY_REQUESTS and orders_ahead < _MANY_ORDERS):
                return
            self._limits_asked = True
        with suppress(Again, LengowctlError):
            self._ask_limits()


def _again_if_bad(read: Callable[[bytes], _T], body: bytes) -> _T:
    """A body that was cut off or came from somewhere else may come right the next time."""
    try:
        return read(body)
    except BadAnswer as fault:
        raise Again(fault) from fault
