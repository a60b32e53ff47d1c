"""A length of time as people say it. By itself, because completion needs this and no more."""

from __future__ import annotations

from datetime import timedelta

_MINUTE = timedelta(minutes=1)


def span(length: timedelta) -> str:
    """`25 min`, `5 h`, `3 d`: one number, cut down, never more than it is. Negative lengths count as positive."""
    minutes = abs(length) // _MINUTE
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"
