"""Lengow's own word on its request limits: asked for once a run, and only when there is much to do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from lengowctl.connectors.base import RouteBudget
from lengowctl.connectors.lengow.answers import judge, understood
from lengowctl.connectors.lengow.catalog import read_limits
from lengowctl.connectors.lengow.session import Session
from lengowctl.connectors.pacing import Pacer
from lengowctl.connectors.retry import Again
from lengowctl.errors import LengowctlError

_PATH = "/rate-limits"
#: From so many requests, or orders ahead, it pays to ask.
_MANY_REQUESTS = 20
_MANY_ORDERS = 1000


class Limits:
    """What is asked is handed to the pacer, which keeps to it."""

    def __init__(
        self, session: Session, pacer: Pacer, *, now: Callable[[], datetime], mask: Callable[[str], str]
    ) -> None:
        self._session = session
        self._pacer = pacer
        self._now = now
        self._mask = mask
        self._mutex = threading.Lock()
        self._requests = 0
        self._asked = False

    def ask(self) -> tuple[RouteBudget, ...]:
        """The limits as Lengow states them now. Raises Again, or as `orders`."""
        asked = self._now()
        answer = self._session.get("request limits", _PATH)
        judge(answer, "request limits", self._mask)
        limits = understood(read_limits, answer.body)
        self._pacer.note(limits, asked)
        return limits

    def learn(self, orders_ahead: int = 0) -> None:
        """Count a request, and ask when there is enough to do that the limits matter. Doing without is no fault."""
        with self._mutex:
            self._requests += 1
            if self._asked or (self._requests < _MANY_REQUESTS and orders_ahead < _MANY_ORDERS):
                return
            self._asked = True
        with suppress(Again, LengowctlError):
            self.ask()
