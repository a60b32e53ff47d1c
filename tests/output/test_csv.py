"""CSV: safe to open, exact to read."""

from __future__ import annotations

import csv as reader
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.orders.fields import DEFAULT_LINES, DEFAULT_PARCELS, DEFAULT_PIPE, Rows
from lengowctl.output import csv
from lengowctl.output.columns import Column, Stored, columns_of
from lengowctl.output.delimited import worded
from lengowctl.output.guard import RISKY, undo
from lengowctl.output.text import clean

from .samples import DANGEROUS, unsafe

COLUMNS = ("ref", "total", "items", "skus", "anonymized", "customer")
TEXTS = st.text(alphabet=st.characters()) | st.text(alphabet=[*sorted(RISKY), '"', ",", ";", "a", "\u202e"], max_size=5)
CELLS = st.tuples(TEXTS, TEXTS | st.none())


def written(rows: list[tuple[Stored, ...]], columns: tuple[str, ...] = COLUMNS, **options: bool) -> str:
    stream = io.StringIO(newline="")
    assert csv.write_words(worded(iter(rows), columns_of(columns, Rows.ORDER)), columns, stream, **options) == len(rows)
    return stream.getvalue()


def read(text: str, delimiter: str = ",") -> list[list[str]]:
    return list(reader.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_a_row_is_one_line_with_quotes_only_where_they_are_needed() -> None:
    rows: list[tuple[Stored, ...]] = [
        ("bol:1", "90.60", 3, '["A","B"]', 0, 'Élodie "Élo" Fontaine'),
        ("bol:2", None, None, None, 1, None),
        ("bol:3", "-0.10", 1, "[]", 0, "=HYPERLINK(1)"),
    ]
    assert written(rows) == (
        "ref,total,items,skus,anonymized,customer\r\n"
        'bol:1,90.60,3,"A, B",false,"Élodie ""Élo"" Fontaine"\r\n'
        "bol:2,,,,true,\r\n"
        "bol:3,-0.10,1,,false,'=HYPERLINK(1)\r\n"
    )


def test_a_decimal_comma_comes_with_semicolons_and_a_mark_with_its_wish() -> None:
    text = written([("bol:1", "90.60", 3, None, 0, "a;b")], decimal_comma=True, bom=True)
    assert text == '\ufeffref;total;items;skus;anonymized;customer\r\nbol:1;90,60;3;;false;"a;b"\r\n'


def test_without_a_header_and_without_rows_there_is_nothing() -> None:
    assert written([], header=False) == ""
    assert written([]) == "ref,total,items,skus,anonymized,customer\r\n"


def test_long_numbers_and_leading_zeros_stay_what_they_are() -> None:
    ids = ("00123", "12345678901234567890", "1E5", "007e3")
    rows: list[tuple[Stored, ...]] = [(number, number) for number in ids]
    assert read(written(rows, ("order_id", "tracking_number"), header=False)) == [[number, number] for number in ids]


@pytest.mark.parametrize("first", sorted(RISKY))
def test_no_cell_of_text_begins_a_formula_in_any_column(first: str) -> None:
    columns = ("ref", "status", "customer", "skus", "country", "total", "ordered_at")
    value = f"{first}1+1"
    row: tuple[Stored, ...] = (
        value,
        value,
        value,
        f'["{value}"]' if first > " " else value,
        value,
        f"{first}cmd",
        value,
    )
    for cell in read(written([row], columns, header=False))[0]:
        assert cell.startswith("'") or cell[0] not in RISKY


def test_amounts_are_typed_and_not_guarded_unless_they_are_no_amounts() -> None:
    rows: list[tuple[Stored, ...]] = [("a:1", amount, 1) for amount in ("-5.00", "5.00", "-5.00+1", "=5", "1e5", "-")]
    cells = [row[1] for row in read(written(rows, ("ref", "total", "items"), header=False))]
    assert cells == ["-5.00", "5.00", "'-5.00+1", "'=5", "1e5", "'-"]


@given(st.lists(CELLS, min_size=1, max_size=8))
def test_guarded_cells_read_back_exactly_as_their_clean_words(rows: list[tuple[str, str | None]]) -> None:
    cells = read(written(list(rows), ("customer", "city"), header=False))
    assert [[undo(cell) for cell in row] for row in cells] == [[clean(one), clean(two or "")] for one, two in rows]


@given(st.lists(CELLS, min_size=1, max_size=8))
def test_unguarded_cells_read_back_as_their_clean_words(rows: list[tuple[str, str | None]]) -> None:
    cells = read(written(list(rows), ("customer", "city"), header=False, guard=False))
    assert cells == [[clean(one), clean(two or "")] for one, two in rows]


@given(st.lists(st.tuples(TEXTS), min_size=1, max_size=5))
def test_a_single_column_keeps_its_empty_rows(rows: list[tuple[str]]) -> None:
    assert read(written(list(rows), ("customer",), header=False, guard=False)) == [[clean(text)] for (text,) in rows]


@pytest.mark.parametrize(
    "char", ["\n", "\r\n", "\r", "\x1b", "\x7f", "\x85", "\u2028", "\u202e", "\ud800", "\U000e0041"]
)
@pytest.mark.parametrize("at", [0, 60, 1200])
def test_one_bad_row_among_many_is_found_in_every_block(char: str, at: int) -> None:
    rows: list[tuple[Stored, ...]] = [("bol:1", "é" if number % 2 else "e") for number in range(1300)]
    rows[at] = ("bol:1", f"a{char}b")
    text = written(rows, ("ref", "customer"), header=False)
    assert not unsafe(text, allowed="\r\n")
    assert text.count("\r\n") == 1300
    assert read(text)[at] == ["bol:1", clean(f"a{char}b")]


def test_every_dangerous_character_is_shown() -> None:
    text = written([("bol:1", f"x{char}y") for char in DANGEROUS], ("ref", "customer"), header=False)
    assert not unsafe(text, allowed="\r\n")
    assert [row[1] for row in read(text)] == [clean(f"x{char}y") for char in DANGEROUS]


@pytest.mark.parametrize(
    ("columns", "kind"), [(DEFAULT_PIPE, Rows.ORDER), (DEFAULT_LINES, Rows.LINE), (DEFAULT_PARCELS, Rows.PARCEL)]
)
def test_rows_of_every_kind_are_written(columns: tuple[str, ...], kind: Rows) -> None:
    stream = io.StringIO(newline="")
    csv.write([tuple(f"v{at}" for at in range(len(columns)))], columns, stream, kind=kind)
    assert read(stream.getvalue()) == [list(columns), [f"v{at}" for at in range(len(columns))]]


def test_columns_of_other_listings_are_written_by_their_names() -> None:
    from lengowctl.orders.fields import Kind

    columns = (Column("marketplace", "Marketplace", Kind.CODE), Column("actions", "Actions", Kind.LIST))
    stream = io.StringIO(newline="")
    csv.write([("bol", '["ship","refund"]')], columns, stream)
    assert stream.getvalue() == 'marketplace,actions\r\nbol,"ship, refund"\r\n'


def test_the_first_rows_are_written_before_the_last_ones_are_read() -> None:
    stream = io.StringIO(newline="")

    def rows() -> object:
        for number in range(200):
            if number == 150:
                assert stream.getvalue().count("\r\n") >= 50
            yield (f"bol:{number}",)

    csv.write(rows(), ("ref",), stream, header=False)  # type: ignore[arg-type]
    assert stream.getvalue().count("\r\n") == 200
