"""References alone."""

from __future__ import annotations

import io

from lengowctl.output import count, ids

from .samples import unsafe


def test_each_reference_is_a_line_and_rows_of_one_order_give_one() -> None:
    stream = io.StringIO()
    rows = [("bol:1", "x"), ("bol:1", "y"), ("bol:2", None), ("bol:1", None)]
    assert ids.write(iter(rows), stream) == 3
    assert stream.getvalue() == "bol:1\nbol:2\nbol:1\n"


def test_a_reference_that_is_none_of_ours_is_still_harmless() -> None:
    stream = io.StringIO()
    ids.write([("a\nb\x1b",)], stream)
    assert stream.getvalue() == "a\\nb\\x1b\n"
    assert not unsafe(stream.getvalue())


def test_a_count_is_a_number_and_nothing_else() -> None:
    stream = io.StringIO()
    count.write(12345, stream)
    assert stream.getvalue() == "12345\n"
