"""How much is tried: a little in the suite, a lot in the full run.

The full run of every test that has more to try:

    TEST_FULL=1 .venv/bin/python -m pytest -n auto tests

It takes about half an hour on two cores; `tests/reliability` alone is most of it. The variable does not begin with
LENGOWCTL_, because the program refuses variables of that kind which it does not know.
"""

from __future__ import annotations

import os

FULL = bool(os.environ.get("TEST_FULL"))


def times(suite: int, full: int) -> int:
    """So many in the suite, so many in the full run."""
    return full if FULL else suite
