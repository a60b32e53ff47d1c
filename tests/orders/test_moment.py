"""Instants: what is read, what is written, and what a user may type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.orders.moment import from_micros, micros, read_date, read_instant, read_span, utc_text

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)
"""A Wednesday, 23:30 in Paris."""
INSTANTS = st.datetimes(timezones=st.just(UTC))


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-23T08:00:00Z", utc(2026, 11, 23, 8)),
        ("2026-11-23T08:00:00+01:00", utc(2026, 11, 23, 7)),
        ("2026-11-23T08:00:00", utc(2026, 11, 23, 8)),
        ("2026-11-23T08:00:00.123456Z", utc(2026, 11, 23, 8, 0, 0, 123456)),
        ("2026-11-23", utc(2026, 11, 23)),
    ],
)
def test_an_instant_is_read_with_z_with_an_offset_or_as_utc(text: str, moment: datetime) -> None:
    assert read_instant(text) == moment
    assert read_instant(text).tzinfo is UTC


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+05:00", "23/11/2026", "1763884800"]
)
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read_instant(text)


@given(INSTANTS)
def test_microseconds_hold_every_instant_exactly(moment: datetime) -> None:
    assert from_micros(micros(moment)) == moment


@given(INSTANTS, INSTANTS)
def test_microseconds_sort_as_instants_do(one: datetime, other: datetime) -> None:
    assert (micros(one) < micros(other)) == (one < other)


@given(INSTANTS)
def test_an_instant_is_written_in_utc_in_whole_seconds_and_twenty_characters(moment: datetime) -> None:
    text = utc_text(moment)
    assert len(text) == 20
    assert read_instant(text) == moment.replace(microsecond=0)


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    assert utc_text(datetime(2026, 11, 23, 9, 0, 59, 999999, tzinfo=PARIS)) == "2026-11-23T08:00:59Z"


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("24h", timedelta(hours=24)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(weeks=2)),
        ("1d12h", timedelta(days=1, hours=12)),
    ],
)
def test_a_length_of_time_is_read(text: str, length: timedelta) -> None:
    assert read_span(text) == length


@pytest.mark.parametrize("text", ["", "5", "h", "5 h", "-5h", "5y", "1d 2h", "1.5h", "9999999h", "5h!"])
def test_what_is_no_length_of_time_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 90s, 30m, 24h, 7d or 2w"):
        read_span(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("now", NOW),
        ("today", utc(2026, 11, 24, 23)),
        ("Yesterday", utc(2026, 11, 23, 23)),
        ("wednesday", utc(2026, 11, 24, 23)),
        ("thursday", utc(2026, 11, 18, 23)),
        ("monday", utc(2026, 11, 22, 23)),
        ("-3d", NOW - timedelta(days=3)),
        ("-2h", NOW - timedelta(hours=2)),
        ("-1d12h", NOW - timedelta(hours=36)),
        ("2026-11-01", utc(2026, 10, 31, 23)),
        ("2026-07-01", utc(2026, 6, 30, 22)),
        ("2026-11-01T08:00", utc(2026, 11, 1, 7)),
        ("2026-11-01T08:00Z", utc(2026, 11, 1, 8)),
        ("2026-11-01t08:00z", utc(2026, 11, 1, 8)),
        ("2026-11-01T08:00+05:00", utc(2026, 11, 1, 3)),
        (" today ", utc(2026, 11, 24, 23)),
    ],
)
def test_a_typed_date_is_local_time_unless_it_says_otherwise(text: str, moment: datetime) -> None:
    assert read_date(text, now=NOW, zone=PARIS) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("today", utc(2026, 11, 25, 23)),
        ("2026-11-01", utc(2026, 11, 1, 23)),
        ("2026-03-28", utc(2026, 3, 28, 23)),
        ("2026-03-29", utc(2026, 3, 29, 22)),
        ("monday", utc(2026, 11, 23, 23)),
        ("2026-11-01T08:00", utc(2026, 11, 1, 7)),
        ("-2h", NOW - timedelta(hours=2)),
    ],
)
def test_until_a_day_includes_that_day_also_where_the_clock_changes(text: str, moment: datetime) -> None:
    assert read_date(text, now=NOW, zone=PARIS, end=True) == moment


@pytest.mark.parametrize("text", ["", "soon", "1.11.2026", "2026-02-30", "2026-11", "-3x", "3d", "freitag"])
def test_what_is_no_date_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2026-11-01"):
        read_date(text, now=NOW, zone=PARIS)


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01T00:00", "-999999w"])
def test_a_date_at_the_edge_of_the_calendar_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"outside the calendar|write it as"):
        read_date(text, now=NOW, zone=timezone(timedelta(hours=14)), end=True)


def test_so_is_one_that_the_machines_own_zone_cannot_place() -> None:
    with pytest.raises(ValueError, match=r"outside the calendar"):
        read_date("0001-01-01", now=NOW, zone=None)
