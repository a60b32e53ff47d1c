"""A fast start: what a command must not load, seen in a new process."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from ..running import Shell

_PROGRAM = """
import json, sys
sys.argv[1:] = json.loads(sys.argv[1])
from lengowctl.__main__ import main
try:
    main()
except SystemExit as leave:
    code = leave.code
else:
    code = 0
sys.stderr.write("\\n" + json.dumps([code or 0, sorted(sys.modules)]))
"""
#: Each takes longer to load than bare Python takes to start.
HEAVY = {
    "httpx",
    "ssl",
    "asyncio",
    "sqlite_utils",
    "rich",
    "keyring",
    "pydantic",
    "pygments",
    "openpyxl",
    "http.client",
}


def loaded(words: Iterable[str], home: Path) -> set[str]:
    """The top-level modules that a command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", _PROGRAM, json.dumps(list(words))],
        capture_output=True,
        text=True,
        timeout=60,
        env={"LENGOWCTL_DATA_DIR": str(home / "data"), "LENGOWCTL_CONFIG": str(home / "config.toml")},
        check=True,
    )
    code, names = json.loads(done.stderr.rpartition("\n")[2])
    assert code == 0, done.stderr
    return {name.partition(".")[0] for name in names} | set(names)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one profile whose cache is filled."""
    folder = tmp_path_factory.mktemp("home")
    shell = Shell(folder)
    assert shell("sandbox", "reset", "--orders", "20").code == 0
    assert shell("sync", "--profile", "sandbox").code == 0
    (folder / "data" / "sandbox").rename(folder / "data" / "main")
    (folder / "config.toml").write_text("[profiles.main]\n")
    return folder


def test_the_version_needs_nothing(home: Path) -> None:
    names = loaded(["--version"], home)
    assert {name for name in names if name.startswith("lengowctl")} == {"lengowctl", "lengowctl.__main__"}


def test_help_needs_no_verb_and_nothing_heavy(home: Path) -> None:
    names = loaded(["--help"], home)
    assert names & HEAVY == set()
    assert [name for name in names if name.startswith("lengowctl.cli.orders.") and not name.endswith("verbs")] == []


@pytest.mark.parametrize("words", [["config", "show"], ["statuses"], ["config", "path"]])
def test_small_verbs_need_nothing_heavy(home: Path, words: list[str]) -> None:
    names = loaded(words, home)
    assert names & HEAVY == set()
    assert "sqlite3" not in names


@pytest.mark.parametrize(
    "words",
    [["list"], ["list", "-o", "json"], ["list", "-s", "shipped", "--search", "a"], ["due"], ["status"], ["db", "path"]],
)
def test_reading_verbs_need_nothing_heavy(home: Path, words: list[str]) -> None:
    names = loaded(words, home)
    assert names & HEAVY == set()
    assert [name for name in names if name.startswith(("lengowctl.sandbox", "lengowctl.connectors.http"))] == []
