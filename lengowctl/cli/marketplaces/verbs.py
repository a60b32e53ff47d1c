"""The verbs on marketplaces: `lengowctl marketplaces show`."""

from __future__ import annotations

from lengowctl.cli.table import Verb

VERBS = (
    Verb("list", "lengowctl.cli.marketplaces.list:list_marketplaces", "The marketplaces that Lengow has described."),
    Verb("show", "lengowctl.cli.marketplaces.show:show", "What one marketplace takes: actions, arguments, carriers."),
)
