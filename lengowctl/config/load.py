"""Reads the configuration file and the environment. What is wrong is one ConfigFault that names file and key."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lengowctl.config.choice import RESERVED
from lengowctl.config.plain import read_plain
from lengowctl.config.settings import Settings, View
from lengowctl.config.table import PREFIX, VARIABLES, Scope, keys_of
from lengowctl.config.values import read_count, read_name
from lengowctl.errors import ConfigFault, LengowctlError
from lengowctl.orders.fields import Rows, check_columns, fields_of
from lengowctl.orders.filters import BY_NAME, FILTERS, Shape, Typed, select
from lengowctl.orders.nearest import nearest

_TABLES = ("profiles", "views", "carriers", "handoff")
_VIEW_KEYS = (*BY_NAME, "columns", "sort", "limit")
#: Any moment will do to see whether a view's dates can be read.
_SOME_DAY = datetime(2026, 11, 23, tzinfo=UTC)


def load(path: Path | None, env: Mapping[str, str], *, must_exist: bool = False) -> Settings:
    """Settings from the file at `path`, if it is there, and the environment.

    Raises ConfigFault: a file that cannot be read, is no TOML, holds a key and is open to others, has an unknown or
    senseless setting; an unknown or senseless variable.
    """
    variables = read_variables(env)
    found = read_file(path, must_exist=must_exist) if path else None
    if found is None:
        return Settings(path, False, None, {}, variables)
    return _settings(_File(found.path, found.tables), variables)


def read_variables(env: Mapping[str, str]) -> dict[str, object]:
    """Values of our variables, by setting; an empty one counts as not set. Raises ConfigFault."""
    values: dict[str, object] = {}
    for name in sorted(name for name in env if name.startswith(PREFIX)):
        key = VARIABLES.get(name)
        if key is None:
            raise ConfigFault(f"the variable {name} means nothing to lengowctl", hint=_near(name, VARIABLES))
        if env[name]:
            try:
                values[key.name] = key.read(env[name])
            except ValueError as fault:
                raise ConfigFault(f"{name}: {fault}") from fault
    return values


@dataclass(frozen=True, slots=True)
class _File:
    path: Path
    tables: Mapping[str, Any]

    def fault(self, where: str, reason: object, hint: str | None = None) -> ConfigFault:
        return ConfigFault(f"{self.path}: {where}{reason}", hint=hint)

    def known(self, where: str, names: Iterable[str], known: Iterable[str]) -> None:
        """Raise for the first name that is not known."""
        allowed = list(known)
        for name in names:
            if name not in allowed:
                raise self.fault(where, f"there is no setting {name!r}", _near(name, allowed))


def read_file(path: Path, *, must_exist: bool) -> _File | None:
    """The file's tables; None when there is no file. Raises ConfigFault."""
    tables = read_tables(path)
    if tables is None and must_exist:
        raise ConfigFault(f"there is no configuration file {path}", hint="lengowctl init makes one")
    return None if tables is None else _File(path, tables)


def read_tables(path: Path) -> dict[str, Any] | None:
    """The file's tables, None when there is no file. Raises ConfigFault, also when it holds a key for all to read."""
    found = read_text(path)
    if found is None:
        return None
    text, mode = found
    tables = parse(path, text)
    check_mode(path, mode, tables)
    return tables


def read_text(path: Path) -> tuple[str, int] | None:
    """The file's text and mode, None when there is no file. Raises ConfigFault."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            text = file.read().decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as fault:
        raise ConfigFault(f"{path} is not UTF-8 text (byte {fault.start})") from fault
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) else None
        raise ConfigFault(f"{path} cannot be read: {(reason or 'it is not a path').lower()}") from fault
    return text, mode


def parse(path: Path, text: str) -> dict[str, Any]:
    """The tables in the text. Raises ConfigFault with the line."""
    plain = read_plain(text)
    if plain is not None:
        return plain
    import tomllib  # few files need it, and every start-up would pay for it

    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise ConfigFault(f"{path} is not TOML: {str(fault)[:1].lower()}{str(fault)[1:]}") from fault


def check_mode(path: Path, mode: int, tables: Mapping[str, Any]) -> None:
    """Raise ConfigFault when a file that holds a key can be read by others."""
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077 and _holds_key(tables):
        raise ConfigFault(f"{path} holds a key, and others can read it", hint=f"chmod 600 {path}")


def _holds_key(tables: Mapping[str, Any]) -> bool:
    secrets = [key.name for key in keys_of(Scope.PROFILE).values() if key.secret]
    profiles = tables.get("profiles")
    named = profiles.values() if isinstance(profiles, dict) else ()
    return any(name in table for table in (tables, *named) if isinstance(table, dict) for name in secrets)


def _settings(file: _File, variables: Mapping[str, object]) -> Settings:
    top = keys_of(Scope.TOP)
    file.known("", file.tables, (*top, *_TABLES, "rules"))
    values = _values(file, "", {name: file.tables[name] for name in top if name in file.tables}, Scope.TOP)
    tables = {name: _table(file, name, file.tables.get(name, {})) for name in _TABLES}
    profiles = {name: _profile(file, name, table) for name, table in tables["profiles"].items()}
    _check_names(file, profiles)
    default = values.get("default_profile")
    if isinstance(default, str) and default not in (*profiles, *RESERVED):
        raise file.fault("default_profile: ", f"there is no profile {default!r}", _near(default, profiles))
    rules = file.tables.get("rules", [])
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise file.fault("rules: ", "must be tables, each written [[rules]]")
    return Settings(
        file.path,
        True,
        default if isinstance(default, str) else None,
        profiles,
        variables,
        {name: _view(file, name, table) for name, table in tables["views"].items()},
        {name: _carrier(file, name, value) for name, value in tables["carriers"].items()},
        tuple(rules),
        tables["handoff"],
    )


def _carrier(file: _File, name: str, value: object) -> dict[str, str]:
    """A carrier's name everywhere, or by marketplace."""
    if isinstance(value, str):
        value = {"*": value}
    named = isinstance(value, dict) and all(isinstance(code, str) and code.strip() for code in value.values())
    if not isinstance(value, dict) or not named:
        raise file.fault(f"[carriers] {name}: ", 'must be a name, or names by marketplace: { amazon_fr = "DPD" }')
    return {str(glob).lower(): str(code) for glob, code in value.items()}


