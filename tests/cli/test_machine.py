"""What a run gets from the machine it runs on."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from lengowctl.cli.machine import stopwatch


def _broken(number: int) -> float:
    raise OSError(22, "Invalid argument")


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="this system has no clock that counts its sleep")
def test_the_time_that_a_machine_sleeps_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at an order that is older than the night does not count as fresh in the morning."""
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_BOOTTIME: 7.5}.__getitem__)
    assert stopwatch()() == 7.5


@pytest.mark.parametrize("reads", [_broken, None])
def test_where_no_such_clock_can_be_read_pythons_own_serves(
    monkeypatch: pytest.MonkeyPatch, reads: Callable[[int], float] | None
) -> None:
    monkeypatch.setattr(time, "clock_gettime", reads)
    assert stopwatch() is time.monotonic
