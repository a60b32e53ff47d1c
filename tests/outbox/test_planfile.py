"""A plan in a file comes back as it was, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lengowctl.outbox.planfile import Plan, PlanRow, drift, looks_of, plan_text, read_plan

from .conftest import ship
from .source import NOON, key, make_order

PLAN = Plan("main", "lengow|x|1", "ship", NOON, (PlanRow(key(1), looks_of(make_order(1)), (ship(1, carrier="é"),)),))


def test_it_comes_back_as_it_was() -> None:
    assert read_plan(plan_text(PLAN)) == PLAN
    assert plan_text(PLAN).isascii()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it is not JSON"),
        ("[" * 100_000, "it is not JSON"),
        ("[]", "it is not a plan of lengowctl"),
        ("{}", "it is not a plan of lengowctl"),
        (plan_text(PLAN).replace('"version": 1', '"version": 2'), "another version"),
        (plan_text(PLAN).replace("N000001", "N000002"), "it was altered since it was written"),
        (plan_text(PLAN).replace('"digest"', '"digits"'), "it was altered since it was written"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_plan(text)


def test_every_part_is_under_the_digest() -> None:
    content = json.loads(plan_text(PLAN))
    for name in content:
        altered = json.dumps({**content, name: "x"})
        with pytest.raises(ValueError):
            read_plan(altered)


def test_what_has_changed_is_told_in_words() -> None:
    before, order = looks_of(make_order(1)), make_order(1)
    line = replace(order.lines[0], quantity=1)
    changed = replace(order, status="canceled", packages=(replace(order.packages[0], lines=(line,)),))
    assert drift(before, before) == ()
    assert drift(before, looks_of(replace(order, updated_at=NOON.replace(hour=15)))) == ()
    assert drift(before, looks_of(changed)) == (
        "status: waiting_acceptance → canceled",
        "line 1-1: 2 x SKU, waiting_acceptance → 1 x SKU, waiting_acceptance",
        "line 1-2 is gone",
    )
