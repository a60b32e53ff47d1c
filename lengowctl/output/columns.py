"""How each kind of field looks to people: its words, its side, its colour, and which columns fit a width."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from lengowctl.orders.fields import (
    DEFAULT_LINES,
    DEFAULT_PARCELS,
    DEFAULT_PIPE,
    DEFAULT_TABLE,
    Field,
    Kind,
    Rows,
    fields_of,
)
from lengowctl.orders.moment import read_instant
from lengowctl.output import words
from lengowctl.output.screen import Screen
from lengowctl.output.text import clean, width

if TYPE_CHECKING:
    from lengowctl.orders.model import Line, Order, Parcel

Stored = str | int | None

#: Which columns of the standard tables matter most, when there is no room for all. Others go from the right.
_MATTERS = (
    "ref", "status", "due_at", "total", "title", "quantity", "customer", "ordered_at", "items", "country",
    "line_status", "sku", "amount", "line_id", "line_due_at",
    "tracking_number", "carrier", "shipped_at", "parcel", "relay", "tracking_url", "currency",
)  # fmt: skip
_STANDARD = (DEFAULT_TABLE, DEFAULT_LINES, DEFAULT_PARCELS, DEFAULT_PIPE)
#: Text that may be cut, and to how many cells. Numbers, references and links are whole or left out: half of one is
#: none.
_CUT_TO = {
    "title": 20, "customer": 12, "address": 16, "email": 16, "skus": 12, "relay": 12, "city": 8, "carrier": 8,
    "marketplace_status": 10, "types": 10, "merchant_order_ids": 10, "message": 24, "target": 24,
}  # fmt: skip
_DUE = frozenset({"due_at", "line_due_at"})
#: A word from outside may be of any length; past this it is cut all the same.
_LONGEST = 48
GAP = 2

_YOURS, _MOVING, _SENT, _OVER, _BACK = "yellow", "cyan", "green", "bright_black", "magenta"
_STATUS_STYLE = {
    "new": _MOVING, "waiting_acceptance": _YOURS, "accepted": _MOVING, "waiting_shipment": _YOURS, "shipped": _SENT,
    "closed": _OVER, "refused": _OVER, "canceled": _OVER, "refunding": _BACK, "refunded": _BACK,
    "partial_refunded": _BACK, "to_refund": _YOURS, "pickup_to_prepare": _YOURS, "to_pickup": _MOVING,
    "pickup_completed": _OVER, "pickup_canceled": _OVER,
}  # fmt: skip


class Column(NamedTuple):
    """One column of a table. `currency` names the field that its amounts are in."""

    name: str
    title: str
    kind: Kind
    currency: str | None = None

    @property
    def right(self) -> bool:
        return self.kind in (Kind.MONEY, Kind.COUNT)

    @property
    def due(self) -> bool:
        return self.name in _DUE


class Lane(NamedTuple):
    """A column that is shown: `at` is its place in the row, `room` its cells, `brief` its times' short form."""

    column: Column
    at: int
    room: int
    brief: bool


def columns_of(names: Sequence[str | Column], rows: Rows) -> tuple[Column, ...]:
    """The columns by these names (all known, see `check_columns`); one that is a column already stays as it is."""
    known = fields_of(rows)
    return tuple(name if isinstance(name, Column) else _column(known[name]) for name in names)


def _column(field: Field[Order] | Field[Line] | Field[Parcel]) -> Column:
    return Column(field.name, field.title, field.kind, field.currency if field.kind is Kind.MONEY else None)


def asked(names: Sequence[str | Column], rows: Rows = Rows.ORDER) -> tuple[str, ...]:
    """What a table of these columns needs to be handed, in this order: the columns, then their currencies."""
    columns = columns_of(names, rows)
    currencies = (column.currency for column in columns if column.currency)
    return tuple(dict.fromkeys((*(column.name for column in columns), *currencies)))


def status_style(word: str | None) -> str:
    """A status's colour; one that we do not know has none."""
    return _STATUS_STYLE.get(word or "", "")


