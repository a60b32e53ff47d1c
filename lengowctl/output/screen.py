"""How the reader sees: on a terminal or not, how wide, in colour or not, and what time it is there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a page goes. `zone` None is the machine's own; `now` is aware. Off a terminal nothing is cut to `width`."""

    now: datetime
    zone: tzinfo | None = None
    width: int = 80
    tty: bool = False
    color: bool = False

    @property
    def painted(self) -> bool:
        """Whether styles are wanted: on a terminal, or in a pipe when colour is forced."""
        return self.tty or self.color
