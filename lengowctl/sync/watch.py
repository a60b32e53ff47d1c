"""Whoever wants to see a round go on."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """A progress bar, or nobody. What is counted (orders, counts compared) is told by `begin`."""

    def begin(self, what: str) -> None:
        """A part of the round begins."""

    def expect(self, amount: int) -> None:
        """About so many more will come."""

    def advance(self, amount: int) -> None:
        """So many came."""


class Unwatched:
    """Nobody looks."""

    def begin(self, what: str) -> None:
        del what

    def expect(self, amount: int) -> None:
        del amount

    def advance(self, amount: int) -> None:
        del amount
