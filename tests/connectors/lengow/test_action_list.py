"""Lengow's list of actions: read whatever the types, refused where it proves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengowctl.connectors.base import ActionPage, ActionQuery, ActionReading
from lengowctl.connectors.lengow.action_list import check_filters, parameters, read_actions
from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.errors import BadAnswer, FilterIgnored, OutOfReach, Refused
from lengowctl.orders.reference import OrderKey

from ..world import NOON, Pretended

Make = Callable[..., LengowClient]
KEY = OrderKey("amazon_fr", "403-1180092-5527741")
MOVED = datetime(2020, 7, 2, 8, 3, 37, 912433, tzinfo=UTC)
ROW: dict[str, Any] = {
    "id": 13244460,
    "marketplace_order_id": KEY.order_id,
    "account_id": 4242,
    "marketplace": "amazon_fr",
    "action_type": "ship",
    "processed": True,
    "queued": False,
    "errors": None,
    "line": None,
    "tracking_number": "8R1",
    "carrier": "DPD",
    "created_at": "2020-07-02T08:03:36.562433Z",
    "updated_at": "2020-07-02T08:03:37.912433Z",
}


def page(*rows: object, **envelope: object) -> bytes:
    return json.dumps({"count": len(rows), "next": None, "previous": None, "results": list(rows), **envelope}).encode()


def read(**changes: object) -> ActionReading:
    """The example, changed, as it is read."""
    count, (action,) = read_actions(page({**ROW, **changes}))
    assert count == 1
    return action


def test_an_action_as_lengow_lists_it() -> None:
    assert read() == ActionReading(
        id=13244460,
        key=KEY,
        action="ship",
        arguments=(("carrier", "DPD"), ("tracking_number", "8R1")),
        queued=False,
        processed=True,
        errors=None,
        created_at=MOVED - timedelta(seconds=1.35),
        updated_at=MOVED,
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", None),
        ([], None),
        ({}, None),
        ("0", "0"),
        (0, "0"),
        (12, "12"),
        (12.50, "12.5"),
        (1e20, "100000000000000000000"),
        (True, "true"),
        (False, "false"),
        ("True", "True"),
        (["a", 1], '["a", 1]'),
        ({"b": 1.5, "a": None}, '{"a": null, "b": "1.5"}'),
        ("\ud800\x00é", "\ufffd\ufffdé"),
    ],
)
def test_an_argument_is_text_whatever_its_type(value: object, text: str | None) -> None:
    """Those that nobody has heard of too; null and empty ones were not given."""
    arguments = dict(read(delivery_experience=value).arguments)
    assert arguments.get("delivery_experience") == text
    assert ("delivery_experience" in arguments) is (text is not None)


def test_a_number_keeps_its_figures() -> None:
    body = page(ROW | {"refund_price": "AMOUNT"}).replace(b'"AMOUNT"', b"12.50")
    assert dict(read_actions(body)[1][0].arguments)["refund_price"] == "12.50"


@pytest.mark.parametrize(
    ("value", "errors"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ([], None),
        ([None, ""], None),
        ({}, None),
        (False, None),
        ("Pas trouvé", "Pas trouvé"),
        (["no carrier", "no number"], "no carrier, no number"),
        ({"message": "no"}, '{"message": "no"}'),
        (42, "42"),
        (True, "true"),
    ],
)
def test_whatever_stands_among_the_errors_is_a_refusal(value: object, errors: str | None) -> None:
    assert read(errors=value).errors == errors


@pytest.mark.parametrize(
    ("value", "seen"), [(True, True), ("True", True), ("true", True), (1, True), (False, False), (None, False)]
)
def test_the_marks_are_read_in_every_spelling(value: object, seen: bool) -> None:
    assert (read(queued=value).queued, read(processed=value).processed) == (seen, seen)


def test_what_may_be_missing() -> None:
    bare = {name: ROW[name] for name in ("id", "marketplace", "marketplace_order_id", "action_type")}
    _, (action,) = read_actions(page(bare | {"id": "77", "marketplace": "Amazon_FR"}))
    assert action == ActionReading(77, KEY, "ship", (), False, False, None, None, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": 0},
        {"id": -1},
        {"id": 2**63},
        {"id": "x"},
        {"id": True},
        {"id": 1.5},
        {"marketplace": None},
        {"marketplace_order_id": ""},
        {"action_type": []},
    ],
)
def test_an_action_that_cannot_be_told_apart_spoils_its_page(changes: dict[str, object]) -> None:
    with pytest.raises(BadAnswer):
        read(**changes)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b"null",
        b"[]",
        b"{}",
        b'{"count": 1}',
        b'{"count": -1, "results": []}',
        b'{"count": null, "results": []}',
        b'{"count": 1, "results": {}}',
        b'{"count": 1, "results": [null]}',
        b'{"count": 1, "results": [[]]}',
        b'{"error": {"message": "no"}}',
        b'{"detail": "no"}',
        page(ROW)[:-9],
        page(ROW) + b"x",
        page(ROW | {"weight": float("nan")}),
        page(ROW | {"weight": 10}).replace(b"10", b"1" * 5000),
        b'{"count": 1, "results": ' + b"[" * 9000,
    ],
)
def test_what_is_no_page_is_refused(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        read_actions(body)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(changes=st.dictionaries(st.sampled_from(sorted(ROW)) | st.text(max_size=9), JSON, max_size=4))
def test_no_row_makes_it_stumble(changes: dict[str, object]) -> None:
    """It is read, with texts that can be stored, or it is a bad answer."""
    try:
        _, actions = read_actions(page({**ROW, **changes}))
    except BadAnswer:
        return
    for action in actions:
        words = [*action.key, action.action, action.errors or "", *(word for pair in action.arguments for word in pair)]
        "".join(words).encode()
        assert all(value for _, value in action.arguments)


def test_a_query_as_parameters() -> None:
    since, until = MOVED, MOVED + timedelta(days=1)
    assert parameters(ActionQuery(since, until, KEY, "ship", 3)) == (
        ("updated_from", "2020-07-02T08:03:37Z"),
        ("updated_to", "2020-07-03T08:03:38Z"),
        ("marketplace", "amazon_fr"),
        ("marketplace_order_id", "403-1180092-5527741"),
        ("action_type", "ship"),
        ("page", "3"),
        ("page_size", "100"),
    )


def test_a_query_for_everything_there_ever_was_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="a date or an order"):
        parameters(ActionQuery(action="ship"))


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        (ActionQuery(key=KEY), True),
        (ActionQuery(key=OrderKey("Amazon_FR", KEY.order_id)), True),
        (ActionQuery(key=OrderKey("amazon_de", KEY.order_id)), False),
        (ActionQuery(key=OrderKey("amazon_fr", "403")), False),
        (ActionQuery(key=KEY, action="ship"), True),
        (ActionQuery(key=KEY, action="cancel"), False),
        (ActionQuery(updated_from=MOVED, updated_to=MOVED), True),
        (ActionQuery(updated_from=MOVED + timedelta(seconds=1)), True),
        (ActionQuery(updated_from=MOVED + timedelta(seconds=3)), False),
        (ActionQuery(updated_to=MOVED - timedelta(seconds=3)), False),
    ],
)
def test_an_action_that_was_not_asked_for_refuses_the_page(query: ActionQuery, fits: bool) -> None:
    actions = (read(), read(updated_at=None, id=5))
    if fits:
        check_filters(query, actions)
    else:
        with pytest.raises(FilterIgnored):
            check_filters(query, actions)


# Through the client


def asked(make_client: Make, answer: Callable[[], httpx.Response], query: ActionQuery) -> tuple[Any, int]:
    """What the client makes of it, an error included, and how often it asked."""
    lengow = Pretended(answer)
    try:
        return make_client(transport=lengow).actions(query), lengow.asked
    except Exception as fault:
        return type(fault), lengow.asked


@pytest.mark.parametrize(
    ("status", "body", "number", "expected", "times"),
    [
        (200, page(ROW), 1, ActionPage(1, (read(),), NOON), 1),
        (404, b'{"detail": "Page non valide."}', 2, ActionPage(None, (), NOON), 1),
        (404, b'{"detail": "Not found."}', 1, Refused, 1),
        (530, b'{"error": {"message": "no"}}', 1, Refused, 1),
        (540, b"{}", 1, OutOfReach, 6),
        (200, b"<html>", 1, BadAnswer, 6),
        (200, page(ROW)[:-3], 1, BadAnswer, 6),
        (200, page(ROW | {"marketplace": "bol"}), 1, FilterIgnored, 1),
    ],
)
def test_a_listing_is_a_read(
    make_client: Make, status: int, body: bytes, number: int, expected: object, times: int
) -> None:
    """Repeated while that may help, empty past the end."""
    query = ActionQuery(key=KEY, page=number)
    assert asked(make_client, lambda: httpx.Response(status, content=body), query) == (expected, times)
