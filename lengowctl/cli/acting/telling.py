"""What a run tells: each order as it is through, then a summary by marketplace, a report, and an exit code."""

from __future__ import annotations

import errno
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TextIO

from lengowctl.cli.acting.results import ResultsOutput, Writer, as_json
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import (
    Doubtful,
    FileFault,
    Interrupted,
    LengowctlError,
    NothingDone,
    NotSignedIn,
    OutOfReach,
    Partly,
    StillPending,
)
from lengowctl.outbox.settings import Stop
from lengowctl.outbox.told import WELL, Result, Told
from lengowctl.output.files import atomic_write
from lengowctl.output.formats import Format

#: On a terminal, lines of orders that went well; of more, only the others are shown.
_SCREENFUL = 50
_ORDER = tuple(Result)
#: What may be a marketplace's code, in a reference that nobody knows too.
_CODE = re.compile("[a-z0-9_]{2,40}")
_BLOCK = 1000


class Teller:
    """Tells results. `stop` is asked for when nobody reads them any more."""

    def __init__(self, runtime: Runtime, output: ResultsOutput, stop: Stop, *, expected: int, refs: int) -> None:
        self._runtime = runtime
        chosen = output.chosen(runtime)
        self._writer: Writer | None = Writer(runtime, chosen, refs)
        self._brief = chosen is Format.TABLE and runtime.printer.out_tty and expected > _SCREENFUL
        self._stop = stop
        self._report: TextIO | None = None
        self._reported = False
        self.hidden = 0
        self.closed = False
        """Nobody reads stdout any more."""
        self.ids: set[int] = set()
        """The intents that were told of."""
        self.counts: Counter[tuple[str, Result]] = Counter()

    @contextmanager
    def reporting(self, path: Path | None) -> Iterator[None]:
        """Write the rows to a report too, which is whole when the run ends, however it ends."""
        if path is None:
            yield
            return
        check_report(path)
        fault: BaseException | None = None
        self._reported = True
        with atomic_write(path, force=True) as self._report:
            try:
                yield
            except (LengowctlError, KeyboardInterrupt) as raised:
                fault = raised
        if fault:
            raise fault

    def tell(self, told: Told) -> None:
        """One row: into the sums, to the report, to stdout."""
        self._tell((told,))

    def tell_all(self, rows: Iterable[Told]) -> None:
        """Many rows that are known at once."""
        rows = iter(rows)
        while block := list(islice(rows, _BLOCK)):
            self._tell(block)
        self.release()

    def _tell(self, rows: Sequence[Told]) -> None:
        shown = [told for told in rows if self._count(told)]
        self.hidden += len(rows) - len(shown)
        if self._report:
            self._report.writelines(f"{as_json(told)}\n" for told in rows)
        if shown:
            self._out(lambda writer: writer.write(shown))

    def _count(self, told: Told) -> bool:
        """Add a row to the sums; whether it is shown."""
        code, colon, _ = told.ref.partition(":")
        self.counts[code if colon and _CODE.fullmatch(code) else "", told.result] += 1
        if told.intent_id is not None:
            self.ids.add(told.intent_id)
        plain = told.result is Result.ALREADY_DONE or not told.reason
        return not (self._brief and told.result in WELL and plain)

    def release(self) -> None:
        """Write the lines that were kept back while a bar was shown."""
        self._out(Writer.release)

    def end(self) -> None:
        """All is told. Say how many lines were left out."""
        self._out(Writer.end)
        if self.hidden:
            self._runtime.printer.note(f"{self.hidden:,} more went well; -o jsonl or --report FILE lists each")

    def _out(self, write: Callable[[Writer], None]) -> None:
        """Write, unless the reader has left; when it does, nothing new is sent, but all is still recorded."""
        if self._writer is None:
            return
        try:
            write(self._writer)
        except OSError as fault:
            if not self._reader_left(fault):
                raise
            self._writer, self.closed = None, True
            self._stop.ask()
            self._runtime.printer.hang_up()

    def _reader_left(self, fault: OSError) -> bool:
        """Whether it is the end of a pipe or of the terminal."""
        terminal_gone = fault.errno == errno.EIO and self._runtime.printer.out_tty
        return isinstance(fault, BrokenPipeError) or terminal_gone

    # The end

    def summary(self, what: str, tail: str = "") -> str:
        """`accept: 5 sent, 1 failed`, and below a line for each marketplace where there are several."""
        by_code: dict[str, Counter[Result]] = {}
        whole: Counter[Result] = Counter()
        for (code, result), number in self.counts.items():
            by_code.setdefault(code, Counter())[result] += number
            whole[result] += number
        lines = [f"{what}: {_counted(whole)}{tail}"]
        if len(by_code) > 1:
            width = max(len(code or _NO_CODE) for code in by_code)
            lines += [f"  {code or _NO_CODE:<{width}}  {_counted(by_code[code])}" for code in sorted(by_code)]
        return "\n".join(lines)

    def total(self, *results: Result) -> int:
        return sum(number for (_, result), number in self.counts.items() if result in results)

    def fault(
        self, *, stopped: bool = False, raised: LengowctlError | None = None, timed_out: int = 0
    ) -> LengowctlError | None:
        """The error that the run ends with, by precedence; None when all went well. What was `raised` is said even when
        the run ends with another one."""
        found = self._fault(stopped, raised, timed_out)
        if raised and found is not raised:
            self._runtime.printer.error(raised)
        return found

    def _fault(self, stopped: bool, raised: LengowctlError | None, timed_out: int) -> LengowctlError | None:
        bad = self.total(*(result for result in Result if result not in WELL))
        good = self.total(*WELL)
        all_of_it = good + bad
        if stopped:
            return _stopped(self.total(Result.NOT_SENT), timed_out, all_of_it)
        if doubtful := self.total(Result.DOUBTFUL):
            it = "action is" if doubtful == 1 else "actions are"
            return Doubtful(
                f"{doubtful:,} {it} doubtful: sent, and nobody knows yet with what effect",
                hint="lengowctl actions settle finds out",
            )
        if isinstance(raised, NotSignedIn | OutOfReach):
            return raised
        if bad and good:
            would = self.total(Result.WOULD_SEND)
            undone = "would not be sent" if would else "was not done" if bad == 1 else "were not done"
            return Partly(f"{bad:,} of {all_of_it:,} {undone}{self._where_named()}", hint=self._way_on())
        if timed_out and not bad:
            it = "action has" if timed_out == 1 else "actions have"
            return StillPending(f"{timed_out:,} {it} no answer yet", hint="lengowctl actions wait goes on waiting")
        if raised:
            return raised
        told = "" if self.closed else "; the reason stands with each order"
        return NothingDone(f"nothing was done{told}", hint=self._way_on()) if bad else None

    def _where_named(self) -> str:
        """Where the reasons stand: not on a stdout that nobody reads any more."""
        if not self.closed:
            return "; each is named with its reason"
        return "; each is named in the report" if self._reported else ", and nobody read which"

    def _way_on(self) -> str | None:
        """What to do about rejections; other reasons say it themselves."""
        return _REJECTED if self.total(Result.REJECTED) else None


