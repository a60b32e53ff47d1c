"""Cells that would be formulas, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.output.guard import RISKY, guard, undo

TEXTS = st.text(alphabet=st.characters()) | st.text(alphabet=sorted(RISKY), max_size=4)


@given(TEXTS)
def test_a_guard_is_undone_exactly(text: str) -> None:
    assert undo(guard(text)) == text


@given(TEXTS)
def test_no_guarded_cell_begins_with_anything_risky_but_the_guard(text: str) -> None:
    assert guard(text)[:1] in ("", "'") or guard(text)[:1] not in RISKY


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+33 6 12", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\x00=1", "|cmd", "%0A", "'quoted", "'",
        "＝1", "＋1", "－1", "＠A", "｜x", "％x",
    ],
)  # fmt: skip
def test_what_a_spreadsheet_could_take_for_more_than_text_is_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "A=1", "00123", "12345678901234567890", "Élodie", " =1"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert guard(text) == text
