"""A shell on a terminal of its own: keys in, what it shows out."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_PATIENCE = 20.0
#: Makes the terminal the controlling one, then becomes the shell.
_OWN_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
#: Control sequences of a terminal: colours, moves, titles, modes.
_CONTROL = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-Z]|[=>78cMDEH])|[\r\x07\x08\x0e\x0f]"
)


class Terminal:
    """A program with 60 rows of 200 columns. Closing it ends the program."""

    def __init__(self, words: Sequence[str], env: Mapping[str, str], folder: Path) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 200, 0, 0))
        self._program = subprocess.Popen(
            [sys.executable, "-c", _OWN_TERMINAL, *words],
            stdin=slave, stdout=slave, stderr=slave, env=env, cwd=folder, start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self._seen = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._master)

    def type(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    def until(self, pattern: str) -> re.Match[str]:
        """What was shown since the last time, up to the first match of `pattern`, without colours and moves."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            found = re.search(pattern, _CONTROL.sub("", self._seen), re.DOTALL)
            if found:
                self._seen = ""
                return found
            ready, _, _ = select.select([self._master], [], [], max(deadline - time.monotonic(), 0))
            assert ready, f"{pattern!r} never came; there is {self._seen!r}"
            self._seen += os.read(self._master, 65536).decode("utf-8", "replace")
