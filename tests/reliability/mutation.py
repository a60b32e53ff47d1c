"""Are the tests of the moves, the classifier and the window proof awake? Each change of that code must fail one.

    .venv/bin/python -m pip install -e '.[mutation]'
    .venv/bin/python -m tests.reliability.mutation

What is changed and which tests must notice stands in pyproject.toml under [tool.mutmut]; mutmut works in `mutants/`.
The table of moves is data and is no part of it: tests/orders/test_action.py holds a second copy of that table.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

DEMANDED = 0.9
_NOTICED = {"killed", "timeout", "segfault", "caught by type check"}


def is_possible() -> bool:
    return find_spec("mutmut") is not None


def run_mutants() -> dict[str, dict[str, str]]:
    """Make every mutant and run the tests on it: what became of each, by module."""
    shutil.rmtree(Path("mutants"), ignore_errors=True)
    jobs = os.environ.get("TEST_JOBS", "2")
    made = subprocess.run([*_MUTMUT, "run", "--max-children", jobs], capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(f"mutmut failed:\n{made.stdout[-2000:]}{made.stderr[-2000:]}")
    told = subprocess.run([*_MUTMUT, "results", "--all", "true"], capture_output=True, text=True, check=True)
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for line in told.stdout.splitlines():
        name, _, fate = line.strip().rpartition(": ")
        found[name.rpartition(".")[0]][name] = fate
    return found


_MUTMUT = (sys.executable, "-m", "mutmut")


def score(fates: dict[str, str]) -> float:
    """The share of mutants that some test noticed."""
    return sum(fate in _NOTICED for fate in fates.values()) / len(fates)


def main() -> int:
    if not is_possible():
        print("mutmut is not installed: pip install -e '.[mutation]'")
        return 2
    found = run_mutants()
    for module, fates in sorted(found.items()):
        print(f"{module:<40} {len(fates):>5} mutants, {score(fates):>6.1%} noticed")
        print(*(f"  {name}: {fate}" for name, fate in fates.items() if fate not in _NOTICED), sep="\n")
    return 0 if found and all(score(fates) >= DEMANDED for fates in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
