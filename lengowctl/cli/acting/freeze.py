"""`lengowctl freeze`."""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.moment import utc_text


def freeze(
    runtime: Runtime,
    note: Annotated[str | None, Option("--note", metavar="TEXT", help="Why; everybody who is refused sees it.")] = None,
) -> None:
    """Stop all sending of this profile until unfreeze.

    Every command that would send anything is refused and says who froze it, when and why. A run that is under way
    sends nothing new. What was sent is still followed up.
    """
    outbox = runtime.outbox(runtime.store(write=True), "freeze")
    before = outbox.frozen()
    frozen = outbox.freeze(note)
    why = f": {frozen.why}" if frozen.why else ""
    if before:
        runtime.printer.say(f"frozen already, by {frozen.who} on {frozen.host} at {utc_text(frozen.at)}{why}")
    else:
        runtime.printer.say(f"the profile {runtime.profile.name} is frozen{why}; lengowctl unfreeze ends it")
    left = len(outbox.under_way())
    if left:
        it = "1 action was" if left == 1 else f"{left:,} actions were"
        runtime.printer.warn(f"{it} on the way already, and will end: lengowctl actions list --state sending")
