"""Runs: alive while their lock is held, dead when the kernel let it go. No clock, no process number."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from lengowctl.errors import FileFault
from lengowctl.store.lock import is_free
from lengowctl.store.runs import begin_run, is_dead, sweep_runs


def ids(*names: str) -> object:
    return iter(names).__next__


def test_a_run_lives_until_it_is_released(tmp_path: Path) -> None:
    lock = begin_run(tmp_path, lambda: "a")
    assert not is_dead(tmp_path, "a")
    assert (tmp_path / "run-a.lock").stat().st_mode & 0o777 == 0o600
    lock.release()
    lock.release()
    assert is_dead(tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_is_dead_and_a_stopped_one_is_not(tmp_path: Path) -> None:
    ready, told = os.pipe()
    child = os.fork()
    if not child:
        begin_run(tmp_path, lambda: "a")
        os.write(told, b"x")
        signal.pause()
        os._exit(0)
    os.read(ready, 1)
    os.kill(child, signal.SIGSTOP)
    assert not is_dead(tmp_path, "a")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert is_dead(tmp_path, "a")
    assert (tmp_path / "run-a.lock").exists()
    sweep_runs(tmp_path, ["a"])
    assert (tmp_path / "run-a.lock").exists()
    sweep_runs(tmp_path, [])
    assert not (tmp_path / "run-a.lock").exists()


def test_a_dead_run_is_dead_for_two_who_ask_at_the_same_time(tmp_path: Path) -> None:
    begin_run(tmp_path, lambda: "a").abandon()
    asking = os.open(tmp_path / "run-a.lock", os.O_RDWR)
    assert is_free(asking)
    assert is_dead(tmp_path, "a")
    os.close(asking)


def test_a_run_tells_whether_others_can_see_that_it_lives(tmp_path: Path) -> None:
    """Its file was taken away, or another one put in its place."""
    lock = begin_run(tmp_path, lambda: "a")
    assert (lock.holds, lock.name) == (True, "run-a.lock")
    (tmp_path / "run-a.lock").rename(tmp_path / "away")
    assert not lock.holds
    (tmp_path / "run-a.lock").touch()
    assert not lock.holds
    (tmp_path / "away").rename(tmp_path / "run-a.lock")
    assert lock.holds
    lock.release()
    assert not lock.holds


def test_an_id_that_is_taken_is_not_used(tmp_path: Path) -> None:
    first = begin_run(tmp_path, lambda: "a")
    second = begin_run(tmp_path, ids("a", "b"))  # type: ignore[arg-type]
    assert (first.run_id, second.run_id) == ("a", "b")
    sweep_runs(tmp_path, [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["run-a.lock", "run-b.lock"]


def test_a_lock_file_swept_away_before_it_was_locked_is_made_anew(tmp_path: Path) -> None:
    """Another run takes the new file for a leftover just then."""
    real = os.open

    def names() -> str:
        return next(supply)

    supply = iter(("a", "b"))
    swept = []

    def opened(path: object, flags: int, *mode: int) -> int:
        descriptor = real(path, flags, *mode)  # type: ignore[arg-type]
        if str(path).endswith("run-a.lock") and flags & os.O_CREAT:
            Path(str(path)).unlink()
            swept.append(path)
        return descriptor

    os.open = opened  # type: ignore[assignment]
    try:
        lock = begin_run(tmp_path, names)
    finally:
        os.open = real
    assert (lock.run_id, len(swept)) == ("b", 1)
    assert not is_dead(tmp_path, "b")


def test_what_cannot_be_made_or_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileFault):
        begin_run(tmp_path / "nowhere", lambda: "a")
    (tmp_path / "run-a.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileFault):
        is_dead(tmp_path, "a")
