"""`export` and what a view says of it."""

from __future__ import annotations

from pathlib import Path

from ..trading import Shop

VIEW = '[views.few]\ncolumns = ["ref"]\nlimit = 2\n'


def test_a_views_limit_counts_and_is_told(shop: Shop, tmp_path: Path) -> None:
    shop.shell.write_config(VIEW)
    for place, words in enumerate(((), ("--limit", "0"), ("--limit", "3"))):
        path = tmp_path / f"{place}.csv"
        result = shop("export", "--view", "few", "--to", str(path), *words)
        lines = len(path.read_text().splitlines()) - 1
        tail = ", as many as the view few takes; --limit 0 writes all" if not words else ""
        assert (result.code, result.err) == (0, f"{lines} rows written to {path}{tail}\n")
        assert (lines == 2, lines == 3, lines > 3) == (place == 0, place == 2, place == 1)
    again = shop("export", "--view", "few", "--since-last", "erp")
    assert (again.code, "--since-last needs a name and no --limit" in again.err) == (2, True)
