"""Configuration files that are read without tomllib: never otherwise than tomllib would."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from lengowctl.config.plain import read_plain
from lengowctl.config.toml import table_text

from ..full import times

NAMES = some.sampled_from(["a", "b", "profiles", "1", "-", "_x", "é", "a.b", "", '"a"', "a b"])
VALUES = some.sampled_from(
    ['"x"', '""', '"é"', '"\u00a0"', '"a\\n"', '"\t"', '"a" # "b"', '"""a"""', "'x'", "true", "false", "True",
     "0", "12", "01", "+1", "1_0", "1.5", "2026-11-23", "9" * 15, "9" * 40, "٣", "[]", '["a"]', '["a", "b" ]',
     '["a,b"]', "[1, true]", "[[1]]", '["a",]', "{}", "{ a = 1 }", "", "x", '"', "[", "1 2", '"a" "b"', '"#"']
)  # fmt: skip
LINES = some.one_of(
    some.builds("{} = {}".format, NAMES, VALUES),
    some.builds("\t{}={} ".format, NAMES, VALUES),
    some.builds("{} = {} # why".format, NAMES, VALUES),
    some.builds("[{}]".format, NAMES),
    some.builds("[{}.{}]".format, NAMES, NAMES),
    some.builds("[[{}]]".format, NAMES),
    some.sampled_from(["", " ", "# why", "  # é", "#\x00", "#\t", "\r", "\x0c", "[", "]", "=", "[ a ]", "[a] # b]"]),
    some.text(max_size=12),
)
PLAIN_LINES = some.one_of(
    some.builds("{} = {}".format, some.sampled_from("abcd"), some.sampled_from(['"x"', "12", '["a", 1]'])),
    some.builds("[{}]".format, some.sampled_from(["a", "b", "c", "a.b", "a.c", "b.a", "c.d"])),
)


@settings(max_examples=times(600, 50_000))
@given(lines=some.lists(LINES, max_size=6) | some.lists(PLAIN_LINES, max_size=6))
@example(lines=["[a]", "[a.b]", "x = 1", "[a.c]", "y = true"])
@example(lines=["a = 1", "[a.b]"])
@example(lines=["[a.b]", "[a]", "b = 1"])
def test_what_is_read_is_what_tomllib_reads(lines: list[str]) -> None:
    text = "\n".join(lines)
    plain = read_plain(text)
    if plain is not None:
        assert repr(plain) == repr(tomllib.loads(text))


def test_what_init_writes_is_plain() -> None:
    values = {"base_url": "https://api.lengow.io", "confirm_above": 5, "read_only": True, "secret_command": ["a", "b"]}
    text = table_text("main", values)
    assert read_plain(text) == {"profiles": {"main": values}}


def test_the_example_is_plain() -> None:
    text = Path(__file__).parents[2].joinpath("config.example.toml").read_text(encoding="utf-8")
    assert read_plain(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "text",
    ["a = 1.5", "a = 1 # why", "[[rules]]", "a.b = 1", "a = 1\na = 2", "[a]\n[a]", "a", "a = '", "# \x00", "a = []"],
)
def test_of_anything_else_nothing_is_read(text: str) -> None:
    assert read_plain(text) is None
