"""Dates and lengths of time as options give them."""

from __future__ import annotations

from datetime import datetime, timedelta

from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UsageFault
from lengowctl.orders.moment import read_date, read_span


def read_length(option: str, text: str | None, default: timedelta | None = None) -> timedelta:
    """A length of time such as `30s`; `default` when nothing was typed. Raises UsageFault naming the option."""
    if text is None and default is not None:
        return default
    try:
        return read_span(text or "")
    except (ValueError, OverflowError) as fault:
        raise UsageFault(f"{option}: {fault}") from fault


def read_moment(runtime: Runtime, option: str, text: str | None, *, end: bool = False) -> datetime | None:
    """A date as a user types it; None when nothing was typed. Raises UsageFault naming the option."""
    if text is None:
        return None
    try:
        return read_date(text, now=runtime.now(), zone=runtime.zone, end=end)
    except ValueError as fault:
        raise UsageFault(f"{option}: {fault}") from fault
