"""What must be done, and by when."""

from __future__ import annotations

import io

from lengowctl.orders.status import WAITING
from lengowctl.output import due
from lengowctl.output.columns import Stored

from .samples import HOSTILE, ROWS, screen, unsafe, widest

Row = tuple[Stored, ...]


def rows() -> list[Row]:
    at = {"ref": 0, "status": 1, "due_at": 3, "total": 4, "items": 5, "customer": 6, "country": 7, "currency": 8}
    return [tuple(row[at[name]] for name in due.ASKED) for row in ROWS[1::-1]]


def written(shown: list[Row], columns: int, *, tty: bool = True) -> str:
    stream = io.StringIO()
    due.write(shown, stream, screen(columns, tty=tty))
    return stream.getvalue()


def test_each_order_says_what_to_do_and_by_when() -> None:
    assert written(rows(), 80) == (
        "Due       To do   Reference                            Total  By     Items\n"
        "2 h late  accept  cdiscount:2611210935XK4J       1249.00 EUR  08:00      1\n"
        "in 5 h    ship    amazon_fr:403-1180092-5527741    90.60 EUR  15:00      3\n"
    )


def test_off_a_terminal_a_time_stands_once() -> None:
    heading, first, _ = written(rows(), 80, tty=False).splitlines()
    assert heading.split() == ["Due", "To", "do", "Reference", "Total", "Items", "Customer", "Country"]
    assert first.count("2026-") == 1


def test_nothing_due_is_nothing_written() -> None:
    assert written([], 80) == ""


def test_whatever_waits_for_the_merchant_has_its_word() -> None:
    assert set(due.TO_DO) == WAITING


def test_hostile_rows_stay_in_their_place() -> None:
    row: Row = (HOSTILE,) * len(due.ASKED)
    for columns in (30, 80, 200):
        assert widest(written([row, *rows()], columns)) <= columns
        assert not unsafe(written([row], columns))
