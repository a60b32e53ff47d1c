"""Processes whose system calls are watched, or that die at one of them. Needs strace, on Linux."""

from __future__ import annotations

import ctypes
import os
import random
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

from .harness import ended, fork

#: Where a process can die: at calls that change what others see of it.
CALLS = ("fsync", "fdatasync", "pwrite64", "write", "sendto", "rename", "unlink", "openat", "ftruncate")
_ANY_TRACER = 0x59616D61, ctypes.c_ulong(-1)
_CALL = re.compile(r"^(\d+) +(\w+)\(")


def watched(work: Callable[[], object], told: Path, *options: str) -> int:
    """Do it in another process under strace, which writes to `told`; its exit code, or minus the signal."""
    child = fork(lambda: _begin_stopped(work))
    os.waitpid(child, os.WUNTRACED)
    words = ["strace", "-f", "-o", str(told), *options, "-p", str(child)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as tracer:
        assert tracer.stderr
        said = tracer.stderr.readline()
        os.kill(child, signal.SIGCONT)
        code = ended(child)
        said += tracer.stderr.read()
    assert "attached" in said, said
    return code


def _begin_stopped(work: Callable[[], object]) -> object:
    ctypes.CDLL(None).prctl(*_ANY_TRACER, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    return work()


@cache
def why_no_strace() -> str | None:
    """Why nothing can be watched here; None when it can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    try:
        watched(lambda: 0, Path(os.devnull), "-e", "trace=write")
    except AssertionError as refused:
        return f"strace may not watch a process here: {refused}"
    return None


class CallAim:
    """Kills work at a system call, any of those that it makes."""

    def __init__(self, dice: random.Random, folder: Path) -> None:
        self._dice, self._told = dice, folder / "calls"
        self._most: dict[str, Counter[str]] = {}

    def kill(self, name: str, work: Callable[[], object]) -> bool:
        """Do it in another process, killed as it enters some call; whether it was. The first time it only counts how
        often each thread makes which call."""
        if name not in self._most:
            watched(work, self._told, "-e", f"trace={','.join(CALLS)}")
            self._most[name] = _most_of_a_thread(self._told.read_text())
            return False
        call = self._dice.choice(list(self._most[name]))
        nth = self._dice.randint(1, self._most[name][call])
        inject = f"inject={call}:signal=KILL:when={nth}"
        return watched(work, self._told, "-e", f"trace={call}", "-e", inject) == -signal.SIGKILL


def _most_of_a_thread(told: str) -> Counter[str]:
    """How often the busiest thread made each call."""
    by_thread = Counter(match.groups() for line in told.splitlines() if (match := _CALL.match(line)))
    most = Counter[str]()
    for (_, call), times in by_thread.items():
        most[call] = max(most[call], times)
    return most
