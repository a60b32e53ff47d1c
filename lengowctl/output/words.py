"""Times as people read them: `21 Nov 14:05`, `in 5 h`, `2 h late`. English, whatever the machine's locale."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

from lengowctl.orders.moment import read_instant
from lengowctl.output.span import span as span

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SOON = timedelta(hours=24)
_MINUTE = timedelta(minutes=1)


def local(moment: datetime, zone: tzinfo | None) -> datetime:
    """The same instant on the reader's clock; one at the very edge of the calendar stays in UTC."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment.astimezone(UTC)


def short_time(moment: datetime, now: datetime, zone: tzinfo | None) -> str:
    """`21 Nov 14:05`, or `21 Nov 2025` in another year."""
    return short_times(now, zone)(moment)


def short_times(now: datetime, zone: tzinfo | None) -> Callable[[datetime], str]:
    """`short_time` for many moments."""
    this_year = local(now, zone).year

    def short(moment: datetime) -> str:
        here = local(moment, zone)
        if here.year != this_year:
            return f"{here.day:2} {MONTHS[here.month - 1]} {here.year:04}"
        return f"{here.day:2} {MONTHS[here.month - 1]} {here.hour:02}:{here.minute:02}"

    return short


def brief_times(now: datetime, zone: tzinfo | None) -> Callable[[datetime], str]:
    """For many moments: `14:05` today, `21 Nov` this year, else `Nov 2025`, where there is little room."""
    today = local(now, zone).date()

    def brief(moment: datetime) -> str:
        here = local(moment, zone)
        if here.date() == today:
            return f"{here.hour:02}:{here.minute:02}"
        month = MONTHS[here.month - 1]
        return f"{here.day:2} {month}" if here.year == today.year else f"{month} {here.year:04}"

    return brief


def clock_time(moment: datetime, zone: tzinfo | None) -> str:
    """`14:05:09`: for what has just happened or is about to."""
    return f"{local(moment, zone):%H:%M:%S}"


def long_time(moment: datetime, now: datetime, zone: tzinfo | None) -> str:
    """`Fri 21 Nov 14:05`, with the year where it is another one."""
    here = local(moment, zone)
    year = "" if here.year == local(now, zone).year else f" {here.year:04}"
    return f"{_DAYS[here.weekday()]} {here.day} {MONTHS[here.month - 1]}{year} {here:%H:%M}"


def due(moment: datetime, now: datetime) -> str:
    """`in 5 h`, or `2 h late` once it has passed; `now` within a minute of it."""
    left = moment - now
    if left >= _MINUTE:
        return f"in {span(left)}"
    return f"{span(left)} late" if left <= -_MINUTE else "now"


def ago(moment: datetime, now: datetime) -> str:
    """`8 min ago`, or `just now`; the same for a moment that a clock out of step puts in the future."""
    return f"{span(now - moment)} ago" if now - moment >= _MINUTE else "just now"


def urgency(moment: datetime, now: datetime) -> str:
    """The style of a due date: late, soon (a day) or plain. The words of `due` say the same."""
    if moment <= now:
        return "bold red"
    return "yellow" if moment - now <= _SOON else ""


def counted(number: int, noun: str) -> str:
    """`1 order`, `1,204 orders`."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"


def stored_times(word: Callable[[datetime], str]) -> Callable[[str], str]:
    """`word` over stored times; what is no time stays as it is. Remembers what it has worded."""
    known: dict[str, str] = {}

    def worded(text: str) -> str:
        found = known.get(text)
        if found is None:
            found = known[text] = _worded(text, word)
            if len(known) > 10_000:
                known.clear()
        return found

    return worded


def _worded(text: str, word: Callable[[datetime], str]) -> str:
    try:
        return word(read_instant(text))
    except (ValueError, OverflowError):
        return text
