"""Whole processes in turn: wall time, CPU time and peak memory of each, and the ratios of those that ran together.

This process itself stays small and loads nothing of lengowctl: a child's peak memory can never be told to be lower
than its parent's. What has to be measured inside the program runs in a child too (`inside`).
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PYTHON = sys.executable
LENGOWCTL = (str(Path(PYTHON).with_name("lengowctl")),)
#: From so many seconds a command is slow, and measured less often.
SLOW, VERY_SLOW = 1.5, 15.0
_ENOUGH = {SLOW: 5, VERY_SLOW: 3}
_COLUMNS, _LINES = 120, 60


class Failed(Exception):
    """A command that was to be measured went wrong, or was not done in time."""


@dataclass(frozen=True)
class Run:
    """One finished process: wall and CPU seconds, peak memory in MiB of it and of what it waited for."""

    wall: float
    cpu: float
    peak: float
    code: int = 0


@dataclass(frozen=True)
class Command:
    """What is run. On a `terminal` all three streams are one. `codes` are the exit codes that are as they should be."""

    words: Sequence[str]
    env: Mapping[str, str] | None = None
    terminal: bool = False
    stdin: Path | None = None
    codes: tuple[int, ...] = (0,)
    limit: float = 900.0

    def once(self) -> Run:
        """Run it to its end; what it prints is read and thrown away. Raises Failed."""
        started = time.perf_counter()
        run = _on_terminal(self, started) if self.terminal else _piped(self, started)
        if run.code not in self.codes:
            raise Failed(f"{' '.join(self.words)[:120]} ended with {run.code}")
        return run


@dataclass(frozen=True)
class Ratio:
    """The median ratio of one command to another, pair by pair, in wall time and in CPU time."""

    wall: float
    cpu: float
    mine: float
    theirs: float
    rounds: int

    @property
    def told(self) -> str:
        """The context: median seconds of both, and the CPU ratio where it says something else."""
        apart = abs(self.cpu - self.wall) > 0.15 * self.wall
        said = f"{_seconds(self.mine)} against {_seconds(self.theirs)}, {self.rounds} rounds"
        return f"{said}; by CPU time {self.cpu:.2f}" if apart else said


def median(values: Iterable[float]) -> float:
    """The middle one, or the mean of the two in the middle."""
    found = sorted(values)
    return (found[(len(found) - 1) // 2] + found[len(found) // 2]) / 2


def compare(commands: Mapping[str, Command], rounds: int) -> dict[str, list[Run]]:
    """All commands in turn, round by round, after one round that is not counted. Slow ones get fewer rounds."""
    first = {name: command.once() for name, command in commands.items()}
    slowest = max(run.wall for run in first.values())
    for seconds, enough in _ENOUGH.items():
        if slowest > seconds:
            rounds = min(rounds, enough)
    found: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            found[name].append(command.once())
    return found


def ratio(mine: Sequence[Run], theirs: Sequence[Run], offset: float = 0.0) -> Ratio:
    """Of runs that were made in turn."""
    pairs = list(zip(mine, theirs, strict=True))
    return Ratio(
        median(a.wall / (b.wall + offset) for a, b in pairs),
        median(a.cpu / max(b.cpu, 0.001) for a, b in pairs),
        median(run.wall for run in mine),
        median(run.wall for run in theirs),
        len(pairs),
    )


def versus(mine: Command, theirs: Command, rounds: int) -> Ratio:
    """Two commands in turn."""
    found = compare({"mine": mine, "theirs": theirs}, rounds)
    return ratio(found["mine"], found["theirs"])


def inside(module: str, *words: str, limit: float = 900.0) -> Any:
    """What `python -m tests.benchmarks.MODULE WORDS` measured inside itself: the JSON that it prints. Raises Failed."""
    done = subprocess.run(
        [PYTHON, "-m", f"tests.benchmarks.{module}", *words], capture_output=True, text=True, timeout=limit, check=False
    )
    if done.returncode:
        raise Failed(f"{module} {words[0] if words else ''}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout.splitlines()[-1])


def modules(words: Sequence[str], env: Mapping[str, str], *, terminal: bool = False) -> set[str]:
    """The modules, and their packages, that a command has loaded when it ends."""
    target = Path(env["HOME"]) / "modules.json"
    Command([PYTHON, "-c", _SPY, str(target), *words], env, terminal=terminal).once()
    names = json.loads(target.read_text())
    target.unlink()
    return {name.partition(".")[0] for name in names} | set(names)


_SPY = """
import atexit, json, os, sys
target = sys.argv.pop(1)
sys.argv[0] = "lengowctl"
names = set(sys.modules)
def tell():
    with open(target, "w") as stream:
        json.dump(sorted(set(sys.modules) - names), stream)
atexit.register(tell)
leave = os._exit
os._exit = lambda code: (tell(), leave(code))
from lengowctl.__main__ import main
main()
"""


def tool(name: str) -> str | None:
    """Where a program is: beside this Python, or on the PATH."""
    return shutil.which(name, path=str(Path(PYTHON).parent)) or shutil.which(name)


def _piped(command: Command, started: float) -> Run:
    with open(command.stdin or os.devnull, "rb") as source:
        process = subprocess.Popen(command.words, env=_env(command), stdin=source, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    return _reaped(process, command, started)


def _on_terminal(command: Command, started: float) -> Run:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _LINES, _COLUMNS, 0, 0))
    env = {**(_env(command) or os.environ), "TERM": "xterm-256color"}
    process = subprocess.Popen(
        command.words, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    reader = threading.Thread(target=_drain, args=(ours,), daemon=True)
    reader.start()
    run = _reaped(process, command, started)
    reader.join(10)
    os.close(ours)
    return run


def _drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 65536):
            continue
    except OSError:  # the other end is closed
        return


def _reaped(process: subprocess.Popen[bytes], command: Command, started: float) -> Run:
    """Wait for it, no longer than its limit; whatever ends us ends it and what it started."""
    late = threading.Timer(command.limit, _end, [process.pid])
    late.start()
    try:
        _, status, used = os.wait4(process.pid, 0)
    except BaseException:
        _end(process.pid)
        process.wait()
        raise
    finally:
        late.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode)


def _end(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _env(command: Command) -> dict[str, str] | None:
    return None if command.env is None else dict(command.env)


def _seconds(value: float) -> str:
    return f"{value * 1000:.0f} ms" if value < 1 else f"{value:.1f} s"
