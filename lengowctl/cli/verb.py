"""Turns a verb, which is a plain function, into a command of Typer.

Typer is told what the function declares (`declared.py`), with the options of its bundles in their places, so help and
completion see ordinary options. The options that mean the same everywhere (`EVERYWHERE`) are added to every command and
group. They are not handed over: they are told to the runtime as they are read, level by level, so that the later one
wins.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from textwrap import wrap
from typing import Annotated, Any, get_args

import typer
from typer.core import TyperCommand, TyperOption

from lengowctl import __version__
from lengowctl.cli.declared import EVERYWHERE, Interface, Option
from lengowctl.errors import UsageFault

#: What Typer calls a mistake on the command line. Its own copy of Click has no public name, but this base has one.
USAGE_ERROR: type[Any] = typer.BadParameter.__mro__[1]
#: How Typer tells the range of a number (too much like mathematics for a help page) and what the usage line says.
_RANGE = re.compile(r"\s*\[(?:[^\[\]]*<=x[^\[\]]*|required)\]")


def command(function: Callable[..., None], name: str) -> TyperCommand:
    """The command that runs a verb."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    flat = flatten(function)
    app.command(name, cls=VerbCommand, add_help_option=False, epilog=notes(function))(flat)
    made = typer.main.get_command(app)
    assert isinstance(made, VerbCommand)
    made.once = _once(function)
    return made


def _once(function: Callable[..., None]) -> dict[str, Option]:
    """The options that may be given once only, by name."""
    declared = ((one.name, get_args(one.annotation)[1]) for one in Interface(function).parameters)
    return {name: one for name, one in declared if isinstance(one, Option) and one.once}


def notes(function: Callable[..., None]) -> str | None:
    """The last paragraphs of a verb's help, from the bundles it takes."""
    return "\n\n".join(kind.note for kind, _ in Interface(function).bundles.values() if kind.note) or None


def flatten(function: Callable[..., None]) -> Callable[..., None]:
    """The function with each bundle replaced by its options, told in Typer's words, and the runtime by its context."""
    whole = Interface(function)
    context = inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    headings = {member: kind.heading for kind, members in whole.bundles.values() for member in members}
    shown = [
        context,
        *(one.replace(annotation=_told(one.annotation, headings.get(one.name))) for one in whole.parameters),
    ]

    def run(ctx: typer.Context, **values: Any) -> None:
        whole.call(ctx.obj, values)

    run.__name__, run.__doc__ = function.__name__, function.__doc__
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    vars(run)["__signature__"] = inspect.Signature(shown)
    return run


def _told(annotation: Any, heading: str | None) -> Any:
    """What a parameter declares, in Typer's words."""
    kind, declared = get_args(annotation)
    if isinstance(declared, Option):
        return Annotated[kind, typer.Option(*declared.flags, rich_help_panel=heading or None, **declared.settings)]
    return Annotated[kind, typer.Argument(**declared.settings)]


def everywhere() -> list[TyperOption]:
    """Those options, made anew for one command."""
    return [
        TyperOption(
            param_decls=[f"everywhere_{row.name}", *row.flags],
            is_flag=row.metavar is None,
            type=None if row.metavar is None else str,
            metavar=row.metavar,
            help=row.help,
            default=None if row.metavar else False,
            is_eager=row.name in ("help", "version"),
            expose_value=False,
            callback=_taker(row.name),
        )
        for row in EVERYWHERE
    ]


def _taker(name: str) -> Callable[[typer.Context, Any, Any], None]:
    def take(ctx: typer.Context, _: Any, value: Any) -> None:
        if value in (None, False) or ctx.resilient_parsing:
            return
        if value == "":  # `--profile "$UNSET"` must not mean another profile
            raise UsageFault(f"--{name} is empty")
        if name == "help":
            _show(ctx, ctx.get_help())
        elif name == "version":
            _show(ctx, __version__)
        else:
            ctx.obj.take(name, value)

    return take


def _show(ctx: typer.Context, text: str) -> None:
    ctx.obj.printer.data(text)
    raise typer.Exit(0)


@contextmanager
def told_where(ctx: typer.Context) -> Iterator[None]:
    """Some mistakes do not say in which command they were made; those inside do."""
    try:
        yield
    except USAGE_ERROR as mistake:
        mistake.ctx = mistake.ctx or ctx
        raise


class VerbCommand(TyperCommand):
    """A command with the options that mean the same everywhere, told in one line at the end of its help. `once` are
    those of its own that may be given once only, by name: Typer would take the last and lose the others in silence.
    """

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.extend(everywhere())
        self.once: Mapping[str, Option] = {}

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        arguments = [p for p in self.get_params(ctx) if p.param_type_name == "argument"]
        return ["[OPTIONS]", *(argument_name(p) for p in arguments)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with told_where(ctx):
            self._refuse_repeated(ctx, args)
            return super().parse_args(ctx, args)

    def _refuse_repeated(self, ctx: Any, args: list[str]) -> None:
        *_, order = self.make_parser(ctx).parse_args(args=list(args))
        for name, times in Counter(parameter.name for parameter in order).items():
            option = self.once.get(name or "")
            if option and times > 1:
                flag = max(option.flags, key=len)
                raise UsageFault(f"{flag} is given {times} times: it is not clear which is meant", hint=option.once)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        write_options(self, ctx, formatter)
        everywhere_line(formatter)


def write_options(command: Any, ctx: Any, formatter: Any) -> None:
    """Arguments and options of a command, under their headings, without those that mean the same everywhere."""
    parts: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
    for parameter in command.get_params(ctx):
        if not parameter.name.startswith("everywhere_") and (record := _record(parameter, ctx)):
            parts.setdefault(_heading(parameter), []).append((record[0], _RANGE.sub("", record[1])))
    for title, records in parts.items():
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


def _heading(parameter: Any) -> str:
    """Under which heading of the help a parameter stands."""
    if parameter.param_type_name == "argument":
        return "Arguments"
    return getattr(parameter, "rich_help_panel", None) or "Options"


def _record(parameter: Any, ctx: Any) -> tuple[str, str] | None:
    """A line of the help: the name and what it does."""
    record: tuple[str, str] | None = parameter.get_help_record(ctx)
    return (argument_name(parameter), record[1]) if record and parameter.param_type_name == "argument" else record


def argument_name(parameter: Any) -> str:
    """`REF`, `[REF]` where it may be left out, `REF...` where several may stand. Typer's own way changes."""
    name = str(parameter.metavar or parameter.name.upper())
    if parameter.nargs == -1 and not name.endswith("..."):
        name += "..."
    return name if parameter.required or name.startswith("[") else f"[{name}]"


def everywhere_line(formatter: Any) -> None:
    """One paragraph naming the options that every command takes."""
    with formatter.section("Everywhere"):
        indent = " " * formatter.current_indent
        lines = wrap(
            ", ".join(row.shown for row in EVERYWHERE),
            formatter.width,
            initial_indent=indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
        )
        formatter.write("\n".join(lines) + "\n")


def everywhere_table(command: Any, ctx: Any, formatter: Any) -> None:
    """The same options with what they do: for the root's help."""
    rows = [p.get_help_record(ctx) for p in command.get_params(ctx) if p.name.startswith("everywhere_")]
    with formatter.section("Everywhere, before or after the command"):
        formatter.write_dl([row for row in rows if row])
