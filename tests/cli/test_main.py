"""The command line as a whole: what every command takes, what a mistake gets, what an error becomes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pytest

from lengowctl import __version__
from lengowctl.cli.declared import Option
from lengowctl.cli.lazy import group
from lengowctl.cli.leave import Leave
from lengowctl.cli.main import root
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.table import Section, Verb
from lengowctl.errors import Locked

from ..running import Result, Shell


def work(
    runtime: Runtime,
    how: Annotated[str, Option("--how", metavar="WAY")] = "",
    count: Annotated[int, Option("--count", metavar="N")] = 1,
) -> None:
    """Do something, or fail in some way."""
    if how == "ours":
        raise Locked("another run is at \x1b[31mwork", hint="wait for it")
    if how == "bug":
        secret = "s3cret"
        raise KeyError(secret)
    if how == "disk":
        raise OSError(28, "No space left on device", "/data/orders.db")
    if how == "file":
        raise PermissionError(13, "Permission denied", "/data/orders.db")
    if how == "pipe":
        raise BrokenPipeError
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "exit":
        raise Leave(3)
    flags = runtime.flags
    runtime.printer.data(f"{flags.profile} {flags.config} quiet={flags.quiet} verbose={flags.verbose}")
    runtime.printer.data(f"ask={runtime.may_ask} color={runtime.printer.color} count={count}")


VERBS = (Verb("work", f"{__name__}:work", "Do something, or fail in some way."),)


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A program with the verb above, on its own and in a group."""
    command = root((Section("Things", VERBS),))
    command.rows = {**command.rows, "deep": Verb("deep", "", "Deeper.")}
    command.commands["deep"] = group("deep", "Deeper.", VERBS)
    return Shell(tmp_path, command=command)


PLAIN = "None None quiet=False verbose=False\nask=False color=False count=1\n"


def test_a_verb_runs_and_ends_with_0(shell: Shell) -> None:
    assert shell("work") == Result(0, PLAIN, "")


@pytest.mark.parametrize(
    "words",
    [
        ("--profile", "a", "--config", "f", "-q", "work"),
        ("work", "--profile", "a", "--config", "f", "--quiet"),
        ("--profile=b", "work", "-q", "--profile=a", "--config=f"),
        ("-v", "deep", "--config=g", "--profile=b", "work", "-q", "--profile=a", "--config=f"),
        ("deep", "-q", "--profile=a", "work", "--config=f"),
    ],
)
def test_options_for_everything_stand_at_any_level_and_the_later_one_wins(shell: Shell, words: tuple[str, ...]) -> None:
    out = shell(*words).out
    assert out.startswith("a f quiet=True verbose=False\n")


def test_quiet_and_verbose_undo_each_other(shell: Shell) -> None:
    assert "quiet=False verbose=True" in shell("-q", "work", "-v").out
    assert "quiet=True verbose=False" in shell("work", "-v", "-q").out


@pytest.mark.parametrize(
    ("words", "env", "expected"),
    [
        ((), {}, "ask=True color=True"),
        (("--no-color", "--no-input"), {"FORCE_COLOR": "1"}, "ask=False color=False"),
        ((), {"NO_COLOR": "1"}, "ask=True color=False"),
        ((), {"TERM": "dumb"}, "ask=True color=False"),
        ((), {"TERM": "dumb", "FORCE_COLOR": "1"}, "ask=True color=True"),
    ],
)
def test_a_terminal_is_asked_and_coloured_unless_told_otherwise(
    shell: Shell, words: tuple[str, ...], env: dict[str, str], expected: str
) -> None:
    assert expected in shell("work", *words, env=env, tty=True).out


@pytest.mark.parametrize("words", [("--version",), ("work", "--version"), ("deep", "--version"), ("-q", "--version")])
def test_the_version_is_told_at_any_level(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell(*words) == Result(0, f"{__version__}\n", "")


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("wrok",), "there is no command lengowctl wrok", "did you mean lengowctl work?"),
        (("xyz",), "there is no command lengowctl xyz", "lengowctl --help lists them all"),
        (("deep", "wor"), "there is no command lengowctl deep wor", "did you mean lengowctl deep work?"),
        (("work", "--huw=x"), "lengowctl work has no option --huw", "did you mean --how?"),
        (("deep", "--profil", "x"), "lengowctl deep has no option --profil", "did you mean --profile?"),
        (("work", "-x"), "lengowctl work has no option -x", "lengowctl work --help shows how it is used"),
        (("work", "x"), "nothing more is expected here: x", "lengowctl work --help shows how it is used"),
        (("work", "--how"), "--how needs a value", "lengowctl work --help shows how it is used"),
        (("work", "--count", "x"), "--count: 'x' is not a whole number", "lengowctl work --help shows how it is used"),
        (("work", "--profile", ""), "--profile is empty", None),
        (("work", "--quiet=x"), "--quiet takes no value", "lengowctl work --help shows how it is used"),
    ],
)
def test_a_mistyped_command_line_gets_one_sentence_and_2(
    shell: Shell, words: tuple[str, ...], message: str, hint: str | None
) -> None:
    assert shell(*words) == Result(2, "", f"lengowctl: {message}\n" + (f"  {hint}\n" if hint else ""))


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("ours", Result(7, "", "lengowctl: another run is at \\x1b[31mwork\n  wait for it\n")),
        (
            "disk",
            Result(
                1, "", "lengowctl: no room is left to write /data/orders.db\n  free some space, then run it again\n"
            ),
        ),
        ("file", Result(1, "", "lengowctl: /data/orders.db: permission denied\n")),
        ("pipe", Result(0, "", "")),
        ("interrupt", Result(130, "", "lengowctl: interrupted\n")),
        ("exit", Result(3, "", "")),
    ],
)
def test_every_error_becomes_its_sentence_and_code(shell: Shell, how: str, expected: Result) -> None:
    assert shell("work", "--how", how) == expected


def test_a_bug_leaves_a_report_without_data_and_no_traceback(shell: Shell) -> None:
    result = shell("work", "--how", "bug")
    (report,) = shell.data.iterdir()
    assert result == Result(
        1,
        "",
        f"lengowctl: something in lengowctl went wrong (KeyError); a report without any of your data is in {report}\n",
    )
    text = report.read_text()
    assert report.stat().st_mode & 0o777 == 0o600
    assert "builtins.KeyError" in text
    assert "test_main.py" in text
    assert f"lengowctl {__version__}" in text
    assert "s3cret" not in text
    assert str(shell.home) not in text


def test_a_bug_where_nothing_can_be_written_is_still_one_sentence(shell: Shell) -> None:
    shell.home = None
    assert shell("work", "--how", "bug") == Result(
        1, "", "lengowctl: something in lengowctl went wrong (KeyError); no report could be written\n"
    )


def test_no_command_shows_the_help(shell: Shell) -> None:
    assert shell() == shell("--help")
    assert shell("deep") == shell("deep", "-h")


def test_help_fits_the_terminal_and_names_what_every_command_takes(shell: Shell) -> None:
    assert shell("deep", "work", "--help") == Result(
        0,
        """\
Usage: lengowctl deep work [OPTIONS]

  Do something, or fail in some way.

Options:
  --how WAY
  --count N  [default: 1]

Everywhere:
  --profile NAME, --config FILE, -q/--quiet, -v/--verbose, --no-input,
  --no-color, --version, -h/--help
""",
        "",
    )
