"""The terminal, taken for a screen that is refreshed in place, and given back as it was.

Signals only leave word; what they ask for is done where somebody waits for a key, never in the middle of a line that
is being written. Ctrl-C and SIGTERM stay what they are everywhere: KeyboardInterrupt.
"""

from __future__ import annotations

import os
import re
import select
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import FrameType
from typing import Any, Protocol, TextIO

#: What `wait` says of a terminal whose size has changed, or whose content is gone.
CHANGED = "changed"
#: The other screen, so that what stood there comes back; no cursor; an empty page.
_TAKE, _GIVE = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J", "\x1b[0m\x1b[H\x1b[2J\x1b[?25h\x1b[?1049l"
_POLL = 0.5
#: Arrows and the like: several characters, none of which was pressed.
_ARROWS = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|O.|.|$)", re.DOTALL)


class Terminal(Protocol):
    """A terminal that is ours until we give it back."""

    @property
    def keys(self) -> bool:
        """Whether a person can press keys."""

    def size(self) -> tuple[int, int]:
        """Columns and lines, now."""

    def wait(self, seconds: float) -> str:
        """Wait so long: the key that was pressed meanwhile, CHANGED when all has to be drawn anew, "" when nothing
        happened."""


@contextmanager
def taken(stdin: TextIO, stdout: TextIO, *, keys: bool) -> Iterator[Terminal]:
    """The terminal behind `stdout`, with its keys from `stdin` where that is one too and `keys` are wanted."""
    held = _Held(stdin, stdout, keys=keys)
    try:
        held.take()
        yield held
    finally:
        held.give()


class _Held:
    def __init__(self, stdin: TextIO, stdout: TextIO, *, keys: bool) -> None:
        self._stdout = stdout
        self._modes = _Modes(stdin if keys and stdin.isatty() else None)
        self._signals = _Signals()
        self._pressed: list[str] = []
        """Keys that came together, the next one last."""

    @property
    def keys(self) -> bool:
        return self._modes.descriptor is not None

    def size(self) -> tuple[int, int]:
        with suppress(OSError, ValueError):
            columns, lines = os.get_terminal_size(self._stdout.fileno())
            if columns and lines:
                return columns, lines
        return 80, 24

    def take(self) -> None:
        while self._in_background():
            os.kill(os.getpid(), signal.SIGSTOP)
        self._signals.listen()
        self._modes.take()
        self._write(_TAKE)

    def give(self) -> None:
        self._modes.give()
        with suppress(OSError, ValueError):
            self._write(_GIVE)
        self._signals.forget()

    def wait(self, seconds: float) -> str:
        deadline = time.monotonic() + seconds
        before = self.size()
        while True:
            if self._signals.heard(_STOP):
                self._stop()
                return CHANGED
            if self._signals.heard(_GO_ON):  # stopped by others, who left us no time to give the terminal back
                self.give()
                self.take()
                return CHANGED
            if self._signals.heard(_SIZE) or self.size() != before:
                return CHANGED
            left = deadline - time.monotonic()
            if left <= 0:
                return ""
            if key := self._key(left):
                return key

    def _key(self, seconds: float) -> str:
        """The key that is pressed within so many seconds; "" as soon as a signal comes, too."""
        if self._pressed:
            return self._pressed.pop()
        sources = [source for source in (self._signals.descriptor, self._modes.descriptor) if source is not None]
        if not sources:
            time.sleep(min(seconds, _POLL))
            return ""
        ready, _, _ = select.select(sources, [], [], seconds)
        self._signals.drain()
        if self._modes.descriptor not in ready or self._modes.descriptor is None:
            return ""
        pressed = os.read(self._modes.descriptor, 64).decode("utf-8", "replace")
        if not pressed:  # nobody will ever press one again
            self._modes.give()
            self._modes.descriptor = None
        self._pressed = list(reversed(_ARROWS.sub("", pressed)))
        return self._pressed.pop() if self._pressed else ""

    def _stop(self) -> None:
        """Ctrl-Z: the shell gets its terminal back; `fg` goes on here."""
        self.give()
        os.kill(os.getpid(), signal.SIGTSTP)
        self.take()

    def _in_background(self) -> bool:
        """Whether another job has the terminal (`&`, `bg`)."""
        with suppress(OSError, ValueError):
            return os.name == "posix" and os.tcgetpgrp(self._stdout.fileno()) != os.getpgrp()
        return False

    def _write(self, text: str) -> None:
        self._stdout.write(text)
        self._stdout.flush()


class _Modes:
    """The line discipline: keys one by one, unseen. Ctrl-C and Ctrl-Z stay signals."""

    def __init__(self, stdin: TextIO | None) -> None:
        self.descriptor: int | None = None
        self._before: list[Any] | None = None
        if stdin is not None and os.name == "posix":
            self.descriptor = stdin.fileno()

    def take(self) -> None:
        if self.descriptor is None:
            return
        import termios
        import tty

        with suppress(termios.error):
            before = termios.tcgetattr(self.descriptor)
            tty.setcbreak(self.descriptor, termios.TCSADRAIN)
            self._before = self._before or before

    def give(self) -> None:
        before, self._before = self._before, None
        if self.descriptor is None or before is None:
            return
        import termios

        with suppress(termios.error):
            termios.tcsetattr(self.descriptor, termios.TCSADRAIN, before)


_STOP, _GO_ON, _SIZE = "SIGTSTP", "SIGCONT", "SIGWINCH"


class _Signals:
    """Which signals came; a byte in a pipe wakes whoever waits."""

    def __init__(self) -> None:
        self.descriptor: int | None = None
        self._came: set[str] = set()
        self._undo = ExitStack()

    def listen(self) -> None:
        self._came.clear()
        if os.name != "posix":
            return
        with ExitStack() as undo, suppress(ValueError):  # not in the main thread
            read, write = os.pipe()
            undo.callback(os.close, read)
            undo.callback(os.close, write)
            os.set_blocking(read, False)
            os.set_blocking(write, False)
            undo.callback(signal.set_wakeup_fd, signal.set_wakeup_fd(write, warn_on_full_buffer=False))
            for name in (_STOP, _GO_ON, _SIZE):
                number = getattr(signal, name)
                undo.callback(signal.signal, number, signal.signal(number, self._note))
            undo.callback(setattr, self, "descriptor", None)
            self.descriptor = read
            self._undo = undo.pop_all()

    def forget(self) -> None:
        self._undo.close()

    def heard(self, name: str) -> bool:
        """Whether that signal came since it was last asked for."""
        came = name in self._came
        self._came.discard(name)
        return came

    def drain(self) -> None:
        if self.descriptor is not None:
            with suppress(BlockingIOError):
                os.read(self.descriptor, 512)

    def _note(self, number: int, frame: FrameType | None) -> None:
        del frame
        self._came.add(signal.Signals(number).name)
