"""`lengowctl accept`."""

from __future__ import annotations

from lengowctl.cli.acting.flow import act
from lengowctl.cli.acting.options import AcceptWanted, Named, OrderFilters, Sending
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.runtime import Runtime


def accept(
    runtime: Runtime,
    named: Named,
    wanted: AcceptWanted,
    filters: OrderFilters,
    sending: Sending,
    output: ResultsOutput,
) -> None:
    """Accept orders: tell the marketplace that they will be sent.

    Checked against the marketplace's own description first. Asks when there are many (confirm_above). Run again
    after any trouble, it goes on where it was: what is done says already_done.
    """
    act(runtime, named, filters, wanted, sending, output)
