"""A screen drawn again and again in the same place."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lengowctl.output.frame import CHANGED, NEW, Marked, drawn, fitted, table
from lengowctl.output.page import BAD, Line, Span, line
from lengowctl.output.screen import Screen
from lengowctl.output.text import width

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEAD = [line("head"), line()]
BODY = [line(f"row {number}") for number in range(5)]


def words(lines: list[Line]) -> list[str]:
    return ["".join(span.words for span in one) for one in lines]


def screen(columns: int, *, color: bool = False) -> Screen:
    return Screen(NOON, UTC, columns, tty=True, color=color)


@pytest.mark.parametrize(
    ("height", "more", "shown"),
    [
        (9, 0, ["head", "", "row 0", "row 1", "row 2", "row 3", "row 4"]),
        (7, 0, ["head", "", "row 0", "row 1", "row 2", "row 3", "row 4"]),
        (7, 2, ["head", "", "row 0", "row 1", "row 2", "row 3", "… and 3 more"]),
        (8, 2, ["head", "", "row 0", "row 1", "row 2", "row 3", "row 4", "… and 2 more"]),
        (4, 1200, ["head", "", "row 0", "… and 1,204 more"]),
        (3, 0, ["head", "", "… and 5 more"]),
        (2, 0, ["head", ""]),
        (1, 0, ["head", ""]),
    ],
)
def test_what_does_not_fit_is_counted(height: int, more: int, shown: list[str]) -> None:
    assert words(fitted(HEAD, BODY, height, more=more)) == shown


def test_each_line_is_erased_before_it_is_written_and_the_rest_of_the_screen_too() -> None:
    assert drawn(HEAD, screen(10), 24) == "\x1b[H\x1b[2Khead\r\n\x1b[2K\r\n\x1b[J"


def test_a_full_screen_does_not_scroll() -> None:
    assert drawn([line("a"), line("b"), line("c")], screen(10), 2) == "\x1b[H\x1b[2Ka\r\n\x1b[2Kb"


def test_a_line_is_cut_by_the_cells_it_takes() -> None:
    long = line(Span("日本語の", BAD), "and more")
    (text,) = drawn([long], screen(7), 1).removeprefix("\x1b[H\x1b[2K").split("\n")
    assert (text, width(text)) == ("日本語…", 7)


def test_a_terminal_without_the_character_gets_another_one() -> None:
    assert drawn([line("abcdefgh")], screen(5), 1, "iso-8859-1") == "\x1b[H\x1b[2Kabcd~"


def test_colour_says_nothing_that_the_mark_does_not() -> None:
    rows = [
        Marked(("fnac:1", "shipped"), NEW),
        Marked(("fnac:2", "accepted"), CHANGED, ("status",)),
        Marked(("fnac:3", "new")),
    ]
    lines, hidden = table(("ref", "status"), rows, screen(40))
    assert hidden == ()
    assert [text.rstrip() for text in words(lines)] == [
        "  Reference  Status",
        "+ fnac:1     shipped",
        "* fnac:2     accepted",
        "  fnac:3     new",
    ]
    painted = drawn(lines, screen(40, color=True), 24)
    assert "\x1b[7" in painted.split("\r\n")[2] or ";7m" in painted.split("\r\n")[2]


def test_a_table_is_never_wider_than_the_terminal() -> None:
    rows = [Marked(("amazon_fr:403-1180092-5527741", "waiting_acceptance"))]
    for columns in range(1, 60):
        lines, _ = table(("ref", "status"), rows, screen(columns))
        for text in drawn(lines, screen(columns), 24).removesuffix("\r\n\x1b[J").split("\r\n"):
            assert width(text.removeprefix("\x1b[H").removeprefix("\x1b[2K").rstrip()) <= columns


def test_no_rows_have_their_titles() -> None:
    lines, _ = table(("ref", "status"), [], screen(40))
    assert words(lines)[0].rstrip() == "  Reference  Status"
