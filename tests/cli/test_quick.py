"""Command lines that are read without Typer mean exactly what Typer would make of them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from importlib import import_module
from inspect import Parameter
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some

from lengowctl.cli.declared import EVERYWHERE, Argument, Interface, Option
from lengowctl.cli.leave import Leave
from lengowctl.cli.main import SECTIONS, root
from lengowctl.cli.quick import understand
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.table import Noun, Section, Verb
from lengowctl.cli.typed import run_typed
from lengowctl.errors import UsageFault

from ..full import times
from ..running import Result, Shell


class Heard(Runtime):
    """A runtime that keeps what it was told, and what the verb was called with."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell.machine())
        self.heard: list[object] = []

    def take(self, name: str, value: str | bool) -> None:
        self.heard.append((name, value))


def _listening(verb: Callable[..., None]) -> Callable[..., None]:
    """A verb of the same signature that only keeps its values."""

    @wraps(verb)
    def listen(runtime: Heard, **values: object) -> None:
        runtime.heard.append({name: repr(value) for name, value in values.items()})

    return listen


def _function(row: Verb) -> Callable[..., None]:
    module, _, name = row.where.partition(":")
    found: Callable[..., None] = getattr(import_module(module), name)
    return found


def _listening_rows(rows: Sequence[Verb | Noun], place: ModuleType) -> list[Verb | Noun]:
    """The rows of a table, each verb replaced by one that listens; below a module made for them."""
    sys.modules[place.__name__] = place
    made: list[Verb | Noun] = []
    for row in rows:
        if isinstance(row, Noun):
            below = ModuleType(f"{place.__name__}.{row.name}")
            vars(below)["VERBS"] = _listening_rows(import_module(row.where).VERBS, below)
            made.append(row._replace(where=below.__name__))
        else:
            vars(place)[row.name] = _listening(_function(row))
            made.append(row._replace(where=f"{place.__name__}:{row.name}"))
    return made


ROWS = [row for section in SECTIONS for row in section.rows]
LISTENING = [Section("All", tuple(_listening_rows(ROWS, ModuleType("listening"))))]
TYPED = root(LISTENING)


def _paths(rows: Sequence[Verb | Noun], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Verb]]:
    for row in rows:
        if isinstance(row, Noun):
            yield from _paths(import_module(row.where).VERBS, (*path, row.name))
        else:
            yield (*path, row.name), row


VERBS = dict(_paths(ROWS))


def flags_of(declaring: Iterable[Parameter]) -> tuple[list[str], list[str]]:
    """The flags that may be written: switches, and those with a value."""
    switches = [
        flag for one in EVERYWHERE if not one.metavar and one.name not in ("help", "version") for flag in one.flags
    ]
    valued = [flag for one in EVERYWHERE if one.metavar for flag in one.flags]
    for one in declaring:
        kind, declared = get_args(one.annotation)
        if isinstance(declared, Option):
            flags = [flag for both in declared.flags for flag in both.split("/")]
            (switches if kind in (bool, bool | None) else valued).extend(flags)
    return switches, valued


VALUES = some.sampled_from(
    ["", "a", "a,b", "5", "-5", " 5", "5_0", "٣", "1.5", "x=y", "=", "--quiet", "-q", "-", "--", "é", "\udc80", "a b",
     "table", "json", "2026-01-01", "lines", "amazon_fr:1", "L1=2", "/tmp/f", "~", "."]
)  # fmt: skip


def joined(parts: Iterable[Iterable[str]]) -> list[str]:
    """The words of all parts."""
    return [word for part in parts for word in part]


def options(switches: Sequence[str], valued: Sequence[str]) -> some.SearchStrategy[list[str]]:
    """An option in some way of writing it, mostly a right one."""
    switch, flag, any_flag = (some.sampled_from(flags) for flags in (switches, valued, [*switches, *valued]))
    right = some.one_of(
        switch.map(lambda one: [one]),
        some.tuples(flag, VALUES).map(list),
        some.tuples(flag, VALUES).map(lambda pair: ["=".join(pair) if pair[0][:2] == "--" else "".join(pair)]),
    )
    wrong = some.one_of(
        any_flag.map(lambda one: [one]),
        any_flag.map(lambda one: [one[:-1]]),
        some.tuples(any_flag, VALUES).map(list),
        some.tuples(any_flag, VALUES).map(lambda pair: ["=".join(pair)]),
        some.tuples(any_flag, VALUES).map(lambda pair: ["".join(pair)]),
        some.sampled_from([["-qv"], ["-vqn5"], ["--unknown"], ["-"], ["--"], ["---"], ["-?"], ["--help"], ["-h"]]),
    )
    return some.integers(0, 7).flatmap(lambda lot: right if lot else wrong)


