"""Who does the waiting on the network: jobs go in, what they came to comes back to the one thread that asked."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Crew(Protocol[T]):
    """Carries out jobs. A job never raises: what it came to, good or bad, is its value."""

    def start(self, job: Callable[[], T]) -> None:
        """Carry out a job, now or soon."""
        ...

    def collect(self, patience: float | None = None) -> list[T]:
        """What has been finished, at least one; waits for it, or so many seconds at most. Only when something is under
        way.
        """
        ...

    def close(self) -> None:
        """No more jobs will come. Does not wait."""
        ...


class Threads(Generic[T]):
    """A crew of threads, as many as jobs are under way at once. They do not keep the process alive."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], T] | None] = queue.SimpleQueue()
        self._finished: queue.SimpleQueue[T] = queue.SimpleQueue()
        self._under_way = 0
        self._hands = 0

    def start(self, job: Callable[[], T]) -> None:
        self._under_way += 1
        if self._under_way > self._hands:
            self._hands += 1
            threading.Thread(target=self._work, name=f"outbox-{self._hands}", daemon=True).start()
        self._jobs.put(job)

    def collect(self, patience: float | None = None) -> list[T]:
        found: list[T] = []
        with suppress(queue.Empty):
            found.append(self._finished.get(timeout=patience))
        while not self._finished.empty():
            found.append(self._finished.get())
        self._under_way -= len(found)
        return found

    def close(self) -> None:
        for _ in range(self._hands):
            self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._finished.put(job())
