"""A view of the cache that is refreshed in place until somebody has seen enough: `q`, or Ctrl-C."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import last_sync
from lengowctl.cli.terminal import Terminal
from lengowctl.errors import LengowctlError, UsageFault
from lengowctl.output.frame import drawn, fitted
from lengowctl.output.page import BAD, BLANK, DIM, LABEL, Line, Span, line
from lengowctl.output.screen import Screen
from lengowctl.output.words import ago, clock_time, span
from lengowctl.store.store import Store

#: Past this age (or three looks) the data is old for somebody who watches.
_OLD = timedelta(minutes=10)
#: A database that is being written to is looked at again next time, rather than waited for.
_BUSY_MS = 1000
_QUIT, _NOW = "qQ", "rR \r\n"


class View(Protocol):
    """What is looked at again and again."""

    def look(self, store: Store) -> None:
        """Read it anew and compare it with what it was. Raises LengowctlError, and then is as before."""

    def title(self) -> str:
        """What is shown, in a few words."""

    def changes(self) -> str:
        """What changed since the look before; empty when nothing did."""

    def notes(self) -> list[str]:
        """What must be known beside it."""

    def body(self, screen: Screen, room: int) -> tuple[list[Line], int]:
        """Lines for this screen, some more than `room` of them being of no use; and how many lines had no place in
        them."""


def run_live(runtime: Runtime, view: View, every: timedelta, otherwise: str) -> None:
    """Show the view and look again as often as was asked. Returns when `q` is pressed. What goes wrong with the first
    look is raised; what goes wrong later is shown above what was seen last. Raises UsageFault, naming what to type
    `otherwise`, where nothing can be refreshed."""
    if not runtime.printer.out_tty or runtime.machine.env.get("TERM") == "dumb":
        raise UsageFault(
            "--watch refreshes a screen in place, and this is no terminal that can do that",
            hint=f"{otherwise} gives a line for each change",
        )
    runtime.busy_ms = _BUSY_MS
    live = _Live(runtime, view, every)
    live.look()
    if live.fault:
        raise live.fault
    try:
        with runtime.machine.terminal(not runtime.flags.no_input) as terminal:
            live.run(terminal)
    finally:
        runtime.printer.screen_ended()


class _Live:
    def __init__(self, runtime: Runtime, view: View, every: timedelta) -> None:
        self._runtime = runtime
        self._view = view
        self._every = every
        self._synced: datetime | None = None
        self._seen: datetime | None = None
        self._before: datetime | None = None
        self._still: datetime | None = None
        self._last = ""
        self.fault: LengowctlError | None = None

    def look(self) -> None:
        """Look once, with nothing held before or after."""
        try:
            store = self._runtime.store(write=False)
            self._view.look(store)
            self._synced = last_sync(store)
        except LengowctlError as fault:
            self.fault = fault
        else:
            self.fault = None
            self._remember(self._runtime.printer.now())
        finally:
            self._runtime.release()

    def _remember(self, now: datetime) -> None:
        """When this was, and when and what the last change was: with a short interval its own screen is soon gone."""
        self._before, self._seen = self._seen, now
        said = self._view.changes()
        if self._before is None or said:
            self._still, self._last = now, said

    def run(self, terminal: Terminal) -> None:
        while True:
            if self._shown(terminal) in _QUIT:
                return
            self.look()

    def _shown(self, terminal: Terminal) -> str:
        """Show it until it is time to look again, or the key that ends that."""
        machine = self._runtime.machine
        due, at = machine.monotonic() + self._every.total_seconds(), self._runtime.printer.now() + self._every
        while True:
            self._draw(terminal, at)
            key = terminal.wait(max(due - machine.monotonic(), 0.0))
            if not key:
                return _NOW
            if key in _QUIT or key in _NOW:
                return key

    def _draw(self, terminal: Terminal, next_at: datetime) -> None:
        printer, (columns, height) = self._runtime.printer, terminal.size()
        screen = Screen(printer.now(), printer.zone, columns, tty=True, color=printer.color)
        head = self._head(screen, next_at, keys=terminal.keys)
        body, more = self._view.body(screen, height - len(head))
        lines = fitted(head, body, height, more=more)
        printer.out.write(drawn(lines, screen, height, getattr(printer.out, "encoding", None)))
        printer.flush()

    def _head(self, screen: Screen, next_at: datetime, *, keys: bool) -> list[Line]:
        synced = f", synchronised {ago(self._synced, screen.now)}" if self._synced else ""
        times = f"  {self._clock(self._seen)}, next {self._clock(next_at)}"
        first = line(Span(self._view.title(), LABEL), synced, times, Span("  r now, q quits" if keys else "", DIM))
        return [first, self._changes(), *(line(Span(text, BAD)) for text in self._notes(screen)), BLANK]

    def _changes(self) -> Line:
        if self._before is None:
            return line(Span("looking for changes", DIM))
        said = self._view.changes()
        if said:
            return line(said, f" since {self._clock(self._before)}")
        last = f"; before that {self._last}" if self._last else ""
        return line(Span(f"no change since {self._clock(self._still)}{last}", DIM))

    def _notes(self, screen: Screen) -> list[str]:
        notes = [f"{self.fault.message}; what stands here is of {self._clock(self._seen)}"] if self.fault else []
        age = screen.now - self._synced if self._synced else timedelta()
        if age >= max(_OLD, 3 * self._every):
            told = f"the data is {span(age)} old; lengowctl sync --watch in another terminal keeps it fresh"
            notes.append(self._runtime.addressed(told))
        return [*notes, *self._view.notes()]

    def _clock(self, moment: datetime | None) -> str:
        return clock_time(moment, self._runtime.zone) if moment else ""
