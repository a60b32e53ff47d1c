"""The root command, its table, and the one place where errors are printed and become exit codes."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from lengowctl.cli.acting.verbs import VERBS as ACTING
from lengowctl.cli.leave import Leave
from lengowctl.cli.machine import this_machine
from lengowctl.cli.orders.verbs import VERBS as ORDERS
from lengowctl.cli.quick import understand
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.setup.verbs import VERBS as SETUP
from lengowctl.cli.stopped import was_stopped
from lengowctl.cli.table import Noun, Section
from lengowctl.errors import DiskFull, ExitCode, FileFault, Interrupted, LengowctlError

if TYPE_CHECKING:
    from lengowctl.cli.lazy import LazyGroup

SECTIONS = (
    Section(
        "Orders", (*ORDERS, Noun("marketplaces", "lengowctl.cli.marketplaces.verbs", "What each marketplace takes."))
    ),
    Section("Acting", (*ACTING, Noun("actions", "lengowctl.cli.actions.verbs", "What we sent and what became of it."))),
    Section(
        "Set-up",
        (
            *SETUP,
            Noun("db", "lengowctl.cli.db.verbs", "The databases of a profile: where, how large, how sound."),
            Noun("config", "lengowctl.cli.config.verbs", "The configuration: where it is, what it says."),
            Noun("sandbox", "lengowctl.cli.sandbox.verbs", "A pretend Lengow to try things on."),
        ),
    ),
)


def root(sections: Iterable[Section] = SECTIONS) -> LazyGroup:
    """The root command, as Typer has it."""
    from lengowctl.cli.lazy import LazyGroup

    made = LazyGroup("lengowctl", "The command line for people who sell on marketplaces through Lengow.", sections)
    made.is_root = True
    return made


def process(arguments: Sequence[str]) -> int:
    """Run a command line on this machine. A stop that comes too late to be told (KeyboardInterrupt) passes through."""
    return run(arguments, Runtime(this_machine()))


def run(arguments: Sequence[str], runtime: Runtime, command: LazyGroup | None = None) -> int:
    """Run a command line and return its exit code. Every error is printed here, and only here."""
    try:
        code = _guarded(arguments, runtime, command)
        runtime.printer.flush()
    except LengowctlError as fault:
        _drain(runtime)
        runtime.complain(fault)
        code = fault.exit_code
    except BrokenPipeError:  # whoever read our output has seen enough
        runtime.printer.hang_up()
        code = ExitCode.DONE
    return int(code)


def _drain(runtime: Runtime) -> None:
    """Hand over what was printed before an error; where that cannot be, nothing of it may trouble the exit."""
    try:
        runtime.printer.flush()
    except (LengowctlError, BrokenPipeError):
        runtime.printer.hang_up()


def _guarded(arguments: Sequence[str], runtime: Runtime, command: LazyGroup | None) -> int:
    """Run it; what is no error of ours becomes one, or a crash report."""
    try:
        try:
            return _dispatch(arguments, runtime, command)
        finally:
            runtime.close()
    except (LengowctlError, BrokenPipeError):
        raise
    except KeyboardInterrupt:
        raise Interrupted("interrupted") from None
    except OSError as fault:
        raise _file_fault(fault) from fault
    except Exception as fault:
        if was_stopped(fault):
            raise Interrupted("interrupted") from None
        runtime.printer.error(_crash(fault, runtime))
        return ExitCode.FAILED


def _dispatch(arguments: Sequence[str], runtime: Runtime, command: LazyGroup | None) -> int:
    """Read the command line and run the verb: without Typer where that will do."""
    call = understand(arguments, command.sections if command else SECTIONS)
    try:
        if call:
            call.run(runtime)
        else:
            from lengowctl.cli.typed import run_typed

            run_typed(arguments, runtime, command or root())
    except Leave as leave:
        return leave.exit_code
    return ExitCode.DONE


def _file_fault(fault: OSError) -> LengowctlError:
    """A file's fault that no room has put into words."""
    where = fault.filename if isinstance(fault.filename, str) else "the output"
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(f"no room is left to write {where}", hint="free some space, then run it again")
    return FileFault(f"{where}: {(fault.strerror or type(fault).__name__).lower()}")


def _crash(fault: Exception, runtime: Runtime) -> LengowctlError:
    """What to say when the program itself is wrong."""
    from lengowctl.cli.crash import write_report

    try:
        where = (
            f"a report without any of your data is in {write_report(fault, runtime.data_root, runtime.machine.now())}"
        )
    except (OSError, LengowctlError):
        where = "no report could be written"
    return LengowctlError(f"something in lengowctl went wrong ({type(fault).__name__}); {where}")
