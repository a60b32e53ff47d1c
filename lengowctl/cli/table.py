"""Rows of the tables that say which commands there are, section by section."""

from __future__ import annotations

from typing import NamedTuple


class Verb(NamedTuple):
    """A command: its name, `module:function`, and the first line of the function's docstring."""

    name: str
    where: str
    help: str


class Noun(NamedTuple):
    """A group of commands: its name, `module` of its table `VERBS`, and one line of help."""

    name: str
    where: str
    help: str


class Section(NamedTuple):
    """Some rows under a heading of the group's help."""

    title: str
    rows: tuple[Verb | Noun, ...]
