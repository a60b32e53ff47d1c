"""Requests in the name of a signed-in account: at the pace that Lengow allows, with a session that is renewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from lengowctl.connectors.http import Answer, Ask, Http, read_http_date
from lengowctl.connectors.lengow.answers import TOO_MANY, UNAUTHORISED, error_of, judge, message_of, refusal
from lengowctl.connectors.lengow.auth import SendToken, Token, Tokens, read_token
from lengowctl.connectors.pacing import Pacer
from lengowctl.connectors.quota import route_of
from lengowctl.connectors.redact import Masks
from lengowctl.connectors.retry import Again, Retries
from lengowctl.connectors.secret import Keys
from lengowctl.errors import BadAnswer, LengowctlError, NotSignedIn

_TOKEN_PATH = "/access/get_token"  # noqa: S105  a path
_OF_AN_ACCOUNT = "/v3.0/"
#: Ours, one that another process made and that may have run out too, and one that we make.
_SESSIONS = 4
_SHORTEST_SILENCE = 1.0
_USUAL_SILENCE = 10.0
_LONGEST_DOUBLING = 60.0
_NEW_KEYS = "new keys made in Lengow end the old ones at once"


class Session:
    """One account over one origin, for several threads. `keys` is asked once, when first needed."""

    def __init__(
        self,
        origin: str,
        keys: Callable[[], Keys],
        folder: Path | None,
        *,
        http: Http,
        pacer: Pacer,
        retries: Retries,
        masks: Masks,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._keys = keys
        self._http = http
        self._pacer = pacer
        self._retries = retries
        self._masks = masks
        self._now = now
        self._tokens = Tokens(
            origin, self._hidden_keys, folder, fetch=self._fetch_token, now=now, monotonic=monotonic, sleep=sleep
        )

    def account_id(self) -> str:
        """Whose session this is; without a request when a stored one is good. Raises NotSignedIn, OutOfReach."""
        return self._tokens.current().account_id

    def token(self) -> Token:
        """A session that should be good. Raises NotSignedIn, OutOfReach."""
        token = self._tokens.current()
        self._masks.hide(token.token)
        return token

    def renew(self, refused: Token) -> None:
        """See to another session than the refused one; nothing is asked for when another one is at hand."""
        self._masks.hide(self._tokens.renew(refused).token)

    def get(self, what: str, path: str, params: tuple[tuple[str, str], ...] = ()) -> Answer:
        """Ask once, whatever the answer; a refused session is renewed and the question put again.

        Raises Again, OutOfReach, BudgetSpent, NotSignedIn, or Refused when a new session is refused as well.
        """
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
            silence = max(self.silence(answer), doubling)
            doubling = min(doubling * 2, _LONGEST_DOUBLING)
            self._pacer.hold(route, silence)
            waited += silence
            self._pacer.check(waited, "Lengow takes no more requests for now")

    def silence(self, answer: Answer) -> float:
        """How long Lengow wants to hear nothing; at least a second, also where it says 0."""
        stated = answer.headers.get("retry-after", "").strip()
        if stated.isascii() and stated.isdigit():
            return max(float(stated[:9]), _SHORTEST_SILENCE)
        until = read_http_date(stated)
        wait = (until - (answer.date() or self._now())) / timedelta(seconds=1) if until else _USUAL_SILENCE
        return max(wait, _SHORTEST_SILENCE)

    def _not_allowed(self, answer: Answer, what: str) -> LengowctlError:
        if answer.status == 401:
            said = self._masks.mask(message_of(answer.body) or "no reason given")
            words = f"{what}: Lengow does not accept a session it has just made: {said}"
            return NotSignedIn(words, hint=f"check that the keys are current; {_NEW_KEYS}")
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
            hint = f"check the access token and the secret; {_NEW_KEYS}"
            raise NotSignedIn(f"Lengow does not accept these keys: {said}", hint=hint)
        judge(answer, "sign in", self._masks.mask)
        given = error_of(answer.body)
        token = read_token(given.get("token"), given.get("account_id"), self._now()) if given else None
        if token is None:
            raise Again(BadAnswer("Lengow's answer to the keys holds no session"))
        return token
