"""Instants: aware UTC datetimes inside, `2026-11-23T08:00:00Z` outside. What a user types becomes one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar

_T = TypeVar("_T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = r"(\d{1,6})([smhdw])"
_SPANS = rf"-(?:{_SPAN})+"
_DATE_ONLY = r"\d{4}-\d{2}-\d{2}"


def read_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with `Z`, an offset or neither (then UTC, as Lengow's answers are).

    Raises ValueError when it is none.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as fault:
        raise ValueError(f"{text!r} lies outside the calendar") from fault


def utc_text(moment: datetime) -> str:
    """`2026-11-23T08:00:00Z`: UTC, whole seconds (cut, not rounded), always twenty characters."""
    return moment.astimezone(UTC).isoformat()[:19] + "Z"  # four times as fast as strftime, and pads the year


def micros(moment: datetime) -> int:
    """Microseconds since 1970: exact, and comparable where text of mixed precision is not."""
    return (moment - EPOCH) // timedelta(microseconds=1)


def from_micros(value: int) -> datetime:
    """The instant of `micros`."""
    return EPOCH + timedelta(microseconds=value)


def read_span(text: str) -> timedelta:
    """Read a length of time: `90s`, `30m`, `24h`, `7d`, `2w`, or several joined (`1d12h`).

    Raises ValueError with a sentence that shows the forms.
    """
    parts = re.findall(_SPAN, text)
    if not parts or "".join(n + u for n, u in parts) != text:
        raise ValueError(f"{text!r} is not a length of time; write it as 90s, 30m, 24h, 7d or 2w")
    return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta())


def read_date(text: str, *, now: datetime, zone: tzinfo | None, end: bool = False) -> datetime:
    """Read what a user types for a point in time, into UTC.

    `2026-11-01`, `2026-11-01T08:00`, the same with an offset, `now`, `today`, `yesterday`, `-3d`, `-2h`,
    `-1d12h`, `monday` (the last one, today included). Without an offset it is local time in `zone` (None: the machine's
    zone). A whole day means its first instant, or with `end` the first one after it: "until" includes the day.

    Raises ValueError with a sentence that shows the forms.
    """
    try:
        return _date(text, now, zone, end)
    except OverflowError as fault:
        raise ValueError(f"{text!r} lies outside the calendar") from fault


def _date(text: str, now: datetime, zone: tzinfo | None, end: bool) -> datetime:
    word = text.strip().lower()
    local_today = now.astimezone(zone).date()
    day: date | None = None
    if word == "now":
        return now.astimezone(UTC)
    if word == "today":
        day = local_today
    elif word == "yesterday":
        day = local_today - timedelta(days=1)
    elif word in _DAYS:
        day = local_today - timedelta(days=(local_today.weekday() - _DAYS.index(word)) % 7)
    elif re.fullmatch(_SPANS, word):
        return now.astimezone(UTC) - read_span(word[1:])
    elif re.fullmatch(_DATE_ONLY, word):
        day = _read(date.fromisoformat, text, word)
    if day is None:
        return _localise(_read(datetime.fromisoformat, text, text.strip().upper()), zone).astimezone(UTC)
    return _localise(datetime.combine(day + timedelta(days=end), time()), zone).astimezone(UTC)


def _read(reader: Callable[[str], _T], text: str, value: str) -> _T:
    try:
        return reader(value)
    except ValueError as fault:
        forms = "2026-11-01, 2026-11-01T08:00, today, yesterday, monday, -3d or -2h"
        raise ValueError(f"{text!r} is not a date; write it as {forms}") from fault


def _localise(moment: datetime, zone: tzinfo | None) -> datetime:
    if moment.tzinfo is not None:
        return moment
    try:
        return moment.astimezone() if zone is None else moment.replace(tzinfo=zone)
    except ValueError as fault:  # the machine's zone has no such year
        raise OverflowError from fault
