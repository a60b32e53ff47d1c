"""Every command has its help, and what is generated from the commands is current."""

from __future__ import annotations

import re

import pytest

from lengowctl.cli.generate import command_at, help_text, made
from lengowctl.cli.lazy import LazyGroup
from lengowctl.cli.table import Verb
from lengowctl.cli.tree import Node, tree
from lengowctl.config.load import load
from lengowctl.config.settings import ProfileSettings
from lengowctl.config.table import KEYS, VARIABLES, Scope, keys_of
from lengowctl.errors import EXIT_CODES, ExitCode, LengowctlError
from lengowctl.outbox.told import MEANINGS, Result

from .source import ROOT

NODES = list(tree().walk())
_EXAMPLES = re.compile(r"^```(?:sh|console|cron|ini)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_CALLS = re.compile(r"lengowctl (?=[a-z])[^\n|;#]*")
_FLAGS = re.compile(r"(?<=\s)--?[a-z][a-z-]*")


def _path(node: Node) -> str:
    return " ".join(node.path)


@pytest.mark.parametrize("node", NODES, ids=_path)
def test_help_can_be_written_and_fits_80_columns(node: Node) -> None:
    text = help_text(node.path)
    assert text.startswith(f"Usage: {' '.join(('lengowctl', *node.path))} ")
    assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("node", [node for node in NODES if not node.children], ids=_path)
def test_the_line_in_the_table_is_the_first_line_of_the_verbs_own_help(node: Node) -> None:
    group = command_at(node.path[:-1])
    assert isinstance(group, LazyGroup)
    row = group.rows[node.name]
    assert isinstance(row, Verb)
    assert command_at(node.path).help.partition("\n")[0] == row.help
    assert row.help.endswith(".")


@pytest.mark.parametrize("node", NODES, ids=_path)
def test_every_option_says_what_it_does(node: Node) -> None:
    assert [option.flags for option in node.options if not option.help] == []


@pytest.mark.parametrize("node", NODES[1:], ids=_path)
def test_every_command_is_in_the_readme(node: Node) -> None:
    assert f"| `{_path(node)}` |" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_option_in_the_examples_of_the_readme_is_one_of_its_command() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    examples = "\n".join(_EXAMPLES.findall(text)).replace("\\\n", " ")
    calls = [(call, *_called(call)) for call in _CALLS.findall(examples)]
    assert len(calls) > 20
    assert [(call, flag) for call, node, flags in calls for flag in flags if flag not in node] == []


def _called(call: str) -> tuple[frozenset[str], list[str]]:
    """The flags that the command of an example has, and those that are used in it."""
    words = call.split()[1:]
    node = max((node for node in NODES if list(node.path) == words[: len(node.path)]), key=lambda node: len(node.path))
    return frozenset(flag for option in node.options for flag in option.flags), _FLAGS.findall(call)


def test_the_help_of_an_acting_verb_tells_apart_what_is_sent_to_which_orders_and_how() -> None:
    text = help_text(("ship",))
    assert [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")] == [
        "Arguments:", "Options:", "Filters:", "Sending:", "Everywhere:",
    ]  # fmt: skip
    filters, sending = text.partition("Filters:")[2].split("Sending:")
    assert "  --updated-since DATE" in filters
    assert "  --dry-run" in sending


def test_the_readme_tells_what_several_commands_share_once() -> None:
    pages = (ROOT / "README.md").read_text(encoding="utf-8").split("\n#### `lengowctl ")
    told = [page.partition("`")[0] for page in pages if "  --updated-since DATE" in page]
    assert told == ["list", "accept"]
    assert sum("As those of lengowctl accept." in page for page in pages) == 6


def test_every_result_is_explained() -> None:
    assert list(MEANINGS) == list(Result)


@pytest.mark.parametrize(("path", "text"), list(made(ROOT)), ids=lambda value: getattr(value, "name", ""))
def test_what_is_generated_is_current(path: object, text: str) -> None:
    """Stale? python -m lengowctl.cli.generate"""
    assert getattr(path, "read_text")(encoding="utf-8") == text  # noqa: B009


def test_every_exit_code_is_explained_and_every_class_has_one() -> None:
    assert list(EXIT_CODES) == list(ExitCode)
    assert all(isinstance(kind.exit_code, ExitCode) for kind in _below(LengowctlError))


def test_every_kind_of_error_is_raised_somewhere_or_a_base_of_one_that_is() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "lengowctl").rglob("*.py"))
    unused = [
        kind.__name__
        for kind in _below(LengowctlError)
        if not any(f"{one.__name__}(" in sources.replace(f"class {one.__name__}(", "") for one in [kind, *_below(kind)])
    ]
    assert unused == []


def _below(kind: type[LengowctlError]) -> list[type[LengowctlError]]:
    return [found for child in kind.__subclasses__() for found in (child, *_below(child))]


def test_the_table_of_settings_and_the_values_name_the_same() -> None:
    fields = set(ProfileSettings.__dataclass_fields__) - {"name", "origins"}
    assert set(keys_of(Scope.PROFILE)) == fields
    assert len({key.name for key in KEYS}) == len(KEYS)
    assert all(name.startswith("LENGOWCTL_") for name in VARIABLES)


def test_the_example_can_be_read_and_shows_every_setting() -> None:
    path = ROOT / "config.example.toml"
    settings = load(path, {})
    assert list(settings.profiles) == ["main"]
    text = path.read_text(encoding="utf-8")
    assert [key.name for key in KEYS if key.example and f"{key.name} = {key.example}" not in text] == []
