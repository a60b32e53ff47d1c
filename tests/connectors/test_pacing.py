"""Keeping to the limit, together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.connectors.base import RouteBudget
from lengowctl.connectors.budget import Budget, last_seen_budget
from lengowctl.connectors.pacing import Pacer, words_of
from lengowctl.errors import BudgetSpent

from .world import BASE_URL, NOON, Clock

ORDERS = "GET /orders"


def pacer(
    clock: Clock, folder: Path | None, patience: float = 900, on_wait: Callable[[float, str], None] | None = None
) -> Pacer:
    return Pacer(folder, BASE_URL, now=clock.now, sleep=clock.sleep, patience=patience, on_wait=on_wait)


@pytest.mark.parametrize("shared", [True, False])
def test_the_limit_is_kept_with_and_without_a_folder(clock: Clock, tmp_path: Path, shared: bool) -> None:
    told: list[tuple[float, str]] = []
    mine = pacer(clock, tmp_path if shared else None, on_wait=lambda seconds, why: told.append((seconds, why)))
    mine.note((RouteBudget("/orders", "GET", 3, None, None),), clock.now())
    for _ in range(4):
        mine.take(ORDERS)
    assert clock.naps == [60.05]
    assert told == [(60.05, "Lengow's request limit is reached")]


def test_two_pacers_of_one_folder_share_one_limit(clock: Clock, tmp_path: Path) -> None:
    one, other = pacer(clock, tmp_path), pacer(clock, tmp_path)
    one.note((RouteBudget("/orders", "GET", 4, None, None),), clock.now())
    for each in (one, other, one, other):
        each.take(ORDERS)
    assert clock.naps == []
    other.take(ORDERS)
    assert clock.naps == [60.05]


def test_eight_threads_never_exceed_the_limit(clock: Clock, tmp_path: Path) -> None:
    mine, sent, mutex = pacer(clock, tmp_path), [], threading.Lock()
    mine.note((RouteBudget("/orders", "GET", 20, None, None),), clock.now())

    def work() -> None:
        for _ in range(10):
            mine.take(ORDERS)
            with mutex:
                sent.append(clock.now())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == 80
    assert clock.passed >= 3 * 60


def test_a_silence_is_kept_by_every_process(clock: Clock, tmp_path: Path) -> None:
    pacer(clock, tmp_path).hold(ORDERS, 30)
    pacer(clock, tmp_path).take(ORDERS)
    assert clock.naps == [30.0]


def test_a_wait_beyond_our_patience_is_refused_and_names_the_time(clock: Clock, tmp_path: Path) -> None:
    mine = pacer(clock, tmp_path, patience=100)
    mine.hold(ORDERS, 3600)
    with pytest.raises(BudgetSpent) as caught:
        mine.take(ORDERS)
    assert caught.value.message == (
        "Lengow's request limit is reached; requests are taken again at 2026-11-23T13:00:00Z, in 1 h 0 min"
    )
    assert clock.naps == []


def test_even_a_wait_without_end_is_told_as_a_time(clock: Clock) -> None:
    with pytest.raises(BudgetSpent):
        pacer(clock, None).wait(float("inf"), "x")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (119, "119 s"), (120, "2 min"), (3599, "1 h 0 min"), (12_000, "3 h 20 min")],
)
def test_waits_in_words(seconds: float, words: str) -> None:
    assert words_of(seconds) == words


def test_the_last_known_budget_is_read_offline(clock: Clock, tmp_path: Path) -> None:
    assert last_seen_budget(tmp_path) == ()
    pacer(clock, tmp_path).note((RouteBudget("/orders", "GET", 500, 321, 12.0),), NOON - timedelta(seconds=1))
    assert last_seen_budget(tmp_path) == (Budget("/orders", "GET", 500, 321, 12.0, NOON),)
    (tmp_path / "pacing.json").write_bytes(b"\xff")
    assert last_seen_budget(tmp_path) == ()
    (tmp_path / "pacing.json").unlink()
    (tmp_path / "other").write_bytes(b"{}")
    (tmp_path / "pacing.json").symlink_to(tmp_path / "other")
    assert last_seen_budget(tmp_path) == ()


def test_a_wait_longer_than_allowed_is_told_and_takes_no_place(clock: Clock, tmp_path: Path) -> None:
    mine = pacer(clock, tmp_path)
    mine.note((RouteBudget("/orders", "GET", 1, None, None),), clock.now())
    assert [mine.admit(ORDERS, 2) for _ in range(3)] == [0.0, 60.05, 60.05]
    clock.sleep(58.5)
    assert [mine.admit(ORDERS, at_most) for at_most in (1.5, 1.55, 1.55)] == [1.55, 0.0, 60.05]
    assert clock.naps == [58.5, 1.55]


def test_a_spent_budget_says_in_how_many_seconds(clock: Clock, tmp_path: Path) -> None:
    mine = pacer(clock, tmp_path, patience=5)
    mine.hold(ORDERS, 30)
    with pytest.raises(BudgetSpent) as caught:
        mine.take(ORDERS)
    assert caught.value.retry_after == 30
