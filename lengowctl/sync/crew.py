"""Several windows read at once, one writer.

Windows are independent of each other, so they are what may be read concurrently; the pages of one window never
are. The workers only read; everything comes back to the one thread that asked, oldest window first, through a
short queue, so that memory stays flat however fast the source is.
"""

from __future__ import annotations

import heapq
import queue
import threading
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from lengowctl.connectors.base import Connector, Page
from lengowctl.sync.window import Cut, Outcome, Window, read_window

_LOOK_UP = 0.1
"""Seconds after which a worker with a full queue looks whether the run was stopped."""


class _StoppedError(Exception):
    """The run ended while this worker was at it."""


def gather(
    connector: Connector, windows: Iterable[Window], *, workers: int, marketplaces: Sequence[str] = ()
) -> Generator[Page | Outcome, None, None]:
    """Yield every page of the windows as it comes, and each window's outcome after its pages.

    A window that was cut is followed by its parts. An error in one worker stops all and is raised here; so does
    closing the generator. Nothing is yielded twice but the rows that overlap.
    """
    pending = list(windows)
    heapq.heapify(pending)
    inbox: queue.Queue[Page | Outcome | Exception] = queue.Queue(maxsize=workers)
    stop = threading.Event()
    with ThreadPoolExecutor(workers, thread_name_prefix="window") as pool:
        active = 0
        try:
            while pending or active:
                while pending and active < workers:
                    pool.submit(_work, connector, heapq.heappop(pending), inbox, stop, marketplaces)
                    active += 1
                event = inbox.get()
                if isinstance(event, Exception):
                    raise event
                if not isinstance(event, Page):
                    active -= 1
                if isinstance(event, Cut):
                    for part in event.into:
                        heapq.heappush(pending, part)
                yield event
        finally:
            stop.set()


def _work(
    connector: Connector,
    window: Window,
    inbox: queue.Queue[Page | Outcome | Exception],
    stop: threading.Event,
    marketplaces: Sequence[str],
) -> None:
    def hand_on(event: Page | Outcome | Exception) -> None:
        while not stop.is_set():
            try:
                return inbox.put(event, timeout=_LOOK_UP)
            except queue.Full:
                continue
        raise _StoppedError

    try:
        hand_on(read_window(connector, window, hand_on, marketplaces))
    except _StoppedError:
        return
    except Exception as fault:  # whatever it is, the writer must hear of it, or it would wait for ever
        try:
            hand_on(fault)
        except _StoppedError:
            return
