"""The little TOML that is written: a profile's table, put into a text that is otherwise left as it is."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from decimal import Decimal

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEADER = re.compile(r"\s*\[")


class Unchangeable(ValueError):
    """The text is written in a way that cannot be changed without changing more than was asked."""


def value_text(value: object) -> str:
    """A value as TOML: texts, numbers, yes and no, and lists of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(value_text(item) for item in value)}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def table_text(name: str, values: Mapping[str, object]) -> str:
    """`[profiles.NAME]` and its lines."""
    lines = [f"{key} = {value_text(value)}" for key, value in values.items()]
    return "\n".join([f"[profiles.{_key(name)}]", *lines]) + "\n"


def with_profile(text: str, name: str, values: Mapping[str, object]) -> str:
    """The text with this profile's table put at the end, or in the place of the one that is there.

    Everything else stays letter for letter. Raises Unchangeable when that cannot be.
    """
    before = tomllib.loads(text, parse_float=Decimal)
    profiles = before.get("profiles", {})
    changed = _replaced(text, name, values) if name in profiles else _appended(text, name, values)
    before["profiles"] = {**profiles, name: dict(values)}
    try:
        after = tomllib.loads(changed, parse_float=Decimal)
    except tomllib.TOMLDecodeError as fault:
        raise Unchangeable(str(fault)) from fault
    if after != before:
        raise Unchangeable("the profile is not a table of its own")
    return changed


def _appended(text: str, name: str, values: Mapping[str, object]) -> str:
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}{table_text(name, values)}"


def _replaced(text: str, name: str, values: Mapping[str, object]) -> str:
    """Its lines go up to the next table; comments right above that one belong to it and stay."""
    lines = text.splitlines(keepends=True)
    start = next((at for at, line in enumerate(lines) if _is_header(line, name)), None)
    if start is None:
        raise Unchangeable("the profile is not a table of its own")
    end = next((at for at in range(start + 1, len(lines)) if _HEADER.match(lines[at])), len(lines))
    while end < len(lines) and end > start + 1 and lines[end - 1].strip()[:1] in ("", "#"):
        end -= 1
    return "".join([*lines[:start], table_text(name, values), *lines[end:]])


def _is_header(line: str, name: str) -> bool:
    try:
        return tomllib.loads(line).get("profiles") == {name: {}}
    except tomllib.TOMLDecodeError:
        return False


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name)
