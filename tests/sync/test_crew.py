"""Workers: in order, no more ahead than asked, errors in their place, and nobody waits for one that hangs."""

from __future__ import annotations

import threading

import pytest

from lengowctl.connectors.base import OrderQuery, Page
from lengowctl.errors import OutOfReach
from lengowctl.sync.crew import each, gather
from lengowctl.sync.window import SECOND, Window

from .source import NOON, Source, spread


def test_each_keeps_the_order_and_no_more_than_the_workers_are_ahead() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        return number * number

    results = each(work, range(100), workers=3)
    assert next(results) == 0
    assert len(begun) <= 3
    assert [0, *results] == [number * number for number in range(100)]


def test_an_error_comes_in_its_place_and_nothing_more_is_begun() -> None:
    begun: list[int] = []

    def work(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise OutOfReach("no")
        return number

    results = each(work, range(50), workers=2)
    assert [next(results), next(results)] == [0, 1]
    with pytest.raises(OutOfReach):
        next(results)
    assert len(begun) <= 5


class Hangs(Source):
    """Lengow wants silence: after the first four, requests sleep until they are woken."""

    def __init__(self) -> None:
        super().__init__(spread(3000))
        self.woken = threading.Event()
        self.asked = 0

    def orders(self, query: OrderQuery) -> Page:
        self.asked += 1
        if self.asked > 4:
            self.woken.wait()
        return super().orders(query)


def test_closing_leaves_a_worker_behind_that_hangs() -> None:
    source = Hangs()

    def look_and_leave() -> None:
        events = gather(source, Window(NOON - 86_400 * 30 * SECOND, NOON).cut(8), workers=4, ready=lambda page: page)
        assert isinstance(next(events), Page)
        events.close()
        results = each(lambda number: number and source.woken.wait(), range(3), workers=3)
        assert next(results) == 0
        results.close()
        left.set()

    left, run = threading.Event(), threading.Thread(target=look_and_leave, daemon=True)
    run.start()
    run.join(60)
    assert left.is_set()
    source.woken.set()
