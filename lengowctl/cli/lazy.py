"""Groups that import a command only when it is called.

A table says what exists: a `Verb` names the function that is the command, a `Noun` the table of its own verbs. The
help of a group is written from the table alone; the house test holds each line equal to the verb's docstring.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from lengowctl.cli.table import Noun, Section, Verb
from lengowctl.cli.verb import command, everywhere, everywhere_line, everywhere_table, told_where
from lengowctl.errors import UsageFault
from lengowctl.orders.nearest import nearest


class LazyGroup(TyperGroup):
    """A group made from a table."""

    def __init__(self, name: str, help: str, sections: Iterable[Section]) -> None:
        super().__init__(name=name, help=help, add_help_option=False, rich_markup_mode=None, params=[*everywhere()])
        self.sections = tuple(sections)
        self.rows: Mapping[str, Verb | Noun] = {row.name: row for part in self.sections for row in part.rows}
        self.is_root = False

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Typer's signature
        return list(self.rows)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | TyperGroup | None:  # noqa: ARG002 - as above
        if cmd_name not in self.commands and (row := self.rows.get(cmd_name)):
            self.commands[cmd_name] = _load(row)
        found = self.commands.get(cmd_name)
        assert found is None or isinstance(found, TyperCommand | TyperGroup)
        return found

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with told_where(ctx):
            rest = super().parse_args(ctx, args)
        if not ctx._protected_args and not ctx.resilient_parsing:
            ctx.obj.printer.data(ctx.get_help())
            raise typer.Exit(0)
        return rest

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        found = self.get_command(ctx, args[0])
        if found is None:
            raise unknown_command(ctx.command_path, args[0], self.rows)
        return args[0], found, args[1:]

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002 - as above
        width = max(len(name) for name in self.rows)
        for part in filter(lambda part: part.rows, self.sections):
            with formatter.section(part.title):
                formatter.write_dl([(row.name.ljust(width), row.help) for row in part.rows])

    def format_options(self, ctx: Any, formatter: Any) -> None:
        self.format_commands(ctx, formatter)
        if self.is_root:
            everywhere_table(self, ctx, formatter)
        else:
            everywhere_line(formatter)


def group(name: str, help: str, rows: Iterable[Verb | Noun]) -> LazyGroup:
    """A group with one section."""
    return LazyGroup(name, help, (Section("Commands", tuple(rows)),))


def unknown_command(path: str, name: str, known: Iterable[str]) -> UsageFault:
    """What to say when there is no such command."""
    near = nearest(name, known)
    hint = f"did you mean {path} {near}?" if near else f"{path} --help lists them all"
    return UsageFault(f"there is no command {path} {name}", hint=hint)


def _load(row: Verb | Noun) -> TyperCommand | TyperGroup:
    if isinstance(row, Noun):
        return group(row.name, row.help, import_module(row.where).VERBS)
    module, _, function = row.where.partition(":")
    return command(getattr(import_module(module), function), row.name)
