"""The program as a process: its front door, its streams, its signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lengowctl import __version__

LENGOWCTL = [sys.executable, "-m", "lengowctl"]


def program(tmp_path: Path, *words: str, **how: object) -> subprocess.CompletedProcess[str]:
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C"}
    settings = {"env": env, "capture_output": True, "text": True, "timeout": 60, "check": False, **how}
    return subprocess.run([*LENGOWCTL, *words], **settings)  # type: ignore[call-overload, no-any-return]


def test_the_version(tmp_path: Path) -> None:
    done = program(tmp_path, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{__version__}\n", "")


def test_the_console_script_is_the_same_door(tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("lengowctl")
    done = subprocess.run([str(script), "config", "path"], capture_output=True, text=True, timeout=60, check=False,
                          env={"HOME": str(tmp_path)})  # fmt: skip
    assert done.returncode == 0
    assert done.stdout == program(tmp_path, "config", "path").stdout


def test_the_usual_places_are_below_the_home(tmp_path: Path) -> None:
    done = program(tmp_path, "config", "path")
    assert done.returncode == 0
    assert all(line.startswith(str(tmp_path)) for line in done.stdout.splitlines())


def test_without_a_home_the_variables_are_named(tmp_path: Path) -> None:
    done = program(tmp_path, "config", "path", env={"HOME": ""})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "lengowctl: no home folder can be found for this user\n"
        "  set LENGOWCTL_DATA_DIR to a folder for the data, and LENGOWCTL_CONFIG to a configuration file\n"
    )


@pytest.mark.parametrize("words", ["--version", "statuses"])
def test_a_stdout_that_is_closed_is_no_error(tmp_path: Path, words: str) -> None:
    assert behind(tmp_path, f"{words} >&-") == (0, "")


def test_the_version_on_a_full_disk_is_told(tmp_path: Path) -> None:
    says = "lengowctl: the output cannot be written: no space left on device\n"
    assert behind(tmp_path, "--version >/dev/full") == (1, says)


def behind(tmp_path: Path, words: str) -> tuple[int, str]:
    """Exit code and stderr of a line for the shell."""
    line = f'"{sys.executable}" -m lengowctl {words}'
    done = subprocess.run(
        line, shell=True, stderr=subprocess.PIPE, text=True, timeout=60, check=False, env={"HOME": str(tmp_path)}
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("words", [["--version"], ["statuses"], ["--help"], ["completion", "bash"]])
def test_a_reader_that_leaves_is_no_error(tmp_path: Path, words: list[str]) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = program(tmp_path, *words, capture_output=False, stdout=write, stderr=subprocess.PIPE)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_stdout_is_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = program(tmp_path, "statuses", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (
        1,
        "lengowctl: there is no room left to write the output\n  free some space and run it again\n",
    )


def test_closed_streams_do_no_harm(tmp_path: Path) -> None:
    words = " ".join([*LENGOWCTL, "statuses"])
    shell = ["sh", "-c", f"exec {words} <&- >&- 2>&-"]
    done = subprocess.run(shell, timeout=60, check=False, env={"HOME": str(tmp_path)})
    assert done.returncode == 0


def test_output_is_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    env = {"HOME": str(tmp_path), "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = program(tmp_path, "statuses", "-o", "table", env=env, text=False)
    assert done.returncode == 0
    assert "│" in done.stdout.decode("utf-8")  # type: ignore[attr-defined]


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_130_and_one_line(tmp_path: Path, stop: signal.Signals) -> None:
    """It waits for a program that prints a key; the program tells us when it has been waited for."""
    fifo = tmp_path / "ready"
    os.mkfifo(fifo)
    config = tmp_path / "config.toml"
    config.write_text(
        f"[profiles.main]\naccess_token_command = ['sh', '-c', 'sleep 0.5; echo ready > {fifo}; exec sleep 60']\n"
    )
    process = subprocess.Popen(
        [*LENGOWCTL, "config", "check", "--config", str(config)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
    )
    assert fifo.read_text() == "ready\n"
    process.send_signal(stop)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "lengowctl: interrupted\n")
