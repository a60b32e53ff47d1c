"""JSON as people and programs write rows: what a text holds, and a value as the texts of its column."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from lengowctl.orders.arguments import FLAGS, LINE

ARG, ARGUMENTS = "arg", "arguments"


@dataclass(frozen=True, slots=True)
class Broken:
    """A line that is no JSON, and why."""

    why: str


def parsed(text: str) -> Any:
    """What a JSON text holds, numbers as they are written; `Broken` for what is none."""
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as fault:
        return Broken(f"{fault.msg[:1].lower()}{fault.msg[1:]} (character {fault.pos + 1})")
    except (ValueError, RecursionError):
        return Broken("it is nested too deeply")


def what_else(value: Any) -> str:
    return f"it cannot be read as JSON: {value.why}" if isinstance(value, Broken) else "it is no JSON object"


def texts_of(name: str, value: Any) -> list[str]:
    """A JSON value as the texts of its column. Raises ValueError for one that is no plain value."""
    if isinstance(value, dict) and name in (ARG, ARGUMENTS):
        return [f"{key}={_text(cell)}" for key, cell in value.items() if cell is not None]
    if isinstance(value, list) and name in (ARG, LINE):
        return [_text(cell) for cell in value]
    return [_text(value).strip()]


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    raise ValueError("it is no plain value; write it as one text")


def kept(name: str, value: Any, *, typed: bool) -> list[tuple[str, str]]:
    """An argument of a report, as a column and its text."""
    if typed and name == LINE:
        return [(LINE, text) for text in texts_of(LINE, value)]
    if typed and name in FLAGS:
        return [(name, _text(value))]
    return [(ARG, f"{name}={_text(value)}")]
