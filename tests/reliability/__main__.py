"""The full run: everything that must hold, tried as often as it must be, told row by row.

    .venv/bin/python -m tests.reliability [WORDS…]

Takes some 45 minutes on two cores. WORDS choose rows by what they say (`drift` is not one, `listed` is); TEST_FULL=0.1
tries a tenth, TEST_JOBS=4 is for four cores. Ends with 1 when anything failed or was tried too seldom.
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
from .rows import ROWS, Row


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


def demanded(row: Row) -> int:
    """How often the row must be tried in this run; of a share of the full run, not so exactly."""
    return 0 if row.count is None or SCALE < 1 else row.count


def verdict(row: Row, score: Score) -> str:
    if score.outcomes["failed"]:
        return "FAILED"
    if not score.outcomes["passed"]:
        return "skipped" if score.outcomes["skipped"] else "MISSING"
    return "ok" if score.tried >= demanded(row) else "TOO FEW"


def tell(rows: list[Row], table: Table, took: float) -> bool:
    """Print the table; whether all is well."""
    print(f"\n{'what':<58} {'demanded':>9} {'tried':>7}  {'result':<8} {'seconds':>7}")
    for row in rows:
        score = table.scores[row.what]
        wanted = f"{row.count:,}" if row.count else "all"
        tried = f"{score.tried:,}" if score.tried else f"{score.tests} t."
        print(f"{row.what:<58} {wanted:>9} {tried:>7}  {verdict(row, score):<8} {score.seconds:>7.0f}")
    print(
        f"\n{took / 60:.1f} minutes, of which the tests took {sum(s.seconds for s in table.scores.values()) / 60:.1f}"
    )
    return all(verdict(row, table.scores[row.what]) in ("ok", "skipped") for row in rows)


def main(words: list[str]) -> int:
    rows = [row for row in ROWS if not words or any(word in f"{row.what} {row.unit}" for word in words)]
    if not rows:
        print("no row says that; there are:", *(row.what for row in ROWS), sep="\n  ")
        return 2
    table, started = Table(rows), time.monotonic()
    tests = sorted({test for row in rows for test in row.tests})
    code = pytest.main(
        [*tests, "-n", os.environ.get("TEST_JOBS", "2"), "--dist", "worksteal", "-p", "no:cacheprovider"],
        plugins=[table],
    )
    well = tell(rows, table, time.monotonic() - started)
    return 0 if well and code == pytest.ExitCode.OK else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
