"""`lengowctl apply`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from lengowctl.cli.acting.flow import carry_out
from lengowctl.cli.acting.options import ApplySending
from lengowctl.cli.acting.plans import load_plan, weigh_plan
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.acting.weighing import Scales
from lengowctl.cli.declared import Argument
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import read_store


def apply(
    runtime: Runtime,
    file: Annotated[str, Argument(metavar="FILE", help="What --plan FILE wrote.")],
    sending: ApplySending,
    output: ResultsOutput,
) -> None:
    """Send what --plan FILE froze, and skip what has changed since.

    An order that looks different in the cache now is skipped, with the difference. Caps and questions are those of
    the command that made the plan. Run again after any trouble, it goes on where it was.
    """
    output.chosen(runtime)
    store = read_store(runtime)
    plan = load_plan(Path(file).expanduser(), store.source or "")
    intents = runtime.intents(store, "apply")
    scales = Scales(runtime, store, intents)
    carry_out(runtime, scales, weigh_plan(plan, scales, intents), sending, output, "apply")
