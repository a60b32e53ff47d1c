"""`lengowctl statuses`"""

from __future__ import annotations

from lengowctl.cli.listing import Output
from lengowctl.cli.runtime import Runtime
from lengowctl.output import flow
from lengowctl.output.formats import Format


def statuses(runtime: Runtime, output: Output) -> None:
    """The statuses of an order, what they mean and who moves it on.

    As a table the flow is drawn below, where the terminal is wide enough. Marketplaces leave steps out, and Lengow may
    add words: an unknown one is shown and filtered like any other.
    """
    if output.chosen(runtime) is Format.TABLE:
        flow.render(runtime.printer.out, runtime.printer.screen)
    else:
        output.write(runtime, flow.rows(), flow.COLUMNS)
