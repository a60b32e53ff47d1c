"""`lengowctl sync`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.orders.round import report, run_round
from lengowctl.cli.runtime import LOCK_TIMEOUT, Runtime
from lengowctl.cli.times import read_length, read_moment
from lengowctl.cli.watching import Rounds
from lengowctl.errors import UsageFault
from lengowctl.sync.pull import PullOptions

_LOCK_TIMEOUT = timedelta(seconds=LOCK_TIMEOUT)


def sync(
    runtime: Runtime,
    *,
    since: Annotated[str | None, Option("--since", metavar="DATE", help="Back-fill: updates at or after DATE.")] = None,
    until: Annotated[
        str | None, Option("--until", metavar="DATE", help="Back-fill: updates before DATE; a day is whole.")
    ] = None,
    marketplace: Annotated[
        list[str] | None,
        Option("--marketplace", "-m", metavar="GLOB", help="Back-fill only this marketplace (repeatable)."),
    ] = None,
    full: Annotated[bool, Option("--full", help="Read everything again, changed or not.")] = False,
    verify: Annotated[bool, Option("--verify", help="Prove by counts that no order is missing.")] = False,
    rounds: Rounds,
    lock_timeout: Annotated[
        str | None, Option("--lock-timeout", metavar="TIME", help="Wait so long for another run, as 30s.")
    ] = None,
) -> None:
    """Bring the cache up to date with Lengow.

    Reads the orders that changed since the last time. The first sync reads those of the last 90 days and every
    open one; --since and --marketplace fill in more. Stopped at any moment, it goes on where it was.

    With --watch it runs on as a service would: a line for each round that brought something, one when Lengow is out
    of reach and one when it is back. Ctrl-C or SIGTERM ends it with exit code 0; wrong keys with 4.
    """
    every, wait = rounds.every(), read_length("--lock-timeout", lock_timeout, _LOCK_TIMEOUT).total_seconds()

    def options() -> PullOptions:
        return _options(runtime, since, until, marketplace or (), full=full, verify=verify)

    if every is None:
        return report(runtime, run_round(runtime, options(), wait))
    if options().ranged or full or verify:
        raise UsageFault(
            "--watch reads what changes from now on, so --since, --until, --marketplace, --full and --verify do not go"
            " with it",
            hint="run lengowctl sync with them once, also while another sync watches",
        )
    from lengowctl.cli.orders.rounds import run_on

    return run_on(runtime, options, every.total_seconds(), wait)


def _options(
    runtime: Runtime, since: str | None, until: str | None, marketplaces: Sequence[str], *, full: bool, verify: bool
) -> PullOptions:
    profile = runtime.profile
    begin = read_moment(runtime, "--since", since)
    end = read_moment(runtime, "--until", until, end=True)
    if begin and end and begin >= end:
        raise UsageFault("--since is not before --until, so there is nothing to read")
    if end and not begin:
        raise UsageFault("--until says where a back-fill ends", hint="add --since DATE, where it begins")
    if begin and begin > runtime.now():
        raise UsageFault("--since lies in the future, so there is nothing to read")
    codes = tuple(code.strip().lower() for text in marketplaces for code in text.split(",") if code.strip())
    return PullOptions(
        first=profile.first_sync,
        since=begin,
        until=end,
        marketplaces=codes,
        full=full,
        verify=verify,
        retention=profile.retention,
    )
