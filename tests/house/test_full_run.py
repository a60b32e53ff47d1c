"""The full run tries what it says, and nothing of its folder is forgotten."""

from __future__ import annotations

from pathlib import Path

from ..reliability.rows import ROWS

ROOT = Path(__file__).parents[2]
NAMED = {test for row in ROWS for test in row.tests}


def test_every_test_that_a_row_names_is_there() -> None:
    for named in sorted(NAMED):
        path, _, test = named.partition("::")
        assert (ROOT / path).exists(), named
        assert not test or f"def {test}(" in (ROOT / path).read_text(), named


def test_every_file_of_reliability_belongs_to_a_row() -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests" / "reliability").glob("test_*.py")}
    assert files <= {named.partition("::")[0] for named in NAMED}
