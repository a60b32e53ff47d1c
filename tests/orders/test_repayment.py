"""How much of an order is paid back, by whomever."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from lengowctl.orders.model import Order
from lengowctl.orders.repayment import most, paid_back, shown, worth

from .samples import make_line, make_order

ONE = make_line(line_id="L1", quantity=4, amount=Decimal("40.00"))
TWO = make_line(line_id="L2", quantity=1, amount=Decimal("10.00"))


def order(*lines: object, **changes: object) -> Order:
    made = make_order(*(lines or (ONE, TWO)))  # type: ignore[arg-type]
    return replace(made, **{"original_total": Decimal("55.00"), **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arguments", "amount"),
    [
        ({"refund_price": "12.50"}, "12.50"),
        ({"refund_price": "12.50", "line": "L1"}, "12.50"),
        ({"reason": "15"}, "55.00"),
        ({"line": "L1"}, "40.00"),
        ({"line": "L1", "refund_quantity": "1"}, "10.00"),
        ({"line": "L1", "quantity": "9"}, "40.00"),
        ({"line": "L1", "quantity": "some"}, "40.00"),
        ({"line": "L9"}, None),
    ],
)
def test_a_refund_is_worth_its_amount_else_what_it_is_for(arguments: dict[str, str], amount: str | None) -> None:
    assert worth(order(), arguments) == (None if amount is None else Decimal(amount))


def test_what_nobody_can_tell_is_none() -> None:
    unknown = order(replace(ONE, amount=None), TWO)
    assert (worth(unknown, {}), worth(unknown, {"line": "L1"}), most(unknown)) == (None, None, None)


def test_the_most_is_the_orders_total_or_its_goods_where_that_is_more_or_all_that_is_known() -> None:
    totals = (Decimal("55.00"), Decimal("45.00"), None)
    assert [most(order(original_total=total)) for total in totals] == [
        Decimal("55.00"),
        Decimal("50.00"),
        Decimal("50.00"),
    ]


def test_of_a_line_without_pieces_all_is_paid_back() -> None:
    odd = order(replace(ONE, quantity=0), TWO)
    assert worth(odd, {"line": "L1", "quantity": "1"}) == Decimal("40.00")


def test_the_marketplaces_currency_counts_and_the_accounts_where_they_are_one() -> None:
    back = replace(ONE, refunded_amount=Decimal("4.00"))
    both = replace(back, original_refunded_amount=Decimal("17.20"))
    assert shown(order(back, TWO)) == Decimal("4.00")
    assert shown(order(both, TWO, original_currency="PLN")) == Decimal("17.20")
    assert shown(order(back, TWO, original_currency="PLN")) == 0


def test_what_the_order_shows_and_what_we_did_is_not_counted_twice_and_what_is_under_way_is_added() -> None:
    shows_ten = order(ONE, replace(TWO, refunded_amount=Decimal("10.00")))
    five, seven = {"refund_price": "5.00"}, {"refund_price": "7.00"}
    assert paid_back(order(), [five, seven], []) == Decimal("12.00")
    assert paid_back(shows_ten, [five], []) == Decimal("10.00")
    assert paid_back(shows_ten, [five, seven], []) == Decimal("12.00")
    assert paid_back(shows_ten, [five], [seven]) == Decimal("17.00")
    assert paid_back(order(), [{"reason": "15"}], []) == Decimal("55.00")
