"""Lengow's API as a connector: routes, pages and limits. Only reads are repeated by themselves.

Amounts come in the account's currency, with the marketplace's own beside them (`original_…`): no conversion is asked
for and none is switched off. `next` links are not followed; pages are counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import httpx

from lengowctl.connectors.base import Account, MarketplaceReading, OrderQuery, Page, RouteBudget
from lengowctl.connectors.http import Answer, Ask, Http, Network, read_http_date
from lengowctl.connectors.lengow.answers import TOO_MANY, UNAUTHORISED, error_of, judge, message_of, refusal
from lengowctl.connectors.lengow.asking import check_filters, parameters
from lengowctl.connectors.lengow.auth import SendToken, Token, Tokens, read_token
from lengowctl.connectors.lengow.catalog import read_limits, read_marketplaces
from lengowctl.connectors.lengow.wire import read_page
from lengowctl.connectors.origin import read_origin
from lengowctl.connectors.pacing import Pacer
from lengowctl.connectors.quota import route_of
from lengowctl.connectors.redact import Masks
from lengowctl.connectors.retry import Again, Retries
from lengowctl.connectors.secret import Keys
from lengowctl.errors import BadAnswer, LengowctlError, NotSignedIn

_TOKEN_PATH = "/access/get_token"  # noqa: S105  a path
_LIMITS_PATH = "/rate-limits"
_ORDERS_PATH = "/v3.0/orders/"
_MARKETPLACES_PATH = "/v3.0/marketplaces"
_OF_AN_ACCOUNT = "/v3.0/"
#: From so many requests, or orders ahead, it pays to ask Lengow for its limits.
_MANY_REQUESTS = 20
_MANY_ORDERS = 1000
#: Ours, one that another process made and that may have run out too, and one that we make.
_SESSIONS = 4
_SHORTEST_SILENCE = 1.0
_USUAL_SILENCE = 10.0
_LONGEST_DOUBLING = 60.0

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
        self._keys = keys
        network = Network(connect_timeout, read_timeout, ca_bundle, environment, transport)
        self._http = Http(self._origin, network, monotonic=monotonic, trace=trace)
        self._pacer = Pacer(folder, self._origin.url, now=now, sleep=sleep, patience=patience, on_wait=on_wait)
        self._patience = patience
        self._retries = Retries(random=random, rest=self._pacer.rest, patience=patience)
        self._tokens = Tokens(
            self._origin.url,
            self._hidden_keys,
            folder,
            fetch=self._fetch_token,
            now=now,
            monotonic=monotonic,
            sleep=sleep,
        )
        self._mutex = threading.Lock()
        self._pages = 0
        self._limits_asked = False

    def account(self) -> Account:
        """Whose orders these are; from the token, without a request when a stored one is good."""
        token = self._tokens.current()
        return Account(token.account_id, self._origin.url, f"lengow|{self._origin.url}|{token.account_id}")

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
        """One read, repeated while that may help. A session that ended is renewed on the way."""

        def attempt() -> _T:
            return accept(self._ask_signed_in(what, path, params))

        return self._retries.call(attempt)

    def _ask_signed_in(self, what: str, path: str, params: tuple[tuple[str, str], ...]) -> Answer:
        started, fetched = self._now(), self._tokens.fetched
        token = self._tokens.current()
        for renewals in range(_SESSIONS):
            self._masks.hide(token.token)
            account = (("account_id", token.account_id),) if path.startswith(_OF_AN_ACCOUNT) else ()
            answer = self._ask(Ask("GET", path, (*account, *params)), SendToken(token))
            if answer.status not in UNAUTHORISED:
                return answer
            # A session renewed since we began cannot have run out: this is about something else.
            if renewals and (token.serial > fetched or (not token.serial and token.fetched_at > started)):
                break
            token = self._tokens.renew(token)
        raise self._not_allowed(answer, what)

    def _ask(self, ask: Ask, auth: httpx.Auth | None = None) -> Answer:
        """Send when the limit allows it, again when Lengow says that it was too early."""
        route = route_of(ask.method, ask.path)
        waited, doubling = 0.0, _SHORTEST_SILENCE
        while True:
            self._pacer.take(route)
            answer = self._http.exchange(ask, auth)
            if answer.status != TOO_MANY:
                return answer
            silence = max(self._silence(answer), doubling)
            doubling = min(doubling * 2, _LONGEST_DOUBLING)
            self._pacer.hold(route, silence)
            waited += silence
            if waited > self._patience:
                self._pacer.wait(waited, "Lengow takes no requests for now")

    def _silence(self, answer: Answer) -> float:
        stated = answer.headers.get("retry-after", "").strip()
        if stated.isascii() and stated.isdigit():
            return max(float(stated[:9]), _SHORTEST_SILENCE)
        until = read_http_date(stated)
        wait = (until - (answer.date() or self._now())) / timedelta(seconds=1) if until else _USUAL_SILENCE
        return max(wait, _SHORTEST_SILENCE)

    def _not_allowed(self, answer: Answer, what: str) -> LengowctlError:
        if answer.status == 401:
            said = self._masks.mask(message_of(answer.body) or "no reason given")
            hint = "check that the keys are current; new keys made in Lengow end the old ones at once"
            return NotSignedIn(f"{what}: Lengow does not accept a session it has just made: {said}", hint=hint)
        fault = refusal(answer, what, self._masks.mask)
        fault.hint = fault.hint or "these keys are not allowed to do this; ask who administers the Lengow account"
        return fault

    def _hidden_keys(self) -> Keys:
        keys = self._keys()
        self._masks.hide(keys.access_token, keys.secret)
        return keys

    def _fetch_token(self, keys: Keys) -> Token:
        form = {"access_token": keys.access_token.reveal(), "secret": keys.secret.reveal()}
        return self._retries.call(lambda: self._accept_token(self._ask(Ask("POST", _TOKEN_PATH, form=form))))

    def _accept_token(self, answer: Answer) -> Token:
        if answer.status in (400, *UNAUTHORISED):
            said = self._masks.mask(message_of(answer.body) or "no reason given")
            hint = "check the access token and the secret; new keys made in Lengow end the old ones at once"
            raise NotSignedIn(f"Lengow does not accept these keys: {said}", hint=hint)
        judge(answer, "sign in", self._masks.mask)
        given = error_of(answer.body)
        token = read_token(given.get("token"), given.get("account_id"), self._now()) if given else None
        if token is None:
            raise Again(BadAnswer("Lengow's answer to the keys holds no session"))
        return token

    def _ask_limits(self) -> tuple[RouteBudget, ...]:
        asked = self._now()
        answer = self._ask_signed_in("request limits", _LIMITS_PATH, ())
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
