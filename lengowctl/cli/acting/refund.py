"""`lengowctl refund`."""

from __future__ import annotations

from lengowctl.cli.acting.flow import act
from lengowctl.cli.acting.options import Named, OrderFilters, RefundWanted, Sending
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.runtime import Runtime


def refund(
    runtime: Runtime,
    named: Named,
    wanted: RefundWanted,
    filters: OrderFilters,
    sending: Sending,
    output: ResultsOutput,
) -> None:
    """Refund orders: pay all or part of the money back.

    Checked against the marketplace's own description first. Always asks. The same refund once more, on purpose, needs
    --again.
    """
    act(runtime, named, filters, wanted, sending, output)
