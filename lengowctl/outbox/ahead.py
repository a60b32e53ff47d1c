"""What is claimed and has not left yet. Some are claimed ahead, so that no free hand has to wait for a commit."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from lengowctl.store.intent import Intent


class Ahead:
    """First in, first out. What waits longer than `holds` seconds does not leave on the strength of an old look."""

    def __init__(self, monotonic: Callable[[], float], holds: float) -> None:
        self._monotonic = monotonic
        self._holds = holds
        self._claimed: deque[tuple[Intent, float]] = deque()

    def __len__(self) -> int:
        return len(self._claimed)

    @property
    def intents(self) -> list[Intent]:
        return [intent for intent, _ in self._claimed]

    def add(self, claimed: Iterable[Intent]) -> None:
        at = self._monotonic()
        self._claimed.extend((intent, at) for intent in claimed)

    def next(self) -> Intent | None:
        """The next one that may leave; None when there is none, or it has waited too long."""
        return None if not self._claimed or self.is_stale else self._claimed.popleft()[0]

    @property
    def is_stale(self) -> bool:
        """Whether the oldest has waited too long."""
        return bool(self._claimed) and self._monotonic() - self._claimed[0][1] > self._holds

    def give_back(self, *, all_of_them: bool) -> list[Intent]:
        """Those that do not leave, oldest first: all, or those that have waited too long."""
        back: list[Intent] = []
        while self._claimed and (all_of_them or self.is_stale):
            back.append(self._claimed.popleft()[0])
        return back
