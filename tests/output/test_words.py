"""Times in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lengowctl.output.words import ago, brief_times, due, local, long_time, short_time, span, stored_times, urgency

from .samples import NOW, PARIS, at


@pytest.mark.parametrize(
    ("moment", "short", "brief", "long"),
    [
        ("2026-11-21T13:05", "21 Nov 14:05", "21 Nov", "Sat 21 Nov 14:05"),
        ("2026-11-23T08:00", "23 Nov 09:00", "09:00", "Mon 23 Nov 09:00"),
        ("2026-07-01T08:00", " 1 Jul 10:00", " 1 Jul", "Wed 1 Jul 10:00"),
        ("2025-12-31T23:30", " 1 Jan 00:30", " 1 Jan", "Thu 1 Jan 00:30"),
        ("2025-11-03T08:00", " 3 Nov 2025", "Nov 2025", "Mon 3 Nov 2025 09:00"),
    ],
)
def test_times_are_on_the_readers_clock(moment: str, short: str, brief: str, long: str) -> None:
    assert short_time(at(moment), NOW, PARIS) == short
    assert brief_times(NOW, PARIS)(at(moment)) == brief
    assert long_time(at(moment), NOW, PARIS) == long


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=59), "0 min"), (timedelta(minutes=59), "59 min"), (timedelta(minutes=60), "1 h"),
        (timedelta(hours=47, minutes=59), "47 h"), (timedelta(hours=48), "2 d"), (-timedelta(days=400), "400 d"),
    ],
)  # fmt: skip
def test_a_length_is_one_number(length: timedelta, words: str) -> None:
    assert span(length) == words


def test_a_due_date_says_how_long_or_how_late_and_its_colour_follows() -> None:
    told = {
        hours: (due(NOW + timedelta(hours=hours), NOW), urgency(NOW + timedelta(hours=hours), NOW))
        for hours in (-2, 0, 5, 24, 100)
    }
    assert told == {
        -2: ("2 h late", "bold red"),
        0: ("now", "bold red"),
        5: ("in 5 h", "yellow"),
        24: ("in 24 h", "yellow"),
        100: ("in 4 d", ""),
    }


def test_an_age_is_never_in_the_future() -> None:
    assert [ago(NOW - timedelta(seconds=seconds), NOW) for seconds in (-90, 0, 59, 60, 7200)] == [
        "just now", "just now", "just now", "1 min ago", "2 h ago",
    ]  # fmt: skip


def test_what_is_no_time_is_shown_as_it_is() -> None:
    worded = stored_times(lambda moment: short_time(moment, NOW, PARIS))
    assert [worded(text) for text in ("2026-11-21T13:05:00Z", "soon", "")] == ["21 Nov 14:05", "soon", ""]


def test_the_edges_of_the_calendar_are_shown_in_utc() -> None:
    edge = datetime(9999, 12, 31, 23, 30, tzinfo=UTC)
    assert local(edge, PARIS) == edge
    assert short_time(edge, NOW, PARIS) == "31 Dec 9999"
