"""The statuses and their flow."""

from __future__ import annotations

import io
import json
import re

import pytest

from lengowctl.orders.status import STATUSES
from lengowctl.output import flow
from lengowctl.output.screen import Screen

from .samples import screen, widest


def page(on: Screen) -> str:
    stream = io.StringIO()
    flow.render(stream, on)
    return stream.getvalue()


@pytest.mark.parametrize("columns", [30, 60, 79, 80, 120, 180, 200])
def test_the_page_fits_and_is_drawn_where_it_does(columns: int) -> None:
    text = page(screen(columns))
    assert widest(text) <= columns
    assert ("[waiting_acceptance]" in text) == (columns >= 79)


def test_the_drawing_shows_every_status_and_no_other_word() -> None:
    assert set(re.findall(r"\[([a-z_]+)\]", page(screen(80)))) == set(STATUSES)


def test_each_status_stands_in_the_table_with_its_meaning_and_who_moves_it_on() -> None:
    text = " ".join(page(screen(80)).split())
    for status in STATUSES.values():
        assert f"{status.word} {status.meaning} moved on by {status.moved_by}" in text


def test_colours_add_nothing_to_the_words() -> None:
    painted = page(screen(100, color=True))
    assert "\x1b[" in painted
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == page(screen(100)) == page(screen(100))


def test_other_formats_have_a_row_for_each_status() -> None:
    rows = list(flow.rows())
    assert [row[0] for row in rows] == list(STATUSES)
    assert all(len(row) == len(flow.COLUMNS) for row in rows)
    assert rows[0] == (
        "new", "New", "The marketplace has the order; nothing can be done yet.",
        "the marketplace, when payment is cleared",
        json.dumps(["waiting_acceptance", "waiting_shipment", "canceled"]), 0,
    )  # fmt: skip


def test_a_stream_of_ascii_gets_an_ascii_drawing() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    flow.render(stream, screen(tty=False))
    stream.seek(0)
    assert "> [waiting_shipment] --" in stream.read()
