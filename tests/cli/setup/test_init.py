"""`init`: keys are asked for, tested and kept; nothing is written when they do not open the account."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lengowctl.cli.door import Door
from lengowctl.sandbox.sandbox import Sandbox, SandboxInfo

from ...running import NOON, Result, Shell

URL = "http://127.0.0.1:8000"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Sandbox]:
    """The account at the other end."""
    with Sandbox.open(tmp_path / "world.db", orders=5, wall=lambda: NOON) as sandbox:
        yield sandbox


@pytest.fixture
def info(world: Sandbox) -> SandboxInfo:
    return world.info()


@pytest.fixture
def shell(tmp_path: Path, world: Sandbox) -> Shell:
    shell = Shell(tmp_path / "home")
    shell.transport = Door(world, shell.clock.sleep)
    return shell


def test_without_a_terminal_the_keys_come_from_two_lines(shell: Shell, info: SandboxInfo) -> None:
    result = shell("init", "--base-url", URL, "--retention", "180d", stdin=f"{info.access_token}\r\n{info.secret}\r\n")
    assert result == Result(
        0,
        "",
        f"profile main is in {shell.config}; it opens account {info.account_id}\n"
        "lengowctl sync --profile main brings the orders in\n",
    )
    assert shell.config.read_text() == (
        f'[profiles.main]\nbase_url = "{URL}"\nretention = "180d"\n'
        f'access_token = "{info.access_token}"\nsecret = "{info.secret}"\n'
    )
    assert shell.config.stat().st_mode & 0o777 == 0o600
    assert not shell.data.exists()


def test_without_questions_the_keys_come_from_the_environment(shell: Shell, info: SandboxInfo) -> None:
    env = {"LENGOWCTL_ACCESS_TOKEN": info.access_token, "LENGOWCTL_SECRET": info.secret, "LENGOWCTL_BASE_URL": URL}
    result = shell("init", "--no-input", "--profile", "fr", "--first-sync", "all", "-q", env=env, tty=True)
    assert (result.code, result.err) == (0, "")
    assert f'[profiles.fr]\nbase_url = "{URL}"\nfirst_sync = "all"\naccess_token' in shell.config.read_text()


def test_at_a_terminal_everything_is_asked_and_the_keys_are_not_shown(shell: Shell, info: SandboxInfo) -> None:
    result = shell(
        "init", "--base-url", URL, "--no-sync",
        tty=True, width=500, stdin="shop\nsoon\n\n", answers=[info.access_token, info.secret],
    )  # fmt: skip
    assert result.code == 0
    assert result.err.splitlines() == [
        "Name of the profile [main]: Both keys stand in Lengow under My account > API.",
        "Keep buyers' data for how long after the order, or none [180d]: "
        "lengowctl: warning: 'soon' is not a length of time; write it as 90s, 30m, 24h, 7d or 2w",
        "Keep buyers' data for how long after the order, or none [180d]: "
        f"profile shop is in {shell.config}; it opens account {info.account_id}",
        "lengowctl sync --profile shop brings the orders in",
    ]
    assert "[profiles.shop]\n" in shell.config.read_text()
    assert 'retention = "180d"\n' in shell.config.read_text()


def test_a_first_sync_is_run_when_wanted(shell: Shell, info: SandboxInfo) -> None:
    result = shell("init", "--base-url", URL, "--sync", stdin=f"{info.access_token}\n{info.secret}\n")
    assert result.code == 0
    assert (shell.data / "main" / "orders.db").exists()


def test_wrong_keys_are_told_and_nothing_is_written(shell: Shell, info: SandboxInfo) -> None:
    result = shell("init", "--base-url", URL, stdin=f"{info.access_token}\nwrong\n")
    assert (result.code, result.out) == (4, "")
    assert result.err.startswith("lengowctl: ")
    assert "wrong\n" not in result.err
    assert not shell.config.exists()


@pytest.mark.parametrize("stdin", ["", "one\n", "\n\n"])
def test_missing_keys_are_told_with_the_ways_to_give_them(shell: Shell, stdin: str) -> None:
    assert shell("init", stdin=stdin) == Result(
        4,
        "",
        "lengowctl: two keys are needed, and there are not two\n"
        "  LENGOWCTL_ACCESS_TOKEN and LENGOWCTL_SECRET, or two lines on stdin: the access token, the secret\n",
    )


def test_an_existing_profile_is_changed_only_when_told_so(shell: Shell, info: SandboxInfo) -> None:
    shell.write_config('[profiles.main]\nmax_orders_per_run = 7\nsecret_command = "x"\n')
    keys = f"{info.access_token}\n{info.secret}\n"
    refused = shell("init", "--base-url", URL, stdin=keys)
    assert (refused.code, refused.err.splitlines()[0]) == (2, "lengowctl: there is a profile main already")
    assert shell("init", "--base-url", URL, "--replace", stdin=keys).code == 0
    assert shell.config.read_text() == (
        f'[profiles.main]\nmax_orders_per_run = 7\nbase_url = "{URL}"\n'
        f'access_token = "{info.access_token}"\nsecret = "{info.secret}"\n'
    )


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--profile", "sandbox"], "the name sandbox is taken"),
        (["--profile", "../x"], "a profile's name has letters"),
        (["--retention", "soon"], "--retention: 'soon' is not a length of time"),
        (["--base-url", "http://api.lengow.io"], "--base-url: http is for this machine only"),
        (["--from-country", "FRA"], "--from-country: must be a country's two letters"),
    ],
)
def test_a_value_without_sense_is_refused_before_anything_is_sent(
    shell: Shell, world: Sandbox, words: list[str], says: str
) -> None:
    result = shell("init", *words, stdin="a\nb\n")
    assert result.code == 2
    assert result.err.startswith(f"lengowctl: {says}")
    assert world.log() == []


def test_an_account_that_another_profile_has_is_refused(shell: Shell, info: SandboxInfo) -> None:
    keys = f"{info.access_token}\n{info.secret}\n"
    assert shell("init", "--base-url", URL, "--sync", stdin=keys).code == 0
    before = shell.config.read_text()
    result = shell("init", "--base-url", URL, "--profile", "twin", stdin=keys)
    assert result.code == 1
    assert result.err.startswith(
        f"lengowctl: the profile main has this account already (lengow|{URL}|{info.account_id})"
    )
    assert shell.config.read_text() == before


def test_without_a_home_the_variable_is_named(shell: Shell) -> None:
    shell.home = None
    result = shell("init", env={"LENGOWCTL_DATA_DIR": "/nowhere"})
    assert result == Result(
        1,
        "",
        "lengowctl: no home folder can be found for this user\n  LENGOWCTL_CONFIG says where the file shall be\n",
    )


def test_a_named_file_that_is_not_there_is_made(shell: Shell, info: SandboxInfo, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    keys = f"{info.access_token}\n{info.secret}\n"
    assert shell("init", "--base-url", URL, "--config", str(path), stdin=keys).code == 0
    assert path.exists()
