"""The front door: answers `--version` and shell completion itself and hands all else to `cli`.

Nothing heavy is imported here. No traceback leaves this program, whenever it is stopped.
"""

from __future__ import annotations

import sys

from lengowctl import __version__

TYPE_CHECKING = False  # typing's own constant costs as much as a third of Python's start
if TYPE_CHECKING:
    from datetime import datetime
    from typing import NoReturn

INTERRUPTED = 130
#: What completion scripts call; no command, so that nobody sees it in a list.
COMPLETE = "__complete"


def main() -> None:
    """Run the command line of this process and end it with its exit code."""
    if sys.argv[1:2] == ["--version"]:
        print_version()
        leave(0)
    if sys.argv[1:2] == [COMPLETE]:
        complete(sys.argv[2:])
    code = INTERRUPTED
    try:
        stop_like_ctrl_c()
        collect_garbage_rarely()
        from lengowctl.cli.main import process

        code = process(sys.argv[1:])
        stop_no_more()
    except KeyboardInterrupt:  # too early or too late to say anything
        code = INTERRUPTED
    leave(code)


def complete(arguments: list[str]) -> NoReturn:
    """Answer a completion script on stdout. Nothing is ever said on stderr, and the exit code is always 0."""
    import os

    try:
        from lengowctl.cli.shells.values import answer

        text = answer(arguments, os.environ, now)
        os.write(1, text.encode("utf-8", "replace"))
    finally:
        os._exit(0)  # neither a fault nor a signal has anything to say here, and nothing is left to tidy up


def now() -> datetime:
    from datetime import UTC, datetime

    return datetime.now(UTC)


def collect_garbage_rarely() -> None:
    """What is loaded at the start is no garbage: looking it through again and again costs more than it frees."""
    import gc

    gc.set_threshold(50_000, 20, 20)


def stop_like_ctrl_c() -> None:
    """SIGTERM, and the end of the terminal unless that is to be outlived (nohup), stop a run as Ctrl-C does."""
    import signal

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, stop)


def stop_no_more() -> None:
    """All is done and said: a signal could only spoil the exit code."""
    import signal

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def leave(code: int) -> NoReturn:
    """End the process at once. Everything is closed and said by now: Python's own end takes all that was loaded apart,
    which costs a tenth of a command, and waits for threads that hang on the network.
    """
    import os

    for stream in (sys.stdout, sys.stderr):
        if stream is not None and code != INTERRUPTED:  # one that was stopped does not wait for a reader that hangs
            try:  # noqa: SIM105 - contextlib costs as much as the whole version
                stream.flush()
            except (OSError, ValueError):  # told already, as far as anybody listens
                pass
    os._exit(code)


def print_version() -> None:
    """The version on stdout; a closed stdout is nobody's fault, a full disk is told."""
    try:
        if sys.stdout is not None:  # None: closed by whoever started us
            sys.stdout.write(f"{__version__}\n")
            sys.stdout.flush()
    except OSError as fault:
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(fault, BrokenPipeError):
            sys.exit(f"lengowctl: the output cannot be written: {(fault.strerror or '').lower()}")


if __name__ == "__main__":
    main()
