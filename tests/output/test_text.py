"""Foreign text made harmless, and measured."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lengowctl.output.text import clean, clean_json, clean_lines, cut, fit, folded, pieces, width

from .samples import DANGEROUS, unsafe

TEXTS = st.text(alphabet=st.characters())
"""Any text at all, lone surrogates included."""
STORED = st.text()
"""What a database can hold, hence what JSON is made of."""
SEEN = st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Co", "Zl", "Zp")), max_size=60)


def test_the_list_of_dangerous_characters_is_the_whole_one() -> None:
    ranges = (
        (0x00, 0x1F), (0x7F, 0x9F), (0x61C, 0x61C), (0x200B, 0x200B), (0x200E, 0x200F), (0x2028, 0x202E),
        (0x2060, 0x2069), (0xD800, 0xDFFF), (0xFEFF, 0xFEFF), (0xE0000, 0xE007F),
    )  # fmt: skip
    assert [chr(code) for low, high in ranges for code in range(low, high + 1)] == DANGEROUS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Élodie & Søn 日本語", "Élodie & Søn 日本語"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\x00\x7f\x9b", "\\x00\\x7f\\x9b"),
        ("\U000e0041\ud800", "\\U000e0041\\ud800"),
        ("👩\u200d👧 क\u200cष", "👩\u200d👧 क\u200cष"),
        ("C:\\temp", "C:\\temp"),
        ("", ""),
    ],
)
def test_what_steers_or_hides_is_shown_as_a_visible_escape(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_each_dangerous_character_is_shown_and_no_two_alike() -> None:
    shown = [clean(f"a{char}b") for char in DANGEROUS]
    assert not unsafe("".join(shown), allowed="")
    assert len(set(shown)) == len(DANGEROUS)


@given(TEXTS)
def test_clean_text_is_harmless_and_cleaning_twice_changes_nothing(text: str) -> None:
    shown = clean(text)
    assert not unsafe(shown, allowed="")
    assert clean(shown) == shown


@given(st.recursive(st.none() | STORED, lambda inner: st.lists(inner) | st.dictionaries(STORED, inner)))
def test_cleaned_json_reads_as_what_it_was_and_is_harmless(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert json.loads(clean_json(text)) == value
    assert not unsafe(clean_json(text), allowed="")


def test_every_dangerous_character_in_json_is_escaped_exactly() -> None:
    text = json.dumps("-".join(DANGEROUS), ensure_ascii=False)
    assert not unsafe(clean_json(text), allowed="")
    assert json.loads(clean_json(text)) == json.loads(text)
    assert clean_json('"\U000e0041\x7f"') == '"\\udb40\\udc41\\u007f"'


def test_json_keeps_its_own_line_breaks() -> None:
    assert clean_json('{\n\t"a": "é\u202e"\n}') == '{\n\t"a": "é\\u202e"\n}'


@given(st.lists(STORED, max_size=5))
def test_many_lines_of_json_are_cleaned_as_one_by_one(values: list[str]) -> None:
    texts = [json.dumps(value, ensure_ascii=False) for value in values]
    assert clean_lines("\n".join(texts)) == "\n".join(map(clean_json, texts))


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("", 0), ("abc", 3), ("Élodie", 6), ("e\u0301", 1), ("日本", 4), ("👩\u200d👩\u200d👧", 2), ("❤\ufe0f", 2),
        ("❤", 1), ("1\ufe0f\u20e3", 2), ("👍🏽", 2), ("한국", 4), ("\u1112\u1161\u11ab", 2), ("＝", 2), ("नि", 1),
        ("a\u00adb", 3),
    ],
)  # fmt: skip
def test_text_is_as_wide_as_a_terminal_shows_it(text: str, cells: int) -> None:
    assert width(text) == cells


@given(SEEN.map(lambda text: re.sub("[\U00010000-\U0010ffff]", "", text)))
def test_our_widths_are_rich_s_where_unicode_versions_do_not_differ(text: str) -> None:
    plain = re.sub("[\u2630-\u268f\u302e\u302f\u3164\uffa0\u4dc0-\u4dff]", "", text)
    assert width(plain) == cell_len(plain)


@given(SEEN, st.integers(0, 30))
def test_cut_text_is_never_wider_than_its_room(text: str, room: int) -> None:
    assert width(cut(text, room)) <= room
    assert cut(text, room) == text or cut(text, room).endswith("…") or room == 0


@given(SEEN, st.integers(0, 30), st.booleans())
def test_fitted_text_takes_exactly_its_room(text: str, room: int, right: bool) -> None:
    assert width(fit(text, room, right=right)) == room


@given(SEEN, st.integers(2, 30))
def test_pieces_fit_and_are_the_whole_text(text: str, room: int) -> None:
    assert "".join(pieces(text, room)) == text
    assert all(width(piece) <= room for piece in pieces(text, room))


@given(st.lists(SEEN.filter(bool), max_size=12).map(" ".join), st.integers(4, 30))
def test_a_folded_line_keeps_its_words_whole_and_its_room(text: str, room: int) -> None:
    """Only a word that is wider than the room is given more."""
    lines = folded(text, room).split("\n")
    assert " ".join(lines).split() == text.split()
    assert [it for it in lines if width(it) > room and " " in it.strip(" ")] == []
    assert all(it.startswith("  ") for it in lines[1:])


def test_a_folded_line_stands_below_its_beginning() -> None:
    assert folded("  run lengowctl sync --full once more ", 20) == "  run lengowctl sync\n    --full once\n    more "
    assert folded("a  b", 4) == "a  b"


def test_a_cut_does_not_tear_an_emoji_apart() -> None:
    assert cut("ab👩\u200d👩\u200d👧cd", 5) == "ab👩\u200d👩\u200d👧…"
    assert cut("ab👩\u200d👩\u200d👧cd", 4) == "ab…"


def test_western_letters_take_one_cell_each_by_either_way_of_counting() -> None:
    """Beside a wide character the text is counted letter by letter."""
    letters = [char for char in map(chr, range(0x20, 0x300)) if clean(char) == char]
    assert len(letters) > 600
    assert [char for char in letters if (width(char), width(f"{char}\u4e2d")) != (1, 3)] == []
