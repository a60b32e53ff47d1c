"""Reads plain command lines without Typer, whose import alone costs as much as the work of most commands.

The verbs' own declarations say what there is, as they do for Typer. Whatever is not plain is left to Typer: help,
mistakes, anything unknown, `--`, short switches written together, values with a range. What is read here means exactly
what Typer would make of it: a test compares the two on random command lines of every verb.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from inspect import Parameter
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from lengowctl.cli.declared import EVERYWHERE, Argument, Interface, Option
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.table import Section, Verb

#: How a value is read, by its type. A value of another type is Typer's.
_READERS: Mapping[Any, Callable[[str], object]] = {str: str, int: int, Path: Path}
#: What may be declared without changing how a value is read.
_WORDS = frozenset({"metavar", "help", "show_default"})
#: Set apart from a verb's own names.
_APART = "everywhere "


class _NotPlain(Exception):
    """Typer shall read it."""


class _Slot:
    """Where a flag's value goes, and how it is read; a switch (`read` None) brings its value along."""

    def __init__(self, name: str, read: Callable[[str], object] | None, *, switch: bool = True) -> None:
        self.name, self.read, self.switch = name, read, switch


class Call:
    """A command line that was understood: the verb, its values by name, and what was said of everywhere, in order."""

    def __init__(self, verb: Interface, values: dict[str, Any], said: Sequence[tuple[str, Any]]) -> None:
        self.verb, self.values, self.said = verb, values, said

    def run(self, runtime: Runtime) -> None:
        """Run the verb."""
        for name, value in self.said:
            runtime.take(name, value)
        self.verb.call(runtime, self.values)


def understand(words: Sequence[str], sections: Iterable[Section]) -> Call | None:
    """What is to be called; None: Typer shall read it. Nothing has happened yet, but that the verb was imported."""
    rows = [row for part in sections for row in part.rows]
    said: list[tuple[str, Any]] = []
    try:
        while True:
            given, rest = _read(words, _EVERYWHERE, to_the_end=False)
            said += _said(given)
            row = next((row for row in rows if row.name == rest[0]), None) if rest else None
            if row is None:
                return None
            words = rest[1:]
            if isinstance(row, Verb):
                return _call(row, words, said)
            rows = import_module(row.where).VERBS
    except (_NotPlain, ValueError):
        return None


def _call(row: Verb, words: Sequence[str], said: list[tuple[str, Any]]) -> Call:
    module, _, function = row.where.partition(":")
    verb = Interface(getattr(import_module(module), function))
    arguments = [one.name for one in verb.parameters if _is_argument(one)]
    slots = dict(slot for one in verb.parameters for slot in _slots(one))
    given, rest = _read(words, {**slots, **_EVERYWHERE}, to_the_end=True)
    if len(arguments) > 1 or (rest and not arguments):
        raise _NotPlain
    values = {one.name: _words(one, rest) if arguments == [one.name] else _value(one, given) for one in verb.parameters}
    return Call(verb, values, [*said, *_said(given)])


def _read(
    words: Sequence[str], slots: Mapping[str, _Slot], *, to_the_end: bool
) -> tuple[dict[str, list[Any]], list[str]]:
    """The options' values by name, the one that came first first, and the words that stand alone. If not to the end,
    the first of these ends it."""
    given: dict[str, list[Any]] = {}
    alone: list[str] = []
    left = iter(words)
    for word in left:
        if word[:1] != "-" or word == "-":
            alone.append(word)
            if not to_the_end:
                break
            continue
        flag, value = _split(word)
        slot = slots.get(flag)
        if slot is None or (slot.read is None and value is not None):
            raise _NotPlain
        if slot.read is None:
            read: object = slot.switch
        else:
            value = next(left, None) if value is None else value
            if value is None:
                raise _NotPlain
            read = slot.read(value)
        given.setdefault(slot.name, []).append(read)
    return given, [*alone, *left]


def _split(word: str) -> tuple[str, str | None]:
    """A flag and the value that is written in the same word, if any."""
    if word[:2] != "--":
        return word[:2], word[2:] or None
    flag, equals, value = word.partition("=")
    return flag, value if equals else None


def _slots(parameter: Parameter) -> Iterator[tuple[str, _Slot]]:
    """The flags of an option."""
    if _is_argument(parameter):
        return
    annotation, declared = get_args(parameter.annotation)
    kind, _ = _kind(annotation)
    read = _typers if declared.settings.keys() - _WORDS else _READERS.get(kind, _typers)
    for flags in declared.flags:
        on, _, off = flags.partition("/")
        yield on, _Slot(parameter.name, None if kind is bool else read)
        if off:
            yield off, _Slot(parameter.name, None, switch=False)


def _typers(_: str) -> object:
    raise _NotPlain


def _kind(annotation: Any) -> tuple[Any, bool]:
    """The type of one value, and whether there may be several."""
    if isinstance(annotation, UnionType):
        annotation = next(kind for kind in get_args(annotation) if kind is not NoneType)
    several = get_origin(annotation) is list
    return (get_args(annotation)[0] if several else annotation), several


def _is_argument(parameter: Parameter) -> bool:
    return isinstance(get_args(parameter.annotation)[1], Argument)


def _value(parameter: Parameter, given: Mapping[str, list[Any]]) -> Any:
    """All values that were given, or the last where one is wanted, or the default."""
    found = given.get(parameter.name, parameter.default)
    if found is Parameter.empty:
        raise _NotPlain
    annotation, declared = get_args(parameter.annotation)
    if parameter.name not in given or _kind(annotation)[1]:
        return found
    if len(found) > 1 and isinstance(declared, Option) and declared.once:
        raise _NotPlain
    return found[-1]


def _words(parameter: Parameter, words: list[str]) -> Any:
    """An argument's value: the words that stand alone."""
    annotation, declared = get_args(parameter.annotation)
    kind, several = _kind(annotation)
    if kind not in _READERS or declared.settings.keys() - _WORDS or (not several and len(words) > 1):
        raise _NotPlain
    return _value(parameter, {parameter.name: [_READERS[kind](word) for word in words]} if words else {})


_EVERYWHERE: Mapping[str, _Slot] = {
    flag: _Slot(_APART + row.name, _typers if row.name in ("help", "version") else str if row.metavar else None)
    for row in EVERYWHERE
    for flag in row.flags
}


def _said(given: Mapping[str, list[Any]]) -> list[tuple[str, Any]]:
    """What was said of everywhere. An empty name is a mistake."""
    found = [(name.removeprefix(_APART), values[-1]) for name, values in given.items() if name.startswith(_APART)]
    if any(value == "" for _, value in found):
        raise _NotPlain
    return found
