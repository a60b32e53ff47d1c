"""Readers: a value as it stands in TOML, or as text in the environment, becomes a checked one.

Each raises ValueError with what the value must be. None of them repeats a secret.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from lengowctl.connectors.secret import Secret
from lengowctl.errors import ConfigFault
from lengowctl.orders.moment import read_span

#: What `first_sync` and `retention` say when there is no limit.
ALL, NONE = "all", "none"
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"


def read_text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("must be a text that is not empty")
    return value.strip()


def read_name(value: object) -> str:
    """A profile's name is a folder's name too."""
    if not isinstance(value, str) or not re.fullmatch(_NAME, value):
        raise ValueError("a profile's name has letters, digits, '.', '_' and '-', at most 64, and begins with no dot")
    return value


def read_secret(value: object) -> Secret:
    if not isinstance(value, str) or not value.strip() or not value.strip().isprintable():
        raise ValueError("must be a text of one line that is not empty")
    return Secret(value.strip())


def read_command(value: object) -> tuple[str, ...]:
    """A program and its arguments: an array, or one text split as a shell would, without one."""
    import shlex  # few name a command, and every start-up would pay for it

    try:
        words = shlex.split(value) if isinstance(value, str) else value
    except ValueError as fault:
        raise ValueError(f"cannot be split into words ({str(fault).lower()})") from fault
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words) or not words[0]:
        raise ValueError('must be a program and its arguments: "pass show lengow" or ["pass", "show", "lengow"]')
    return tuple(words)


def read_count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("must be a whole number, 0 or more")
    return value


def read_money(value: object) -> Decimal:
    amount = Decimal("NaN")
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        with suppress(InvalidOperation):
            amount = Decimal(value)
    if not amount.is_finite() or amount < 0 or abs(amount.adjusted()) > 15:
        raise ValueError("must be an amount, 0 or more, as 5000 or 250.50")
    return amount


def read_flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def read_retention(value: object) -> timedelta | None:
    return None if value == NONE else _span(value, NONE)


def read_first_sync(value: object) -> timedelta | None:
    return None if value == ALL else _span(value, ALL)


def _span(value: object, unlimited: str) -> timedelta:
    if not isinstance(value, str):
        raise ValueError(f'must be a length of time, as "90d", or "{unlimited}"')
    span = read_span(value)
    if not timedelta(0) < span <= timedelta(days=36_500):
        raise ValueError(f'{value!r} is out of range; write it as "90d", or "{unlimited}"')
    return span


def read_country(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{2}", value):
        raise ValueError("must be a country's two letters, as FR")
    return value.upper()


def read_path(value: object) -> Path:
    return Path(read_text(value)).expanduser()


def read_base_url(value: object) -> str:
    """The origin of an API, `https://host[:port]`: https, or http to the loopback; no user, path, query."""
    from lengowctl.connectors.origin import read_origin  # as above

    try:
        return read_origin(read_text(value)).url
    except ConfigFault as fault:
        raise ValueError(fault.message) from fault
