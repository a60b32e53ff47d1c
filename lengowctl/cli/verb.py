"""Turns a verb, which is a plain function, into a command.

The function's signature is the command's interface, as Typer reads it, with three additions:

* a parameter of type `Runtime` is handed the runtime;
* a parameter whose type is a `Bundle` (see `options.py`) stands for all options of that bundle: they are put in
  its place, so help and completion see ordinary options, and what was typed comes back as one value;
* the options that mean the same everywhere (`EVERYWHERE`) are added to every command and group. They are not handed
  over: they are told to the runtime as they are read, level by level, so that the later one wins.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from textwrap import wrap
from typing import Any, ClassVar, NamedTuple, Self, get_type_hints

import typer
from typer.core import TyperCommand, TyperOption

from lengowctl import __version__
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UsageFault

#: What Typer calls a mistake on the command line. Its own copy of Click has no public name, but this base has one.
USAGE_ERROR: type[Any] = typer.BadParameter.__mro__[1]
#: How Typer tells the range of a number (too much like mathematics for a help page) and what the usage line says.
_RANGE = re.compile(r"\s*\[(?:[^\[\]]*<=x[^\[\]]*|required)\]")
#: All parameters are handed over by name, so those without default need not come first.
_BY_NAME = inspect.Parameter.KEYWORD_ONLY


class Bundle:
    """Options that several verbs share, as one parameter. `note` is a last paragraph for the verb's help."""

    note: ClassVar[str] = ""

    @classmethod
    def declared(cls) -> Sequence[inspect.Parameter]:
        """The options, each with its annotation and default, as if a verb had declared it."""
        raise NotImplementedError

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        """The bundle of what was typed; `values` has every declared name."""
        raise NotImplementedError


def command(function: Callable[..., None], name: str) -> TyperCommand:
    """The command that runs a verb."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    flat = flatten(function)
    app.command(name, cls=VerbCommand, add_help_option=False, epilog=notes(function))(flat)
    made = typer.main.get_command(app)
    assert isinstance(made, VerbCommand)
    return made


def notes(function: Callable[..., None]) -> str | None:
    """The last paragraphs of a verb's help, from the bundles it takes."""
    kinds = get_type_hints(function).values()
    texts = [kind.note for kind in kinds if isinstance(kind, type) and issubclass(kind, Bundle) and kind.note]
    return "\n\n".join(texts) or None


def flatten(function: Callable[..., None]) -> Callable[..., None]:
    """The function with each bundle replaced by its options and the runtime by Typer's context."""
    hints = get_type_hints(function, include_extras=True)
    bundles: dict[str, tuple[type[Bundle], list[str]]] = {}
    handed: list[str] = []
    shown = [inspect.Parameter("ctx", _BY_NAME, annotation=typer.Context)]
    for name, parameter in inspect.signature(function).parameters.items():
        kind = hints[name]
        if kind is Runtime:
            handed.append(name)
        elif isinstance(kind, type) and issubclass(kind, Bundle):
            members = kind.declared()
            bundles[name] = kind, [member.name for member in members]
            shown.extend(members)
        else:
            shown.append(parameter.replace(annotation=kind, kind=_BY_NAME))

    def run(ctx: typer.Context, **values: Any) -> None:
        for name, (kind, members) in bundles.items():
            values[name] = kind.gather({member: values.pop(member) for member in members})
        values.update(dict.fromkeys(handed, ctx.obj))
        function(**values)

    run.__name__, run.__doc__ = function.__name__, function.__doc__
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    vars(run)["__signature__"] = inspect.Signature(shown)
    return run


class Everywhere(NamedTuple):
    """An option that means the same everywhere."""

    name: str
    flags: tuple[str, ...]
    metavar: str | None
    help: str

    @property
    def shown(self) -> str:
        return "/".join(reversed(self.flags)) + (f" {self.metavar}" if self.metavar else "")


EVERYWHERE = (
    Everywhere("profile", ("--profile",), "NAME", "The login to use; sandbox is always there."),
    Everywhere("config", ("--config",), "FILE", "The configuration file."),
    Everywhere("quiet", ("--quiet", "-q"), None, "Say nothing but data, warnings and errors."),
    Everywhere("verbose", ("--verbose", "-v"), None, "Say more: requests, age of the data. Secrets stay masked."),
    Everywhere("no_input", ("--no-input",), None, "Never ask a question."),
    Everywhere("no_color", ("--no-color",), None, "No colour."),
    Everywhere("version", ("--version",), None, "Show the version and exit."),
    Everywhere("help", ("--help", "-h"), None, "Show this help and exit."),
)


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
    """A command with the options that mean the same everywhere, told in one line at the end of its help."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.extend(everywhere())

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        arguments = [p for p in self.get_params(ctx) if p.param_type_name == "argument"]
        return ["[OPTIONS]", *(argument_name(p) for p in arguments)]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        with told_where(ctx):
            return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        write_options(self, ctx, formatter)
        everywhere_line(formatter)


def write_options(command: Any, ctx: Any, formatter: Any) -> None:
    """Arguments and options of a command, without those that mean the same everywhere."""
    own = [p for p in command.get_params(ctx) if not p.name.startswith("everywhere_")]
    for title, kind in (("Arguments", "argument"), ("Options", "option")):
        records = [_record(p, ctx) for p in own if p.param_type_name == kind]
        if records := [(name, _RANGE.sub("", text)) for name, text in filter(None, records)]:
            with formatter.section(title):
                formatter.write_dl(records)


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
