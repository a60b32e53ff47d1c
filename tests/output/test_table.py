"""Tables for people, and the plain columns that take their place."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lengowctl.orders.fields import DEFAULT_LINES, DEFAULT_PARCELS, DEFAULT_TABLE, Rows
from lengowctl.output import plain, table
from lengowctl.output.columns import Stored, asked
from lengowctl.output.screen import Screen
from lengowctl.output.text import width

from .samples import DANGEROUS, HOSTILE, ROWS, screen, unsafe, widest

Row = tuple[Stored, ...]


def drawn(rows: list[Row], on: Screen, columns: tuple[str, ...] = DEFAULT_TABLE, kind: Rows = Rows.ORDER) -> str:
    stream = io.StringIO()
    table.write(iter(rows), columns, stream, kind=kind, screen=on)
    return stream.getvalue()


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def test_a_table_of_eighty_columns() -> None:
    assert lines(drawn(ROWS, screen(80))) == [
        "Reference                      Status              Due             Total  Items",
        "amazon_fr:403-1180092-5527741  waiting_shipment    in 5 h      90.60 EUR      3",
        "cdiscount:2611210935XK4J       waiting_acceptance  2 h late  1249.00 EUR      1",
        "zalando_fr:10105083492214      shipped                        130.00 EUR      2",
        "kaufland_de:MXW7K2             on_the_moon                     18900 JPY      1",
        "bol:A1                         closed                                         0",
    ]


def test_a_table_with_room_for_everything() -> None:
    assert lines(drawn(ROWS[:3], screen(200))) == [
        "Reference                      Status              Ordered       Due             Total  Items  "
        "Customer                             Country",
        "amazon_fr:403-1180092-5527741  waiting_shipment    21 Nov 14:05  in 5 h      90.60 EUR      3  "
        "Élodie Fontaine                      FR",
        "cdiscount:2611210935XK4J       waiting_acceptance  21 Nov 08:00  2 h late  1249.00 EUR      1  "
        "Jean-Baptiste de la Tour d'Auvergne  FR",
        "zalando_fr:10105083492214      shipped             20 Nov 11:00             130.00 EUR      2  "
        "佐藤 さくら                          DE",
    ]


def test_off_a_terminal_values_are_whole_and_nothing_is_left_out() -> None:
    text = drawn(ROWS[:2], screen(40, tty=False))
    assert lines(text) == [
        "Reference                      Status              Ordered               Due                         "
        "Total  Items  Customer                             Country",
        "amazon_fr:403-1180092-5527741  waiting_shipment    2026-11-21T13:05:11Z  2026-11-23T14:00:00Z    "
        "90.60 EUR      3  Élodie Fontaine                      FR",
        "cdiscount:2611210935XK4J       waiting_acceptance  2026-11-21T07:00:00Z  2026-11-23T07:00:00Z  "
        "1249.00 EUR      1  Jean-Baptiste de la Tour d'Auvergne  FR",
    ]


def test_a_currency_in_a_column_of_its_own_is_told_once() -> None:
    """Where there is no room for that column, the amounts tell it after all."""
    columns = ("ref", "original_total", "total", "currency")
    rows: list[Row] = [("fnac:1", "100.00", "90.60", "EUR", "USD")]
    assert lines(drawn(rows, screen(60), columns)) == [
        "Reference  Original total  Total  Currency",
        "fnac:1         100.00 USD  90.60  EUR",
    ]
    assert lines(drawn(rows, screen(38), columns)) == [
        "Reference  Original total      Total",
        "fnac:1         100.00 USD  90.60 EUR",
    ]


def test_the_names_of_hidden_columns_are_told() -> None:
    assert table.write(ROWS, DEFAULT_TABLE, io.StringIO(), screen=screen(80)) == ("ordered_at", "customer", "country")
    assert table.write(ROWS, DEFAULT_TABLE, io.StringIO(), screen=screen(200)) == ()
    assert table.write(ROWS * 50, DEFAULT_TABLE, io.StringIO(), screen=screen(20))[0] == "status"


def test_colours_come_only_where_they_are_wanted_and_say_nothing_that_words_do_not() -> None:
    colored = drawn(ROWS, screen(120, color=True))
    assert "\x1b[" in colored
    assert "\x1b" not in drawn(ROWS, screen(120))
    assert lines(unpainted(colored)) == lines(drawn(ROWS, screen(120)))


def unpainted(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.mark.parametrize("count", [0, 1, 200, 201, 1500])
def test_tables_of_any_length_have_a_heading_and_a_line_a_row(count: int) -> None:
    rows = (ROWS * (count // len(ROWS) + 1))[:count]
    for on in (screen(100), screen(tty=False)):
        assert len(drawn(rows, on).splitlines()) == count + 1


def test_long_tables_look_like_short_ones() -> None:
    rows = ROWS * 50
    assert lines(drawn(rows, screen(100)))[:6] == lines(drawn(ROWS, screen(100)))


def test_the_first_rows_of_a_long_table_are_there_before_the_last_are_read() -> None:
    stream = io.StringIO()

    def rows() -> Iterator[Row]:
        for number in range(2000):
            if number == 1500:
                assert len(stream.getvalue().splitlines()) > 200
            yield ROWS[0]

    table.write(rows(), DEFAULT_TABLE, stream, screen=screen(100))


def test_a_longer_value_further_down_is_cut_on_a_terminal_and_whole_elsewhere() -> None:
    late = ("amazon_fr:" + "9" * 60, *ROWS[0][1:])
    rows = [*ROWS[:1] * 300, late]
    assert widest(drawn(rows, screen(100))) <= 100
    assert late[0] in drawn(rows, screen(100, tty=False))


@pytest.mark.parametrize("columns", [1, 2, 5, 10, 20, 39, 40, 60, 79, 80, 100, 200])
@pytest.mark.parametrize("count", [1, 60])
def test_no_line_is_ever_wider_than_the_terminal(columns: int, count: int) -> None:
    hostile: Row = (HOSTILE * 3, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 10**30, HOSTILE, HOSTILE, HOSTILE)
    text = drawn([*ROWS, hostile] * count, screen(columns))
    assert widest(text) <= columns


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=6), st.integers(10, 120))
def test_no_text_makes_a_table_too_wide_or_unsafe(names: list[str], columns: int) -> None:
    rows: list[Row] = [(*ROWS[0][:6], name, "FR", "EUR") for name in names]
    text = drawn(rows, screen(columns, color=True))
    assert not unsafe(text)
    assert widest(text) <= columns
    assert len(text.splitlines()) == len(rows) + 1


@pytest.mark.parametrize("on", [screen(100_000, color=True), screen(tty=False)], ids=["terminal", "pipe"])
@pytest.mark.parametrize("at", [0, 1, 6])
def test_every_dangerous_character_is_shown_in_tables(on: Screen, at: int) -> None:
    rows = []
    for start in range(0, len(DANGEROUS), 100):
        cells = list(ROWS[0])
        cells[at] = "".join(DANGEROUS[start : start + 100])
        rows.append(tuple(cells))
    assert not unsafe(drawn(rows, on))
    assert not unsafe(drawn(rows * 10, on))


def test_nothing_in_a_cell_is_read_as_markup() -> None:
    text = drawn([(*ROWS[0][:6], "[bold]x[/] [/] [link=https://e.example]y[/link] :smile:", "FR", "EUR")], screen(200))
    assert "[bold]x[/] [/] [link=https://e.example]y[/link] :smile:" in text


def test_malformed_amounts_and_times_are_shown_as_they_are() -> None:
    row: Row = ("bol:1", "shipped", "yesterday?", "soon", "=1+1", "many", None, None, "E[]R")
    assert lines(drawn([row], screen(200)))[1] == "bol:1      shipped  yesterday?  soon  =1+1 E[]R   many"


def test_wide_letters_and_emoji_keep_columns_aligned() -> None:
    names = ["Anna", "佐藤 さくら", "👩‍👩‍👧 x", "e\u0301e\u0301", "ＡＢ"]
    rows: list[Row] = [(f"bol:{at}", name, "FR") for at, name in enumerate(names)]
    for on in (screen(100), screen(tty=False)):
        text = drawn(rows, on, ("ref", "customer", "country"))
        assert {width(line[: line.rindex("FR")]) for line in text.splitlines()[1:]} == {24}


@pytest.mark.parametrize(("columns", "kind"), [(DEFAULT_LINES, Rows.LINE), (DEFAULT_PARCELS, Rows.PARCEL)])
@pytest.mark.parametrize("room", [80, 200])
def test_lines_and_parcels_have_tables_too(columns: tuple[str, ...], kind: Rows, room: int) -> None:
    row: Row = tuple("2026-11-23T08:00:00Z" if name.endswith("_at") else "7" for name in asked(columns, kind))
    text = drawn([row], screen(room), columns, kind)
    assert text.splitlines()[0].startswith("Reference")
    assert widest(text) <= room


def test_plain_columns_are_written_alike_with_and_without_a_terminal_for_ascii_and_other_text() -> None:
    rows: list[Row] = [("bol:1", "Anna", 5), ("bol:22", "Élodie", 12)]
    for tty in (True, False):
        stream = io.StringIO()
        plain.write(iter(rows), ("ref", "customer", "items"), stream, screen=screen(80, tty=tty))
        assert stream.getvalue() == (
            "Reference  Customer  Items\nbol:1      Anna          5\nbol:22     Élodie       12\n"
        )
