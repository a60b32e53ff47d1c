"""`lengowctl db purge`."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.times import read_length
from lengowctl.errors import UsageFault
from lengowctl.output.words import counted
from lengowctl.store.upkeep import purge as erase


def purge(
    runtime: Runtime,
    older_than: Annotated[
        str | None, Option("--older-than", metavar="TIME", help="Instead of the profile's retention, as 180d.")
    ] = None,
) -> None:
    """Erase buyers' data that is older than the retention.

    Names, addresses, e-mail and phone numbers go from every file of the folder, to the last byte, and so does what
    was written beside actions that are over (--comment, --note, the marketplace's message); orders, amounts and
    statuses stay. Lengow itself removes such data after six months.
    """
    before = runtime.now() - _kept(runtime, older_than)
    with runtime.lock():
        store = runtime.store(write=True)
        purged = erase(store, before, runtime.reader().scrub)
        actions = runtime.intents(store, "db purge").blank(before)
    runtime.printer.say(
        f"buyers' data erased: {counted(purged.orders, 'order')}, {purged.set_aside:,} set aside;"
        f" comments and notes of {counted(actions, 'action')}"
    )


def _kept(runtime: Runtime, older_than: str | None) -> timedelta:
    if older_than is not None:
        return read_length("--older-than", older_than)
    if runtime.profile.retention is None:
        raise UsageFault(
            f"profile {runtime.profile.name} keeps buyers' data for ever",
            hint="give --older-than 180d, or set retention in the configuration file",
        )
    return runtime.profile.retention
