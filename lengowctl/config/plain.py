"""Reads the plain kind of configuration file without tomllib, whose import takes half as long as Python's own start.

Plain is what `init` writes and most people keep: tables with a heading, and in them a text, a whole number, a truth
value or a list of such a line. Of anything else nothing is read here. Light on purpose, as all that runs on every TAB.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
_TRUTH = {"true": True, "false": False}


def read_plain(text: str) -> dict[str, Any] | None:
    """What tomllib makes of the text; None: tomllib shall read it, for all that it says of mistakes too."""
    top: dict[str, Any] = {}
    table = top
    for line in text.split("\n"):
        line = line.strip(" \t")
        if not line or (line[0] == "#" and line.isprintable()):
            continue
        found = _heading(top, line) if line[0] == "[" else _entry(table, line)
        if found is None:
            return None
        table = found
    return top


def _heading(top: dict[str, Any], line: str) -> dict[str, Any] | None:
    """The new table that a heading begins: of one name, or of two."""
    outer, dot, name = line[1:-1].partition(".")
    if line[-1] != "]" or not _is_bare(outer) or (dot and not _is_bare(name)) or (not dot and outer in top):
        return None
    above = top.setdefault(outer, {}) if dot else top
    if not isinstance(above, dict) or (name if dot else outer) in above:
        return None
    made: dict[str, Any] = {}
    above[name if dot else outer] = made
    return made


def _entry(table: dict[str, Any], line: str) -> dict[str, Any] | None:
    """The same table with one value more."""
    name, equals, written = line.partition("=")
    name, written = name.rstrip(" \t"), written.lstrip(" \t")
    if not equals or not _is_bare(name) or name in table:
        return None
    value = _value(written)
    if value is None:
        return None
    table[name] = value
    return table


def _value(written: str) -> Any:
    """A value of one line; None: it is not plain."""
    if written[:1] == "[" and written[-1:] == "]":
        items = [_single(item.strip(" \t")) for item in written[1:-1].split(",")]
        return None if None in items else items
    return _single(written)


def _single(written: str) -> str | int | bool | None:
    if written in _TRUTH:
        return _TRUTH[written]
    if written[:1] == '"' and written[-1:] == '"' and len(written) > 1:
        inside = written[1:-1]
        return inside if inside.isprintable() and '"' not in inside and "\\" not in inside else None
    if written.isascii() and written.isdecimal() and (written[0] != "0" or written == "0") and len(written) < 16:
        return int(written)
    return None


def _is_bare(name: str) -> bool:
    return bool(name) and _BARE.issuperset(name)
