"""Files: whole or not there, ours alone, never over another's."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.errors import DiskFull, FileFault
from lengowctl.output.files import atomic_bytes, atomic_write, check_inside, safe_name


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, text: str, *, force: bool = False, meanwhile: Callable[[], object] | None = None) -> None:
    with atomic_write(path, force=force) as stream:
        stream.write(text)
        if meanwhile:
            meanwhile()


def fail_amid(path: Path, *, force: bool = False) -> None:
    with atomic_write(path, force=force) as stream:
        stream.write("half")
        raise RuntimeError


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """As a full disk does: no file may grow beyond this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_file_is_there_only_when_it_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    umask = os.umask(0)
    try:
        with atomic_write(path) as stream:
            stream.write("é\r\n")
            stream.flush()
            assert not path.exists()
    finally:
        os.umask(umask)
    assert path.read_bytes() == "é\r\n".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(tmp_path) == ["orders.csv"]


def test_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    with atomic_bytes(tmp_path / "orders.xlsx") as stream:
        stream.write(b"PK\x00\xff")
    assert (tmp_path / "orders.xlsx").read_bytes() == b"PK\x00\xff"


def test_nothing_stays_of_a_file_whose_making_failed(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    with pytest.raises(RuntimeError):
        fail_amid(path)
    assert names(tmp_path) == []


def test_a_file_that_is_there_is_kept_unless_it_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("old")
    with pytest.raises(FileFault, match="already there") as caught, atomic_write(path) as stream:
        stream.write("new")
    assert (path.read_text(), caught.value.hint) == ("old", "choose another name, or replace it with --force")
    with atomic_write(path, force=True) as stream:
        stream.write("new")
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_file_that_comes_meanwhile_is_kept_too(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    with pytest.raises(FileFault, match="already there"):
        write(path, "ours", meanwhile=lambda: path.write_text("theirs"))
    assert (path.read_text(), names(tmp_path)) == ("theirs", ["orders.csv"])


def test_replacing_fails_whole(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError):
        fail_amid(path, force=True)
    assert (path.read_text(), names(tmp_path)) == ("old", ["orders.csv"])


@pytest.mark.parametrize("force", [False, True])
def test_a_link_is_never_followed(tmp_path: Path, force: bool) -> None:
    target = tmp_path / "target"
    for link, points_at in (("to_file", target), ("to_nothing", tmp_path / "nothing")):
        target.write_text("old")
        (tmp_path / link).symlink_to(points_at)
        with pytest.raises(FileFault, match="symbolic link"), atomic_write(tmp_path / link, force=force) as stream:
            stream.write("new")
    assert target.read_text() == "old"
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("force", [False, True])
def test_folders_pipes_and_devices_are_no_place_for_a_file(tmp_path: Path, force: bool) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(FileFault, match="not an ordinary file"), atomic_write(path, force=force):
            pass


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="its folder does not exist"), atomic_write(tmp_path / "no" / "a.csv"):
        pass


def test_a_name_that_is_too_long_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(FileFault, match="cannot be written"), atomic_write(tmp_path / ("x" * 300)):
        pass


def test_a_file_outside_its_folder_is_refused(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "way_out").symlink_to(tmp_path)
    for path in (inside / ".." / "a.csv", inside / "way_out" / "a.csv", tmp_path / "a.csv"):
        with pytest.raises(FileFault, match="outside"), atomic_write(path, inside=inside):
            pass
    check_inside(inside / "a.csv", inside)
    assert names(tmp_path) == ["inside"]


@pytest.mark.parametrize("size", [0, 1000, 70_000])
def test_a_full_disk_leaves_nothing_and_is_told(tmp_path: Path, size: int) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("old")
    with file_size_limit(size), pytest.raises(DiskFull, match="no room left"):
        write(path, "x" * 100_000, force=True)
    assert (path.read_text(), names(tmp_path)) == ("old", ["orders.csv"])


def test_a_broken_pipe_of_another_stream_is_not_taken_for_a_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), atomic_write(tmp_path / "a.csv"):
        raise BrokenPipeError
    assert names(tmp_path) == []


def test_a_killed_run_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("old")
    program = f"""
        import os, signal
        from pathlib import Path
        from lengowctl.output.files import atomic_write
        with atomic_write(Path({str(path)!r}), force=True) as stream:
            stream.write("new" * 100000)
            stream.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    assert (done.returncode, path.read_text()) == (-signal.SIGKILL, "old")


@given(st.text(alphabet=st.characters(), max_size=200))
def test_any_reference_makes_a_name_of_one_file_in_its_folder(text: str) -> None:
    name = safe_name(text)
    assert name
    assert len(name) <= 120
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-%")
    assert not name.startswith(".")
    assert not name.endswith(".")


@given(st.text(max_size=8), st.text(max_size=8))
def test_two_references_never_share_a_name(one: str, other: str) -> None:
    assert (safe_name(one) == safe_name(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("amazon_fr:403-1180092-5527741", "amazon_fr%3A403-1180092-5527741"),
        ("../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"),
        (".", "%2E"), ("..", "%2E%2E"), ("", "%"), ("a.", "a%2E"), ("a.b", "a.b"), ("C:\\x", "C%3A%5Cx"),
    ],
)  # fmt: skip
def test_a_name_keeps_what_it_can(text: str, name: str) -> None:
    assert safe_name(text) == name


def test_what_a_killed_run_left_behind_is_removed_by_the_next_and_nothing_else(tmp_path: Path) -> None:
    """A part of this minute, one that somebody holds, and a file that is not ours stay."""
    import fcntl

    names_of = {name: tmp_path / f".lengowctl-{name}.part" for name in ("dead", "fresh", "held")}
    for part in (*names_of.values(), tmp_path / "mine.part"):
        part.write_bytes(b"a buyer")
    for name in ("dead", "held"):
        os.utime(names_of[name], (1, 1))
    os.utime(tmp_path / "mine.part", (1, 1))
    with names_of["held"].open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        write(tmp_path / "new.csv", "whole")
    assert names(tmp_path) == [".lengowctl-fresh.part", ".lengowctl-held.part", "mine.part", "new.csv"]
