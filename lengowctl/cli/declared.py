"""What a verb declares: its options and arguments in our own words, without Typer.

A verb is a plain function whose signature is the command's interface:

* a parameter of type `Runtime` is handed the runtime;
* a parameter whose type is a `Bundle` (see `options.py`) stands for all options of that bundle;
* any other one is `Annotated[type, Option(...)]` or `Annotated[type, Argument(...)]`, as in Typer.

`verb.py` tells Typer of it; `quick.py` reads plain command lines by it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Self, get_type_hints

from lengowctl.cli.runtime import Runtime

#: All parameters are handed over by name, so those without default need not come first.
_BY_NAME = inspect.Parameter.KEYWORD_ONLY


class Option:
    """An option: its flags (`--sync/--no-sync` for a choice of two), and what Typer is told of it besides. `once`:
    giving it twice is a mistake, and this is the way on; else the last one is meant.
    """

    def __init__(self, *flags: str, once: str = "", **settings: Any) -> None:
        self.flags, self.once, self.settings = flags, once, settings


class Argument:
    """A word, or words, that stand alone, and what Typer is told of them."""

    def __init__(self, **settings: Any) -> None:
        self.settings = settings


class Bundle:
    """Options that several verbs share, as one parameter. `note` is a last paragraph for the verb's help; `heading`
    is where the options stand in it, among all others where it is empty."""

    note: ClassVar[str] = ""
    heading: ClassVar[str] = ""

    @classmethod
    def declared(cls) -> Sequence[inspect.Parameter]:
        """The options, each with its annotation and default, as if a verb had declared it."""
        raise NotImplementedError

    @classmethod
    def gather(cls, values: Mapping[str, Any]) -> Self:
        """The bundle of what was typed; `values` has every declared name."""
        raise NotImplementedError


class Interface:
    """A verb's options and arguments one by one (`parameters`), and how they come back as what the verb wants."""

    def __init__(self, function: Callable[..., None]) -> None:
        self.parameters: list[inspect.Parameter] = []
        self.bundles: dict[str, tuple[type[Bundle], list[str]]] = {}
        self._function = function
        self._handed: list[str] = []
        hints = get_type_hints(function, include_extras=True)
        for name, parameter in inspect.signature(function).parameters.items():
            self._add(name, parameter, hints[name])

    def _add(self, name: str, parameter: inspect.Parameter, kind: Any) -> None:
        if kind is Runtime:
            self._handed.append(name)
        elif isinstance(kind, type) and issubclass(kind, Bundle):
            members = kind.declared()
            self.bundles[name] = kind, [member.name for member in members]
            self.parameters.extend(members)
        else:
            self.parameters.append(parameter.replace(annotation=kind, kind=_BY_NAME))

    def call(self, runtime: Runtime, values: dict[str, Any]) -> None:
        """Run the verb. `values` has every parameter by name."""
        for name, (kind, members) in self.bundles.items():
            values[name] = kind.gather({member: values.pop(member) for member in members})
        self._function(**values, **dict.fromkeys(self._handed, runtime))


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
