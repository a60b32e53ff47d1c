"""Runs the program at a real terminal, as a job of a small shell: keys, sizes, Ctrl-Z and `fg`."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Self

#: The shell: it has the terminal as its own, runs one job in front, tells when that is stopped or ends, and in which
#: mode (canonical, echoing) the job leaves the terminal; on `fg` the job goes on.
_SHELL = r"""
import fcntl, os, signal, sys, termios
terminal = os.open(sys.argv[1], os.O_RDWR)
fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = os.fork()
if not job:
    os.setpgid(0, 0)
    os.tcsetpgrp(terminal, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    for number in (0, 1, 2):
        os.dup2(terminal, number)
    os.execv(sys.argv[2], sys.argv[2:])
while True:
    _, status = os.waitpid(job, os.WUNTRACED)
    os.tcsetpgrp(terminal, os.getpgrp())
    modes = termios.tcgetattr(terminal)[3]
    kept = all(modes & flag for flag in (termios.ICANON, termios.ECHO, termios.ISIG))
    word = "stopped" if os.WIFSTOPPED(status) else f"ended {os.waitstatus_to_exitcode(status)}"
    print(word, "as it was" if kept else "changed", flush=True)
    if not os.WIFSTOPPED(status):
        break
    sys.stdin.readline()
    os.tcsetpgrp(terminal, job)
    os.killpg(job, signal.SIGCONT)
"""
_PATIENCE = 60.0


@contextmanager
def hangups_heard() -> Iterator[None]:
    """A closed terminal is heard meanwhile, also by what begins meanwhile, and also where the tests run under `nohup`:
    the program goes on when it inherits that nobody wants to be told.
    """
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, before)


class AtTerminal:
    """A program of ours at a terminal of its own."""

    def __init__(self, *words: str, env: Mapping[str, str], columns: int = 80, lines: int = 24) -> None:
        self._master, slave = pty.openpty()
        self._slave = slave  # held, so that what was written last can be read after the job's end
        self.resize(columns, lines)
        command = [sys.executable, "-c", _SHELL, os.ttyname(slave), sys.executable, "-m", "lengowctl", *words]
        self._shell = subprocess.Popen(
            command, env=dict(env), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.seen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shell.poll() is None:
            self._shell.kill()  # the terminal hangs up, and with it the job
        self._shell.communicate()
        os.close(self._slave)
        os.close(self._master)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def press(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def until(self, text: str) -> str:
        """What came up to and with this text."""
        end = time.monotonic() + _PATIENCE
        while text not in self.seen:
            ready, _, _ = select.select([self._master], [], [], max(end - time.monotonic(), 0))
            assert ready, f"{text!r} did not come; {self.seen!r} did"
            self.seen += self._read()
        before, _, self.seen = self.seen.partition(text)
        return before + text

    def _read(self) -> str:
        return self._decoder.decode(os.read(self._master, 65536))

    def told(self) -> str:
        """What the shell tells next of its job."""
        assert self._shell.stdout is not None
        while not select.select([self._shell.stdout], [], [], 0)[0]:
            ready, _, _ = select.select([self._shell.stdout, self._master], [], [], _PATIENCE)
            assert ready, "nothing is told of the job"
            if self._master in ready:  # a full terminal would keep the job waiting
                self.seen += self._read()
        return self._shell.stdout.readline().strip()

    def go_on(self) -> None:
        """`fg`."""
        assert self._shell.stdin is not None
        self._shell.stdin.write("fg\n")
        self._shell.stdin.flush()
