"""Two readings of one order in, the differences out."""

from __future__ import annotations

from lengowctl.orders.change import Change, differences


def test_only_what_differs_is_news_in_the_order_of_the_new_reading_as_text() -> None:
    old = {"ref": "a:1", "status": "new", "total": "1.00", "items": 1, "carrier": None, "updated_at": "x"}
    new = {"ref": "a:2", "items": 2, "status": "shipped", "total": "1.00", "carrier": "DPD", "updated_at": "y"}
    assert differences(old, new) == [
        Change("items", "1", "2"),
        Change("status", "new", "shipped"),
        Change("carrier", None, "DPD"),
    ]


def test_what_follows_from_reading_again_is_no_news() -> None:
    quiet = ("ref", "updated_at", "synced_at", "profile", "action", "action_state")
    assert differences(dict.fromkeys(quiet, "a"), dict.fromkeys(quiet, "b")) == []


def test_a_field_that_was_not_there_before_changed_from_nothing_and_a_line_is_named() -> None:
    assert differences({}, {"line_status": "shipped"}, "L1") == [Change("line_status", None, "shipped", "L1")]
