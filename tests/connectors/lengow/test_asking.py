"""Queries as parameters, and the guard against filters that were ignored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from lengowctl.connectors.base import OrderQuery
from lengowctl.connectors.lengow.asking import check_filters, parameters, without_future
from lengowctl.connectors.lengow.wire import read_page
from lengowctl.errors import FilterIgnored

from ..world import example, page_of

MOVED = datetime(2025, 3, 12, 8, 2, 11, tzinfo=UTC)
PLACED = datetime(2025, 3, 11, 9, 14, 5, tzinfo=UTC)


def test_windows_are_utc_in_whole_seconds_widened_never_cut() -> None:
    local = datetime(2025, 3, 1, 1, 0, 0, 400_000, tzinfo=timezone(timedelta(hours=2)))
    query = OrderQuery(
        updated_from=local,
        updated_to=local,
        ordered_from=MOVED,
        ordered_to=MOVED,
        marketplace="m",
        order_id="o",
        status="s",
    )
    assert parameters(query) == (
        ("updated_from", "2025-02-28T23:00:00Z"),
        ("updated_to", "2025-02-28T23:00:01Z"),
        ("marketplace_order_date_from", "2025-03-12T08:02:11Z"),
        ("marketplace_order_date_to", "2025-03-12T08:02:11Z"),
        ("marketplace", "m"),
        ("marketplace_order_id", "o"),
        ("lengow_status", "s"),
        ("page", "1"),
        ("page_size", "100"),
    )


def test_a_query_that_lengow_would_answer_with_seven_days_is_never_sent() -> None:
    with pytest.raises(ValueError, match="needs a date"):
        parameters(OrderQuery(marketplace="amazon_fr"))


@pytest.mark.parametrize(
    "query",
    [
        {"updated_from": MOVED, "updated_to": MOVED},
        {"updated_from": MOVED + timedelta(seconds=1)},
        {"updated_to": MOVED - timedelta(microseconds=1)},
        {"ordered_from": PLACED, "ordered_to": PLACED},
        {"updated_from": MOVED, "marketplace": "Amazon_FR"},
        {"order_id": "403-1180092-5527741", "marketplace": "an_old_code"},
    ],
)
def test_an_answer_to_the_query_passes(query: dict[str, Any]) -> None:
    check_filters(OrderQuery(**query), read_page(page_of(example())))


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        ({"updated_from": MOVED + timedelta(seconds=3)}, "that was updated outside the time that was asked for"),
        ({"updated_to": MOVED - timedelta(seconds=3)}, "that was updated outside the time that was asked for"),
        ({"ordered_from": PLACED + timedelta(hours=1)}, "that was placed outside the time that was asked for"),
        ({"ordered_to": PLACED - timedelta(hours=1)}, "that was placed outside the time that was asked for"),
        ({"updated_from": MOVED, "marketplace": "fnac"}, "of another marketplace"),
        ({"order_id": "1"}, "of another number"),
    ],
)
def test_a_row_that_was_not_asked_for_means_that_the_filter_was_ignored(query: dict[str, Any], complaint: str) -> None:
    with pytest.raises(FilterIgnored, match=complaint):
        check_filters(OrderQuery(**query), read_page(page_of(example())))


def test_an_unreadable_row_outside_the_window_counts_too() -> None:
    page = read_page(page_of(example() | {"packages": 5}))
    with pytest.raises(FilterIgnored):
        check_filters(OrderQuery(updated_from=MOVED + timedelta(days=1)), page)


def test_a_row_without_its_own_time_is_not_held_against_the_filter() -> None:
    page = read_page(page_of(example() | {"updated_at": None, "marketplace_order_date": None}))
    since = MOVED + timedelta(days=1)
    check_filters(OrderQuery(updated_from=since, ordered_from=since), page)


def test_one_stray_row_among_many_is_set_aside_and_its_neighbours_are_kept() -> None:
    """Its own date is garbled; an ignored filter would have brought more of them."""
    stray = example() | {"updated_at": "1970-01-01T00:00:00Z", "marketplace_order_id": "stray"}
    good = [example() | {"marketplace_order_id": f"good-{n}"} for n in range(3)]
    page = check_filters(OrderQuery(updated_from=MOVED), read_page(page_of(*good[:2], stray, good[2])))
    assert [reading.order.order_id for reading in page.readings] == ["good-0", "good-1", "good-2"]
    ((item,), count) = (page.unreadable, page.count)
    assert (item.marketplace, item.order_id, count) == ("amazon_fr", "stray", 4)
    assert item.reason == "Lengow listed it as an order that was updated outside the time that was asked for"
    with pytest.raises(FilterIgnored):
        check_filters(OrderQuery(updated_from=MOVED), read_page(page_of(good[0], stray)))


def test_a_row_alone_that_was_asked_for_alone_stops_nothing() -> None:
    """Only the total is wanted of it: the one row that comes along may be the one that makes no sense."""
    page = read_page(page_of(example() | {"updated_at": "1970-01-01T00:00:00Z"}))
    counted = check_filters(OrderQuery(updated_from=MOVED, page_size=1), page)
    assert (counted.count, counted.readings) == (page.count, ())


def test_an_order_from_the_future_is_set_aside_because_it_would_outlast_every_true_version() -> None:
    good = [example() | {"marketplace_order_id": f"good-{n}"} for n in range(3)]
    later = example() | {"marketplace_order_id": "later", "updated_at": (MOVED + timedelta(days=3)).isoformat()}
    absurd = example() | {"marketplace_order_id": "absurd", "updated_at": "9999-12-31T23:59:59Z"}

    def kept(*orders: dict[str, Any]) -> list[str]:
        page = without_future(read_page(page_of(*orders)), MOVED)
        assert len(page.readings) + len(page.unreadable) == len(orders)
        return [reading.order.order_id for reading in page.readings]

    assert kept(*good, later) == ["good-0", "good-1", "good-2"]
    assert kept(absurd) == []
    assert kept(later, absurd) == ["later"]  # the answer's own date may be wrong by days
    assert kept(*good) == ["good-0", "good-1", "good-2"]
