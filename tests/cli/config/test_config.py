"""`config path`, `config show`, `config check`"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ...running import Result, Shell

KEYS = {"LENGOWCTL_ACCESS_TOKEN": "t0ken", "LENGOWCTL_SECRET": "hu5h"}


def test_path_tells_file_and_folder_whether_or_not_they_are_there(shell: Shell) -> None:
    assert shell("config", "path") == Result(0, f"{shell.config}\n{shell.data}\n", "")


def test_path_follows_option_over_variable(shell: Shell) -> None:
    env = {"LENGOWCTL_CONFIG": "/a/one.toml", "LENGOWCTL_DATA_DIR": "/a/data"}
    assert shell("config", "path", env=env).out == "/a/one.toml\n/a/data\n"
    assert shell("config", "path", "--config", "/b/two.toml", env=env).out == "/b/two.toml\n/a/data\n"


def test_without_a_home_the_variables_are_named(shell: Shell) -> None:
    shell.home = None
    result = shell("config", "path")
    assert (result.code, result.out) == (1, "")
    assert "LENGOWCTL_DATA_DIR" in result.err
    assert "LENGOWCTL_CONFIG" in result.err


def test_without_a_home_the_environment_alone_is_enough(shell: Shell, tmp_path: Path) -> None:
    shell.home = None
    env = {**KEYS, "LENGOWCTL_DATA_DIR": str(tmp_path)}
    assert shell("config", "path", env=env) == Result(0, f"-\n{tmp_path}\n", "")
    assert "profiles.env.secret\t****\tLENGOWCTL_SECRET\n" in shell("config", "show", env=env).out


def test_show_tells_each_value_and_where_it_comes_from(shell: Shell) -> None:
    shell.write_config(
        '[profiles.fr]\naccess_token_command = "pass show t"\nsecret = "hu5h"\nretention = "180d"\n[views.urgent]\n'
    )
    result = shell("config", "show", "--profile", "fr", env={"LENGOWCTL_BASE_URL": "https://api.example.com"})
    assert result == Result(
        0,
        f"""\
config\t{shell.config}\tdefault
data_dir\t{shell.data}\tdefault
profile\tfr\t--profile
default_profile\t\tdefault
views.urgent\t(a view)\tfile
profiles.fr.base_url\thttps://api.example.com\tLENGOWCTL_BASE_URL
profiles.fr.access_token\t\tdefault
profiles.fr.secret\t****\tfile
profiles.fr.access_token_command\tpass show t\tfile
profiles.fr.secret_command\t\tdefault
profiles.fr.ca_bundle\t\tdefault
profiles.fr.confirm_above\t20\tdefault
profiles.fr.max_orders_per_run\t1000\tdefault
profiles.fr.max_value_per_run\t\tdefault
profiles.fr.read_only\tfalse\tdefault
profiles.fr.retention\t180d\tfile
profiles.fr.first_sync\t90d\tdefault
profiles.fr.from_country\t\tdefault
""",
        "",
    )


def test_show_shows_all_profiles_when_none_can_be_chosen(shell: Shell) -> None:
    shell.write_config("[profiles.a]\n[profiles.b]\n")
    out = shell("config", "show").out
    assert "profile\t\tdefault\n" in out
    assert "profiles.a.confirm_above\t20\tdefault\n" in out
    assert "profiles.b.confirm_above\t20\tdefault\n" in out


@pytest.mark.parametrize("format", ["table", "csv", "tsv", "json", "jsonl"])
def test_no_format_shows_a_secret(shell: Shell, format: str) -> None:
    result = shell("config", "show", "-o", format, env=KEYS, tty=True)
    assert result.code == 0
    assert "hu5h" not in result.out
    assert "t0ken" not in result.out


def test_show_as_json_is_an_array_of_objects(shell: Shell) -> None:
    rows = json.loads(shell("config", "show", "-o", "json").out)
    assert rows[0] == {"setting": "config", "value": str(shell.config), "origin": "default"}


def test_an_error_in_the_file_is_one_sentence(shell: Shell) -> None:
    shell.write_config("x = \n")
    assert shell("config", "show") == Result(
        1, "", f"lengowctl: {shell.config} is not TOML: invalid value (at line 1, column 5)\n"
    )


def test_check_finds_all_well(shell: Shell) -> None:
    shell.write_config('[profiles.fr]\naccess_token = "t0ken"\nsecret_command = "echo hu5h"\n')
    proxy = {"HTTPS_PROXY": "http://me:pass@proxy.example:3128"}
    assert shell("config", "check", env=proxy) == Result(
        0,
        f"""\