def _stopped(unsent: int, unanswered: int, all_of_it: int) -> Interrupted:
    """What is left when a run was stopped, and how to go on with it."""
    open_still = f"{unanswered:,} {'has' if unanswered == 1 else 'have'} no answer yet"
    if unsent:
        it = f"{unsent:,} of {all_of_it:,} {'was' if unsent == 1 else 'were'} not sent"
        return Interrupted(f"stopped: {it}{f', {open_still}' if unanswered else ''}", hint=_AGAIN)
    if unanswered:
        return Interrupted(f"stopped while waiting: {open_still}; nothing was left unsent", hint=_WAIT)
    return Interrupted("stopped; nothing was left unsent", hint="lengowctl actions wait brings the answers")


_NO_CODE = "(unknown)"
_REJECTED = "lengowctl actions list --state rejected has their ids; lengowctl actions show ID says what to do next"
_WAIT = "what was sent is recorded; lengowctl actions wait goes on waiting"
_AGAIN = "the same command sends the rest; what was sent is recorded"


def _counted(counts: Counter[Result]) -> str:
    return ", ".join(f"{counts[result]:,} {result.replace('_', ' ')}" for result in _ORDER if counts[result])


def check_report(path: Path) -> None:
    """A report may replace a report, and nothing else. Raises FileFault, before anything is sent."""
    try:
        with path.open("rb") as stream:
            first = stream.readline(1_000_000)
    except FileNotFoundError:
        return
    except OSError as fault:
        raise FileFault(f"{path} cannot be read: {(fault.strerror or str(fault)).lower()}") from fault
    if first.strip() and not _is_result(first):
        raise FileFault(f"{path} is already there and is no report", hint="choose another name for --report")


def _is_result(text: bytes) -> bool:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and {"ref", "action", "result"} <= found.keys()
