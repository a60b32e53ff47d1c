"""How columns look, and which of them fit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.orders.fields import DEFAULT_LINES, DEFAULT_TABLE, Kind, Rows
from lengowctl.orders.status import STATUSES
from lengowctl.output.columns import GAP, Column, Wording, asked, columns_of, lay_out, listed, money, status_style

from .samples import HOSTILE, screen, unsafe


def test_a_table_asks_for_its_columns_and_then_for_their_currencies() -> None:
    assert asked(DEFAULT_TABLE, Rows.ORDER) == (*DEFAULT_TABLE, "currency")
    assert asked(("currency", "total", "original_total"), Rows.ORDER) == (
        "currency", "total", "original_total", "original_currency",
    )  # fmt: skip
    assert asked(("ref", "items"), Rows.ORDER) == ("ref", "items")
    assert asked(DEFAULT_LINES, Rows.LINE) == DEFAULT_LINES


def test_numbers_stand_at_the_right() -> None:
    assert [column.name for column in columns_of(DEFAULT_TABLE, Rows.ORDER) if column.right] == ["total", "items"]


def test_an_amount_stands_with_its_currencys_code() -> None:
    assert [money("90.60", "EUR"), money("5", None), money(None, "EUR")] == ["90.60 EUR", "5", ""]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [('["A","B"]', "A, B"), ("[]", ""), ("not json", "not json"), ('{"a":1}', '{"a":1}'), ("[1]", "1")],
)
def test_a_list_is_shown_as_words(stored: str, shown: str) -> None:
    assert listed(stored) == shown


def test_a_nesting_bomb_is_shown_as_it_is() -> None:
    assert listed("[" * 100_000) == "[" * 100_000


@pytest.mark.parametrize("kind", list(Kind))
def test_hostile_values_are_clean_in_every_kind_of_column(kind: Kind) -> None:
    column = Column("x", "X", kind, "currency" if kind is Kind.MONEY else None)
    for tty in (True, False):
        cells = Wording(screen(tty=tty)).cells(column, [HOSTILE, None, 7], [HOSTILE, None, "EUR"], brief=False)
        assert not unsafe("".join(cells), allowed="")
        assert len(cells) == 3


def test_times_are_words_for_people_and_whole_for_files() -> None:
    ordered, due = columns_of(("ordered_at", "due_at"), Rows.ORDER)
    values = ["2026-11-23T07:00:00Z", "2026-11-23T14:00:00Z", None]
    here, file = Wording(screen()), Wording(screen(tty=False))
    assert here.cells(ordered, values, values, brief=False) == ["23 Nov 08:00", "23 Nov 15:00", ""]
    assert here.cells(ordered, values, values, brief=True) == ["08:00", "15:00", ""]
    assert here.cells(due, values, values, brief=False) == ["2 h late", "in 5 h", ""]
    assert file.cells(due, values, values, brief=False) == ["2026-11-23T07:00:00Z", "2026-11-23T14:00:00Z", ""]


def test_every_status_has_a_colour_and_an_unknown_one_none() -> None:
    assert all(status_style(word) for word in STATUSES)
    assert status_style("on_the_moon") == ""
    assert status_style(None) == ""


def chosen(names: tuple[str, ...], wide: list[int], slim: list[int], room: int) -> list[tuple[str, int]]:
    return [(lane.column.name, lane.room) for lane in lay_out(columns_of(names, Rows.ORDER), wide, slim, room)]


def test_the_most_important_columns_stay_and_get_the_room() -> None:
    wide, slim = [29, 18, 12, 8, 11, 5, 30, 7], [29, 18, 7, 8, 11, 5, 12, 7]
    assert chosen(DEFAULT_TABLE, wide, slim, 80) == [
        ("ref", 29), ("status", 18), ("due_at", 8), ("total", 11), ("items", 5),
    ]  # fmt: skip
    assert [name for name, _ in chosen(DEFAULT_TABLE, wide, slim, 134)] == list(DEFAULT_TABLE)
    assert chosen(DEFAULT_TABLE, wide, slim, 200)[6] == ("customer", 30)
    assert chosen(DEFAULT_TABLE, wide, slim, 20) == [("ref", 20)]


def test_columns_of_the_users_own_choice_go_from_the_right() -> None:
    names = ("country", "customer", "ref")
    assert chosen(names, [7, 30, 29], [7, 12, 29], 30) == [("country", 7), ("customer", 21)]


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=8, max_size=8), st.integers(1, 250))
def test_a_layout_is_never_wider_than_its_room(sizes: list[tuple[int, int]], room: int) -> None:
    wide, slim = [max(pair) for pair in sizes], [min(pair) for pair in sizes]
    lanes = chosen(DEFAULT_TABLE, wide, slim, room)
    assert sum(cells + GAP for _, cells in lanes) - GAP <= room
    assert lanes[0][0] == "ref"
    assert [name for name, _ in lanes] == [name for name in DEFAULT_TABLE if name in dict(lanes)]
