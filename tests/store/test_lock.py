"""One writer at a time; the kernel lets go for the dead."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest

from lengowctl.errors import ExitCode, FileFault, Locked
from lengowctl.store.lock import writer_lock


class Time:
    """A clock that moves by sleeping."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def _holder(folder: Path) -> tuple[int, int]:
    """A child that holds the lock until it is killed."""
    ready, told = os.pipe()
    child = os.fork()
    if child == 0:
        with writer_lock(folder, timeout=0):
            os.write(told, b"x")
            signal.pause()
    os.read(ready, 1)
    os.close(ready)
    os.close(told)
    return child, os.getpid()


def test_the_second_waits_and_is_told_what_to_do(tmp_path: Path) -> None:
    """It waits as long as it was told to, no longer; a killed holder lets go."""
    folder, time = tmp_path / "p", Time()
    child, _ = _holder(folder)
    try:
        with (
            pytest.raises(Locked, match="another lengowctl is writing to this profile") as told,
            writer_lock(folder, timeout=30, monotonic=time.monotonic, sleep=time.sleep),
        ):
            raise AssertionError("not reached")
        assert (told.value.exit_code, time.now) == (ExitCode.LOCKED, pytest.approx(30))
        assert "run the same command again" in (told.value.hint or "")
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    with writer_lock(folder, timeout=0):
        pass


def test_who_has_it_may_enter_again(tmp_path: Path) -> None:
    """A migration inside a sync does not wait for itself; the outer one keeps the lock until its end."""
    with writer_lock(tmp_path / "p", timeout=0):
        with writer_lock(tmp_path / "p", timeout=0):
            pass
        assert _is_taken(tmp_path / "p")
    assert not _is_taken(tmp_path / "p")


def _is_taken(folder: Path) -> bool:
    """As another thread sees it."""
    found: list[bool] = []

    def ask() -> None:
        try:
            with writer_lock(folder, timeout=0):
                found.append(False)
        except Locked:
            found.append(True)

    asking = threading.Thread(target=ask)
    asking.start()
    asking.join()
    return found[0]


def test_an_exception_lets_go(tmp_path: Path) -> None:
    with pytest.raises(KeyError), writer_lock(tmp_path / "p", timeout=0):
        raise KeyError
    assert not _is_taken(tmp_path / "p")


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir(mode=0o700)
    (tmp_path / "p" / "writer.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(FileFault), writer_lock(tmp_path / "p", timeout=0):
        raise AssertionError("not reached")
    assert not (tmp_path / "elsewhere").exists()
