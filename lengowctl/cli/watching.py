"""`--watch` and `--interval`, for every verb that can run on until it is stopped."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar, Self

from lengowctl.cli.declared import Bundle
from lengowctl.cli.options import option
from lengowctl.cli.times import read_length
from lengowctl.errors import UsageFault


@dataclass(frozen=True)
class Watching(Bundle):
    """Whether to run on, and how often to look again, as typed."""

    usual: ClassVar[str] = "30s"
    least: ClassVar[str] = "1s"
    watch_help: ClassVar[str] = "Run on and show what changes; q or Ctrl-C ends it."

    watch: bool
    interval: str | None

    @classmethod
    @cache
    def declared(cls) -> Sequence[inspect.Parameter]:
        how_often = f"How often, with --watch ({cls.usual}; at least {cls.least})."
        return (
            option("watch", bool, False, "--watch", help=cls.watch_help),
            option("interval", str | None, None, "--interval", metavar="TIME", help=how_often),
        )

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        return cls(**values)

    def every(self) -> timedelta | None:
        """How often to look; None when once is all that was asked for. Raises UsageFault."""
        if not self.watch:
            if self.interval is not None:
                raise UsageFault("--interval says how often --watch looks", hint="add --watch")
            return None
        length = read_length("--interval", self.usual if self.interval is None else self.interval)
        if length < read_length("--interval", self.least):
            raise UsageFault(f"--interval: {self.interval} is less than {self.least}, the shortest there is")
        return length


class Rounds(Watching):
    """The same for rounds over the network."""

    usual: ClassVar[str] = "5m"
    least: ClassVar[str] = "10s"
    watch_help: ClassVar[str] = "Run on in the foreground, a round every --interval, until Ctrl-C or SIGTERM."
