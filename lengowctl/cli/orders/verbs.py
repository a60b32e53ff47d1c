"""The verbs on orders, in the order of the help. They hang on the root: `lengowctl list`."""

from __future__ import annotations

from lengowctl.cli.lazy import Verb

VERBS = (
    Verb(
        "statuses",
        "lengowctl.cli.orders.statuses:statuses",
        "The statuses of an order, what they mean and who moves it on.",
    ),
)
