"""Rows laid out for a screen: what `table` and `plain` share."""

from __future__ import annotations

from collections.abc import Sequence

from lengowctl.orders.fields import Kind, Rows
from lengowctl.output.columns import Column, Lane, Stored, Wording, asked, columns_of, lay_out, needs
from lengowctl.output.screen import Screen

Row = tuple[Stored, ...]


class Grid:
    """The lanes that a screen has room for, measured on the first rows. `hidden` names the columns left out."""

    def __init__(self, names: Sequence[str | Column], rows: Rows, screen: Screen, first: Sequence[Row]) -> None:
        self.columns = columns_of(names, rows)
        self.screen = screen
        self._wording = Wording(screen)
        self._asked = len(asked(names, rows))
        self._currency = _currency_places(self.columns, asked(names, rows))
        self._apart = frozenset(column.name for column in self.columns)
        self.lanes = self._measured(first)
        shown = frozenset(lane.column.name for lane in self.lanes)
        if not self._apart & {lane.column.currency for lane in self.lanes} <= shown:
            self._apart = shown  # a currency that there was no room for is told with the amounts after all
            self.lanes = self._measured(first)
            shown = frozenset(lane.column.name for lane in self.lanes)
        self.hidden = tuple(column.name for column in self.columns if column.name not in shown)

    def words(self, rows: Sequence[Row]) -> list[list[str]]:
        """What stands in each lane, lane by lane, one text for each row. Not cut, not padded."""
        by_column = list(zip(*rows, strict=True))
        return [self._cells(lane.column, lane.at, by_column, lane.brief) for lane in self.lanes]

    def style(self, lane: Lane, row: Row) -> str:
        return self._wording.style(lane.column, row[lane.at])

    def _measured(self, first: Sequence[Row]) -> list[Lane]:
        by_column: list[tuple[Stored, ...]] = list(zip(*first, strict=True))
        if not first:
            by_column = [()] * self._asked
        wide, slim = [], []
        for at, column in enumerate(self.columns):
            full = self._cells(column, at, by_column, brief=False)
            brief = self._cells(column, at, by_column, brief=True) if column.kind is Kind.TIME else full
            whole, least = needs(column, full, brief)
            wide.append(whole)
            slim.append(least)
        if self.screen.tty:
            return lay_out(self.columns, wide, slim, self.screen.width)
        return [Lane(column, at, wide[at], brief=False) for at, column in enumerate(self.columns)]

    def _cells(self, column: Column, at: int, by_column: Sequence[Sequence[Stored]], brief: bool) -> list[str]:
        values = by_column[at]
        named_apart = column.currency in self._apart
        currencies = (None,) * len(values) if named_apart else by_column[self._currency[at]]
        return self._wording.cells(column, values, currencies, brief)


def _currency_places(columns: Sequence[Column], names: tuple[str, ...]) -> list[int]:
    """Where each money column's currency stands in a row; any place for the others, which do not look."""
    return [names.index(column.currency) if column.currency else 0 for column in columns]
