"""`lengowctl marketplaces list`"""

from __future__ import annotations

from collections.abc import Iterator

from lengowctl.cli.listing import Output
from lengowctl.cli.marketplaces.age import tell_age
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.marketplace import Marketplace
from lengowctl.output import market


def list_marketplaces(runtime: Runtime, output: Output) -> None:
    """The marketplaces that Lengow has described.

    Read from the cache; a sync brings them up to date.
    """
    output.write(runtime, market.rows(_understood(runtime)), market.COLUMNS)


def _understood(runtime: Runtime) -> Iterator[Marketplace]:
    """The descriptions that can be read; of the others it is said why not."""
    reader = runtime.reader()
    marketplaces = runtime.store(write=False).marketplaces
    tell_age(runtime, marketplaces)
    for code, body, _ in marketplaces.all():
        try:
            yield reader.marketplace(code, body)
        except ValueError as fault:
            runtime.printer.warn(f"the description of {code} cannot be understood: {fault}")
