"""What actions do to lines, pieces and money, and what happens when they are repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

Lines = Callable[[dict[str, Any]], list[dict[str, Any]]]
SHIP_AMAZON = {
    "carrier": "DHL",
    "shipping_method": "Standard",
    "tracking_number": "T1",
    "shipping_date": "2026-03-02T10:00:00Z",
}


@pytest.fixture
def several(caller: Any, lines: Lines) -> Callable[[str, str], tuple[tuple[str, str], list[str]]]:
    """A plain order of a marketplace with several lines, and the ids of the lines."""

    def find(code: str, status: str) -> tuple[tuple[str, str], list[str]]:
        while True:
            ref = caller.sandbox.add_order(code, status=status, order_types=[])
            found = [line["marketplace_order_line_id"] for line in lines(caller.sandbox.order(*ref))]
            if len(found) == 2:
                return ref, found

    return find


def test_an_order_is_shipped_when_all_its_lines_are(caller: Any, several: Any, lines: Lines) -> None:
    ref, (first, second) = several("amazon_fr", "waiting_shipment")
    caller.outcome(ref, "ship", line=first, **SHIP_AMAZON)
    caller.sandbox.tick(timedelta(hours=1))
    order = caller.sandbox.order(*ref)
    assert (order["lengow_status"], order["marketplace_status"]) == ("waiting_shipment", "PartiallyShipped")
    assert [line["lengow_status"] for line in lines(order)] == ["shipped", "waiting_shipment"]
    caller.outcome(ref, "ship", line=second, **SHIP_AMAZON | {"tracking_number": "T2"})
    caller.sandbox.tick(timedelta(hours=1))
    order = caller.sandbox.order(*ref)
    assert (order["lengow_status"], order["marketplace_status"]) == ("shipped", "Shipped")
    trackings = order["packages"][0]["delivery"]["trackings"]
    assert [(row["number"], row["marketplace_order_line_ids"]) for row in trackings] == [
        ("T1", [first]),
        ("T2", [second]),
    ]
    assert trackings[0]["shipped_at"] == "2026-03-02T10:00:00Z"


def test_shipping_by_quantity_counts_the_pieces(caller: Any, lines: Lines) -> None:
    order = next(o for o in caller.sandbox.orders_in("waiting_shipment", "demo_quantity") if len(lines(o)) == 3)
    ref = (order["marketplace"], order["marketplace_order_id"])
    line_ids = [line["marketplace_order_line_id"] for line in lines(order)]
    given = {"carrier": "DHL", "tracking_number": "T"}
    assert caller.outcome(ref, "ship", line=line_ids[0], quantity=1, **given)["processed"]
    assert "2 left" in caller.outcome(ref, "ship", line=line_ids[0], quantity=3, **given)["errors"]
    assert caller.outcome(ref, "ship", line=line_ids[0], quantity=2, **given)["processed"]
    caller.sandbox.tick(timedelta(minutes=16))
    order = caller.sandbox.order(*ref)
    assert [line["lengow_status"] for line in lines(order)] == ["shipped", "waiting_shipment", "waiting_shipment"]
    assert (order["lengow_status"], order["marketplace_status"]) == ("waiting_shipment", "PARTLY_SENT")
    for line_id in line_ids[1:]:
        caller.outcome(ref, "ship", line=line_id, quantity=3, **given)
    caller.sandbox.tick(timedelta(minutes=16))
    assert caller.status(ref) == "shipped"
    assert len(caller.sandbox.order(*ref)["packages"][0]["delivery"]["trackings"]) == 4
    assert "_memo" not in caller.sandbox.order(*ref)


def test_a_second_shipment_is_a_second_parcel(caller: Any) -> None:
    ref = caller.first("waiting_shipment", "cdiscount")
    for number in ("T1", "T2"):
        caller.act(ref, "ship", carrier="GLS", tracking_number=number)
    caller.sandbox.tick(timedelta(minutes=20))
    assert [(e.outcome, e.why) for e in caller.sandbox.effects()] == [
        ("executed", None),
        ("executed", "a second parcel"),
    ]
    assert len(caller.sandbox.order(*ref)["packages"][0]["delivery"]["trackings"]) == 2


def test_strict_marketplaces_refuse_a_second_shipment(caller: Any) -> None:
    ref = caller.first("waiting_shipment", "decathlon_fr")
    for number in ("T1", "T2"):
        caller.act(ref, "ship", tracking_number=number)
    caller.sandbox.tick(timedelta(minutes=20))
    assert [e.outcome for e in caller.sandbox.effects()] == ["executed", "rejected"]


def test_a_second_refund_is_money_paid_twice(caller: Any) -> None:
    ref = caller.first("shipped", "cdiscount")
    for _ in range(2):
        caller.act(ref, "refund", refund_reason="ClientClaim")
    caller.sandbox.tick(timedelta(minutes=20))
    effects = caller.sandbox.effects()
    assert [e.executed for e in effects] == [True, True]
    assert effects[1].why == "money paid twice"
    order = caller.sandbox.order(*ref)
    assert (order["lengow_status"], order["marketplace_status"]) == ("refunded", "Cancelled")
    line = order["packages"][0]["cart"][0]
    assert float(line["refunded_amount"]) == pytest.approx(2 * float(line["amount"]))


def test_an_equal_partial_refund_is_paid_again(caller: Any, several: Any, lines: Lines) -> None:
    ref, (first, _) = several("decathlon_fr", "shipped")
    for price in ("2.50", "1.00", "2.50"):
        caller.outcome(ref, "refund", reason="15", line=first, refund_price=price)
    caller.sandbox.tick(timedelta(minutes=20))
    assert lines(caller.sandbox.order(*ref))[0]["refunded_amount"] == "6.00"
    assert [effect.why for effect in caller.sandbox.effects()] == [None, None, "money paid twice"]


def test_a_partial_refund_is_a_fact_of_its_line(caller: Any, several: Any, lines: Lines) -> None:
    ref, (first, _) = several("decathlon_fr", "shipped")
    caller.outcome(ref, "refund", reason="15", line=first, refund_price="2.50")
    caller.sandbox.tick(timedelta(minutes=20))
    order = caller.sandbox.order(*ref)
    assert order["lengow_status"] == "shipped"
    assert [line["refunded_amount"] for line in lines(order)] == ["2.50", None]


def test_refunding_one_of_two_lines_is_partial_where_there_is_a_word_for_it(
    caller: Any, several: Any, lines: Lines
) -> None:
    ref, (first, _second) = several("demo_quantity", "shipped")
    caller.outcome(ref, "refund", refund_reason="DAMAGED", line=first)
    caller.sandbox.tick(timedelta(minutes=20))
    assert caller.status(ref) == "partial_refunded"
    assert [line["lengow_status"] for line in lines(caller.sandbox.order(*ref))] == ["refunded", "shipped"]


def test_an_argument_that_a_marketplace_does_not_take_is_not_heard(caller: Any) -> None:
    ref = caller.first("shipped", "cdiscount")
    caller.outcome(ref, "refund", refund_reason="ClientClaim", refund_price="nonsense", line="nonsense")
    caller.sandbox.tick(timedelta(minutes=20))
    assert caller.status(ref) == "refunded"
    assert caller.sandbox.effects()[0].arguments["refund_price"] == "nonsense"


def test_fnac_pays_back_even_after_a_refusal(caller: Any) -> None:
    ref = caller.first("waiting_acceptance", "fnac")
    caller.outcome(ref, "refuse")
    caller.sandbox.tick(timedelta(hours=1))
    assert caller.status(ref) == "refused"
    assert caller.outcome(ref, "refund", refund_reason="no_stock")["processed"]
    caller.sandbox.tick(timedelta(hours=1))
    assert caller.status(ref) == "refunded"


def test_lines_are_accepted_and_refused_one_by_one(caller: Any, several: Any, lines: Lines) -> None:
    ref, (first, second) = several("fnac", "waiting_acceptance")
    caller.outcome(ref, "accept", line=first, expedition_country_code="FR")
    caller.sandbox.tick(timedelta(hours=1))
    assert caller.status(ref) == "waiting_acceptance"
    caller.outcome(ref, "refuse", line=second)
    caller.sandbox.tick(timedelta(minutes=40))
    assert [line["lengow_status"] for line in lines(caller.sandbox.order(*ref))] == ["accepted", "refused"]
    assert caller.status(ref) == "accepted"


def test_cancelling_what_is_left_finishes_the_order(caller: Any, several: Any) -> None:
    ref, (first, second) = several("amazon_fr", "waiting_shipment")
    caller.outcome(ref, "ship", line=first, **SHIP_AMAZON)
    caller.outcome(ref, "cancel", line=second, reason="NoInventory")
    caller.sandbox.tick(timedelta(hours=1))
    assert caller.status(ref) == "shipped"
    gone = caller.first("waiting_shipment", "amazon_fr")
    for _ in range(2):
        caller.act(gone, "cancel", reason="NoInventory")
    caller.sandbox.tick(timedelta(hours=2))
    assert caller.status(gone) == "canceled"
    assert [e.outcome for e in caller.sandbox.effects()] == ["executed", "executed", "executed", "rejected"]


def test_the_buyer_can_be_faster(caller: Any) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.act(ref, "accept")
    caller.sandbox.cancel_by_buyer(ref)
    caller.sandbox.tick(timedelta(minutes=2))
    assert [e.outcome for e in caller.sandbox.effects()] == ["rejected"]
    assert caller.status(ref) == "canceled"


def test_two_packages_get_a_parcel_each(caller: Any) -> None:
    order = next(o for o in caller.sandbox.orders_in("waiting_shipment", "kaufland_de") if len(o["packages"]) == 2)
    ref = (order["marketplace"], order["marketplace_order_id"])
    caller.outcome(ref, "ship", carrier="DHL", tracking_number="T1")
    caller.sandbox.tick(timedelta(minutes=20))
    packages = caller.sandbox.order(*ref)["packages"]
    assert [len(package["delivery"]["trackings"]) for package in packages] == [1, 1]
    assert packages[0]["delivery"]["id"] != packages[1]["delivery"]["id"]
