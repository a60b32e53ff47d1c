"""The rules that no description tells, and the closed lists: they show later, in `errors`."""

from __future__ import annotations

from typing import Any

import pytest

SHIP_AMAZON = {"shipping_method": "Standard", "tracking_number": "T1", "shipping_date": "2026-03-02T10:00:00+01:00"}
TRACKED = {"tracking_number": "T1"}


@pytest.mark.parametrize(
    ("code", "status", "action", "arguments", "said"),
    [
        ("amazon_fr", "waiting_shipment", "ship", SHIP_AMAZON | {"carrier": "Other"}, "carrier_name"),
        ("amazon_fr", "waiting_shipment", "ship", SHIP_AMAZON | {"carrier": "OTHER", "carrier_name": "Bob"}, None),
        ("amazon_fr", "waiting_shipment", "ship", SHIP_AMAZON | {"carrier": "DHL", "carrier_name": "x"}, "rejected"),
        ("amazon_fr", "waiting_shipment", "ship", SHIP_AMAZON | {"carrier": "DHLL"}, "not in the marketplace's list"),
        ("amazon_fr", "waiting_shipment", "ship", SHIP_AMAZON | {"carrier": "DHL", "shipping_method": "x" * 51}, "50"),
        (
            "amazon_fr",
            "waiting_shipment",
            "ship",
            SHIP_AMAZON | {"carrier": "DHL", "shipping_date": "soon"},
            "not a date",
        ),
        ("ebay_fr", "waiting_shipment", "ship", TRACKED, "tracking number and a shipping carrier"),
        ("ebay_fr", "waiting_shipment", "ship", TRACKED | {"custom_carrier": "Bob"}, None),
        ("ebay_fr", "waiting_shipment", "ship", TRACKED | {"carrier": "FR_Colissimo"}, "not in the marketplace's"),
        ("cdiscount", "waiting_shipment", "ship", TRACKED | {"carrier": "gls"}, "not in the marketplace's list"),
        ("cdiscount", "waiting_shipment", "ship", TRACKED | {"carrier": "GLS"}, None),
        ("fnac", "waiting_shipment", "ship", TRACKED, "carrier"),
        ("fnac", "waiting_shipment", "ship", TRACKED | {"carrier": "DPD"}, None),
        ("fnac", "waiting_shipment", "ship", {}, None),
        ("fnac", "waiting_acceptance", "accept", {"expedition_country_code": "ZZ"}, "not in the marketplace's list"),
        ("manomano_fr", "waiting_shipment", "ship", {"carrier": "Other"}, "carrier_name and tracking_url"),
        (
            "manomano_fr",
            "waiting_shipment",
            "ship",
            {"carrier": "Other", "carrier_name": "Bob", "tracking_url": "https://x.example"},
            None,
        ),
        ("veepee", "waiting_shipment", "ship", TRACKED | {"carrier": "130"}, "tracking_url is mandatory"),
        (
            "veepee",
            "waiting_shipment",
            "ship",
            TRACKED | {"carrier": "130", "tracking_url": "https://x.example"},
            None,
        ),
        ("veepee", "waiting_shipment", "ship", TRACKED | {"carrier": "FedEx"}, None),
        ("rakuten_fr", "waiting_shipment", "ship", TRACKED | {"carrier": "Autre"}, "URL de suivi"),
        ("zalando_fr", "waiting_shipment", "ship", TRACKED | {"carrier": "DHL"}, None),
        (
            "otto_de",
            "waiting_shipment",
            "ship",
            TRACKED | {"carrier": "DHL", "return_carrier": "UPS", "return_tracking_number": "R1"},
            "return_carrier",
        ),
        ("decathlon_fr", "waiting_shipment", "ship", TRACKED | {"carrier": "bob"}, "TRACKING_URL_REQUIRED"),
        ("decathlon_fr", "waiting_shipment", "ship", TRACKED | {"carrier_name": "Bob"}, "TRACKING_URL_REQUIRED"),
        ("decathlon_fr", "waiting_shipment", "ship", TRACKED, None),
        ("worten_pt", "waiting_shipment", "ship", TRACKED | {"carrier": "bob"}, None),
        ("kaufland_de", "shipped", "refund", {"refund_reason": "LATE", "refund_price": "99999"}, "too high"),
        ("kaufland_de", "shipped", "refund", {"refund_reason": "LATE", "refund_price": "0.50"}, None),
        ("kaufland_de", "shipped", "refund", {"refund_reason": "LATE", "refund_price": "-1"}, "not a number"),
        ("kaufland_de", "shipped", "refund", {"refund_reason": "LATE", "refund_price": "1e400"}, "not a number"),
        ("kaufland_de", "shipped", "refund", {"refund_reason": "LATE", "refund_price": "NaN"}, "not a number"),
        ("decathlon_fr", "shipped", "refund", {"reason": "15", "refund_price": "99999"}, "more than was paid"),
        ("decathlon_fr", "shipped", "refund", {"reason": "15", "refund_quantity": "99"}, "were bought"),
        ("decathlon_fr", "shipped", "refund", {"reason": "15", "refund_quantity": "1.0"}, None),
        ("bol", "waiting_shipment", "ship", TRACKED | {"line": "nonsense"}, "does not belong to this order"),
    ],
)
def test_what_marketplaces_object_to(
    caller: Any, code: str, status: str, action: str, arguments: dict[str, str], said: str | None
) -> None:
    row = caller.outcome(caller.first(status, code), action, **arguments)
    (effect,) = caller.sandbox.effects()
    if said is None:
        assert (row["processed"], row["errors"]) == (True, None)
        assert effect.executed
    else:
        assert (row["queued"], row["processed"]) == (False, False)
        assert said in row["errors"]
        assert (effect.outcome, effect.why) == ("rejected", row["errors"])


