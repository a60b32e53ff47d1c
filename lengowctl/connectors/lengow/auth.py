"""The session token: fetched rarely, shared by every thread and process of a profile, never shown.

Lengow's token lasts an hour; it is reused for 3000 seconds, as the official clients do, because asking for one
before each call gets a login blocked. `token.json` says for which origin, keys and account it is good.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from lengowctl.connectors.secret import Keys, Secret
from lengowctl.connectors.statefile import held_within, read_private, write_private
from lengowctl.orders.moment import read_instant

LIFETIME = timedelta(seconds=3000)
_SKEW = timedelta(minutes=5)
_FILE = "token.json"
_LOCK = "token.lock"
#: A process that fetches a token needs seconds; one that was frozen while it did must not stop the others.
_LOCK_SECONDS = 60.0
_TOKEN = re.compile(r"[\x21-\x7e]{8,512}")
_ACCOUNT = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Token:
    """A session: whose it is and since when. `serial` counts those that this process fetched; 0: another did."""

    token: Secret
    account_id: str
    fetched_at: datetime
    serial: int = field(default=0, compare=False)


class SendToken(httpx.Auth):
    """Puts the token into the `Authorization` header as Lengow wants it: raw, without `Bearer`."""

    def __init__(self, token: Token) -> None:
        self._token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = self._token.token.reveal()
        yield request


def read_token(token: object, account: object, fetched_at: datetime) -> Token | None:
    """A token as Lengow or our file gives it, or None when it cannot be one."""
    account_id = str(account) if isinstance(account, int | str) and not isinstance(account, bool) else ""
    if not isinstance(token, str) or not _TOKEN.fullmatch(token) or not _ACCOUNT.fullmatch(account_id):
        return None
    return Token(Secret(token), account_id, fetched_at)


class Tokens:
    """Hands out the token in force. `fetch` asks Lengow for a new one; `folder` None keeps it in memory alone."""

    def __init__(
        self,
        origin: str,
        keys: Callable[[], Keys],
        folder: Path | None,
        *,
        fetch: Callable[[Keys], Token],
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._origin = origin
        self._ask_keys = keys
        self._folder = folder
        self._fetch = fetch
        self._now = now
        self._monotonic = monotonic
        self._sleep = sleep
        self._mutex = threading.Lock()
        self._keys: Keys | None = None
        self._token: Token | None = None
        self.fetched = 0
        """How many sessions this process has asked for."""

    def current(self) -> Token:
        """A token that should be good, fetched only when none is at hand. Raises what `fetch` and `keys` raise."""
        token = self._token
        return token if token and self._is_young(token) else self._renew(None)

    def renew(self, refused: Token) -> Token:
        """Another token than the refused one: what another thread or process fetched meanwhile, else a new one."""
        return self._renew(refused)

    def _renew(self, refused: Token | None) -> Token:
        with self._mutex:
            token = self._token
            if token is None or not self._is_good(token, refused):
                self._keys = self._keys or self._ask_keys()
                self._token = token = self._shared(self._keys, refused)
            return token

    def _shared(self, keys: Keys, refused: Token | None) -> Token:
        if self._folder is None:
            return self._new(keys)
        stored = self._load(self._folder, keys)
        if stored and self._is_good(stored, refused):
            return stored
        lock = self._folder / _LOCK
        with held_within(lock, _LOCK_SECONDS, monotonic=self._monotonic, sleep=self._sleep):
            stored = self._load(self._folder, keys)
            if stored and self._is_good(stored, refused):
                return stored
            token = self._new(keys)
            self._save(self._folder, keys, token)
            return token

    def _new(self, keys: Keys) -> Token:
        token = replace(self._fetch(keys), serial=self.fetched + 1)
        self.fetched += 1
        return token

    def _is_good(self, token: Token, refused: Token | None) -> bool:
        return self._is_young(token) and (refused is None or token.token != refused.token)

    def _is_young(self, token: Token) -> bool:
        return -_SKEW < self._now() - token.fetched_at < LIFETIME

    def _load(self, folder: Path, keys: Keys) -> Token | None:
        """The stored token if it is for this origin and these keys. A file that makes no sense is no token."""
        content = read_private(folder / _FILE)
        try:
            stored = json.loads(content or b"")
            if (stored["origin"], stored["keys"]) != (self._origin, _fingerprint(keys)):
                return None
            return read_token(stored["token"], stored["account_id"], read_instant(stored["fetched_at"]))
        except (ValueError, TypeError, KeyError, RecursionError):
            return None

    def _save(self, folder: Path, keys: Keys, token: Token) -> None:
        content = {
            "origin": self._origin,
            "keys": _fingerprint(keys),
            "account_id": token.account_id,
            "token": token.token.reveal(),
            "fetched_at": token.fetched_at.isoformat(),
        }
        write_private(folder / _FILE, json.dumps(content).encode("ascii"))


def _fingerprint(keys: Keys) -> str:
    return keys.access_token.fingerprint()
