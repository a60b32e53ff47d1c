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

    Names, addresses, e-mail and phone numbers go from every file of the folder, to the last byte; orders, amounts
    and statuses stay. Lengow itself removes such data after six months.
    """
    keep = _kept(runtime, older_than)
    with runtime.lock():
        purged = erase(runtime.store(write=True), runtime.now() - keep, runtime.reader().scrub)
    runtime.printer.say(f"buyers' data erased: {counted(purged.orders, 'order')}, {purged.set_aside:,} set aside")


def _kept(runtime: Runtime, older_than: str | None) -> timedelta:
    if older_than is not None:
        return read_length("--older-than", older_than)
    if runtime.profile.retention is None:
        raise UsageFault(
            f"profile {runtime.profile.name} keeps buyers' data for ever",
            hint="give --older-than 180d, or set retention in the configuration file",
        )
    return runtime.profile.retention
