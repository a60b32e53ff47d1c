"""Round after round of `sync` in the foreground, until a signal comes: what a service manager runs.

Between rounds nothing is held: no lock, no connection, no database. What another round may cure (Lengow out of reach,
a lock that another run holds, a full disk) is told once, and once more when it is over; all else ends the run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from lengowctl.cli.orders.round import (
    Round,
    actions_words,
    missing,
    newly_aside,
    rejections,
    run_round,
    standing,
    summary,
)
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.stopped import was_stopped
from lengowctl.errors import BudgetSpent, DiskFull, LengowctlError, Locked, OutOfReach
from lengowctl.orders.moment import utc_text
from lengowctl.output.live import standing_line
from lengowctl.output.words import clock_time, span
from lengowctl.sync.pace import Pace
from lengowctl.sync.pull import PullOptions

#: A round holds the writer's lock: it waits out one window of the request limit, not an hour.
PATIENCE = 75.0
#: How often somebody who waits looks at the clock: with a line that counts down, without one.
_TICK, _DOZE = 1.0, 10.0
#: What another round may cure, and what is said when it is over.
_CURABLE: dict[type[LengowctlError], str] = {
    OutOfReach: "Lengow answers again",
    Locked: "the profile is free again",
    DiskFull: "there is room on the disk again",
}
_NUMBER = re.compile(r"\d+")


def run_on(runtime: Runtime, options: Callable[[], PullOptions], interval: float, wait: float) -> None:
    """A round every `interval` seconds, each with the writer's lock (waiting for it `wait` seconds), until a signal
    comes; then it returns, also out of the middle of a round. Raises what no further round cures."""
    runtime.patience = PATIENCE
    try:
        _run(runtime, options, interval, wait)
    except KeyboardInterrupt:
        return
    except Exception as fault:
        if not was_stopped(fault):
            raise


def _run(runtime: Runtime, options: Callable[[], PullOptions], interval: float, wait: float) -> None:
    machine = runtime.machine
    pace = Pace(interval, monotonic=machine.monotonic, now=machine.now)
    teller = Teller(runtime)
    runtime.tell_wait = teller.wait
    while True:
        pace.begin()
        try:
            _read_again(runtime, teller)
            done = run_round(runtime, options(), wait)
        except tuple(_CURABLE) as fault:
            if isinstance(fault, Locked):
                pace.done()
            else:
                pace.failed(fault.retry_after if isinstance(fault, BudgetSpent) else None)
            teller.trouble(fault, pace.left())
        else:
            pace.done()
            teller.round(done)
        finally:
            runtime.release()
        _await(runtime, pace, teller)


def _read_again(runtime: Runtime, teller: Teller) -> None:
    """Keys may have been changed meanwhile. A file that is being edited is no reason to stop."""
    try:
        runtime.read_again()
    except LengowctlError as fault:
        teller.warn([f"{fault.message}; going on with the settings of before"])


def _await(runtime: Runtime, pace: Pace, teller: Teller) -> None:
    """Sleep until the next round, on a terminal with a line that counts down."""
    printer = runtime.printer
    with standing_line(printer.err, wanted=runtime.live) as line:
        while (left := pace.left()) > 0:
            if line:
                line.show(f"next round in {_countdown(left)}, Ctrl-C ends; {teller.last}", runtime.window()[0])
            runtime.machine.sleep(min(left, _TICK if line else _DOZE))
    if line:
        printer.width = runtime.window()[0]  # the next round's bar


def _countdown(seconds: float) -> str:
    minutes, rest = divmod(-int(-seconds // 1), 60)
    return f"{minutes}:{rest:02}"


class Teller:
    """Says what rounds bring: a line for each that brought something, troubles once, warnings until they are over."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._standing: frozenset[str] = frozenset()
        self._said: set[str] = set()
        self._trouble: type[LengowctlError] | None = None
        self._since: datetime | None = None
        self.last = "no round yet"
        """The last round in a few words."""

    def round(self, done: Round) -> None:
        """A round came to its end."""
        printer = self._runtime.printer
        self._over()
        moved = done.followed is not None and done.followed.updated > 0
        words = summary(done) + (f"; {actions_words(done.followed)}" if done.followed and moved else "")
        pulled = done.pulled
        news = moved or pulled.new or pulled.changed or pulled.anonymized or pulled.set_aside
        (printer.say if news else printer.trace)(self._stamped(words))
        for text in (*rejections(self._runtime, done), *newly_aside(done)):
            printer.warn(text)
        self.warn([*standing(self._runtime, done), *missing(done)])
        self._standing, self._said = frozenset(self._said), set()
        self.last = f"{self._clock()} {words}"

    def trouble(self, fault: LengowctlError, left: float) -> None:
        """A round failed for a reason that another one may cure."""
        now = self._runtime.machine.now()
        kind = next(kind for kind in _CURABLE if isinstance(fault, kind))
        told = f"{fault.message}; trying again at {self._moment(now + timedelta(seconds=left))}"
        if kind is self._trouble:
            self._runtime.printer.trace(self._stamped(told))
        else:
            self._runtime.printer.warn(told)
        self._since = self._since or now
        self._trouble = kind
        self.last = f"{self._clock()} {fault.message}"

    def wait(self, text: str) -> None:
        """A request waits for its turn or for another try. Of a trouble that was told that is nothing new."""
        printer = self._runtime.printer
        (printer.trace if self._trouble else printer.note)(text)

    def warn(self, texts: Iterable[str]) -> None:
        """Warn of what the round before did not warn of; numbers in it may differ."""
        for text in texts:
            kind = _NUMBER.sub("#", text)
            if kind not in self._standing and kind not in self._said:
                self._runtime.printer.warn(text)
            self._said.add(kind)

    def _over(self) -> None:
        if self._trouble and self._since:
            passed = self._runtime.machine.now() - self._since
            after = f", after {span(passed)}" if passed >= timedelta(minutes=1) else ""
            self._runtime.printer.say(self._stamped(f"{_CURABLE[self._trouble]}{after}"))
        self._trouble = self._since = None

    def _stamped(self, words: str) -> str:
        """With the time in front, except where the reader of our lines notes it anyway."""
        if self._runtime.machine.env.get("JOURNAL_STREAM"):
            return words
        return f"{self._clock()} {words}"

    def _clock(self) -> str:
        return self._moment(self._runtime.machine.now())

    def _moment(self, moment: datetime) -> str:
        printer = self._runtime.printer
        return clock_time(moment, printer.zone) if printer.err_tty else utc_text(moment)
