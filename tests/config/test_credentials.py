"""Where keys come from, and how a program that prints one is run."""

from __future__ import annotations

import importlib.util
import os
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from lengowctl.config.credentials import MOST_OUTPUT, find_keys, keyring_get, keyring_set, run_program
from lengowctl.config.settings import complete
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.errors import MissingExtra, NotSignedIn, ProgramFault

ENV = {"PATH": os.environ["PATH"]}


def no_program(words: Sequence[str]) -> str:
    raise AssertionError(f"nothing was to be run: {words}")


def no_keyring(profile: str, name: str) -> str | None:
    return None


def test_a_key_that_is_there_is_taken_without_running_anything() -> None:
    profile = complete("fr", {"access_token": Secret("a"), "secret": Secret("b")}, {})
    assert find_keys(profile, run=no_program, keyring=no_keyring) == Keys(Secret("a"), Secret("b"))


def test_the_environment_wins_over_a_program_in_the_file() -> None:
    profile = complete("fr", {"access_token": Secret("a"), "secret_command": ("x",)}, {"secret": Secret("env")})
    assert find_keys(profile, run=no_program, keyring=no_keyring).secret == Secret("env")


def test_programs_print_keys() -> None:
    profile = complete("fr", {"access_token_command": ("show", "a b"), "secret_command": ("show", "c")}, {})
    keys = find_keys(profile, run=lambda words: f" {words[1]}! ", keyring=no_keyring)
    assert keys == Keys(Secret("a b!"), Secret("c!"))


def test_the_keyring_is_asked_last() -> None:
    stored = {("fr", "access_token"): "a", ("fr", "secret"): "b"}
    keys = find_keys(complete("fr", {}, {}), run=no_program, keyring=lambda *name: stored[name])
    assert keys == Keys(Secret("a"), Secret("b"))


def test_a_missing_key_is_told_with_the_ways_to_give_it() -> None:
    with pytest.raises(NotSignedIn) as caught:
        find_keys(complete("fr", {"access_token": Secret("a")}, {}), run=no_program, keyring=no_keyring)
    assert (caught.value.exit_code, caught.value.message, caught.value.hint) == (
        4,
        "the profile fr has no secret",
        "lengowctl init --profile fr --replace asks for it; or set LENGOWCTL_SECRET",
    )


def test_a_program_that_prints_nothing_useful_is_told_without_its_output() -> None:
    profile = complete("fr", {"access_token_command": ("x",)}, {})
    with pytest.raises(ProgramFault, match="access_token_command of the profile fr: must be a text of one line"):
        find_keys(profile, run=lambda words: "two\nlines", keyring=no_keyring)


def script(tmp_path: Path, text: str) -> str:
    path = tmp_path / "program"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_a_program_gets_its_words_as_they_are_and_no_shell(tmp_path: Path) -> None:
    assert run_program([script(tmp_path, 'printf "%s|" "$@"'), "$HOME", "a b", "*"], ENV) == "$HOME|a b|*|"


def test_our_variables_are_not_in_its_environment(tmp_path: Path) -> None:
    out = run_program([script(tmp_path, "env")], {**ENV, "LENGOWCTL_SECRET": "hush", "OTHER": "seen"})
    assert "OTHER=seen" in out
    assert "hush" not in out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("echo hush; exit 3", "failed with exit code 3"),
        ("printf '\\377'", "printed no UTF-8 text"),
        (f"head -c {MOST_OUTPUT + 10} /dev/zero", "printed far too much for a key"),
    ],
)
def test_a_program_that_misbehaves_is_told_without_its_output(tmp_path: Path, text: str, says: str) -> None:
    path = script(tmp_path, text)
    with pytest.raises(ProgramFault) as caught:
        run_program([path], ENV)
    assert caught.value.message == f"the program {path} {says}"


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    path = script(tmp_path, "exec sleep 60")
    with pytest.raises(ProgramFault, match=r"did not end within 0\.2 seconds"):
        run_program([path], ENV, timeout=0.2)


def test_a_program_that_is_not_there_is_told() -> None:
    with pytest.raises(ProgramFault, match="the program /no/such cannot be run: no such file or directory"):
        run_program(["/no/such"], ENV)


@pytest.mark.skipif(importlib.util.find_spec("keyring") is not None, reason="the keyring extra is installed")
def test_without_the_extra_the_keyring_holds_nothing_and_takes_nothing() -> None:
    assert keyring_get("fr", "secret") is None
    with pytest.raises(MissingExtra) as caught:
        keyring_set("fr", "secret", Secret("a"))
    assert caught.value.hint == "pip install 'lengowctl[keyring]'"
