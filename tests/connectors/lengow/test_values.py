"""Single values of any type."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lengowctl.connectors.lengow import values

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("value", "read"),
    [("a", "a"), ("", None), (7, "7"), (Decimal("1.50"), "1.50"), (True, None), (None, None), ([], None), ({}, None)],
)
def test_text(value: object, read: str | None) -> None:
    assert values.text(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [(None, ()), ("a", ("a",)), (["a", 1, None, [], "b"], ("a", "1", "b")), ([], ()), ({}, ()), (5, ("5",))],
)
def test_texts(value: object, read: tuple[str, ...]) -> None:
    assert values.texts(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("59.80", Decimal("59.80")),
        (Decimal("40.3"), Decimal("40.3")),
        (0, Decimal(0)),
        ("-1.5", Decimal("-1.5")),
        (Decimal("0E-20"), None),
        (Decimal("1E+2"), Decimal("1E+2")),
        ("", None),
        ("12,50", None),
        ("NaN", None),
        ("1e5", None),
        ("٣", None),
        (Decimal("NaN"), None),
        (Decimal("Infinity"), None),
        (Decimal("1E+999999"), None),
        (10**15, None),
        (True, None),
        ([], None),
        ({}, None),
    ],
)
def test_money(value: object, read: Decimal | None) -> None:
    assert values.money(value) == read


def test_minus_one_is_no_amount_where_no_rate_was_known() -> None:
    assert [values.converted(value) for value in (-1, "-1.00", "-1.5", 2)] == [None, None, Decimal("-1.5"), Decimal(2)]


@pytest.mark.parametrize(
    ("value", "read"),
    [(2, 2), ("2", 2), (Decimal("2.0"), 2), ("2.00", 2), ("1.5", None), (2**63, None), (None, None), (True, None)],
)
def test_whole_numbers(value: object, read: int | None) -> None:
    assert values.whole(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2025-03-11T09:14:05Z", datetime(2025, 3, 11, 9, 14, 5, tzinfo=UTC)),
        ("2020-07-02T08:03:37.912433Z", datetime(2020, 7, 2, 8, 3, 37, 912433, tzinfo=UTC)),
        ("2022-12-21T12:22+01:00", datetime(2022, 12, 21, 11, 22, tzinfo=UTC)),
        ("2022-12-21T12:22:00", datetime(2022, 12, 21, 12, 22, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
        (1700000000, None),
        (None, None),
    ],
)
def test_moments_are_utc(value: object, read: datetime | None) -> None:
    assert values.moment(value) == read
    assert read is None or values.moment(value).tzinfo is UTC  # type: ignore[union-attr]


def test_what_cannot_be_stored_is_replaced_wherever_it_stands() -> None:
    assert values.storable({"a\x00": ["\ud800x", {"b": "😀"}, 1, None]}) == {
        "a\ufffd": ["\ufffdx", {"b": "😀"}, 1, None]
    }


@settings(max_examples=60)
@given(JSON)
def test_no_value_makes_a_reader_raise(value: object) -> None:
    for read in (
        values.text, values.texts, values.money, values.converted, values.whole, values.moment, values.flag,
        values.record, values.storable, lambda item: list(values.records(item)),
    ):  # fmt: skip
        read(value)
