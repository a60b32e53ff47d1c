"""Marketplaces' descriptions of themselves, and request limits."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lengowctl.connectors.base import RouteBudget
from lengowctl.connectors.lengow.catalog import read_limits, read_marketplaces
from lengowctl.connectors.lengow.description import read_description
from lengowctl.connectors.lengow.wire import LengowReader
from lengowctl.errors import BadAnswer
from lengowctl.orders.marketplace import Action, Argument, Marketplace

from ..world import MARKETPLACES

MIRAKL = Marketplace(
    code="demo_mirakl_fr",
    name="Demo Mirakl FR",
    country="FR",
    statuses=(
        ("new", ("STAGING",)),
        ("waiting_acceptance", ("WAITING_ACCEPTANCE",)),
        ("accepted", ("WAITING_DEBIT", "WAITING_DEBIT_PAYMENT")),
        ("waiting_shipment", ("SHIPPING",)),
        ("shipped", ("SHIPPED",)),
        ("closed", ("RECEIVED", "CLOSED")),
        ("refused", ("REFUSED",)),
        ("canceled", ("CANCELED",)),
        ("refunding", ("WAITING_REFUND", "WAITING_REFUND_PAYMENT")),
        ("refunded", ("REFUNDED",)),
    ),
    actions=(
        Action("accept", ("waiting_acceptance",), (Argument("line", False, "line_number"),)),
        Action(
            "refuse",
            ("waiting_acceptance",),
            (
                Argument(
                    "reason",
                    True,
                    "list",
                    (("OUT_OF_STOCK", "Out of stock"), ("OTHER", "Other")),
                    False,
                    "OUT_OF_STOCK",
                ),
            ),
        ),
        Action(
            "ship",
            ("waiting_shipment",),
            (
                Argument("tracking_number", True, "string"),
                Argument("carrier", False, "string", (("LAPOSTE", "La Poste"), ("GLS", "GLS"))),
                Argument("tracking_url", False, "string"),
            ),
        ),
        Action(
            "refund",
            ("shipped", "closed"),
            (
                Argument("reason", True, "list", (("15", "Item returned"), ("16", "Damaged")), False, "15"),
                Argument("line", False, "line_number"),
                Argument("refund_quantity", False, "quantity"),
                Argument("refund_price", False, "string"),
            ),
        ),
    ),
    carriers=(("LAPOSTE", "La Poste"), ("GLS", "GLS")),
    homepage="https://marketplace.example/",
    features=("invoice_upload",),
)


def test_the_example_is_read_whole_and_each_description_kept_as_it_came() -> None:
    first, second = read_marketplaces(MARKETPLACES)
    assert first.marketplace == MIRAKL
    assert json.loads(second.body) == json.loads(MARKETPLACES)["demo_amz_de"]
    assert second.body in MARKETPLACES
    assert LengowReader().marketplace("DEMO_mirakl_fr", first.body) == MIRAKL
    ship = second.marketplace.action("ship")
    assert ship is not None
    assert ship.arguments[0] == Argument(
        "carrier", True, "list", (("DHL", "DHL"), ("UPS", "UPS"), ("Other", "Other")), False
    )


def test_a_description_of_2016_reads() -> None:
    value = {
        "orders": {
            "status": {"new": "NEW"},
            "actions": {"ship": {"args": ["a", "a"], "optional_args": ["a", "b"]}},
            "carriers": {},
        }
    }
    assert read_description("Old_FR", value) == Marketplace(
        "old_fr",
        "old_fr",
        None,
        (("new", ("NEW",)),),
        (Action("ship", (), (Argument("a", True), Argument("b", False))),),
    )


@pytest.mark.parametrize(
    ("value", "unknown"),
    [
        ({}, ()),
        ({"orders": []}, ("orders is no object",)),
        ({"orders": {"actions": [], "status": "x"}}, ("orders.status is no object", "orders.actions is no object")),
        ({"orders": {"actions": {"ship": 1}}}, ("the action ship is no object",)),
        (
            {"orders": {"actions": {"ship": {"args_description": 5}}}},
            ("the arguments of ship are described in a way that makes no sense",),
        ),
        ({"orders": {"actions": {"ship": {"args_description": None}}}}, ()),
        ({"orders": {"carriers": ["A", {"code": "B", "label": "Bee"}, 5, None, []]}}, ()),
    ],
)
def test_what_makes_no_sense_is_named_and_the_rest_stands(value: Any, unknown: tuple[str, ...]) -> None:
    assert read_description("x", value).unknown == unknown


def test_carriers_in_any_shape() -> None:
    shapes = ({"A": {"label": "Ay"}}, {"A": "Ay"}, [{"code": "A", "label": "Ay"}])
    assert {read_description("x", {"orders": {"carriers": shape}}).carriers for shape in shapes} == {(("A", "Ay"),)}
    assert read_description("x", {"orders": {"carriers": {"A": None}}}).carriers == (("A", "A"),)


def test_free_values_are_taken_unless_it_says_no() -> None:
    described = {"a": {}, "b": {"accept_free_values": False}, "c": {"accept_free_values": None}}
    action = {"args": ["a", "b", "c"], "args_description": described}
    found = read_description("x", {"orders": {"actions": {"ship": action}}}).actions[0].arguments
    assert [argument.free for argument in found] == [True, False, True]


def test_one_description_that_cannot_be_read_spoils_no_other() -> None:
    bad, good = read_marketplaces(b'{"A_FR": {"name": NaN}, "b": {"name": "Bee"}, "": {}}')
    assert (bad.marketplace, bad.body) == (
        Marketplace("a_fr", "a_fr", None, unknown=("it holds NaN, which is no number",)), b'{"name": NaN}',
    )  # fmt: skip
    assert good.marketplace.name == "Bee"
    with pytest.raises(ValueError, match="no number"):
        LengowReader().marketplace("a_fr", bad.body)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"error": {"code": 1}}', b'{"detail": "x"}', MARKETPLACES[:900]]
)
def test_what_holds_no_marketplaces_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_marketplaces(body)


def test_no_marketplace_at_all_is_an_answer() -> None:
    assert read_marketplaces(b"{}") == ()


def test_limits_are_read_with_their_nulls() -> None:
    rows = [
        {"url_base": "/orders", "method": "GET", "boundary": 500, "remaining_credit": 499, "remaining_time": 42},
        {
            "url_base": "/marketplaces",
            "method": "get",
            "boundary": None,
            "remaining_credit": None,
            "remaining_time": None,
        },
        {"url_base": "/odd", "boundary": "20", "remaining_credit": -3, "remaining_time": 999},
        {"no": "route"},
        7,
    ]
    assert read_limits(json.dumps(rows).encode()) == (
        RouteBudget("/orders", "GET", 500, 499, 42.0),
        RouteBudget("/marketplaces", "GET", None, None, None),
        RouteBudget("/odd", "GET", 20, 0, 60.0),
    )


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[NaN]", b"[1", b"null"])
def test_what_holds_no_limits_is_a_bad_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_limits(body)
