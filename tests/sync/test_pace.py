"""When the next round is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lengowctl.sync.pace import LONGEST, Pace

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Clocks:
    """A stopwatch, and a clock on the wall that need not agree with it."""

    def __init__(self) -> None:
        self.stopwatch, self.wall = 1000.0, NOON

    def pass_by(self, seconds: float) -> None:
        self.stopwatch += seconds
        self.wall += timedelta(seconds=seconds)

    def pace(self, interval: float = 300) -> Pace:
        return Pace(interval, monotonic=lambda: self.stopwatch, now=lambda: self.wall)


def test_the_interval_is_counted_from_the_start_of_a_round() -> None:
    clocks = Clocks()
    pace = clocks.pace()
    pace.begin()
    clocks.pass_by(40)
    pace.done()
    assert pace.left() == 260
    clocks.pass_by(260)
    assert pace.left() == 0


def test_a_round_that_took_longer_is_followed_after_a_breath() -> None:
    clocks = Clocks()
    pace = clocks.pace()
    clocks.pass_by(1000)
    pace.done()
    assert pace.left() == 1


def test_each_failure_waits_twice_as_long_until_half_an_hour() -> None:
    clocks, waits = Clocks(), []
    pace = clocks.pace()
    for _ in range(6):
        pace.begin()
        pace.failed()
        waits.append(pace.left())
    assert waits == [300, 600, 1200, LONGEST, LONGEST, LONGEST]
    pace.begin()
    pace.done()
    assert pace.left() == 300


def test_an_interval_of_hours_is_not_shortened_by_trouble() -> None:
    pace = Clocks().pace(7200)
    pace.failed()
    assert pace.left() == 7200


def test_never_earlier_than_the_source_asked_for() -> None:
    clocks = Clocks()
    pace = clocks.pace(60)
    clocks.pass_by(10)
    pace.failed(retry_after=3600)
    assert pace.left() == 3600


def test_a_wall_clock_that_is_set_back_does_not_stop_the_rounds() -> None:
    clocks = Clocks()
    pace = clocks.pace()
    pace.done()
    clocks.wall -= timedelta(days=1)
    clocks.pass_by(299)
    assert pace.left() == 1


def test_after_the_sleep_of_a_laptop_the_round_is_due_at_once() -> None:
    """Its stopwatch stood still."""
    clocks = Clocks()
    pace = clocks.pace()
    pace.done()
    clocks.wall += timedelta(hours=8)
    assert pace.left() == 0
