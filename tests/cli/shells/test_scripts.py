"""The completion scripts, in the shells themselves."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lengowctl.cli.generate import scripts
from lengowctl.cli.tree import tree

from ..running import Shell
from . import shells

#: A line being typed, and what is offered.
OFFERS = {
    "lengowctl co": ["completion", "config"],
    "lengowctl --profile export co": ["completion", "config"],
    "lengowctl -q config ": ["check", "path", "show"],
    "lengowctl config show --form": ["--format"],
    "lengowctl config show -o ": ["csv", "json", "jsonl", "table", "tsv"],
    "lengowctl config show --format=js": ["json", "jsonl"],
    "lengowctl completion ": ["bash", "fish", "powershell", "zsh"],
    "lengowctl sandbox reset --see": ["--seed"],
    "lengowctl config path --profile ": [],
    "lengowctl config path --config @/my": ["my config.toml"],
}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_commands_options_words_and_files_are_offered(shell: str, tmp_path: Path) -> None:
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed here")
    script = tmp_path / "_lengowctl"
    script.write_text(scripts()[shell])
    (tmp_path / "my config.toml").touch()
    lines = {line: line.replace("@", str(tmp_path)) for line in OFFERS}
    if shell == "zsh":
        offered = shells.zsh(tmp_path, list(lines.values()), tmp_path)
    else:
        ask = shells.bash if shell == "bash" else shells.fish
        offered = {line: ask(script, line) for line in lines.values()}
    assert {line: sorted(map(_bare, offered[typed])) for line, typed in lines.items()} == OFFERS


def _bare(word: str) -> str:
    """Shells differ in how they quote a name and in whether they repeat what stands before it."""
    return word.replace("\\", "").rpartition("/")[2].removeprefix("--format=")


def test_bash_puts_the_option_before_the_value_where_it_does_not_split_at_the_sign(tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text(scripts()["bash"])
    assert shells.bash(script, "lengowctl config show --format=js", wordbreaks=" \t\n") == [
        "--format=json",
        "--format=jsonl",
    ]


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
