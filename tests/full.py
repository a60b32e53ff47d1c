"""How much is tried: a little in the suite, a lot in the full run.

    .venv/bin/python -m tests.reliability         # the full run, told row by row
    TEST_FULL=0.1 .venv/bin/python -m pytest …    # any test with a tenth of its full count

The variable does not begin with LENGOWCTL_, because the program refuses variables of that kind which it does not know.
"""

from __future__ import annotations

import os

#: Which share of the full counts is tried; 0 in the suite.
SCALE = float(os.environ.get("TEST_FULL") or 0)
FULL = SCALE > 0


def times(suite: int, full: int) -> int:
    """So many in the suite, so many in the full run; of a share of the full run never fewer than in the suite."""
    return max(min(suite, full), round(full * SCALE)) if FULL else suite


def portions(count: int, most: int) -> list[tuple[int, int]]:
    """`count` cut into (number, size) of at most `most` each, so that several processes share a long test."""
    return [(nth, min(most, count - nth * most)) for nth in range(-(-count // most))]
