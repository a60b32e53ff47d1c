"""When the next round is due: counted from the start of the last one, later while the source is in trouble."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

#: However long the trouble lasts, it is looked at again after this.
LONGEST = 1800.0
#: A round that took longer than the interval is followed by a breath, not by the next one at once.
BREATH = 1.0


class Pace:
    """The pace of rounds that begin `interval` seconds after each other.

    `monotonic` measures, so that a clock that is set wrong neither stops nor hurries the rounds; but it stands still
    while a laptop sleeps, so time that has passed on the clock of the wall (`now`) counts too.
    """

    def __init__(self, interval: float, *, monotonic: Callable[[], float], now: Callable[[], datetime]) -> None:
        self._interval = interval
        self._monotonic = monotonic
        self._now = now
        self._troubles = 0
        self._pause = interval
        self.begin()

    def begin(self) -> None:
        """A round begins now."""
        self._began = self._monotonic(), self._now()

    def done(self) -> None:
        """It came to its end."""
        self._troubles = 0
        self._pause = max(self._interval, self._passed() + BREATH)

    def failed(self, retry_after: float | None = None) -> None:
        """It did not: each further one waits twice as long, and never less than the source asked for."""
        self._troubles += 1
        longest = max(self._interval, LONGEST)
        pause = min(self._interval * 2 ** min(self._troubles - 1, 20), longest)
        self._pause = max(pause, self._passed() + max(BREATH, retry_after or 0.0))

    def left(self) -> float:
        """Seconds until the next round; never negative."""
        return max(self._pause - self._passed(), 0.0)

    def _passed(self) -> float:
        monotonic, wall = self._began
        return max(self._monotonic() - monotonic, (self._now() - wall).total_seconds())
