"""What keeps foreign text from becoming a formula in a spreadsheet, and takes that back exactly."""

from __future__ import annotations

#: A cell that begins with one of these may be taken for a formula, a command or a separator (`=`, DDE's `|`, ...),
#: also in its full-width form; `'` is among them so that a guard can always be told from a cell's own text.
_PLAIN = "=+-@|%"
RISKY = frozenset(_PLAIN) | {chr(ord(char) + 0xFEE0) for char in _PLAIN} | frozenset("\t\r\n\0'")


def guard(text: str) -> str:
    """`text` with a leading `'` where a spreadsheet could take it for more than text."""
    return f"'{text}" if text[:1] in RISKY and text else text


def undo(guarded: str) -> str:
    """What `guard` was given."""
    return guarded.removeprefix("'")
