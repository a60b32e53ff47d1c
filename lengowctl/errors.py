"""Everything that lengowctl raises on purpose.

One base class, one class per cause that a caller or a script treats differently. The exit code stands on the
class; the message says what happened and to what; the hint says what to do next. The command line prints both
in one place. A class that is raised nowhere has no business here.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a process says when it ends. The README's table is generated from these names and texts."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    PARTLY = 3
    SIGN_IN = 4
    DOUBTFUL = 5
    OUT_OF_REACH = 6
    LOCKED = 7
    PENDING = 8
    INTERRUPTED = 130


#: What each code tells a script.
EXIT_CODES = {
    ExitCode.DONE: "done, all of it (nothing to do counts)",
    ExitCode.FAILED: "failed, nothing done: the error says what and what to do next",
    ExitCode.USAGE: "usage: an unknown option, a bad value, or a question that nobody is there to answer",
    ExitCode.PARTLY: "partly: some was done, some was not, each is named",
    ExitCode.SIGN_IN: "sign in first: no keys, wrong keys, rotated keys",
    ExitCode.DOUBTFUL: "doubtful: at least one action's fate is unknown",
    ExitCode.OUT_OF_REACH: "Lengow is out of reach or the request budget is used up; nothing was lost, run it again",
    ExitCode.LOCKED: "locked: another run is at work",
    ExitCode.PENDING: "still pending: waiting ran out of time",
    ExitCode.INTERRUPTED: "interrupted; what was done is recorded",
}


class LengowctlError(Exception):
    """Base of all. `message` is one clear sentence; `hint`, if any, is the way on."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageFault(LengowctlError):
    """The command line cannot be carried out as typed: a bad value, a clash, an unknown name."""

    exit_code = ExitCode.USAGE


class NoProfile(UsageFault):
    """Several profiles, and none of them was named."""


class NotSignedIn(LengowctlError):
    """No keys, wrong keys, or keys that were rotated."""

    exit_code = ExitCode.SIGN_IN


class ConfigFault(LengowctlError):
    """The configuration file, a variable or a file's mode cannot be accepted."""


class NoHome(ConfigFault):
    """No place for files could be found on this machine."""


class SourceMismatch(LengowctlError):
    """A profile's folder belongs to another account or another origin."""


class UnknownOrder(LengowctlError):
    """The cache knows no order by that reference."""


class AmbiguousOrder(LengowctlError):
    """The cache knows several orders by that number."""


class UnknownName(LengowctlError):
    """A marketplace, an action or another named thing is not known."""


class NeverSynced(LengowctlError):
    """The cache of this profile has never been filled."""


class OutOfReach(LengowctlError):
    """Lengow could not be reached, or answered with something that is no answer."""

    exit_code = ExitCode.OUT_OF_REACH


class BudgetSpent(OutOfReach):
    """The request budget is used up for longer than this run is ready to wait: `retry_after` seconds, if known."""

    def __init__(self, message: str, *, hint: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class BadAnswer(OutOfReach):
    """An answer came that cannot be one of Lengow's: HTML, cut off, too large, not the JSON it should be."""


class Refused(LengowctlError):
    """Lengow understood the request and refused it (4xx, 530). Sending it again changes nothing."""


class FilterIgnored(OutOfReach):
    """Lengow's answer holds orders that were not asked for, so its filters cannot be trusted."""


class Locked(LengowctlError):
    """Another run holds the writer's lock, or a database stayed busy."""

    exit_code = ExitCode.LOCKED


class StoreFault(LengowctlError):
    """A database cannot be used: damaged, from a newer version, unreadable."""


class StoreTooNew(StoreFault):
    """The file was written by a newer lengowctl; nothing in it was touched."""


class StoreDamaged(StoreFault):
    """SQLite calls the file malformed, or what is in it cannot be what we wrote."""


class DiskFull(LengowctlError):
    """No room to write; nothing half-written was left behind."""


class FileFault(LengowctlError):
    """A file cannot be read or written: missing, forbidden, a symlink, already there."""


class MissingExtra(LengowctlError):
    """An optional extra is not installed."""


class ProgramFault(LengowctlError):
    """A program that the user named (secret_command, ...) failed, hung or printed too much."""


class Partly(LengowctlError):
    """Some of the work was done, some was not; each part was named."""

    exit_code = ExitCode.PARTLY


class NothingDone(LengowctlError):
    """None of what was asked for was done; each order was named with its reason."""


class NotAllowed(LengowctlError):
    """The profile does not let this run act: it is frozen or read only, or a cap stands in the way."""


class NotConfirmed(LengowctlError):
    """A person was asked, and did not say yes."""


class Doubtful(LengowctlError):
    """The fate of at least one action is not known."""

    exit_code = ExitCode.DOUBTFUL


class StillPending(LengowctlError):
    """Waiting ran out of time before every marketplace had answered."""

    exit_code = ExitCode.PENDING


class Interrupted(LengowctlError):
    """The user or the system stopped the run; what was done is recorded."""

    exit_code = ExitCode.INTERRUPTED


def behind(fault: BaseException) -> Iterator[BaseException]:
    """An error and what stands behind it, ours or not, nearest first; each once."""
    seen: set[int] = set()
    link: BaseException | None = fault
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or link.__context__
