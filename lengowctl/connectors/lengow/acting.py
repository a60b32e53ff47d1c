"""Sends actions to Lengow. There is no idempotency key, so each request leaves once and is never repeated here.

From the moment a request may have left, nothing raises: what cannot be told apart from success is `Lost`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from lengowctl.connectors import http
from lengowctl.connectors.http import Ask, Http
from lengowctl.connectors.lengow.answers import TOO_MANY, UNAUTHORISED, is_web_page, message_of, refusal
from lengowctl.connectors.lengow.auth import SendToken, Token
from lengowctl.connectors.lengow.limits import Limits
from lengowctl.connectors.lengow.scan import Broken, read_element
from lengowctl.connectors.lengow.session import Session
from lengowctl.connectors.lengow.values import storable
from lengowctl.connectors.lengow.wire import decode
from lengowctl.connectors.pacing import Pacer
from lengowctl.connectors.quota import route_of
from lengowctl.connectors.retry import Again
from lengowctl.errors import BudgetSpent, ConfigFault, LengowctlError, NoConnection, OutOfReach
from lengowctl.orders.outcome import Answer, Lost, NotExecuted, Outcome, RateLimited, Unauthorized
from lengowctl.orders.request import Request

ACTIONS_PATH = "/v3.0/orders/actions/"
_ROUTE = route_of("POST", ACTIONS_PATH)


class Acting:
    """For several threads. `read_timeout`: seconds to wait for the next piece of an answer to an action."""

    def __init__(
        self,
        session: Session,
        *,
        http: Http,
        pacer: Pacer,
        limits: Limits,
        mask: Callable[[str], str],
        read_timeout: float,
    ) -> None:
        self._session = session
        self._http = http
        self._pacer = pacer
        self._limits = limits
        self._mask = mask
        self._read_timeout = read_timeout
        self._refused: Token | None = None

    def send(self, request: Request) -> Outcome:
        """Send once and tell what came of it; see `ActionConnector.send_action`."""
        try:
            self._limits.learn()
            self._pacer.take(_ROUTE)
            token = self._session.token()  # after the wait: it may have been a long one
        except BudgetSpent as fault:
            return RateLimited(fault.retry_after)
        except OutOfReach as fault:
            return NotExecuted(fault.message)
        return self._post(Ask("POST", ACTIONS_PATH, form=_form(request, token), read_timeout=self._read_timeout), token)

    def refresh(self) -> None:
        """See to another session than the one refused last. Raises NotSignedIn, OutOfReach."""
        refused = self._refused
        if refused is not None:
            self._session.renew(refused)

    def _post(self, ask: Ask, token: Token) -> Outcome:
        try:
            return self._outcome(self._http.exchange(ask, SendToken(token)), token)
        except ConfigFault:  # of the client, which could not even be made
            raise
        except Again as again:
            return _trouble(again.fault)
        except OutOfReach as fault:
            return _trouble(fault)
        except Exception as fault:
            return Lost(f"the request may have left, and then this went wrong: {type(fault).__name__}")

    def _outcome(self, answer: http.Answer, token: Token) -> Outcome:
        status = answer.status
        if 300 <= status < 400:
            return Lost(refusal(answer, "the action", self._mask).message)
        silence = self._keep_silent(answer) if status == TOO_MANY else None
        if is_web_page(answer.body):
            return Answer(status, web_page=True, retry_after=silence)
        if silence is not None:
            return RateLimited(silence)
        if status in UNAUTHORISED:
            self._refused = token
            return Unauthorized(self._mask(message_of(answer.body) or f"Lengow refused the session ({status})"))
        return Answer(status, _value(answer.body, self._mask))

    def _keep_silent(self, answer: http.Answer) -> float:
        """Every thread and process keeps the silence that Lengow asks for; how long, in seconds."""
        silence = self._session.silence(answer)
        with suppress(LengowctlError, OSError):  # what became of the action matters more than a file
            self._pacer.hold(_ROUTE, silence)
        return silence


def _form(request: Request, token: Token) -> dict[str, str]:
    """As the official clients send it; no argument can stand in for what names the order."""
    return dict(request.arguments) | {
        "account_id": token.account_id,
        "marketplace": request.key.marketplace,
        "marketplace_order_id": request.key.order_id,
        "action_type": request.action,
    }


def _trouble(fault: OutOfReach) -> Outcome:
    return NotExecuted(fault.message) if isinstance(fault, NoConnection) else Lost(fault.message)


def _value(body: bytes, mask: Callable[[str], str]) -> object:
    """The value of a JSON body, its texts fit to be stored and without secrets; None when it is no JSON."""
    try:
        element = read_element(decode(body)[0])
    except Broken:
        return None
    return _masked(storable(element.value), mask)


def _masked(value: object, mask: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, dict):
        return {name: _masked(inner, mask) for name, inner in value.items()}
    return list(map(partial(_masked, mask=mask), value)) if isinstance(value, list) else value
