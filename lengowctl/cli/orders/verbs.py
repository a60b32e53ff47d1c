"""The verbs on orders, in the order of the help. They hang on the root: `lengowctl list`."""

from __future__ import annotations

from lengowctl.cli.table import Verb

VERBS = (
    Verb("sync", "lengowctl.cli.orders.sync:sync", "Bring the cache up to date with Lengow."),
    Verb("list", "lengowctl.cli.orders.list:list_orders", "List orders: filtered, sorted, as a table or for programs."),
    Verb("show", "lengowctl.cli.orders.show:show", "Show orders whole: products, totals, addresses, parcels, history."),
    Verb("due", "lengowctl.cli.orders.due:due", "What must be accepted or shipped, most urgent first."),
    Verb("export", "lengowctl.cli.orders.export:export", "Export orders, their lines or parcels to a file or stdout."),
    Verb(
        "status",
        "lengowctl.cli.orders.status:status",
        "Show freshness, coverage, due orders and the request budget on one screen.",
    ),
    Verb(
        "statuses",
        "lengowctl.cli.orders.statuses:statuses",
        "The statuses of an order, what they mean and who moves it on.",
    ),
)
