"""How a world behaves: every knob with its default, stored in the world file so that all doors share it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

_SORT_MODES = ("documented", "created_asc", "created_desc", "updated_asc", "updated_desc")
_CHOICES: dict[str, tuple[object, ...]] = {
    "window_clock": ("own", "real"),
    "sort_mode": _SORT_MODES,
    "check_status": ("later", "at_once"),
    "check_arguments": ("later", "at_once"),
    "language": ("en", "fr"),
    "unknown_key_status": (400, 403),
}


@dataclass(frozen=True)
class Settings:
    """Times are seconds of the world's clock, unless said otherwise."""

    lively: bool = True
    """Whether things happen by themselves: new orders, time limits, buyers, closing, anonymising."""
    new_orders_per_hour: float | None = None
    """None: three for a shop of 300 orders, in proportion for others, thirty at most."""
    rate_limit: int | None = 500
    """Requests per window, route and login; None switches limiting off."""
    rate_window: int = 60
    window_clock: str = "own"
    """`own`: windows follow the world's clock; `real`: the computer's monotonic clock."""
    page_size: int = 50
    page_size_max: int = 100
    token_life: int = 3600
    unknown_key_status: int = 400
    """HTTP status for an unknown access token; the body says 400 either way."""
    language: str = "en"
    """Language of `detail` texts."""
    window_days: int = 7
    """How far back an order listing goes that has no valid date filter."""
    queue_delay: float = 5.0
    """How long a new action waits in Lengow's queue."""
    processing_delay: float | None = None
    """How long a marketplace takes to answer; None: as each marketplace does."""
    poll_interval: float | None = None
    """How often Lengow reads a marketplace; None: as each marketplace; 0: changes show at once."""
    queued_at_once: bool = True
    """What `queued` says in the answer to a new action."""
    check_status: str = "later"
    """When an action that the order's status does not allow is refused: in the answer, or later in `errors`."""
    check_arguments: str = "at_once"
    """When missing arguments are refused."""
    moi_moves_updated: bool = True
    """Whether writing merchant order ids moves `updated_at`."""
    visible_delay: float = 0.0
    """A changed order shows in listings only so long after its `updated_at`; until then the old version shows."""
    sort_mode: str = "documented"
    """The order of a listing that asks for none."""
    shuffle_ties: bool = False
    """Orders with equal sort keys (to the second) come in a new random order at each request."""
    ignore_ordering: bool = False
    """`ordering` is not obeyed, as if `sort_mode` were all there is."""


def check(changes: Mapping[str, Any]) -> None:
    """Raise ValueError for an unknown setting or a value it cannot take."""
    known = {item.name: item.default for item in fields(Settings)}
    for name, value in changes.items():
        if name not in known:
            raise ValueError(f"unknown sandbox setting {name!r}; known: {', '.join(sorted(known))}")
        choices = _CHOICES.get(name)
        if choices is not None and value not in choices:
            raise ValueError(f"{name} is one of {', '.join(map(str, choices))}, not {value!r}")
        if isinstance(known[name], bool) and not isinstance(value, bool):
            raise ValueError(f"{name} is true or false, not {value!r}")
        if choices is None and not isinstance(value, (int, float)) and value is not None:
            raise ValueError(f"{name} is a number, not {value!r}")


def from_stored(stored: Mapping[str, Any]) -> Settings:
    known = {item.name for item in fields(Settings)}
    return Settings(**{name: value for name, value in stored.items() if name in known})
