"""Spreadsheet files: typed cells, text that stays text."""

from __future__ import annotations

import io
import sys
from datetime import datetime

import openpyxl
import pytest

from lengowctl.errors import MissingExtra
from lengowctl.output import xlsx
from lengowctl.output.columns import Stored
from lengowctl.output.guard import RISKY
from lengowctl.output.text import clean

from .samples import DANGEROUS

COLUMNS = ("ref", "total", "items", "skus", "anonymized", "ordered_at", "customer", "postcode")
Row = tuple[Stored, ...]


def cells(rows: list[Row], columns: tuple[str, ...] = COLUMNS) -> list[list[tuple[object, str]]]:
    stream = io.BytesIO()
    assert xlsx.write(iter(rows), columns, stream) == len(rows)
    sheet = openpyxl.load_workbook(io.BytesIO(stream.getvalue())).active
    assert sheet is not None
    return [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows()]


def test_numbers_times_and_flags_are_typed_and_all_else_is_text() -> None:
    rows: list[Row] = [
        ("bol:1", "90.60", 3, '["A","B"]', 0, "2026-11-21T13:05:11Z", "Élodie", "01000"),
        ("bol:2", None, None, None, 1, None, None, None),
    ]
    assert cells(rows) == [
        [(name, "s") for name in COLUMNS],
        [
            ("bol:1", "s"), (90.6, "n"), (3, "n"), ("A, B", "s"), (False, "b"),
            (datetime(2026, 11, 21, 13, 5, 11), "d"), ("Élodie", "s"), ("01000", "s"),  # noqa: DTZ001
        ],
        [("bol:2", "s"), (None, "n"), (None, "n"), (None, "n"), (True, "b"), (None, "n"), (None, "n"), (None, "n")],
    ]  # fmt: skip


@pytest.mark.parametrize("first", sorted(RISKY | {"#N/A", "{=1}"}))
def test_text_is_never_a_formula_or_an_error_and_needs_no_guard(first: str) -> None:
    assert cells([(f"{first}1+1",)], ("customer",))[1] == [(clean(f"{first}1+1"), "s")]


def test_long_numbers_of_orders_and_parcels_are_text() -> None:
    row: Row = ("12345678901234567890", "00123")
    assert cells([row], ("order_id", "tracking_number"))[1] == [("12345678901234567890", "s"), ("00123", "s")]


@pytest.mark.parametrize("amount", ["12345678901234.56", "=1", "NaN", "Infinity", "1.2.3", ""])
def test_an_amount_that_a_spreadsheet_cannot_hold_exactly_is_text(amount: str) -> None:
    value, kind = cells([("bol:1", amount)], ("ref", "total"))[1][1]
    assert (value or "", kind if amount else "s") == (amount, "s")


@pytest.mark.parametrize("time", ["1899-12-31T00:00:00Z", "soon", "2026-13-01T00:00:00Z"])
def test_a_time_that_a_spreadsheet_cannot_hold_is_text(time: str) -> None:
    assert cells([(time,)], ("ordered_at",))[1] == [(time, "s")]


def test_every_dangerous_character_is_shown() -> None:
    rows: list[Row] = [(f"x{char}y",) for char in DANGEROUS]
    assert [row[0][0] for row in cells(rows, ("customer",))[1:]] == [clean(f"x{char}y") for char in DANGEROUS]


def test_a_text_longer_than_a_cell_is_cut() -> None:
    assert len(str(cells([("x" * 40_000,)], ("customer",))[1][0][0])) == 32_767


def test_without_the_extra_the_way_to_get_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtra) as caught:
        xlsx.write([], COLUMNS, io.BytesIO())
    assert caught.value.hint == "pip install 'lengowctl[xlsx]'"
