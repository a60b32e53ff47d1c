"""Runs the program in this process as a person or a script would: words in, exit code and two streams out."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import httpx

from lengowctl.cli.lazy import LazyGroup
from lengowctl.cli.machine import Machine
from lengowctl.cli.main import run as run_command
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import NoHome

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    """What a run left: its exit code, what it printed as data, what it said."""

    code: int
    out: str
    err: str


class Stream(io.StringIO):
    """A stream in memory that may say it is a terminal."""

    def __init__(self, text: str = "", *, tty: bool = False) -> None:
        super().__init__(text)
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


@dataclass
class Clock:
    """A clock that moves only when somebody sleeps. `slept` holds the naps, `plans` what happens at which moment."""

    start: datetime = NOON
    passed: float = 0.0
    slept: list[float] = field(default_factory=list)
    plans: list[tuple[float, Callable[[], object]]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.passed)

    def monotonic(self) -> float:
        return self.passed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        until = self.passed + seconds
        while self.plans and self.plans[0][0] <= until:
            at, happen = self.plans.pop(0)
            self.passed = max(self.passed, at)
            happen()
        self.passed = max(self.passed, until)

    def plan(self, seconds: float, happen: Callable[[], object]) -> None:
        """Let something happen so many seconds from now, while somebody sleeps. Plans are made in their order."""
        self.plans.append((self.passed + seconds, happen))


#: What a person at a screen that is refreshed does next: presses a key, changes its size, or waits ("") while
#: something happens.
Step = str | tuple[int, int] | Callable[[], object]


@dataclass
class Seat:
    """A terminal that is taken for a screen, with somebody before it who at last presses `q`."""

    steps: Iterator[Step]
    clock: Clock
    columns: int
    lines: int
    keys: bool = True

    def size(self) -> tuple[int, int]:
        return self.columns, self.lines

    def wait(self, seconds: float) -> str:
        step = next(self.steps, "q")
        if isinstance(step, tuple):
            self.columns, self.lines = step
            return "changed"
        if callable(step):
            step()
        if callable(step) or step == "":
            self.clock.sleep(seconds)
            return ""
        return step


def frames(out: str) -> list[list[str]]:
    """What a screen that was drawn anew showed each time, line by line, without colour."""
    drawn = (frame.removesuffix("\r\n\x1b[J") for frame in out.split("\x1b[H")[1:])
    shown = (re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", frame) for frame in drawn)
    return [[line.rstrip() for line in frame.split("\r\n")] for frame in shown]


@dataclass(frozen=True)
class Home:
    """The usual places below a folder; None: no home can be found."""

    folder: Path | None

    def config_file(self) -> Path:
        return self._folder() / "config" / "config.toml"

    def data_root(self) -> Path:
        return self._folder() / "data"

    def _folder(self) -> Path:
        if self.folder is None:
            raise NoHome(
                "no home folder can be found for this user", hint="set LENGOWCTL_DATA_DIR and LENGOWCTL_CONFIG"
            )
        return self.folder


@dataclass
class Shell:
    """A place to run commands in: a home of its own, an environment, a clock. Call it with the words of a command.

    `width` counts on a terminal and off it. `answers` are what a person types where nothing is shown.
    """

    home: Path | None
    env: Mapping[str, str] = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    zone: tzinfo | None = UTC
    transport: httpx.BaseTransport | None = None
    command: LazyGroup | None = None
    questions: list[str] = field(default_factory=list)
    """What was asked on the controlling terminal."""

    @property
    def config(self) -> Path:
        return Home(self.home).config_file()

    @property
    def data(self) -> Path:
        return Home(self.home).data_root()

    def write_config(self, text: str, *, mode: int = 0o600) -> Path:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text)
        self.config.chmod(mode)
        return self.config

    def _answer(self, question: str, answers: Iterator[str] | None) -> str | None:
        if answers is None:
            return None
        self.questions.append(question)
        return next(answers, "")

    def machine(
        self,
        *,
        stdin: str = "",
        tty: bool = False,
        width: int = 80,
        env: Mapping[str, str] | None = None,
        now: datetime | None = None,
        answers: Iterable[str] = (),
        terminal: Iterable[str] | None = None,
        steps: Iterable[Step] = (),
        lines: int = 24,
    ) -> Machine:
        """What a command gets. `tty` makes all three streams a terminal of `width` columns. `terminal` are the answers
        of a person at the controlling terminal, None when there is none; `steps` what somebody does before a screen.
        """
        if now is not None:
            self.clock = Clock(now)
        replies = iter(answers)
        told = None if terminal is None else iter(terminal)
        return Machine(
            env={"COLUMNS": str(width), **self.env, **(env or {})},
            stdin=Stream(stdin, tty=tty),
            stdout=Stream(tty=tty),
            stderr=Stream(tty=tty),
            now=lambda: self.clock.now(),
            monotonic=lambda: self.clock.monotonic(),
            sleep=lambda seconds: self.clock.sleep(seconds),
            random=random.Random(1).random,
            places=Home(self.home),
            ask_secret=lambda question: next(replies),
            ask_terminal=lambda question: self._answer(question, told),
            user=lambda: "jo",
            host=lambda: "desk",
            window=lambda: (width, lines) if tty else None,
            terminal=lambda keys: nullcontext(Seat(iter(steps), self.clock, width, lines, keys)),
            zone=self.zone,
            transport=self.transport,
        )

    def __call__(self, *args: str, **how: Any) -> Result:
        """Run one command at a `machine` of this kind."""
        return finish(args, Runtime(self.machine(**how)), self.command)


def finish(words: Iterable[str], runtime: Runtime, command: LazyGroup | None = None) -> Result:
    """Run a command in a runtime of the test's own; its machine is a `Shell.machine`, or one that was made of it."""
    code = run_command(tuple(words), runtime, command)
    out, err = runtime.machine.stdout, runtime.machine.stderr
    assert isinstance(out, io.StringIO)
    assert isinstance(err, io.StringIO)
    return Result(code, out.getvalue(), err.getvalue())


def run(args: Iterable[str], *, home: Path | None = None, **how: Any) -> Result:
    """Run one command in no particular place."""
    return Shell(home)(*args, **how)
