"""Moments in the sandbox: whole microseconds since 1970 inside, aware UTC or ISO 8601 text outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def wall_clock() -> datetime:
    return datetime.now(UTC)


def to_us(moment: datetime) -> int:
    """Whole microseconds since 1970. A moment without an offset is taken as UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _START) // _MICROSECOND


def from_us(us: int) -> datetime:
    return _START + timedelta(microseconds=us)


def iso(us: int) -> str:
    """UTC with `Z`; microseconds only where there are any, as Lengow writes it."""
    moment = _START + timedelta(microseconds=us)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def parse(text: str | None) -> int | None:
    """A date filter or argument as a moment; None when it is no ISO 8601 date (seconds may be left out)."""
    if not text:
        return None
    try:
        return to_us(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        return None


def http_date(us: int) -> str:
    return format_datetime(from_us(us).replace(microsecond=0), usegmt=True)
