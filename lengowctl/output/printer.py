"""What the program says: data to one stream, talk to the other.

Talk is always cleaned. A reader of the data that goes away (`| head`) is no error: BrokenPipeError goes through to
the command line's one place for it, which calls `hang_up`. Talk that nobody hears is simply lost.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, tzinfo
from typing import Protocol, TextIO

from lengowctl.errors import Interrupted, LengowctlError
from lengowctl.output.screen import Screen
from lengowctl.output.text import clean, folded


class Progress(Protocol):
    """Work that goes on. A `total` of None is not known yet."""

    def advance(self, amount: int = 1) -> None: ...
    def total(self, amount: int | None) -> None: ...
    def text(self, text: str) -> None:
        """What is going on right now, beside the bar."""


class _Unseen:
    """Progress that nobody watches."""

    def advance(self, amount: int = 1) -> None:
        """Nothing to show."""

    def total(self, amount: int | None) -> None:
        """Nothing to show."""

    def text(self, text: str) -> None:
        """Nothing to show."""


class Printer:
    """The two streams and how much is said on them. `now` and `zone` are the reader's; `addressed` gives the commands
    that are named in talk the profile they have to be run for.
    """

    def __init__(
        self,
        out: TextIO,
        err: TextIO,
        *,
        out_tty: bool,
        err_tty: bool,
        width: int,
        color: bool,
        quiet: bool = False,
        verbose: bool = False,
        now: Callable[[], datetime],
        zone: tzinfo | None = None,
        addressed: Callable[[str], str] = str,
    ) -> None:
        self.out, self.err = out, err
        self._addressed = addressed
        self.out_tty, self.err_tty = out_tty, err_tty
        self.width, self.color = width, color
        self.quiet, self.verbose = quiet, verbose
        self.now, self.zone = now, zone
        self._above: Callable[[str], None] | None = None
        self._stopped = False

    @property
    def screen(self) -> Screen:
        """How the reader of the data sees, now."""
        return Screen(self.now(), self.zone, self.width, self.out_tty, self.color)

    def data(self, text: str) -> None:
        """Data, as it is, with a line end."""
        self.out.write(f"{text}\n")

    def flush(self) -> None:
        """Hand everything over. Raises DiskFull or FileFault where the data cannot be written."""
        try:
            self.out.flush()
        except BrokenPipeError:
            raise
        except OSError as fault:
            from lengowctl.output.files import file_fault  # hardly ever wanted

            raise file_fault(fault, "the output") from fault

    def hang_up(self) -> None:
        """The reader of the data is gone: what is still buffered goes nowhere, without a word."""
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.out.fileno())
            os.close(nowhere)

    def say(self, text: str) -> None:
        """Talk: what was done, a summary. Not with `quiet`."""
        if not self.quiet:
            self._talk(text)

    def note(self, text: str) -> None:
        """An aside for a person, as the age of the data: on a terminal, or when asked to be verbose."""
        if self.verbose or (self.err_tty and not self.quiet):
            self._talk(text)

    def trace(self, text: str) -> None:
        """How it is done; only when asked to be verbose."""
        if self.verbose:
            self._talk(text)

    def warn(self, text: str) -> None:
        """Something that must be known, whatever was asked."""
        self._talk(f"lengowctl: warning: {text}")

    def error(self, fault: LengowctlError) -> None:
        """What went wrong, in one sentence, and what to do next."""
        hint = "".join(f"\n  {line}" for line in (fault.hint or "").splitlines())
        if isinstance(fault, Interrupted) and not self._stopped:
            self.below_stop()
        self._talk(f"lengowctl: {clean(fault.message)}{hint}")

    def below_stop(self) -> None:
        """Begin a new line below the `^C` that a terminal shows."""
        self._stopped = True
        if self.err_tty and not self._above:
            with suppress(OSError, ValueError):
                self.err.write("\n")

    def screen_ended(self) -> None:
        """What filled the terminal is gone, and a `^C` with it."""
        self._stopped = True

    @contextmanager
    def progress(self, title: str, total: int | None = None) -> Iterator[Progress]:
        """A bar with rate and time left on a terminal, nothing elsewhere. Talk meanwhile stands above it."""
        if self.quiet or not self.err_tty or self._above:
            yield _Unseen()
            return
        from lengowctl.output.bar import bar

        screen = Screen(self.now(), self.zone, self.width, tty=True, color=self.color)
        with bar(self.err, screen, clean(title), total) as (progress, self._above):
            try:
                yield progress
            finally:
                self._above = None

    def _talk(self, text: str) -> None:
        lines = "\n".join(self._fitted(clean(self._addressed(line))) for line in text.split("\n"))
        # What was printed before comes before, also where both streams are one. What is wrong with stdout shows when
        # it is written to the next time; a closed or full stderr is no reason to stop.
        with suppress(OSError, ValueError):
            self.out.flush()
        with suppress(OSError, ValueError):
            if self._above:
                self._above(lines)
                return
            self.err.write(f"{lines}\n")
            self.err.flush()

    def _fitted(self, line: str) -> str:
        """On a terminal no word of ours is broken at the edge."""
        return folded(line, self.width) if self.err_tty else line
