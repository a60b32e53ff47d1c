"""The words beside a progress bar."""

from __future__ import annotations

import pytest
from rich.progress import Task, TaskID

from lengowctl.output.bar import words


def task(done: float, total: float | None, seconds: float, doing: str = "") -> Task:
    made = Task(TaskID(0), "ship", total, done, _get_time=lambda: 1000.0 + seconds, fields={"doing": doing})
    made.start_time = 1000.0
    return made


@pytest.mark.parametrize(
    ("done", "total", "seconds", "says"),
    [
        (0, 16, 0.0, "0 of 16"),
        (0, 16, 9.0, "0 of 16"),
        (4, 16, 2.0, "4 of 16  2/s  6 s left"),
        (1, 16, 2.0, "1 of 16  30 s left"),
        (500, 5000, 60.0, "500 of 5,000  8/s  9 min left"),
        (16, 16, 8.0, "16 of 16  2/s"),
        (1200, None, 4.0, "1,200  300/s"),
    ],
)
def test_how_far_how_fast_and_how_long_still(done: float, total: float | None, seconds: float, says: str) -> None:
    """By the whole time: four answers at once after two seconds are two a second, not thousands."""
    assert words(task(done, total, seconds)) == says


def test_what_is_going_on_comes_last() -> None:
    assert words(task(4, 16, 2.0, "waiting 3 s")) == "4 of 16  2/s  6 s left  waiting 3 s"
