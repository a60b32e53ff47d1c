"""Repeats what may be repeated: reads that failed by chance, a few times, with pauses that never march in step."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from lengowctl.errors import OutOfReach

TRIES = 6
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 20.0
_EXTRA_SHARE = 0.1
_EXTRA_FLOOR = 20

_T = TypeVar("_T")


class Again(Exception):
    """An attempt failed in a way that another one may cure; `fault` is what to raise if none does."""

    def __init__(self, fault: OutOfReach) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Retries:
    """The one layer that repeats. `random` gives floats in [0, 1); `rest(seconds, why)` sleeps, at most `patience`.

    Over its life it grants at most a tenth of its calls as extra attempts, and twenty in any case: when a source is
    down, everybody hammering it helps nobody.
    """

    def __init__(
        self, *, random: Callable[[], float], rest: Callable[[float, str], None], patience: float = _LONGEST_PAUSE
    ) -> None:
        self._random = random
        self._rest = rest
        self._patience = patience
        self._mutex = threading.Lock()
        self._calls = 0
        self._extra = 0

    def call(self, attempt: Callable[[], _T]) -> _T:
        """The result of the first attempt that does not raise Again. Raises its fault when there is none."""
        with self._mutex:
            self._calls += 1
        tries = 1
        while True:
            try:
                return attempt()
            except Again as again:
                pause = self._random() * min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (tries - 1))
                if tries == TRIES or pause > self._patience or not self._grant():
                    raise _final(again.fault, tries) from again.fault
                self._rest(pause, again.fault.message)
                tries += 1

    def _grant(self) -> bool:
        with self._mutex:
            granted = self._extra < max(_EXTRA_FLOOR, self._calls * _EXTRA_SHARE)
            self._extra += granted
            return granted


def _final(fault: OutOfReach, tries: int) -> OutOfReach:
    words = f"{fault.message} (tried {tries} times)" if tries > 1 else fault.message
    return type(fault)(words, hint=fault.hint or "nothing was lost; run the command again")
