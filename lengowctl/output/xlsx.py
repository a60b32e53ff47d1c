"""Spreadsheet files with typed cells (needs the extra `xlsx`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import IO, Any

from lengowctl.errors import MissingExtra
from lengowctl.orders.fields import Kind, Rows
from lengowctl.orders.moment import read_instant
from lengowctl.output.columns import Column, Stored, columns_of, listed
from lengowctl.output.delimited import Row
from lengowctl.output.text import clean

#: What a sheet and a cell of this file format can hold.
MOST_ROWS, _LONGEST = 1_048_576, 32_767
#: A spreadsheet counts in floating point; beyond fifteen digits it would round, so such an amount stays text.
_EXACT_DIGITS = 15
_TIME_FORMAT = "yyyy-mm-dd hh:mm:ss"


def write(rows: Iterable[Row], columns: Sequence[str | Column], stream: IO[bytes], *, kind: Rows = Rows.ORDER) -> int:
    """Write one sheet with a heading, in flat memory; returns how many rows. Times are UTC and numbers are numbers;
    references, ids and all other text are text and never formulas. Raises MissingExtra without openpyxl.
    """
    book, cell_class = _workbook()
    sheet = book.create_sheet("lengowctl")
    sheet.freeze_panes = "A2"
    shown = columns_of(columns, kind)
    for at, column in enumerate(shown, start=1):
        sheet.column_dimensions[_letter(at)].width = _width(column)
    sheet.append([_text(sheet, cell_class, column.name) for column in shown])
    written = 0
    for row in rows:
        sheet.append([_cell(sheet, cell_class, value, column) for value, column in zip(row, shown, strict=True)])
        written += 1
    book.save(stream)
    return written


def _workbook() -> tuple[Any, Any]:
    try:
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell
    except ImportError as fault:
        raise MissingExtra(
            "XLSX files need an extra that is not installed", hint="pip install 'lengowctl[xlsx]'"
        ) from fault
    return Workbook(write_only=True), WriteOnlyCell


def _letter(at: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(at))


def _width(column: Column) -> int:
    if column.kind is Kind.REF or column.name in ("title", "address", "tracking_url", "email"):
        return 34
    return 20 if column.kind in (Kind.TEXT, Kind.STATUS, Kind.TIME, Kind.LIST) else 12


def _cell(sheet: Any, cell_class: Any, value: Stored, column: Column) -> Any:
    if value is None:
        return None
    if column.kind is Kind.FLAG:
        return bool(value)
    if column.kind is Kind.COUNT and isinstance(value, int):
        return value
    typed = _typed(str(value), column.kind)
    if typed is None:
        return _text(sheet, cell_class, listed(value) if column.kind is Kind.LIST else str(value))
    cell = cell_class(sheet, value=typed)
    cell.number_format = _TIME_FORMAT if column.kind is Kind.TIME else _amount_format(str(value))
    return cell


def _typed(text: str, kind: Kind) -> datetime | Decimal | None:
    """The time or the amount in `text`, or None where it is text, or can be no exact value in a spreadsheet."""
    try:
        if kind is Kind.TIME:
            moment = read_instant(text).replace(tzinfo=None)  # the format knows no zones
            return moment if moment.year >= 1900 else None
        if kind is Kind.MONEY:
            amount = Decimal(text)
            return amount if amount.is_finite() and len(amount.as_tuple().digits) <= _EXACT_DIGITS else None
    except (ValueError, InvalidOperation, OverflowError):
        return None
    return None


def _amount_format(text: str) -> str:
    decimals = len(text.partition(".")[2])
    return f"0.{'0' * decimals}" if decimals else "0"


def _text(sheet: Any, cell_class: Any, text: str) -> Any:
    cell = cell_class(sheet, value=clean(text)[:_LONGEST])
    cell.data_type = "s"  # else openpyxl takes `=...` for a formula and `#N/A` for an error
    cell.number_format = "@"
    return cell
