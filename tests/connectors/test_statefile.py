"""Small private files that processes share."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest

from lengowctl.connectors.statefile import held, held_within, read_all, read_private, rewrite, write_private
from lengowctl.errors import ConfigFault, DiskFull, FileFault

from .world import Clock


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_written_is_read_and_nobody_else_may(tmp_path: Path) -> None:
    path = tmp_path / "token.json"
    assert read_private(path) is None
    write_private(path, b"one")
    write_private(path, b"two")
    assert (read_private(path), mode(path), os.listdir(tmp_path)) == (b"two", 0o600, ["token.json"])


def test_a_leftover_of_a_crash_is_replaced_and_never_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"mine")
    (tmp_path / "token.json.new").symlink_to(victim)
    write_private(tmp_path / "token.json", b"two")
    assert (victim.read_bytes(), read_private(tmp_path / "token.json")) == (b"mine", b"two")


@pytest.mark.parametrize("loose", [0o644, 0o640, 0o604, 0o660])
def test_a_file_that_others_can_read_is_refused_with_the_cure(tmp_path: Path, loose: int) -> None:
    path = tmp_path / "token.json"
    write_private(path, b"one")
    path.chmod(loose)
    with pytest.raises(ConfigFault) as caught:
        read_private(path)
    assert caught.value.hint == f"chmod 600 {path}"


def test_a_symlink_is_refused(tmp_path: Path) -> None:
    write_private(tmp_path / "other", b"one")
    (tmp_path / "token.json").symlink_to(tmp_path / "other")
    with pytest.raises(FileFault):
        read_private(tmp_path / "token.json")
    with pytest.raises(FileFault), held(tmp_path / "token.json"):
        pass


def test_a_folder_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for path in (tmp_path / "file" / "x", tmp_path):
        with pytest.raises(FileFault), held(path):
            pass
    with pytest.raises(FileFault):
        write_private(tmp_path / "missing" / "x", b"")
    (tmp_path / "token.json").mkdir()
    with pytest.raises(FileFault):
        read_private(tmp_path / "token.json")


def test_a_full_disk_is_called_by_its_name(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no device that is always full")
    handle = os.open("/dev/full", os.O_RDWR)
    try:
        with pytest.raises(DiskFull):
            rewrite(handle, b"x")
    finally:
        os.close(handle)
    assert errno.ENOSPC


def test_an_open_file_is_rewritten_in_place(tmp_path: Path) -> None:
    path = tmp_path / "pacing.json"
    for content in (b"a long text", b"short", b""):
        with held(path) as handle:
            rewrite(handle, content)
            assert read_all(handle) == content
    assert (path.read_bytes(), mode(path)) == (b"", 0o600)


def test_threads_hold_a_file_one_after_the_other(tmp_path: Path) -> None:
    path = tmp_path / "pacing.json"

    def add() -> None:
        for _ in range(50):
            with held(path) as handle:
                rewrite(handle, str(int(read_all(handle) or 0) + 1).encode())

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert path.read_bytes() == b"400"


def test_waiting_for_a_file_ends(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "token.lock"
    with held(path):
        with held_within(path, 60, monotonic=clock.monotonic, sleep=clock.sleep) as got:
            assert not got
        assert clock.passed == pytest.approx(60, abs=0.1)
    with held_within(path, 60, monotonic=clock.monotonic, sleep=clock.sleep) as got:
        assert got
