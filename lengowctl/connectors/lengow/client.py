"""Lengow's API as a connector. Only reads are repeated by themselves; an action is sent once (`acting`).

Amounts come in the account's currency, with the marketplace's own beside them (`original_…`): no conversion is asked
for and none is switched off. `next` links are not followed; pages are counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import httpx

from lengowctl.connectors.base import (
    Account,
    ActionPage,
    ActionQuery,
    MarketplaceReading,
    OrderQuery,
    Page,
    Reading,
    RouteBudget,
)
from lengowctl.connectors.http import Answer, Http, Network
from lengowctl.connectors.lengow import action_list, asking
from lengowctl.connectors.lengow.acting import ACTIONS_PATH, Acting
from lengowctl.connectors.lengow.answers import is_past_end, judge, understood
from lengowctl.connectors.lengow.catalog import read_marketplaces
from lengowctl.connectors.lengow.limits import Limits
from lengowctl.connectors.lengow.session import Session
from lengowctl.connectors.lengow.wire import read_page
from lengowctl.connectors.origin import read_origin
from lengowctl.connectors.pacing import Pacer
from lengowctl.connectors.redact import Masks
from lengowctl.connectors.retry import Retries
from lengowctl.connectors.secret import Keys
from lengowctl.errors import BadAnswer, FilterIgnored
from lengowctl.orders.outcome import Outcome
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request

_ORDERS_PATH = "/v3.0/orders/"
_MARKETPLACES_PATH = "/v3.0/marketplaces"

_T = TypeVar("_T")


class LengowClient:
    """Reads orders from Lengow and acts on them (keeps the contract `ActionConnector`), for up to eight
    threads at once.

    `keys` is asked once, when first needed. `folder` holds `token.json` and `pacing.json` (None: nothing is stored).
    `patience` is the longest wait in seconds that is sat out; `on_wait(seconds, why)` is told of each of a second or
    more; `trace` gets one masked line per request. Raises ConfigFault for an address that is not acceptable.

    Whoever makes sense of a page holds `turn` meanwhile: several threads at such work take the interpreter from each
    other at every step, which costs a tenth of a sync. Waiting for answers needs no turn.
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
        action_timeout: float = 15.0,
    ) -> None:
        self._origin = read_origin(base_url)
        self._now = now
        self.turn = threading.Lock()
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
        self._limits = Limits(self._session, self._pacer, now=now, mask=self._masks.mask)
        self._acting = Acting(
            self._session,
            http=self._http,
            pacer=self._pacer,
            limits=self._limits,
            mask=self._masks.mask,
            read_timeout=action_timeout,
        )

    def account(self) -> Account:
        """Whose orders these are; from the token, without a request when a stored one is good."""
        account_id = self._session.account_id()
        return Account(account_id, self._origin.url, f"lengow|{self._origin.url}|{account_id}")

    def orders(self, query: OrderQuery) -> Page:
        """One page. Raises NotSignedIn, OutOfReach, BudgetSpent, BadAnswer, FilterIgnored, Refused."""

        def accept(answer: Answer) -> Page:
            dated = answer.date()
            served_at = dated or self._now()
            if is_past_end(answer, query.page):
                return Page(None, (), (), served_at, dated is not None)
            judge(answer, "orders", self._masks.mask)
            with self.turn:
                read = understood(read_page, answer.body)
            page = asking.without_future(asking.check_filters(query, read), served_at)
            return Page(page.count, page.readings, page.unreadable, served_at, dated is not None)

        page = self._read("orders", _ORDERS_PATH, asking.parameters(query), accept)
        self._limits.learn(page.count or 0)
        return page

    def marketplaces(self) -> tuple[MarketplaceReading, ...]:
        """Every marketplace that Lengow describes to this account. Raises as `orders`."""

        def accept(answer: Answer) -> tuple[MarketplaceReading, ...]:
            judge(answer, "marketplaces", self._masks.mask)
            return understood(read_marketplaces, answer.body)

        return self._read("marketplaces", _MARKETPLACES_PATH, (), accept)

    def budget(self) -> tuple[RouteBudget, ...]:
        """The request limits as Lengow states them now; remembered for other processes. Raises as `orders`."""
        return self._retries.call(self._limits.ask)

    def order(self, key: OrderKey) -> Reading | None:
        """One order as Lengow has it now; None when it has none. Raises as `orders`."""
        page = self.orders(OrderQuery(marketplace=key.marketplace, order_id=key.order_id))
        found = next((reading for reading in page.readings if reading.order.key == key), None)
        if found is None and page.unreadable:
            raise BadAnswer(f"Lengow's answer about the order makes no sense: {page.unreadable[0].reason}")
        if found is None and page.readings:
            raise FilterIgnored("Lengow answered with another order than the one that was asked for")
        return found

    def actions(self, query: ActionQuery) -> ActionPage:
        """One page, newest first. Raises as `orders`."""

        def accept(answer: Answer) -> ActionPage:
            served_at = answer.date() or self._now()
            if is_past_end(answer, query.page):
                return ActionPage(None, (), served_at)
            judge(answer, "actions", self._masks.mask)
            count, actions = understood(action_list.read_actions, answer.body)
            action_list.check_filters(query, actions)
            return ActionPage(count, actions, served_at)

        return self._read("actions", ACTIONS_PATH, action_list.parameters(query), accept)

    def send_action(self, request: Request) -> Outcome:
        """Send once and tell what came of it. Raises NotSignedIn, or a fault of this machine, before anything left."""
        return self._acting.send(request)

    def refresh_session(self) -> None:
        """See to another session than the one that an action was refused with. Raises NotSignedIn, OutOfReach."""
        self._acting.refresh()

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
