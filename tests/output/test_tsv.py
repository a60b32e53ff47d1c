"""TSV: words for programs, one row a line."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st

from lengowctl.orders.fields import Rows
from lengowctl.output import tsv
from lengowctl.output.columns import Stored, columns_of
from lengowctl.output.delimited import worded
from lengowctl.output.text import clean

from .samples import DANGEROUS, unsafe

TEXTS = st.text(alphabet=st.characters()) | st.text(alphabet='\t\n\r"\\=a', max_size=5)


def written(rows: list[tuple[Stored, ...]], columns: tuple[str, ...], **options: bool) -> str:
    stream = io.StringIO(newline="")
    assert tsv.write_words(worded(iter(rows), columns_of(columns, Rows.ORDER)), columns, stream, **options) == len(rows)
    return stream.getvalue()


def test_a_row_is_one_line_of_whole_words_without_heading_quotes_or_guards() -> None:
    rows: list[tuple[Stored, ...]] = [
        ("bol:1", "-90.60", 3, '["A","B"]', 1, '=Élodie "É" Fontaine'),
        ("bol:2", None, None, None, 0, None),
    ]
    columns = ("ref", "total", "items", "skus", "anonymized", "customer")
    assert written(rows, columns) == 'bol:1\t-90.60\t3\tA, B\ttrue\t=Élodie "É" Fontaine\nbol:2\t\t\t\tfalse\t\n'
    assert written(rows[1:], columns, header=True, guard=True).startswith("ref\ttotal\titems\tskus\tanonymized\t")


@given(st.lists(st.tuples(TEXTS, TEXTS | st.none()), min_size=1, max_size=8))
def test_cells_never_leave_their_place(rows: list[tuple[str, str | None]]) -> None:
    lines = written(list(rows), ("customer", "city")).removesuffix("\n").split("\n")
    assert [line.split("\t") for line in lines] == [[clean(one), clean(two or "")] for one, two in rows]


@given(st.lists(TEXTS, min_size=1, max_size=8))
def test_a_single_column_keeps_its_empty_rows(values: list[str]) -> None:
    assert written([(value,) for value in values], ("customer",)) == "".join(f"{clean(value)}\n" for value in values)


def test_every_dangerous_character_is_shown() -> None:
    text = written([("bol:1", f"x{char}y", "é") for char in DANGEROUS], ("ref", "customer", "city"))
    assert not unsafe(text, allowed="\t\n")
    assert text.count("\n") == len(DANGEROUS)
    assert text.count("\t") == 2 * len(DANGEROUS)


def test_a_file_for_a_spreadsheet_is_guarded() -> None:
    assert written([("=1", "-5.00", "+33 6")], ("ref", "total", "phone"), guard=True) == "'=1\t-5.00\t'+33 6\n"