def _table(file: _File, name: str, value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise file.fault(f"{name}: ", f"must be a table, written [{name}]")
    return value


def _values(file: _File, where: str, table: Mapping[str, object], scope: Scope) -> dict[str, object]:
    keys = keys_of(scope)
    file.known(where, table, keys)
    values: dict[str, object] = {}
    for name, value in table.items():
        try:
            values[name] = keys[name].read(value)
        except ValueError as fault:
            raise file.fault(f"{where}{name}: ", fault) from fault
    return values


def _profile(file: _File, name: str, table: object) -> dict[str, object]:
    where = f"[profiles.{name}] "
    try:
        read_name(name)
    except ValueError as fault:
        raise file.fault(where, fault) from fault
    if name.lower() in RESERVED:
        raise file.fault(where, f"the name {name} is taken; choose another")
    values = _values(file, where, _table(file, f"profiles.{name}", table), Scope.PROFILE)
    for key in ("access_token", "secret"):
        if key in values and f"{key}_command" in values:
            raise file.fault(where, f"{key} and {key}_command are both there; keep one")
    return values


def _check_names(file: _File, names: Iterable[str]) -> None:
    """Two names that differ in case only would share a folder on some systems."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name)
        if other != name:
            raise file.fault("", f"the profiles {other} and {name} differ in case only; rename one")


def _view(file: _File, name: str, value: object) -> View:
    where = f"[views.{name}] "
    table = _table(file, f"views.{name}", value)
    file.known(where, table, _VIEW_KEYS)
    try:
        filters = {row.name: _typed(row.shape, table[row.name]) for row in FILTERS if row.name in table}
        select(filters, now=_SOME_DAY, zone=UTC)
        columns = _names(table["columns"]) if "columns" in table else None
        sort = _names(table["sort"]) if "sort" in table else None
        _check_columns(columns or ())
        check_columns([part.removeprefix("-") for part in sort or ()], Rows.ORDER)
        limit = read_count(table["limit"]) if "limit" in table else None
    except LengowctlError as fault:
        raise file.fault(where, fault.message, fault.hint) from fault
    except ValueError as fault:
        raise file.fault(where, fault) from fault
    return View(name, filters, columns, ",".join(sort) if sort else None, limit)


def _check_columns(names: Iterable[str]) -> None:
    """A view may serve every kind of rows, so any column of any kind will do."""
    known = {name for rows in Rows for name in fields_of(rows)}
    check_columns([name for name in names if name not in known], Rows.ORDER)


def _typed(shape: Shape, value: object) -> Typed:
    """A view's value in the form that the command line gives."""
    if shape in (Shape.SWITCH, Shape.EITHER):
        if isinstance(value, bool):
            return value
        raise ValueError("a switch is true or false")
    if shape in (Shape.WORDS, Shape.TEXTS):
        values = value if isinstance(value, list) else [value]
        texts = [item for item in values if isinstance(item, str)]
        if len(texts) == len(values):
            return texts
        raise ValueError("a filter takes texts: one, or a list of them")
    if shape is Shape.MONEY and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return value
    if hasattr(value, "isoformat"):  # TOML has dates of its own
        return str(value.isoformat())
    raise ValueError(f"{value!r} is not a text")


def _names(value: object) -> tuple[str, ...]:
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError('columns and sort are lists of names, as ["ref", "total"]')
    return tuple(name.strip() for name in names)


def _near(name: str, known: Iterable[str]) -> str | None:
    found = nearest(name, known)
    return f"did you mean {found}?" if found else None
