"""Walks over a JSON text and says where each element begins and ends, so that bodies are kept as they came.

The values are read by Python's own scanner. Where that fails inside one element, a plain matcher of brackets and
strings, which cannot recurse, finds the element's end, so that its neighbours are still read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NoReturn

MAX_DEPTH = 50

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_TOKEN = re.compile(rf'{_STRING}|[\[\]{{}}"]', re.DOTALL)
_SCALAR = re.compile(r'[^\s,\[\]{}"]+')
_MEMBER = re.compile(rf"[ \t\n\r]*:[ \t\n\r]*({_STRING}|-?\d{{1,30}})", re.DOTALL)
_CLOSER = {"{": "}", "[": "]"}


class Broken(ValueError):
    """The text is not JSON where it has to be; `cut` says that it ends too early."""

    def __init__(self, reason: str, *, cut: bool = False) -> None:
        super().__init__(reason)
        self.cut = cut


class _NotJson(ValueError):
    """`NaN`, `Infinity` or `-Infinity`: Python reads them, JSON does not know them."""


def _refuse_constant(name: str) -> NoReturn:
    raise _NotJson(name)


# strict=False: a raw control character inside a text spoils nothing else.
_scan = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant, strict=False).raw_decode


@dataclass(frozen=True, slots=True)
class Element:
    """One value and where it stands in the text; `fault` says in plain words why it could not be read."""

    start: int
    end: int
    value: object
    fault: str | None = None


class Cursor:
    """A place in a JSON text. Every method leaves it behind what it read, and raises Broken where it cannot go on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        """The next character that is no blank; empty at the end."""
        self.at = _skip(self.text, self.at)
        return self.text[self.at : self.at + 1]

    def expect(self, char: str) -> None:
        found = self.peek()
        if found != char:
            raise Broken(f"{char!r} is missing at character {self.at}", cut=not found)
        self.at += 1

    def members(self) -> Iterator[str]:
        """Yields each key of an object; the caller reads the value before it goes on."""
        self.expect("{")
        if self.peek() == "}":
            self.at += 1
            return
        while True:
            yield self._key()
            if not self._goes_on("}"):
                return

    def items(self) -> Iterator[Element]:
        """Yields each element of an array."""
        self.expect("[")
        if self.peek() == "]":
            self.at += 1
            return
        while True:
            yield self.element()
            if not self._goes_on("]"):
                return

    def element(self) -> Element:
        """The next value; one that cannot be read has a `fault`."""
        start = _skip(self.text, self.at)
        if start >= len(self.text):
            raise Broken("a value is missing at the end", cut=True)
        try:
            value, end = _scan(self.text, start)
        except (ValueError, ArithmeticError, RecursionError) as fault:
            self.at = _end_of(self.text, start)
            return Element(start, self.at, None, _words(fault))
        self.at = end
        if self._may_be_deep(start, end) and _deeper_than(value, MAX_DEPTH):
            return Element(start, end, None, f"it is nested more than {MAX_DEPTH} levels deep")
        return Element(start, end, value)

    def finish(self) -> None:
        """Nothing but blanks may follow."""
        if self.peek():
            raise Broken(f"something follows at character {self.at}")

    def _key(self) -> str:
        if self.peek() != '"':
            raise Broken(f"a name is missing at character {self.at}", cut=not self.peek())
        key = self.element()
        self.expect(":")
        return str(key.value)

    def _goes_on(self, closer: str) -> bool:
        found = self.peek()
        if found not in (",", closer):
            raise Broken(f"',' or {closer!r} is missing at character {self.at}", cut=not found)
        self.at += 1
        return found == ","

    def _may_be_deep(self, start: int, end: int) -> bool:
        return self.text.count("{", start, end) + self.text.count("[", start, end) > MAX_DEPTH


def read_element(text: str) -> Element:
    """The one value that a whole text holds. Raises Broken when there is none, or something follows it."""
    cursor = Cursor(text)
    element = cursor.element()
    cursor.finish()
    return element


def glimpse(text: str, start: int, end: int, names: frozenset[str]) -> dict[str, object]:
    """The members called `names` of an object that could not be read as a whole, where they are text or a number."""
    found: dict[str, object] = {}
    depth = 0
    for token in _TOKEN.finditer(text, start, end):
        word = token.group()
        if word in _CLOSER:
            depth += 1
        elif word in ("}", "]"):
            depth -= 1
        elif depth == 1 and word[1:-1] in names:
            member = _MEMBER.match(text, token.end(), end)
            if member:
                found[word[1:-1]] = Cursor(member.group(1)).element().value
    return found


def _skip(text: str, at: int) -> int:
    blank = _SPACE.match(text, at)
    return blank.end() if blank else at


def _end_of(text: str, start: int) -> int:
    """Where the element at `start` ends, by matching strings and brackets alone."""
    if text[start] not in '{["':
        scalar = _SCALAR.match(text, start)
        if not scalar:
            raise Broken(f"a value is missing at character {start}")
        return scalar.end()
    waiting: list[str] = []
    for token in _TOKEN.finditer(text, start):
        word = token.group()
        if word == '"':
            break
        if word in _CLOSER:
            waiting.append(_CLOSER[word])
        elif word in ("}", "]") and (not waiting or waiting.pop() != word):
            raise Broken(f"{word!r} closes nothing at character {token.start()}")
        if not waiting:
            return token.end()
    raise Broken("a text or a bracket is never closed", cut=True)


def _words(fault: Exception) -> str:
    if isinstance(fault, RecursionError):
        return f"it is nested more than {MAX_DEPTH} levels deep"
    if isinstance(fault, _NotJson):
        return f"it holds {fault}, which is no number"
    if isinstance(fault, json.JSONDecodeError):
        return "it is not valid JSON"
    return "it holds a number too long to be read"


def _deeper_than(value: object, limit: int) -> bool:
    level: list[object] = [value]
    for _ in range(limit):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return [inner for inner in value.values() if isinstance(inner, dict | list)]
    return [inner for inner in value if isinstance(inner, dict | list)] if isinstance(value, list) else []
