"""`lengowctl ship`."""

from __future__ import annotations

from lengowctl.cli.acting.flow import act
from lengowctl.cli.acting.options import Named, OrderFilters, Sending, ShipWanted
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.runtime import Runtime


def ship(
    runtime: Runtime,
    named: Named,
    wanted: ShipWanted,
    filters: OrderFilters,
    sending: Sending,
    output: ResultsOutput,
) -> None:
    """Ship orders: tell the marketplace that parcels have left, and their numbers.

    Carriers go by the marketplace's code or label, or by your own names ([carriers] in the configuration); a near
    miss is suggested, never sent. Numbers that cannot be right are stopped (--force-tracking overrules that). Asks
    when there are many.
    """
    act(runtime, named, filters, wanted, sending, output)
