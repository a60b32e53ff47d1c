"""Rows of a file: what counts once, what is several parcels, what contradicts itself."""

from __future__ import annotations

import pytest

from lengowctl.orders.arguments import Ask
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.rows import Merged, Row, merge_rows, takes_parcels

from .markets import markets

NOT_TAKEN = "does not take for the same goods; ship line by line, or keep one"


def row(place: int, number: str = "", *lines: tuple[str, int | None], code: str = "bol", action: str = "ship") -> Row:
    given = {"tracking_number": number} if number else {}
    return Row(f"row {place}", OrderKey(code, "1"), Ask(action, given, lines=lines))


def merge(*rows: Row) -> Merged:
    return merge_rows(rows, markets())


def told(*rows: Row) -> list[str]:
    found = merge(*rows)
    assert found.rows == ()
    return [clash.sentence for clash in found.clashes]


def test_rows_that_are_equal_count_once_and_other_orders_stand_beside() -> None:
    other = Row("row 3", OrderKey("bol", "2"), Ask("ship", {"tracking_number": "A"}))
    assert merge(row(1, "A"), row(2, "A"), other) == Merged((row(1, "A"), other), repeated=1)


def test_different_lines_of_an_order_stand_side_by_side() -> None:
    rows = (row(1, "A", ("L1", None)), row(2, "B", ("L2", None)))
    assert merge(*rows) == Merged(rows)


def test_two_parcels_for_the_same_goods_are_an_error_that_names_both() -> None:
    assert told(row(2, "A"), row(3, "B")) == [f"row 2 and row 3 give bol:1 two parcels, which bol {NOT_TAKEN}"]
    assert told(row(2, "A", ("L1", None)), row(3, "B", ("L1", None)))
    assert told(row(2, "A", code="jumble"), row(3, "B", code="jumble")) == [
        f"row 2 and row 3 give jumble:1 two parcels, which jumble {NOT_TAKEN}"
    ]


def test_two_parcels_are_taken_by_pieces_where_pieces_are_counted() -> None:
    rows = (row(1, "A", ("L1", 1), code="demo_quantity"), row(2, "B", ("L1", 1), code="demo_quantity"))
    assert merge(*rows) == Merged(rows)
    uncounted = (row(1, "A", ("L1", None), code="demo_quantity"), row(2, "B", ("L1", 1), code="demo_quantity"))
    assert len(merge(*uncounted).clashes) == 1


def test_ebay_takes_several_parcels_when_each_has_a_number() -> None:
    rows = (row(1, "A", code="ebay_fr"), row(2, "B", code="ebay_fr"))
    assert merge(*rows) == Merged(rows)
    assert told(row(1, "A", code="ebay_fr"), row(2, code="ebay_fr")) == [
        "row 1 and row 2 ask for ship on ebay_fr:1 with different arguments; say which"
    ]


def test_a_whole_order_and_a_line_of_it_contradict_each_other() -> None:
    assert told(row(1, "A"), row(2, "A", ("L1", None))) == [
        "row 1 and row 2 ask for bol:1 as a whole and for a part of it; say which"
    ]
    assert told(row(1, "A", ("L1", None), ("L2", None)), row(2, "B", ("L1", None)))


def test_other_actions_take_one_row_only() -> None:
    one, other = row(1, action="cancel"), Row("row 2", OrderKey("bol", "1"), Ask("cancel", {"reason": "x"}))
    assert told(one, other) == ["row 1 and row 2 ask for cancel on bol:1 with different arguments; say which"]


def test_all_rows_of_a_contradiction_fall_out_and_the_others_stay() -> None:
    third, good = row(4, "C"), Row("row 5", OrderKey("bol", "2"), Ask("ship"))
    found = merge(row(2, "A"), row(3, "B"), third, good)
    assert (found.rows, found.clashes[0].rows) == ((good,), (row(2, "A"), row(3, "B"), third))


@pytest.mark.parametrize("code", sorted(markets()))
def test_without_pieces_only_ebay_takes_several_parcels(code: str) -> None:
    assert takes_parcels(markets()[code], Ask("ship")) is (code == "ebay_fr")
    assert not takes_parcels(markets()[code], Ask("refund"))
    assert not takes_parcels(None, Ask("ship"))