def command_lines() -> some.SearchStrategy[list[str]]:
    """Command lines of any verb, many of them with some sense."""

    def of(path: tuple[str, ...]) -> some.SearchStrategy[list[str]]:
        own = Interface(_function(VERBS[path])).parameters
        takes_words = any(isinstance(get_args(one.annotation)[1], Argument) for one in own)
        words = some.lists(VALUES, max_size=2) if takes_words else some.just([])
        before = some.lists(options(*flags_of(())), max_size=1).map(joined)
        after = some.tuples(some.lists(options(*flags_of(own)), max_size=4).map(joined), words).map(joined)
        return some.tuples(*(part for name in path for part in (before, some.just([name]))), after).map(joined)

    return some.sampled_from(sorted(VERBS)).flatmap(of)


def heard(run: Callable[[Heard], object], shell: Shell) -> list[object]:
    """What the runtime was told and the verb called with; or how it ended before."""
    runtime = Heard(shell)
    try:
        run(runtime)
    except (UsageFault, Leave) as end:
        runtime.heard.append((type(end), str(end)))
    return runtime.heard


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("home"))


@settings(max_examples=times(400, 20_000))
@given(words=command_lines())
@example(words=["list", "--imported", "--not-imported"])
@example(words=["-q", "list", "-q", "-v", "-q", "--profile", "a", "--profile=b"])
def test_what_is_understood_is_what_typer_makes_of_it(shell: Shell, words: list[str]) -> None:
    """The same function, called with the same values, and the same told of the options that mean the same everywhere,
    in the same order."""
    call = understand(words, LISTENING)
    if call is not None:
        assert heard(call.run, shell) == heard(lambda runtime: run_typed(words, runtime, TYPED), shell)


@pytest.mark.parametrize("path", sorted(VERBS), ids=" ".join)
def test_each_verb_without_options_is_understood_or_lacks_something(shell: Shell, path: tuple[str, ...]) -> None:
    call = understand(path, LISTENING)
    there = heard(lambda runtime: run_typed(path, runtime, TYPED), shell)
    if call is None:
        assert there == [(UsageFault, str(there[0][1]))] if isinstance(there[0], tuple) else False
    else:
        assert heard(call.run, shell) == there


@pytest.mark.parametrize(
    "line",
    [
        "list -n 50", "list -n5 -o json", "list --status shipped --status=new,refused -m amazon_* --limit=3 -q",
        "--profile main list --imported --search a", "list --not-imported --columns ref,total --sort -total",
        "due -o csv",
        "show amazon_fr:1 -o json", "show 1 2 - --no-color", "status -o json -v", "status --check --stale 2h",
        "actions list --state doubtful a 1", "-q actions --config c show 1", "marketplaces show fnac",
        "export --to - -o csv --mask", "ship 1 --carrier DHL --tracking-number 2 --line a=1 --dry-run", "statuses",
        "sync --since 7d", "db query select --limit 5", "sandbox tick 2h", "db backup folder",
    ],
)  # fmt: skip
def test_plain_lines_are_understood(line: str) -> None:
    assert understand(line.split(), SECTIONS) is not None


@pytest.mark.parametrize(
    "line",
    ["", "-q", "lst", "list --help", "-h", "list --version", "--version", "list extra", "list -n x", "list -n", "show",
     "list --lim 5", "list -qv", "list --quiet=yes", "list --profile=", "sandbox start --port 99999", "actions",
     "marketplaces show a b", "show -- -1", "-- list"],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_typer(line: str) -> None:
    assert understand(line.split(), SECTIONS) is None


def test_a_mistake_after_what_could_be_read_is_told_in_the_usual_words(tmp_path: Path) -> None:
    told = Shell(tmp_path)("list", "--quiet", "--limit", "x")
    words = "lengowctl: --limit: 'x' is not a whole number\n  lengowctl list --help shows how it is used\n"
    assert told == Result(2, "", words)
