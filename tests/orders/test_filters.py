"""Filters as typed become one selection."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from lengowctl.errors import UsageFault
from lengowctl.orders.filters import FILTERS, Typed, select
from lengowctl.orders.selection import Selection

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=2))


def chosen(**typed: Typed) -> Selection:
    return select(typed, now=NOW, zone=EAST)


def test_nothing_typed_filters_nothing() -> None:
    assert chosen() == Selection()
    assert chosen(status=None, sku=[], overdue=False, imported=None) == Selection()


def test_every_filter_reaches_the_selection() -> None:
    assert chosen(
        status=["Shipped,closed", "new"],
        line_status=["shipped"],
        marketplace=["Amazon_*, fnac"],
        country=["fr", "DE"],
        currency=["eur"],
        since="2026-11-01",
        until="2026-11-02",
        updated_since="-2h",
        due_within="24h",
        min_total="10",
        max_total="99.90",
        sku=["A,1", "B*"],
        search="jos é",
        type=["express,is_prime"],
        imported=False,
        action_state=["doubtful"],
        carrier=["Colis, privé"],
    ) == Selection(
        statuses=("shipped", "closed", "new"),
        line_statuses=("shipped",),
        marketplaces=("amazon_*", "fnac"),
        countries=("FR", "DE"),
        currencies=("EUR",),
        since=datetime(2026, 10, 31, 22, tzinfo=UTC),
        until=datetime(2026, 11, 2, 22, tzinfo=UTC),
        updated_since=NOW - timedelta(hours=2),
        due_before=NOW + timedelta(hours=24),
        min_total=Decimal(10),
        max_total=Decimal("99.90"),
        skus=("A,1", "B*"),
        search="jos é",
        types=("is_express", "is_prime"),
        imported=False,
        action_states=("doubtful",),
        carriers=("Colis, privé",),
    )


def test_overdue_means_due_by_now_whatever_time_is_left_to_others() -> None:
    assert chosen(overdue=True, due_within="2d") == Selection(due_before=NOW)


def test_an_unknown_status_passes() -> None:
    assert chosen(status=["brand_new_word"]).statuses == ("brand_new_word",)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("status", [""], "--status is empty"),
        ("status", [" , "], "--status is empty"),
        ("marketplace", [""], "--marketplace is empty"),
        ("sku", [" "], "--sku is empty"),
        ("search", " ", "--search is empty"),
        ("since", "soon", "--since: 'soon' is not a date"),
        ("until", "2026-13-01", "--until: '2026-13-01' is not a date"),
        ("updated_since", "", "--updated-since: '' is not a date"),
        ("due_within", "2", "--due-within: '2' is not a length of time"),
        ("due_within", "999999w", "--due-within: "),
        ("min_total", "1,5", "--min-total: '1,5' is not an amount"),
        ("max_total", "NaN", "--max-total: 'NaN' is not an amount"),
        ("max_total", "1e999999999999999999", "--max-total: "),
        ("type", ["expres"], "--type: there is no 'expres'"),
        ("action_state", ["sent"], "--action-state: there is no 'sent'"),
    ],
)
def test_a_value_without_sense_is_refused_with_the_name_of_its_option(name: str, value: Typed, says: str) -> None:
    with pytest.raises(UsageFault) as caught:
        chosen(**{name: value})
    assert caught.value.message.startswith(says)


def test_filters_that_exclude_each_other_are_refused() -> None:
    with pytest.raises(UsageFault, match="--since is not before --until"):
        chosen(since="2026-11-02", until="2026-11-01")
    with pytest.raises(UsageFault, match="--min-total is more than --max-total"):
        chosen(min_total="2", max_total="1")


def test_the_names_of_filters_are_a_promise() -> None:
    assert [row.option for row in FILTERS] == [
        "--status", "--line-status", "--marketplace", "--country", "--currency", "--since", "--until",
        "--updated-since", "--due-within", "--overdue", "--min-total", "--max-total", "--sku", "--search", "--type",
        "--imported", "--action-state", "--carrier",
    ]  # fmt: skip
    assert {row.short for row in FILTERS if row.short} == {"-s", "-m"}
