"""`lengowctl cancel`."""

from __future__ import annotations

from lengowctl.cli.acting.flow import act
from lengowctl.cli.acting.options import CancelWanted, Named, OrderFilters, Sending
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.runtime import Runtime


def cancel(
    runtime: Runtime,
    named: Named,
    wanted: CancelWanted,
    filters: OrderFilters,
    sending: Sending,
    output: ResultsOutput,
) -> None:
    """Cancel orders that were accepted and cannot be sent.

    Checked against the marketplace's own description first. Always asks. It counts against the seller at most
    marketplaces; lengowctl stop says where another way is better.
    """
    act(runtime, named, filters, wanted, sending, output)
