"""`lengowctl db check`."""

from __future__ import annotations

from lengowctl.cli.runtime import Runtime
from lengowctl.errors import StoreFault
from lengowctl.store.upkeep import check as look


def check(runtime: Runtime) -> None:
    """Look for damage, and say what to do about it.

    Reads everything, so it takes its time. Exit 0 when all is sound, 1 when something is not.
    """
    found = look(runtime.folder)
    for finding in found:
        runtime.printer.data(f"{finding.path}: {finding.problem}")
        runtime.printer.data(f"  {finding.way}")
    if found:
        raise StoreFault(f"{len(found)} findings in {runtime.folder}")
    runtime.printer.say(f"{runtime.folder} is sound")
