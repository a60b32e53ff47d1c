"""Several windows read at once, one writer.

Windows are independent of each other, so they are what may be read concurrently; the pages of one window never
are. The workers only read; everything comes back to the one thread that asked, oldest window first, through a
short queue, so that memory stays flat however fast the source is.

A run that is stopped does not wait for a worker that sleeps out a request limit or hangs on the network: workers
are daemon threads. They are given a moment to end, then left behind; what they still bring is not looked at.
"""

from __future__ import annotations

import heapq
import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from lengowctl.connectors.base import Connector, Page
from lengowctl.sync.window import Cut, Outcome, Proved, Unproved, Window, read_window

_LOOK_UP = 0.1
"""Seconds after which a worker with a full queue looks whether the run was stopped."""
_FAREWELL = 1.0
"""Seconds that all workers together are given to end."""

_Item = TypeVar("_Item")
_Ready = TypeVar("_Ready")
_Result = TypeVar("_Result")


class _StoppedError(Exception):
    """The run ended while this worker was at it."""


class Crew:
    """The workers of one run, as daemon threads. On leaving the block they get a moment to end."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self, work: Callable[..., None], *arguments: object) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, args=arguments, name="reader", daemon=True)
        thread.start()
        self._threads.append(thread)  # only now: one whose start was interrupted cannot be waited for

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for thread in self._threads:
            thread.join(_FAREWELL / len(self._threads))


def gather(
    connector: Connector,
    windows: Iterable[Window],
    *,
    workers: int,
    ready: Callable[[Page], _Ready],
    marketplaces: Sequence[str] = (),
) -> Generator[_Ready | Outcome, None, None]:
    """Yield every page of the windows as it comes, made `ready` on its reader's thread, and each window's outcome
    after its pages.

    A window that was cut is followed by its parts. An error in one worker stops all and is raised here; so does
    closing the generator. Nothing is yielded twice but the rows that overlap.
    """
    pending = list(windows)
    heapq.heapify(pending)
    inbox: queue.Queue[_Ready | Outcome | Exception] = queue.Queue(maxsize=workers)
    active = 0
    with Crew() as crew:
        while pending or active:
            while pending and active < workers:
                crew.start(_read, connector, heapq.heappop(pending), ready, inbox, crew.stop, marketplaces)
                active += 1
            event = inbox.get()
            if isinstance(event, Exception):
                raise event
            if isinstance(event, Proved | Cut | Unproved):
                active -= 1
            if isinstance(event, Cut):
                for part in event.into:
                    heapq.heappush(pending, part)
            yield event


def _read(
    connector: Connector,
    window: Window,
    ready: Callable[[Page], _Ready],
    inbox: queue.Queue[_Ready | Outcome | Exception],
    stop: threading.Event,
    marketplaces: Sequence[str],
) -> None:
    def hand_on(event: _Ready | Outcome | Exception) -> None:
        while not stop.is_set():
            try:
                return inbox.put(event, timeout=_LOOK_UP)
            except queue.Full:
                continue
        raise _StoppedError

    try:
        hand_on(read_window(connector, window, lambda page: hand_on(ready(page)), marketplaces))
    except _StoppedError:
        return
    except Exception as fault:  # whatever it is, the writer must hear of it, or it would wait for ever
        try:
            hand_on(fault)
        except _StoppedError:
            return


def each(work: Callable[[_Item], _Result], items: Iterable[_Item], *, workers: int) -> Generator[_Result, None, None]:
    """Yield `work(item)` for every item, in their order, with `workers` at once and no more than that ahead.

    An error of one is raised in its place, and nothing more is begun.
    """
    ahead: deque[Future[_Result]] = deque()
    with Crew() as crew:
        for item in items:
            future: Future[_Result] = Future()
            crew.start(_do, work, item, future)
            ahead.append(future)
            if len(ahead) == workers:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _do(work: Callable[[_Item], _Result], item: _Item, future: Future[_Result]) -> None:
    try:
        future.set_result(work(item))
    except Exception as fault:  # raised again where the result is asked for
        future.set_exception(fault)
