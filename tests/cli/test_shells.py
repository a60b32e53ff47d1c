"""The completion scripts, in the shells themselves."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from lengowctl.cli.generate import scripts
from lengowctl.cli.tree import tree

from ..running import Shell
from . import shells

Complete = Callable[[str], list[str]]


@pytest.fixture(params=["bash", "zsh", "fish"])
def complete(request: pytest.FixtureRequest, tmp_path: Path) -> Complete:
    """What a shell offers at the end of a line, sorted."""
    name = request.param
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed here")
    script = tmp_path / "_lengowctl"
    script.write_text(scripts()[name])
    offers: dict[str, Complete] = {
        "bash": lambda line: shells.bash(script, line),
        "zsh": lambda line: shells.zsh(tmp_path, line, tmp_path),
        "fish": lambda line: shells.fish(script, line, tmp_path),
    }
    return lambda line: sorted(offers[name](line))


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("lengowctl co", ["completion", "config"]),
        ("lengowctl --profile export co", ["completion", "config"]),
        ("lengowctl -q config ", ["check", "path", "show"]),
        ("lengowctl config show --form", ["--format"]),
        ("lengowctl config show -o ", ["csv", "json", "jsonl", "table", "tsv"]),
        ("lengowctl completion ", ["bash", "fish", "powershell", "zsh"]),
        ("lengowctl sandbox reset --see", ["--seed"]),
        ("lengowctl config path --profile ", []),
    ],
)
def test_commands_options_and_fixed_words_are_offered(complete: Complete, line: str, offered: list[str]) -> None:
    assert complete(line) == offered


def test_a_value_after_an_equals_sign_is_offered(complete: Complete) -> None:
    assert [word.removeprefix("--format=") for word in complete("lengowctl config show --format=js")] == [
        "json",
        "jsonl",
    ]


def test_files_are_offered_where_a_file_belongs(complete: Complete, tmp_path: Path) -> None:
    (tmp_path / "my config.toml").touch()
    (word,) = complete(f"lengowctl config path --config {tmp_path}/my")
    assert word.replace("\\", "").endswith("my config.toml")


def test_bash_puts_the_option_before_the_value_where_it_does_not_split_at_the_sign(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(scripts()["bash"])
    assert shells.bash(script, "lengowctl config show --format=js", " \t\n") == ["--format=json", "--format=jsonl"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_every_command_and_option_is_in_every_script(shell: str) -> None:
    script = scripts()[shell]
    for node in tree().walk():
        assert node.name in script
        for option in node.options:
            for flag in option.flags:
                assert (flag in script) or (shell == "fish" and f" {flag.lstrip('-')} " in script)


def test_the_command_prints_the_script(tmp_path: Path) -> None:
    result = Shell(tmp_path)("completion", "fish")
    assert (result.code, result.out, result.err) == (0, scripts()["fish"], "")


def test_an_unknown_shell_is_told_which_there_are(tmp_path: Path) -> None:
    result = Shell(tmp_path)("completion", "tcsh")
    assert (result.code, result.err) == (
        2,
        "lengowctl: there is no script for 'tcsh'\n  there are bash, zsh, fish, powershell\n",
    )
