"""How old the descriptions are that both verbs show."""

from __future__ import annotations

from lengowctl.cli.runtime import Runtime
from lengowctl.errors import NeverSynced
from lengowctl.output.words import span
from lengowctl.store.marketplaces import Marketplaces


def tell_age(runtime: Runtime, marketplaces: Marketplaces) -> None:
    """Say how old they are (terminal or verbose). Raises NeverSynced when none was ever fetched."""
    fetched = marketplaces.fetched_at()
    if fetched is None:
        raise NeverSynced(f"profile {runtime.profile.name} was never synchronised", hint="lengowctl sync")
    runtime.printer.note(f"as of {span(runtime.now() - fetched)} ago")
