"""What a run gets from the machine it runs on: streams, environment, clock, places. Tests hand in their own."""

from __future__ import annotations

import io
import os
import random
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from lengowctl.errors import NoHome

if TYPE_CHECKING:
    import httpx


class Places(Protocol):
    """Where files go when nothing says otherwise. Both raise NoHome when no home can be found."""

    def config_file(self) -> Path: ...
    def data_root(self) -> Path: ...


@dataclass(frozen=True)
class Machine:
    """Everything that does not depend on the command line. `zone` None is the machine's own time zone;
    `transport` None is the real network; `ask_secret` shows a question and reads a line without showing it.
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
    zone: tzinfo | None = None
    transport: httpx.BaseTransport | None = None


class HomePlaces:
    """The usual places of the operating system, below the user's home."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env

    def config_file(self) -> Path:
        from platformdirs import user_config_path

        return self._checked(user_config_path("lengowctl", appauthor=False), "XDG_CONFIG_HOME") / "config.toml"

    def data_root(self) -> Path:
        from platformdirs import user_data_path

        return self._checked(user_data_path("lengowctl", appauthor=False), "XDG_DATA_HOME")

    def _checked(self, path: Path, variable: str) -> Path:
        """Without HOME and an entry for the user the path still begins with "~"; with an empty HOME, with "/"."""
        empty = self._env.get("HOME") == "" and not self._env.get(variable)
        if not path.is_absolute() or (empty and os.name == "posix"):
            raise NoHome(
                "no home folder can be found for this user",
                hint="set LENGOWCTL_DATA_DIR to a folder for the data, and LENGOWCTL_CONFIG to a configuration file",
            )
        return path


def this_machine() -> Machine:
    """The machine that this process really runs on."""
    return Machine(
        env=os.environ,
        stdin=_input(),
        stdout=_output(sys.stdout),
        stderr=_output(sys.stderr),
        now=lambda: datetime.now(UTC),
        monotonic=time.monotonic,
        sleep=time.sleep,
        random=random.random,
        places=HomePlaces(os.environ),
        ask_secret=_ask_secret,
    )


def _input() -> TextIO:
    """stdin as UTF-8 whatever the locale; bytes that are none are kept as lone surrogates, not an error."""
    if sys.stdin is None:  # closed by whoever started us
        return io.StringIO()
    if isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    return sys.stdin


def _output(stream: TextIO | None) -> TextIO:
    """A terminal keeps its encoding; a pipe or file gets UTF-8 and line ends as written. Nothing is unprintable."""
    if stream is None:
        return io.StringIO()
    if isinstance(stream, io.TextIOWrapper):
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")
    return stream


def _ask_secret(question: str) -> str:
    from getpass import getpass

    return getpass(question)
