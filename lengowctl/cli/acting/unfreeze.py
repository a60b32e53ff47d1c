"""`lengowctl unfreeze`."""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.moment import utc_text


def unfreeze(
    runtime: Runtime,
    note: Annotated[str | None, Option("--note", metavar="TEXT", help="Why; goes into the history.")] = None,
) -> None:
    """Allow this profile to send again.

    Says who had frozen it, when and why. What was planned before is not sent by this: run those commands again.
    """
    was = runtime.outbox(runtime.store(write=True), "unfreeze").unfreeze(note)
    if was is None:
        runtime.printer.say(f"the profile {runtime.profile.name} was not frozen")
        return
    why = f": {was.why}" if was.why else ""
    by = f"{was.who} on {was.host} froze it at {utc_text(was.at)}{why}"
    runtime.printer.say(f"the profile {runtime.profile.name} may send again; {by}")
