"""What a run gets from the machine it runs on: streams, environment, clock, places. Tests hand in their own."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO

from lengowctl.config import choice
from lengowctl.errors import NoHome

if TYPE_CHECKING:
    import httpx

    from lengowctl.cli.terminal import Terminal


class Places(Protocol):
    """Where files go when nothing says otherwise. Both raise NoHome when no home can be found."""

    def config_file(self) -> Path: ...
    def data_root(self) -> Path: ...


@dataclass(frozen=True)
class Machine:
    """Everything that does not depend on the command line. `zone` None is the machine's own time zone;
    `transport` None is the real network; `ask_secret` shows a question and reads a line without showing it.

    `ask_terminal` asks on the controlling terminal, whatever stdin is, and reads a line; None when there is no such
    terminal. `on_stop` lets a wish to stop (Ctrl-C, SIGTERM, a closed terminal) call back once instead of raising; the
    second one raises.
    `window` tells columns and lines of the terminal, now; None when there is none. `terminal` takes it for a screen
    that is refreshed in place, with its keys if they are wanted.
    """

    env: Mapping[str, str]
    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    places: Places
    ask_secret: Callable[[str], str]
    ask_terminal: Callable[[str], str | None] = lambda question: None  # noqa: ARG005 - nobody is there
    on_stop: Callable[[Callable[[], None]], AbstractContextManager[None]] = lambda call: nullcontext()  # noqa: ARG005
    user: Callable[[], str] = lambda: "unknown"
    host: Callable[[], str] = lambda: "unknown"
    window: Callable[[], tuple[int, int] | None] = lambda: None
    terminal: Callable[[bool], AbstractContextManager[Terminal]] = lambda keys: nullcontext(NoTerminal())  # noqa: ARG005
    zone: tzinfo | None = None
    transport: httpx.BaseTransport | None = None


class NoTerminal:
    """Nobody is there: who waits for a key waits no longer."""

    keys = False

    def size(self) -> tuple[int, int]:
        return 80, 24

    def wait(self, seconds: float) -> str:
        del seconds
        return "q"


class HomePlaces:
    """The usual places of the operating system, below the user's home."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def config_file(self) -> Path:
        return self._found(choice.config_file(self._env))

    def data_root(self) -> Path:
        return self._found(choice.data_root(self._env))

    def _found(self, path: str | None) -> Path:
        if path is None:
            raise NoHome(
                "no home folder can be found for this user",
                hint="set LENGOWCTL_DATA_DIR to a folder for the data, and LENGOWCTL_CONFIG to a configuration file",
            )
        return Path(path)


def this_machine() -> Machine:
    """The machine that this process really runs on."""
    stdin, stdout = _input(), _output(sys.stdout)
    return Machine(
        env=os.environ,
        stdin=stdin,
        stdout=stdout,
        stderr=_output(sys.stderr),
        now=lambda: datetime.now(UTC),
        monotonic=stopwatch(),
        sleep=time.sleep,
        random=_random,
        places=HomePlaces(os.environ),
        ask_secret=_ask_secret,
        ask_terminal=_ask_terminal,
        on_stop=_on_stop,
        user=_user,
        host=_host,
        window=_window,
        terminal=lambda keys: _terminal(stdin, stdout, keys),
    )


def stopwatch() -> Callable[[], float]:
    """A clock that nobody sets and that goes on while the machine sleeps, which Python's own does not everywhere: what
    was looked up before a laptop was shut is old when it wakes.
    """
    number: int | None = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
    read: Callable[[int], float] | None = getattr(time, "clock_gettime", None)
    if number is None or read is None:
        return time.monotonic
    try:
        read(number)
    except OSError:  # the system knows no such clock
        return time.monotonic
    return partial(read, number)


def _random() -> float:
    import random

    return random.random()  # noqa: S311 - it spreads retries, it hides nothing


class Nowhere(io.StringIO):
    """A stream that was closed by whoever started us: what is written to it reaches nobody."""


def _input() -> TextIO:
    """stdin as UTF-8 whatever the locale; bytes that are none are kept as lone surrogates, not an error, and line ends
    as they are."""
    if sys.stdin is None:  # closed by whoever started us
        return io.StringIO()
    if isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")
    return sys.stdin


def _output(stream: TextIO | None) -> TextIO:
    """A terminal keeps its encoding; a pipe or file gets UTF-8 and line ends as written. Nothing is unprintable."""
    if stream is None:
        return Nowhere()
    if isinstance(stream, io.TextIOWrapper):
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    return stream


def _window() -> tuple[int, int] | None:
    for stream in (sys.stdout, sys.stderr, sys.stdin):
        try:
            columns, lines = os.get_terminal_size(stream.fileno())
        except (AttributeError, OSError, ValueError):
            continue
        if columns and lines:
            return columns, lines
    return None


def _terminal(stdin: TextIO, stdout: TextIO, keys: bool) -> AbstractContextManager[Terminal]:
    from lengowctl.cli.terminal import taken

    return taken(stdin, stdout, keys=keys)


def _ask_secret(question: str) -> str:
    from getpass import getpass

    return getpass(question)


def _ask_terminal(question: str) -> str | None:
    """Through the terminal that the process belongs to: stdin may be a pipe."""
    try:
        descriptor = os.open("/dev/tty" if os.name == "posix" else "CON", os.O_RDWR | getattr(os, "O_NOCTTY", 0))
    except OSError:
        return None
    with io.FileIO(descriptor, "r+") as raw, io.TextIOWrapper(raw, errors="replace") as terminal:
        terminal.write(question)
        terminal.flush()
        answer = terminal.readline()
        if not answer:  # Ctrl-D: the cursor still stands behind the question
            terminal.write("\n")
        return answer


#: The terminal is gone; a system may not know such a signal.
_GONE = getattr(signal, "SIGHUP", None)


@contextmanager
def _on_stop(call: Callable[[], None]) -> Iterator[None]:
    """The first signal calls back; with it the handlers are as before, so that the second one raises. Only the end of
    the terminal does not: the system and a shell may both tell it. Who is to outlive it (nohup) does."""
    before: dict[int, Any] = {}

    def restore(kept: int | None = None) -> None:
        for number in [number for number in before if number != kept]:
            signal.signal(number, before.pop(number))

    def stop(*_: object) -> None:
        restore(_GONE)
        if _GONE in before:
            signal.signal(_GONE, signal.SIG_IGN)
        call()

    try:
        with suppress(ValueError):  # not in the main thread
            for number in filter(None, (signal.SIGINT, signal.SIGTERM, _GONE)):
                if signal.getsignal(number) != signal.SIG_IGN or number != _GONE:
                    before[number] = signal.signal(number, stop)
        yield
    finally:
        restore()


def _user() -> str:
    """The system's name of the user; the number where there is no name."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "unknown"


def _host() -> str:
    import socket

    return socket.gethostname() or "unknown"
