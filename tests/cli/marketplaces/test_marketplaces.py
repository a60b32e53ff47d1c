"""`marketplaces list` and `marketplaces show`: from the cache alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ...running import Shell


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("home"), env={"LENGOWCTL_PROFILE": "sandbox"})
    assert shell("sandbox", "reset", "--orders", "3").code == 0
    assert shell("sync").code == 0
    return shell


def test_before_any_sync_it_is_said_so(tmp_path: Path) -> None:
    result = Shell(tmp_path)("marketplaces", "list", "--profile", "sandbox")
    assert result.code == 1
    assert result.err.endswith("\n  lengowctl --profile sandbox sync\n")


def test_all_are_listed(shell: Shell) -> None:
    rows = json.loads(shell("marketplaces", "list", "-o", "json").out)
    assert {"amazon_fr", "fnac"} <= {row["marketplace"] for row in rows}
    assert "ship" in next(row for row in rows if row["marketplace"] == "amazon_fr")["actions"]


def test_one_is_shown_as_a_page_of_any_width(shell: Shell) -> None:
    for width in (80, 200):
        result = shell("marketplaces", "show", "Amazon_FR", "--no-color", tty=True, width=width)
        assert result.code == 0
        assert "ship" in result.out
        assert max(map(len, result.out.splitlines())) <= width


def test_its_own_description_is_json(shell: Shell) -> None:
    description = json.loads(shell("marketplaces", "show", "amazon_fr", "-o", "json").out)
    assert "orders" in description


def test_an_unknown_one_is_told_the_nearest(shell: Shell) -> None:
    result = shell("marketplaces", "show", "amazon_f")
    assert (result.code, result.out) == (1, "")
    assert result.err.startswith("lengowctl: no marketplace amazon_f has been described\n  did you mean amazon_")