file\tok\t{shell.config}
profile\tok\tfr
address\tok\thttps://api.lengow.io
keys\tok\taccess_token from file; secret from secret_command
proxy\tok\thttp://proxy.example:3128
certificates\tok\tthe usual ones
data folder\tok\t{shell.data}/fr, made when needed
file modes\tok\t0 files, yours alone
""",
        "",
    )


def test_check_tells_what_is_wrong_once_and_ends_with_its_code(shell: Shell) -> None:
    shell.write_config('[profiles.fr]\nsecret = "x"\n', mode=0o644)
    result = shell("config", "check")
    assert (result.code, result.err) == (1, "")
    assert result.out.splitlines()[:2] == [
        f"file\twrong\t{shell.config} holds a key, and others can read it; chmod 600 {shell.config}",
        "profile\t-\tcannot be told before the above is put right",
    ]
    assert result.out.count("\twrong\t") == 1


def test_check_without_keys_ends_with_4(shell: Shell) -> None:
    shell.write_config("[profiles.fr]\n")
    result = shell("config", "check")
    assert result.code == 4
    assert "keys\twrong\tthe profile fr has no access_token; " in result.out


def test_check_looks_at_modes_and_certificates(shell: Shell, tmp_path: Path) -> None:
    bundle = tmp_path / "ca.pem"
    bundle.write_text("no certificate")
    shell.write_config(
        f'[profiles.fr]\nsecret_command = "echo a"\naccess_token_command = "echo a"\nca_bundle = "{bundle}"'
    )
    (shell.data / "fr").mkdir(parents=True, mode=0o700)
    (shell.data / "fr" / "token.json").touch(mode=0o644)
    result = shell("config", "check")
    assert result.code == 1
    assert f"certificates\twrong\t{bundle} cannot be used: " in result.out
    token = shell.data / "fr" / "token.json"
    assert f"file modes\twrong\t{token} is open to other users of this machine; chmod 600 {token}\n" in result.out


def test_check_of_the_sandbox_needs_no_file(shell: Shell) -> None:
    shell.write_config("broken")
    result = shell("config", "check", "--profile", "sandbox")
    assert result.out.splitlines()[1:5] == [
        "profile\tok\tsandbox",
        "address\tok\tthe embedded sandbox",
        "keys\tok\tthe sandbox's own",
        "proxy\tok\tnone",
    ]


def test_a_terminal_sees_every_value_whole(shell: Shell) -> None:
    """A long path is what one looks for here: it goes on in the next line, and no column gives way to it."""
    shell.write_config(f'[profiles.fr]\nca_bundle = "/{"long/" * 30}x.pem"\n')
    for words in (("show",), ("check",)):
        for width in (80, 200):
            out = shell("config", *words, "--no-color", tty=True, width=width).out
            assert max(map(len, out.splitlines())) <= width
            joined = "".join(line.strip() for line in out.splitlines())
            assert f"/{'long/' * 30}x.pem" in joined
            assert str(shell.config) in joined


def test_the_sandbox_is_not_said_to_be_lengow(shell: Shell) -> None:
    out = shell("config", "show", "--profile", "sandbox").out
    assert "profiles.sandbox.base_url\tthe embedded sandbox\tthe sandbox\n" in out
    assert "api.lengow.io" not in out
