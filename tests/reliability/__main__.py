"""The full run: everything that must hold, tried as often as it must be, told row by row.

    .venv/bin/python -m tests.reliability [WORDS…]

Takes some 45 minutes on two cores. WORDS choose rows by what they say; TEST_FULL=0.1 tries a tenth, TEST_JOBS=4 is for
four cores. The last row needs mutmut (`pip install -e '.[mutation]'`) and is left out without it. Ends with 1 when
anything failed or was tried too seldom.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import pytest

os.environ.setdefault("TEST_FULL", "1")

from ..full import SCALE
from . import mutation
from .rows import ROWS, Row

MUTANTS = "mutants of moves, classifier and window proof"


@dataclass
class Score:
    """What became of the tests of one row."""

    tests: int = 0
    tried: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)


class Table:
    """Gathers the reports of pytest's tests by row; a plugin of pytest."""

    def __init__(self, rows: list[Row]) -> None:
        self.scores = {row.what: Score() for row in rows}
        self._rows = rows

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        for row in self._rows:
            if report.nodeid.startswith(row.tests):
                self._count(self.scores[row.what], report)

    def _count(self, score: Score, report: pytest.TestReport) -> None:
        score.seconds += report.duration
        if report.when == "call" or not report.passed:
            score.tests += 1
            score.outcomes[report.outcome] += 1
            score.tried += sum(int(str(value)) for name, value in report.user_properties if name == "tried")


def verdict(row: Row, score: Score) -> str:
    """Of a share of the full run no exact number is demanded."""
    if score.outcomes["failed"]:
        return "FAILED"
    if not score.outcomes["passed"]:
        return "skipped" if score.outcomes["skipped"] else "MISSING"
    return "TOO FEW" if row.count and SCALE >= 1 and score.tried < row.count else "ok"


def tell(rows: list[Row], table: Table) -> bool:
    """Print the table; whether all is well."""
    _print("what", "demanded", "tried", "result", "seconds")
    for row in rows:
        score = table.scores[row.what]
        wanted = f"{row.count:,} {row.unit}" if row.count else "all"
        tried = f"{score.tried:,}" if score.tried else f"{score.tests} tests"
        _print(row.what, wanted, tried, verdict(row, score), f"{score.seconds:.0f}")
    return all(verdict(row, table.scores[row.what]) in ("ok", "skipped") for row in rows)


def _print(what: str, wanted: str, tried: str, result: str, seconds: str) -> None:
    print(f"{what:<58} {wanted:>19} {tried:>9}  {result:<8} {seconds:>7}", flush=True)


def tell_mutants() -> bool:
    """Make the mutants and print their row; whether enough of them were noticed."""
    started = time.monotonic()
    found = mutation.run_mutants()
    lowest = min(map(mutation.score, found.values()))
    wanted, count = f"{mutation.DEMANDED:.0%} of each", sum(map(len, found.values()))
    well = lowest >= mutation.DEMANDED
    result = f"{lowest:.0%}" if well else "TOO FEW"
    _print(MUTANTS, wanted, f"{count:,}", result, f"{time.monotonic() - started:.0f}")
    return well


def main(words: list[str]) -> int:
    def chosen(text: str) -> bool:
        return not words or any(word in text for word in words)

    rows = [row for row in ROWS if chosen(f"{row.what} {row.unit}")]
    mutants = mutation.is_possible() and chosen(MUTANTS)
    if not rows and not mutants:
        print("no row says that; there are:", *(row.what for row in ROWS), MUTANTS, sep="\n  ")
        return 2
    started = time.monotonic()
    well = [not rows or _run_tests(rows), not mutants or tell_mutants()]
    print(f"\n{(time.monotonic() - started) / 60:.1f} minutes")
    return 0 if all(well) else 1


def _run_tests(rows: list[Row]) -> bool:
    in_turn = sorted(rows, key=lambda row: not row.lone)
    table, tests = Table(rows), list(dict.fromkeys(test for row in in_turn for test in row.tests))
    jobs = os.environ.get("TEST_JOBS", "2")
    code = pytest.main([*tests, "-n", jobs, "--dist", "worksteal", "-p", "no:cacheprovider"], plugins=[table])
    return tell(rows, table) and code == pytest.ExitCode.OK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
