"""Rows of the tables that say which commands there are, section by section."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """A verb or a noun: its name, where it is, and one line of help."""

    name: str
    where: str
    help: str


class Verb(Row):
    """A command, at `module:function`; its help is the first line of the function's docstring."""

    __slots__ = ()


class Noun(Row):
    """A group of commands, at the `module` of its table `VERBS`."""

    __slots__ = ()


class Section(NamedTuple):
    """Some rows under a heading of the group's help."""

    title: str
    rows: tuple[Verb | Noun, ...]
