"""`lengowctl sandbox tick`"""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.declared import Argument
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UsageFault
from lengowctl.orders.moment import read_span, utc_text


def tick(
    runtime: Runtime,
    time: Annotated[str, Argument(metavar="TIME", show_default=False, help="How far, as 2h or 3d.")],
) -> None:
    """Move its clock on.

    What happens in that time happens now: orders arrive, actions are carried out, limits run out. Prints the new time.
    """
    try:
        step = read_span(time)
    except ValueError as fault:
        raise UsageFault(str(fault)) from fault
    try:
        runtime.printer.data(utc_text(runtime.sandbox().tick(step)))
    except OverflowError as fault:
        raise UsageFault(f"{time} leads out of the calendar") from fault
