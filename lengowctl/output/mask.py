"""Hides the buyer: what `--mask` leaves of personal fields.

A masked value says only that there was one: `***`. No first letter, no length, no e-mail domain and no part of a
postcode stay, because each of them, beside an order's date, total and city, can name a person in a small village;
and no two rows can be joined by it. The country stays, it is not personal. A missing value stays missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields

from lengowctl.orders.fields import Rows, fields_of
from lengowctl.orders.model import Address
from lengowctl.output.columns import Stored

MASK = "***"
#: Columns, and the parts of a whole address.
_PERSONAL = frozenset(
    {name for kind in Rows for name, field in fields_of(kind).items() if field.personal}
    | {part.name for part in fields(Address) if part.name != "country"}
)


def rows(
    values: Iterable[tuple[Stored, ...]], columns: Sequence[str], kind: Rows = Rows.ORDER
) -> Iterator[tuple[Stored, ...]]:
    """The same rows with personal columns masked; values behind the columns (currencies) stay."""
    hidden = _hidden(columns, kind)
    if not any(hidden):
        yield from values
        return
    for row in values:
        shown = (MASK if hide and value else value for value, hide in zip(row, hidden, strict=False))
        yield (*shown, *row[len(hidden) :])


def words(
    blocks: Iterable[Sequence[Sequence[str]]], columns: Sequence[str], kind: Rows = Rows.ORDER
) -> Iterator[list[tuple[str, ...]]]:
    """The same words (`Orders.words`) with personal columns masked."""
    hidden = _hidden(columns, kind)
    for block in blocks:
        yield [
            tuple([MASK if word else word for word in column]) if hide else tuple(column)
            for column, hide in zip(block, hidden, strict=True)
        ]


def _hidden(columns: Sequence[str], kind: Rows) -> list[bool]:
    known = fields_of(kind)
    return [known[name].personal for name in columns]


def json_rows(texts: Iterable[str]) -> Iterator[str]:
    """The same JSON objects, a line each, with personal keys masked, wherever they stand in them."""
    for text in texts:
        objects = map(json.loads, text.split("\n"))
        yield "\n".join([json.dumps(masked(value), ensure_ascii=False, separators=(",", ":")) for value in objects])


def masked(value: object) -> object:
    """The same JSON value with what stands under personal keys masked, at any depth."""
    if isinstance(value, dict):
        return {key: MASK if key in _PERSONAL and inner else masked(inner) for key, inner in value.items()}
    return [masked(inner) for inner in value] if isinstance(value, list) else value
