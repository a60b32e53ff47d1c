"""The acting verbs, in the order of the help. They hang on the root: `lengowctl accept`."""

from __future__ import annotations

from lengowctl.cli.table import Verb

VERBS = (
    Verb("accept", "lengowctl.cli.acting.accept:accept", "Accept orders: tell the marketplace that they will be sent."),
    Verb(
        "refuse",
        "lengowctl.cli.acting.refuse:refuse",
        "Refuse orders that cannot be sent: the buyer is told, and pays nothing.",
    ),
    Verb(
        "ship",
        "lengowctl.cli.acting.ship:ship",
        "Ship orders: tell the marketplace that parcels have left, and their numbers.",
    ),
    Verb("cancel", "lengowctl.cli.acting.cancel:cancel", "Cancel orders that were accepted and cannot be sent."),
    Verb("refund", "lengowctl.cli.acting.refund:refund", "Refund orders: pay all or part of the money back."),
    Verb(
        "stop",
        "lengowctl.cli.acting.stop:stop",
        "Do not let these orders go out: refuse, cancel or refund, whichever applies.",
    ),
    Verb("apply", "lengowctl.cli.acting.apply:apply", "Send what --plan FILE froze, and skip what has changed since."),
    Verb("freeze", "lengowctl.cli.acting.freeze:freeze", "Stop all sending of this profile until unfreeze."),
    Verb("unfreeze", "lengowctl.cli.acting.unfreeze:unfreeze", "Allow this profile to send again."),
)