def test_kaufland_never_pays_the_whole_price_back(caller: Any) -> None:
    ref = caller.first("shipped", "kaufland_de")
    cart = caller.sandbox.order(*ref)["packages"][0]["cart"]
    line = cart[0]
    given = {"refund_reason": "PRICE", "line": line["marketplace_order_line_id"]}
    whole = caller.outcome(ref, "refund", refund_price=line["amount"], **given)
    assert "too high" in whole["errors"]
    less = f"{float(line['amount']) - 0.01:.2f}"
    assert caller.outcome(ref, "refund", refund_price=less, **given)["processed"]


def test_mirakl_refunds_a_closed_order_only_while_it_is_received(caller: Any) -> None:
    received = caller.sandbox.add_order("decathlon_fr", status="closed")
    assert caller.outcome(received, "refund", reason="15")["processed"]
    final = caller.sandbox.add_order("decathlon_fr", status="closed", marketplace_status="CLOSED")
    assert "ORDER_INVALID_STATE" in caller.outcome(final, "refund", reason="15")["errors"]


def test_a_missing_return_number_at_zalando_is_only_frowned_upon(caller: Any) -> None:
    caller.outcome(caller.first("waiting_shipment", "zalando_fr"), "ship", carrier="DHL", tracking_number="T1")
    (effect,) = caller.sandbox.effects()
    assert effect.executed
    assert "return tracking number" in (effect.why or "")


@pytest.mark.parametrize(("code", "said"), [("leroymerlin_fr", "ORDER_FULFILLED_UNAUTHORIZED"), ("bol", "fulfilled")])
def test_what_the_marketplace_ships_itself_is_not_the_sellers(caller: Any, code: str, said: str) -> None:
    types = [{"type": "is_delivered_by_marketplace", "label": "X"}]
    ref = caller.sandbox.add_order(code, status="waiting_shipment", order_types=types)
    assert said in caller.outcome(ref, "ship", tracking_number="T1")["errors"]


def test_a_value_that_the_marketplace_mistrusts_is_turned_down_for_that_order_alone(caller: Any) -> None:
    """The order itself stays as it is, also to those who ask for what has changed."""
    ref, other = (caller.sandbox.add_order("cdiscount", status="waiting_shipment") for _ in range(2))
    before = caller.sandbox.order(*ref)
    caller.sandbox.mistrust(ref, "T1")
    assert caller.sandbox.order(*ref) == before
    said = "The value 'T1' of tracking_number is not known to the carrier."
    assert caller.outcome(ref, "ship", carrier="GLS", **TRACKED)["errors"] == said
    assert caller.outcome(ref, "ship", carrier="GLS", tracking_number="T2")["errors"] is None
    assert caller.outcome(other, "ship", carrier="GLS", **TRACKED)["errors"] is None
