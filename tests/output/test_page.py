"""Pages: words, wrapped and set side by side, never too wide."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.output.page import (
    BAD,
    BLANK,
    LABEL,
    Line,
    Span,
    beside,
    facts,
    indented,
    length,
    line,
    section,
    wrapped,
    write,
)

from .samples import HOSTILE, screen, unsafe

WORDS = st.text(alphabet="abc 日本👩\u0301\u200d-", max_size=60)


def text_of(lines: list[Line]) -> list[str]:
    return ["".join(span.words for span in words) for words in lines]


def test_words_are_cleaned_when_a_line_is_made_of_them() -> None:
    assert not unsafe("".join(text_of([line(HOSTILE, Span(HOSTILE, "bold"), "")])), allowed="")
    assert line("", Span("", "bold")) == BLANK


@given(st.lists(st.tuples(WORDS, st.sampled_from(["", "bold"])), max_size=5), st.integers(4, 40), st.integers(0, 12))
def test_wrapped_lines_fit_and_lose_no_word(parts: list[tuple[str, str]], room: int, hang: int) -> None:
    words = line(*(Span(text, style) for text, style in parts))
    lines = wrapped(words, room, hang)
    assert all(length(part) <= room for part in lines)
    assert "".join(text_of(lines)).replace(" ", "") == "".join(text for text, _ in parts).replace(" ", "")


def test_a_line_is_broken_at_spaces_and_hangs() -> None:
    words = line("Due  ", Span("by Monday the twenty-third", "bold"), " at noon")
    assert text_of(wrapped(words, 20, 5)) == ["Due  by Monday the", "     twenty-third at", "     noon"]
    assert wrapped(words, 20, 5)[1][-1] == Span(" at", "")


def test_a_word_that_fits_nowhere_is_broken() -> None:
    assert text_of(wrapped(line("see https://example.org/a/b/c"), 12, 2)) == [
        "see",
        "  https://ex",
        "  ample.org/",
        "  a/b/c",
    ]


def test_facts_without_words_are_left_out() -> None:
    pairs = [("Due", line("in 5 h")), ("Buyer", None), ("Type", line(""))]
    assert text_of(facts(pairs, 80)) == ["Due           in 5 h"]


def test_a_part_with_nothing_in_it_is_left_out_with_its_title() -> None:
    assert section("Parcels", []) == []
    assert text_of(section("Parcels", [line("DPD")])) == ["", "Parcels", "  DPD"]


def test_two_parts_stand_side_by_side() -> None:
    left, right = [line("a"), line("日本")], [line("x"), line("y"), line("z")]
    assert text_of(beside(left, right, 6, 2)) == ["a       x", "日本    y", "        z"]


def test_blank_lines_are_not_moved() -> None:
    assert text_of(indented([line("a"), BLANK])) == ["  a", ""]


def test_a_page_is_plain_off_a_terminal_and_painted_on_one() -> None:
    page = [line(Span("Title [bold]x[/] :smile: 123", "bold"), "  "), BLANK, line("text")]
    written = {}
    for name, on in {"file": screen(tty=False), "terminal": screen(), "colors": screen(color=True)}.items():
        stream = io.StringIO()
        write(page, stream, on)
        written[name] = stream.getvalue()
    assert written["file"] == written["terminal"] == "Title [bold]x[/] :smile: 123\n\ntext\n"
    assert written["colors"] == "\x1b[1mTitle [bold]x[/] :smile: 123\x1b[0m\n\ntext\n"


def test_a_stream_without_drawing_characters_gets_plain_ones() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    write([line("├─▶ a → b │ … · ▼")], stream, screen(tty=False))
    stream.seek(0)
    assert stream.read() == "+-> a > b | ~ - v\n"


@pytest.mark.parametrize(("tty", "color", "painted"), [(True, True, True), (False, True, True), (False, False, False)])
def test_a_forced_colour_goes_through_a_pipe_and_changes_no_word(tty: bool, color: bool, painted: bool) -> None:
    lines = [line(Span("Due", LABEL), " today"), line(Span("x" * 300, BAD))]
    stream = io.StringIO()
    write(lines, stream, replace(screen(40), tty=tty, color=color))
    assert ("\x1b[" in stream.getvalue()) is painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", stream.getvalue()) == f"Due today\n{'x' * 300}\n"
