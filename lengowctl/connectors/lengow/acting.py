"""Sends actions to Lengow. There is no idempotency key, so each request leaves once and is never repeated here.

From the moment a request may have left, nothing raises. Whatever is neither a whole answer nor proof that no byte left
is `Lost`; the caller finds out by reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

from lengowctl.connectors import http
from lengowctl.connectors.faults import never_left
from lengowctl.connectors.http import Ask, Http
from lengowctl.connectors.lengow.answers import TOO_MANY, UNAUTHORISED, is_web_page, refusal
from lengowctl.connectors.lengow.auth import SendToken, Token
from lengowctl.connectors.lengow.limits import Limits
from lengowctl.connectors.lengow.scan import Broken, read_element
from lengowctl.connectors.lengow.session import Session
from lengowctl.connectors.lengow.values import storable
from lengowctl.connectors.lengow.wire import decode
from lengowctl.connectors.pacing import Pacer
from lengowctl.connectors.quota import route_of
from lengowctl.connectors.retry import Again
from lengowctl.connectors.secret import Secret
from lengowctl.errors import BudgetSpent, LengowctlError, OutOfReach, UsageFault
from lengowctl.orders.outcome import Answer, Lost, NotExecuted, Outcome, RateLimited, Unauthorized, message_of
from lengowctl.orders.request import Request

ACTIONS_PATH = "/v3.0/orders/actions/"
_ROUTE = route_of("POST", ACTIONS_PATH)
#: A longer wait for the request limit is handed back as `RateLimited`: who sends in bulk can be stopped meanwhile, and
#: has nothing under way that a crash would leave in doubt.
_LONGEST_WAIT = 2.0


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
        self._refused: set[Secret] = set()

    def send(self, request: Request) -> Outcome:
        """Send once and tell what came of it; see `ActionConnector.send_action`."""
        try:
            self._limits.learn()
            token = self._session.token()
        except BudgetSpent as fault:
            return RateLimited(fault.retry_after, left=False)
        except OutOfReach as fault:
            return NotExecuted(fault.message)
        form = _form(request, token)
        self._http.ready()
        wait = self._pacer.admit(_ROUTE, _LONGEST_WAIT)
        return RateLimited(wait, left=False) if wait else self._post(form, token)

    def refresh(self) -> None:
        """See to another session than any that was refused. Raises NotSignedIn, OutOfReach."""
        if self._refused:
            present = self._session.token()
            if present.token in self._refused:
                self._session.renew(present)

    def _post(self, form: Mapping[str, str], token: Token) -> Outcome:
        ask = Ask("POST", ACTIONS_PATH, form=form, read_timeout=self._read_timeout)
        try:
            return self._outcome(self._http.exchange(ask, SendToken(token)), token)
        except (Again, OutOfReach) as fault:
            words = str(fault)
            return NotExecuted(words) if never_left(fault.__cause__) else Lost(words)
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
        value = _value(answer.body, self._mask)
        if status in UNAUTHORISED:
            self._refused.add(token.token)
            return Unauthorized(message_of(value) or f"Lengow refused the session ({status})")
        return Answer(status, value)

    def _keep_silent(self, answer: http.Answer) -> float:
        """Every thread and process keeps the silence that Lengow asks for; how long, in seconds."""
        silence = self._session.silence(answer)
        with suppress(LengowctlError, OSError):  # what became of the action matters more than a file
            self._pacer.hold(_ROUTE, silence)
        return silence


def _form(request: Request, token: Token) -> dict[str, str]:
    """As the official clients send it; no argument can stand in for what names the order. Raises UsageFault for what
    cannot be sent at all.
    """
    form = dict(request.arguments) | {
        "account_id": token.account_id,
        "marketplace": request.key.marketplace,
        "marketplace_order_id": request.key.order_id,
        "action_type": request.action,
    }
    try:
        "".join((*form, *form.values())).encode()
    except UnicodeEncodeError:
        raise UsageFault("the request holds characters that cannot be sent") from None
    return form


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
