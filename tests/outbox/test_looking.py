"""Reading actions: complete, about what was asked, by the source's clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from lengowctl.connectors.base import ActionPage, ActionQuery
from lengowctl.errors import BadAnswer, FilterIgnored, OutOfReach
from lengowctl.outbox.looking import Recent, SourceClock, read_actions
from lengowctl.outbox.parts import Finished
from lengowctl.outbox.settings import Pace

from .conftest import accept
from .source import NOON, Source, Time, key


class Backwards:
    """A crew that does what waits from the last job to the first: as unlucky as threads can be."""

    def __init__(self) -> None:
        self._waiting: list[Callable[[], Finished]] = []

    def start(self, job: Callable[[], Finished]) -> None:
        self._waiting.append(job)

    def collect(self, patience: float | None = None) -> list[Finished]:
        waiting, self._waiting = self._waiting, []
        return [job() for job in reversed(waiting)]

    def close(self) -> None:
        assert not self._waiting


def begun(source: Source, time: Time) -> Recent:
    """The recent actions of a source with nine of them, three a page."""
    source.page_size = 3
    for number in range(1, 10):
        source.act(accept(number), "hand")
    recent = Recent(source, SourceClock(time.now, time.monotonic), Pace(), time.monotonic, Backwards)
    recent.begin(key(number) for number in range(1, 31))
    return recent


def test_the_pages_of_a_long_list_are_read_at_the_same_time(source: Source, time: Time) -> None:
    recent = begun(source, time)
    assert ([query.page for query in source.queries], recent.complete) == ([1, 3, 2], True)
    assert [len(recent.of(key(number))) for number in range(1, 10)] == [1] * 9


def test_a_list_that_grew_between_its_pages_is_not_taken_for_whole(source: Source, time: Time) -> None:
    """The new action pushes one from a page that was not read yet to one that was."""
    source.before_read = lambda: len(source.queries) == 2 and source.act(accept(20), "hand") and None
    recent = begun(source, time)
    assert ([query.page for query in source.queries], recent.complete) == ([1, 3, 2, 2, 3, 4, 5], True)
    assert [len(recent.of(key(number))) for number in range(1, 10)] == [1] * 9


def test_a_page_that_cannot_be_read_leaves_no_list(source: Source, time: Time) -> None:
    source.reads_fail = lambda: OutOfReach("no route") if len(source.queries) == 2 else None
    with pytest.raises(OutOfReach, match="no route"):
        begun(source, time)


def test_all_pages_are_read_also_when_new_ones_come_in_between(source: Source) -> None:
    source.page_size = 3
    for _ in range(8):
        source.act(accept(1), "hand")
    source.before_read = lambda: len(source.listed) < 11 and source.act(accept(1), "hand") and None
    assert {action.id for action in read_actions(source, key(1)).actions} >= set(range(1000, 1008))


def test_an_answer_about_another_order_is_refused() -> None:
    class Careless(Source):
        def _meets(self, action: object, query: ActionQuery) -> bool:
            return True

    source = Careless()
    source.act(accept(2), "hand")
    with pytest.raises(FilterIgnored, match="asked for the actions of amazon_fr:N000001, Lengow answered with one of"):
        read_actions(source, key(1))


def test_a_list_with_holes_is_no_list() -> None:
    class Short(Source):
        def actions(self, query: ActionQuery) -> ActionPage:
            page = super().actions(query)
            return ActionPage(page.count and page.count + 1, page.actions, page.served_at)

    source = Short()
    source.act(accept(1), "hand")
    with pytest.raises(BadAnswer, match="comes up short"):
        read_actions(source, key(1))
    assert len(source.queries) == 6


def test_what_one_answer_lists_twice_is_there_once(source: Source) -> None:
    """One answer is a snapshot: its count is reached, and nothing can have slipped by."""

    class Twice(Source):
        def actions(self, query: ActionQuery) -> ActionPage:
            page = super().actions(query)
            return ActionPage(page.count and page.count * 2, page.actions * 2, page.served_at)

    source = Twice()
    source.act(accept(1), "hand")
    assert [action.id for action in read_actions(source, key(1)).actions] == [1000]
    assert len(source.queries) == 1


def test_the_sources_clock_goes_on_by_what_has_passed_here() -> None:
    passed = [100.0]
    clock = SourceClock(lambda: NOON, lambda: passed[0])
    assert (clock.known, clock.now()) == (False, NOON)
    clock.saw(NOON + timedelta(days=400))
    passed[0] += 7.5
    assert (clock.known, clock.now()) == (True, NOON + timedelta(days=400, seconds=7.5))
