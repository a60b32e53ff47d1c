"""The program with a clock that runs faster: `python -m tests.benchmarks.hastened TIMES EPOCH WORDS…`.

A minute's request window passes in seconds, for the program as for the server that was given the same two numbers.
"""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import UTC, datetime

from lengowctl.cli.machine import Machine, this_machine
from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime


def hastened(machine: Machine, times: float, epoch: float) -> Machine:
    """The same machine, on which time runs so many times as fast since `epoch`."""
    return replace(
        machine,
        now=lambda: datetime.fromtimestamp(epoch + (time.time() - epoch) * times, UTC),
        monotonic=lambda: time.monotonic() * times,
        sleep=lambda seconds: time.sleep(seconds / times),
    )


if __name__ == "__main__":
    sys.exit(run(sys.argv[3:], Runtime(hastened(this_machine(), float(sys.argv[1]), float(sys.argv[2])))))
