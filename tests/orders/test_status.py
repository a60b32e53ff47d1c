"""Statuses: an open list, each known one complete."""

from __future__ import annotations

from lengowctl.orders.status import OPEN, STATUSES, WAITING, name_of


def test_the_sixteen_words_of_lengow_are_known() -> None:
    assert tuple(STATUSES) == (
        "new", "waiting_acceptance", "accepted", "waiting_shipment", "shipped", "closed", "refused", "canceled",
        "refunding", "refunded", "partial_refunded", "to_refund", "pickup_to_prepare", "to_pickup",
        "pickup_completed", "pickup_canceled",
    )  # fmt: skip


def test_each_status_is_told_in_full_and_leads_only_to_known_ones() -> None:
    for word, status in STATUSES.items():
        assert status.word == word
        assert status.name
        assert status.meaning.endswith(".")
        assert status.moved_by
        assert set(status.next) <= set(STATUSES)


def test_what_waits_for_the_merchant_is_open() -> None:
    assert WAITING <= OPEN
    assert {
        "new", "waiting_acceptance", "accepted", "waiting_shipment", "to_refund", "pickup_to_prepare", "to_pickup",
    } == OPEN  # fmt: skip


def test_an_unknown_status_is_its_own_name() -> None:
    assert (name_of("waiting_shipment"), name_of("on_the_moon"), name_of(None)) == (
        "Awaiting shipment",
        "on_the_moon",
        "",
    )
