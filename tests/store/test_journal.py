"""Which journal with which library."""

from __future__ import annotations

import pytest

from lengowctl.store.journal import journal_for

VERSIONS = [
    ((3, 6, 23), "delete"), ((3, 7, 0), "delete"), ((3, 40, 1), "delete"), ((3, 44, 5), "delete"),
    ((3, 44, 6), "wal"), ((3, 44, 9), "wal"), ((3, 45, 3), "delete"), ((3, 49, 9), "delete"), ((3, 50, 6), "delete"),
    ((3, 50, 7), "wal"), ((3, 51, 0), "delete"), ((3, 51, 2), "delete"), ((3, 51, 3), "wal"), ((3, 52, 0), "wal"),
    ((4, 0, 0), "wal"),
]  # fmt: skip


@pytest.mark.parametrize(("version", "journal"), VERSIONS)
def test_wal_only_where_it_is_safe(version: tuple[int, int, int], journal: str) -> None:
    """3.7.0 to 3.51.2 have the race, but for the repaired 3.44.6 and 3.50.7 and what follows them."""
    assert journal_for(version) == journal
