"""The command tree as plain values: what completion scripts and the README are made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import typer

from lengowctl.cli.lazy import LazyGroup
from lengowctl.cli.main import root
from lengowctl.cli.shells.install import INSTALL
from lengowctl.orders.fields import Rows, fields_of
from lengowctl.orders.filters import ACTION_STATES
from lengowctl.orders.marketplace import ACTIONS
from lengowctl.orders.selection import TYPES
from lengowctl.orders.status import STATUSES
from lengowctl.sandbox.faults import KINDS

#: What a metavar stands for, where that is a known set of words.
_WORDS: dict[str, tuple[str, ...]] = {
    "STATUS": tuple(STATUSES),
    "STATE": ACTION_STATES,
    "TYPE": tuple(TYPES),
    "SHELL": tuple(INSTALL),
    "FAULT": tuple(KINDS),
    "ACTION": ACTIONS,
    "A,B,C": tuple(dict.fromkeys(name for rows in Rows for name in fields_of(rows))),
    "A,-B": tuple(word for name in fields_of(Rows.ORDER) for word in (name, f"-{name}")),
}
#: Metavars whose value is a list with commas.
_LISTS = frozenset({"STATUS", "STATE", "TYPE", "ACTION", "A,B,C", "A,-B"})
#: Options whose values only the cache or the configuration knows, with what the script asks for (`shells.values`).
_ASKED = {
    "--status": "status",
    "--marketplace": "marketplace",
    "--sku": "sku",
    "--view": "view",
    "--profile": "profile",
    "--since-last": "since-last",
    "--line": "line",
}
#: The same where the answer depends on the verb.
_ASKED_FOR_VERB = frozenset({"--carrier", "--return-carrier", "--shipping-method", "--reason"})
_ASKED_ARGUMENTS = {"REF": "order", "ID": "action", "CODE": "described"}
_FILES = frozenset({"FILE", "FILE|-", "PATH"})
_FOLDERS = frozenset({"DIR", "FOLDER"})


@dataclass(frozen=True, slots=True)
class Value:
    """What stands after an option, or as an argument."""

    metavar: str
    words: tuple[str, ...] = ()
    is_list: bool = False
    is_file: bool = False
    is_folder: bool = False
    asks: str = ""
    """The kind of values that `lengowctl __complete` knows; empty: there is nothing to ask."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option: its flags, its first line of help, its value (None: a switch), whether it may be repeated."""

    flags: tuple[str, ...]
    help: str
    value: Value | None
    repeatable: bool
    everywhere: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A command or a group. `path` is its words after the program's name."""

    path: tuple[str, ...]
    help: str
    options: tuple[Option, ...]
    arguments: tuple[Value, ...]
    children: tuple[Node, ...]

    @property
    def name(self) -> str:
        return self.path[-1] if self.path else "lengowctl"

    def walk(self) -> Iterator[Node]:
        """This node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def tree(command: LazyGroup | None = None) -> Node:
    """The whole tree; imports every verb."""
    return _node(command or root(), (), "")


def context(command: Any, path: Sequence[str]) -> typer.Context:
    """A context in which a command's help can be written; nothing is parsed."""
    name = " ".join(("lengowctl", *path))
    return command.context_class(command, info_name=name, terminal_width=78)  # type: ignore[no-any-return]


def command_at(path: Sequence[str]) -> Any:
    """The command at a path, loaded."""
    found: Any = root()
    for name in path:
        found = found.get_command(None, name)
    return found


def _node(command: Any, path: tuple[str, ...], help: str) -> Node:
    rows = command.rows.values() if isinstance(command, LazyGroup) else ()
    parameters = command.get_params(context(command, path))
    return Node(
        path,
        help or str(command.help).partition("\n")[0],
        tuple(_option(p, path) for p in parameters if p.param_type_name == "option" and not p.hidden),
        tuple(_argument(p, path) for p in parameters if p.param_type_name == "argument"),
        tuple(_node(command.get_command(None, row.name), (*path, row.name), row.help) for row in rows),
    )


def _option(parameter: Any, path: Sequence[str]) -> Option:
    everywhere = parameter.name.startswith("everywhere_")
    return Option(
        (*parameter.opts, *parameter.secondary_opts),
        (parameter.help or "").partition("\n")[0],
        None if parameter.is_flag else _option_value(parameter, path),
        parameter.multiple,
        everywhere,
    )


def _option_value(parameter: Any, path: Sequence[str]) -> Value:
    metavar, flag = parameter.metavar or "VALUE", next(iter(parameter.opts))
    asks = _ASKED.get(flag, "")
    if flag == "--carrier" and metavar == "GLOB":
        asks = "parcel-carrier"
    elif flag in _ASKED_FOR_VERB:
        asks = f"{flag[2:]}:{path[-1]}"
    elif flag == "--marketplace" and path[-1:] == ("sync",):
        asks = "described"
    return _value(metavar, asks, is_list=flag == "--marketplace")


def _argument(parameter: Any, path: Sequence[str]) -> Value:
    metavar = parameter.metavar or str(parameter.name).upper()
    asks = _ASKED_ARGUMENTS.get(metavar.strip("[]."), "")
    return _value(metavar, f"{asks}:{path[-1]}" if asks in ("order", "action") else asks)


def _value(metavar: str, asks: str = "", *, is_list: bool = False) -> Value:
    bare = metavar.strip("[].")
    if "|" in metavar and bare not in _FILES:
        return Value(metavar, tuple(bare.split("|")))
    return Value(metavar, _WORDS.get(bare, ()), is_list or bare in _LISTS, bare in _FILES, bare in _FOLDERS, asks)
