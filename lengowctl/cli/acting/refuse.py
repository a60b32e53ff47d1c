"""`lengowctl refuse`."""

from __future__ import annotations

from lengowctl.cli.acting.flow import act
from lengowctl.cli.acting.options import Named, OrderFilters, RefuseWanted, Sending
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.runtime import Runtime


def refuse(
    runtime: Runtime,
    named: Named,
    wanted: RefuseWanted,
    filters: OrderFilters,
    sending: Sending,
    output: ResultsOutput,
) -> None:
    """Refuse orders that cannot be sent: the buyer is told, and pays nothing.

    Checked against the marketplace's own description first. Always asks. Where a marketplace knows no refusing,
    lengowctl stop says what to do instead.
    """
    act(runtime, named, filters, wanted, sending, output)
