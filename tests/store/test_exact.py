"""What was read is of the kind that was written, or the file is damaged: told at once, however much was read."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.orders.fields import Kind
from lengowctl.store.exact import check_values, check_words

SOUND = {
    Kind.TIME: ["2026-11-23T08:30:00Z", "", "2026-01-01T00:00:00Z"],
    Kind.MONEY: ["12.50", "", "-3", "0.00"],
    Kind.COUNT: ["3", "", "-1", "0"],
    Kind.FLAG: ["true", "false", ""],
}
DAMAGED = {
    Kind.TIME: ["2026-11-23T08:3\x010:00Z", "yesterday", "12"],
    Kind.MONEY: ["12.5\x01", "1.2.3", ".5", "5.", "--5", "EUR", "1e3", "١٢"],
    Kind.COUNT: ["3\x01", "1.5", "x", "--1", "٣"],
    Kind.FLAG: ["True", "1", "tru\x01"],
}


@pytest.mark.parametrize("kind", SOUND)
def test_words_of_a_kind_are_told_from_damage_wherever_it_is(kind: Kind) -> None:
    column = SOUND[kind] * 130
    check_words([column], [kind])
    for damaged in DAMAGED[kind]:
        for place in (0, 200, len(column)):
            with pytest.raises((ValueError, TypeError)):
                check_words([[*column[:place], damaged, *column[place:]]], [kind])


def test_a_word_that_is_no_text_is_damage() -> None:
    for kind in Kind:
        with pytest.raises(TypeError):
            check_words([[*SOUND.get(kind, ["x"]), 5]], [kind])


@given(st.lists(st.text("-.0123456789", max_size=6), max_size=12))
def test_a_column_of_amounts_is_sound_when_each_of_them_is(column: list[str]) -> None:
    sound = all(not cell or re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", cell) for cell in column)
    try:
        check_words([column], [Kind.MONEY])
    except ValueError:
        assert not sound
    else:
        assert sound


def test_values_as_they_are_stored_are_told_from_damage() -> None:
    sound = {Kind.COUNT: [3, None, -1], Kind.FLAG: [1, 0, None], Kind.MONEY: ["1.5", None], Kind.TEXT: ["x", None, ""]}
    damaged = {Kind.COUNT: "3", Kind.FLAG: 0.5, Kind.MONEY: "1,5", Kind.TEXT: b"x"}
    for kind, column in sound.items():
        check_values([column], [kind])
        with pytest.raises((ValueError, TypeError)):
            check_values([[*column, damaged[kind]]], [kind])
