"""Reading actions: complete, about what was asked, by the source's clock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lengowctl.connectors.base import ActionPage, ActionQuery
from lengowctl.errors import BadAnswer, FilterIgnored
from lengowctl.outbox.looking import SourceClock, read_actions

from .conftest import accept
from .source import NOON, Source, key


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


def test_the_sources_clock_goes_on_by_what_has_passed_here() -> None:
    passed = [100.0]
    clock = SourceClock(lambda: NOON, lambda: passed[0])
    assert (clock.known, clock.now()) == (False, NOON)
    clock.saw(NOON + timedelta(days=400))
    passed[0] += 7.5
    assert (clock.known, clock.now()) == (True, NOON + timedelta(days=400, seconds=7.5))
