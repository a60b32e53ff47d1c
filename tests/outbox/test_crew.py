"""Threads that do the waiting."""

from __future__ import annotations

import threading

from lengowctl.outbox.crew import Threads


def test_every_job_comes_back_and_no_more_threads_are_made_than_were_needed() -> None:
    crew: Threads[int] = Threads()
    begun = threading.active_count()
    found: list[int] = []
    for number in range(20):
        crew.start(lambda number=number: number)  # type: ignore[misc]
        found += crew.collect()
    assert (found, threading.active_count() - begun) == (list(range(20)), 1)
    crew.close()


def test_jobs_run_at_the_same_time() -> None:
    crew: Threads[int] = Threads()
    together = threading.Barrier(4, timeout=60)
    for _ in range(4):
        crew.start(together.wait)
    found: list[int] = []
    while len(found) < 4:
        found += crew.collect()
    assert sorted(found) == [0, 1, 2, 3]
    crew.close()
