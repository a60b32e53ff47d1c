"""Keeps to the source's request limit, together with every other thread and process of the same profile.

`pacing.json` holds the moments of the last requests, what the source last said of its limits, and until when it
asked for silence. It is shared through the kernel's lock; anything unreadable in it counts as nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from lengowctl.connectors.base import RouteBudget
from lengowctl.connectors.quota import FILE, Quotas, milliseconds, read_quotas, write_quotas
from lengowctl.connectors.statefile import held, read_all, rewrite
from lengowctl.errors import BudgetSpent
from lengowctl.orders.moment import utc_text

_FAR = 366 * 86_400
_REACHED = "Lengow's request limit is reached"


def words_of(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h 20 min`: a wait as people say it, rounded up."""
    whole = -int(-seconds // 1)
    if whole < 120:
        return f"{whole} s"
    hours, minutes = divmod(-(-whole // 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


class Pacer:
    """Lets requests go as the limit allows. A route is named by `quota.route_of`. `folder` None: nothing is shared."""

    def __init__(
        self,
        folder: Path | None,
        origin: str,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        patience: float,
        on_wait: Callable[[float, str], None] | None = None,
    ) -> None:
        self._path = folder / FILE if folder else None
        self._origin = origin
        self._now = now
        self._sleep = sleep
        self._patience = patience
        self._on_wait = on_wait
        self._mutex = threading.Lock()
        self._memory = b""
        self._last: tuple[bytes, Quotas] | None = None

    def take(self, route: str) -> None:
        """Wait until a request may go, and count it. Raises BudgetSpent when that takes longer than our patience."""
        while (seconds := self._try(route)) > 0:
            self.wait(seconds, _REACHED)

    def admit(self, route: str, at_most: float) -> float:
        """Wait until a request may go, at most so many seconds, and count it: 0.0. Or how many seconds too early it
        still is; then nothing is counted.
        """
        waited = 0.0
        while (seconds := self._try(route)) > 0 and waited + seconds <= at_most:
            self.rest(seconds, _REACHED)
            waited += seconds
        return seconds

    def wait(self, seconds: float, why: str) -> None:
        """Rest until the source takes requests. Raises BudgetSpent beyond our patience."""
        self.check(seconds, why)
        self.rest(seconds, why)

    def check(self, seconds: float, why: str) -> None:
        """Raises BudgetSpent, naming the time, when a wait is longer than our patience."""
        if seconds > self._patience:
            seconds = min(seconds, _FAR)
            until = self._now() + timedelta(seconds=seconds)
            raise BudgetSpent(
                f"{why}; requests are taken again at {utc_text(until)}, in {words_of(seconds)}",
                hint="nothing was lost; run the command again then",
                retry_after=seconds,
            )

    def rest(self, seconds: float, why: str) -> None:
        """Sleep, telling who waits when it is a second or more."""
        if self._on_wait and seconds >= 1:
            self._on_wait(seconds, why)
        self._sleep(seconds)

    def hold(self, route: str, seconds: float) -> None:
        """The source asked for silence on a route: every thread and process keeps it."""
        with self._quotas() as quotas:
            quotas.route(route).hold(self._ms(), min(seconds, _FAR))

    def note(self, budgets: tuple[RouteBudget, ...], asked: datetime) -> None:
        """Keep what the source says of its limits since we `asked`, and keep to it."""
        with self._quotas() as quotas:
            quotas.note(budgets, asked, self._now())

    def _try(self, route: str) -> float:
        with self._quotas() as quotas:
            return quotas.route(route).try_one(self._ms())

    def _ms(self) -> int:
        return milliseconds(self._now())

    @contextmanager
    def _quotas(self) -> Iterator[Quotas]:
        with self._mutex:
            if self._path is None:
                quotas = self._understood(self._memory)
                yield quotas
                self._memory = self._spelled(quotas)
                return
            with held(self._path) as handle:
                found = read_all(handle)
                quotas = self._understood(found)
                yield quotas
                content = self._spelled(quotas)
                if content != found:
                    rewrite(handle, content)

    def _understood(self, content: bytes) -> Quotas:
        """What is remembered; known without reading it when nobody has changed it since we wrote it."""
        last, self._last = self._last, None
        return last[1] if last and last[0] == content else read_quotas(content, self._origin)

    def _spelled(self, quotas: Quotas) -> bytes:
        content = write_quotas(quotas)
        self._last = content, quotas
        return content
