"""Where files are when nothing says otherwise, and which profile is meant: as the whole program decides."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from lengowctl.config.choice import chosen, config_file, data_root, read_tables

_PEER = """
import json, os
from platformdirs import user_config_path, user_data_path
print(json.dumps([str(user_config_path("lengowctl", appauthor=False) / "config.toml"),
                  str(user_data_path("lengowctl", appauthor=False))]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere platformdirs itself is asked")
@pytest.mark.parametrize(
    "env",
    [
        {"HOME": "/home/jo"},
        {"HOME": "/home/jo", "XDG_CONFIG_HOME": "/etc/jo", "XDG_DATA_HOME": "/var/jo"},
        {"HOME": "/home/jo", "XDG_CONFIG_HOME": "", "XDG_DATA_HOME": "relative"},
        {"HOME": "", "XDG_CONFIG_HOME": "/c", "XDG_DATA_HOME": "/d"},
        {"XDG_DATA_HOME": "/d/"},
        {"HOME": "relative"},
    ],
)
def test_the_usual_places_are_those_that_platformdirs_names(env: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", _PEER], env=env, capture_output=True, text=True, check=True)
    assert [config_file(env), data_root(env)] == json.loads(done.stdout)


def test_without_a_home_there_is_no_usual_place() -> None:
    assert (config_file({"HOME": ""}), data_root({"HOME": ""})) == (None, None)


def _file(default: str | None = None, *names: str) -> Callable[[], tuple[str | None, Collection[str]]]:
    return lambda: (default, names)


def _unread() -> tuple[str | None, Collection[str]]:
    raise AssertionError("the file has no say here")


def test_the_file_is_read_only_where_it_decides() -> None:
    assert chosen("north", keys=True, file=_unread) == "north"
    assert chosen("", keys=True, file=_unread) == "env"


def test_the_default_comes_before_the_only_profile_and_several_are_left_to_choose_from() -> None:
    found = [chosen(None, keys=False, file=file) for file in (_file("b", "a", "b"), _file(None, "a"))]
    assert found == ["b", "a"]
    assert chosen(None, keys=False, file=_file(None, "a", "b")) == ("a", "b")
    assert chosen(None, keys=False, file=_file()) == ()


def test_the_tables_are_read_whatever_the_line_ends_and_the_mark_and_a_missing_file_has_none(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbfdefault_profile = 'a'\r\n[profiles.a]\r\n")
    assert read_tables(os.fspath(path)) == {"default_profile": "a", "profiles": {"a": {}}}
    assert read_tables(os.fspath(tmp_path / "none")) == {}