def listed(value: Stored) -> str:
    """A stored list as text: `A, B`."""
    try:
        parts = json.loads(str(value))
    except (ValueError, RecursionError):
        return str(value)
    return ", ".join(map(str, parts)) if isinstance(parts, list) else str(value)


class Wording:
    """Turns stored values into what a person reads on `screen`; off a terminal times stay as stored."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._short = words.stored_times(words.short_times(screen.now, screen.zone))
        self._brief = words.stored_times(words.brief_times(screen.now, screen.zone))
        self._due = words.stored_times(partial(words.due, now=screen.now))

    def cells(self, column: Column, values: Sequence[Stored], currencies: Sequence[Stored], brief: bool) -> list[str]:
        """The words of one column, clean, one for each value. `currencies` is used for money only."""
        if column.kind is Kind.MONEY:
            texts = [money(value, currency) for value, currency in zip(values, currencies, strict=True)]
        elif column.kind is Kind.TIME and self._screen.tty:
            word = self._due if column.due else self._brief if brief else self._short
            texts = ["" if value is None else word(str(value)) for value in values]
        elif column.kind is Kind.LIST:
            texts = ["" if value is None else listed(value) for value in values]
        elif column.kind is Kind.FLAG:
            texts = ["yes" if value else "" for value in values]
        else:
            texts = ["" if value is None else str(value) for value in values]
        # One question for the whole column: nearly always there is nothing to clean.
        return texts if "".join(texts).isprintable() else [clean(text) for text in texts]

    def style(self, column: Column, value: Stored) -> str:
        """The colour of one cell; it never says anything that the words do not."""
        if column.kind is Kind.STATUS:
            return status_style(str(value))
        if column.due and value is not None:
            return _styled(str(value), partial(words.urgency, now=self._screen.now))
        return ""


def money(amount: Stored, currency: Stored) -> str:
    """`90.60 EUR`. The code, not a sign: `kr` and `$` are several currencies each, codes are all three wide so that
    amounts stand under each other, and it is the word that `--currency` takes."""
    if amount is None:
        return ""
    return f"{amount} {currency}" if currency else str(amount)


def lay_out(columns: Sequence[Column], wide: Sequence[int], slim: Sequence[int], room: int) -> list[Lane]:
    """Which columns to show in `room` cells, and how wide each, in their order.

    `wide` is what each column needs to be shown whole, `slim` the least it can do with. The most important ones
    are chosen first; what room is left then goes to the times, then to the others, the most important first. The
    first column is always shown, cut if it must be.
    """
    chosen: dict[int, int] = {}
    left = room + GAP
    for at in _by_weight(columns):
        need = min(slim[at], room) if at == 0 else slim[at]
        if need + GAP <= left or not chosen:
            chosen[at] = need
            left -= need + GAP
    for at in sorted(chosen, key=lambda at: columns[at].kind is not Kind.TIME):
        extra = wide[at] - chosen[at]
        if columns[at].kind is Kind.TIME and extra > left:
            continue
        chosen[at] += min(extra, max(left, 0))
        left -= min(extra, max(left, 0))
    return [
        Lane(columns[at], at, chosen[at], columns[at].kind is Kind.TIME and chosen[at] < wide[at])
        for at in sorted(chosen)
    ]


def _by_weight(columns: Sequence[Column]) -> list[int]:
    """The columns' places, the most important first (always the first one), then as they stand."""
    names = tuple(column.name for column in columns)
    places = list(range(len(names)))
    if names not in _STANDARD:
        return places
    return sorted(places, key=lambda at: _MATTERS.index(names[at]))


def needs(column: Column, full: Sequence[str], brief: Sequence[str]) -> tuple[int, int]:
    """The cells that a column with these words needs to be whole, and the least it can do with."""
    title = width(column.title)
    wide = max(title, max(map(width, full), default=0))
    if column.kind is Kind.TIME and not column.due:
        return wide, max(title, max(map(width, brief), default=0))
    return wide, max(title, min(wide, _CUT_TO.get(column.name, _LONGEST)))


def _styled(text: str, style: Callable[[datetime], str]) -> str:
    try:
        return style(read_instant(text))
    except (ValueError, OverflowError):
        return ""
