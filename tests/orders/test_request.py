"""What makes two requests one: the canonical spelling, the digest, and twins among Lengow's actions."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import EXTENT, MOVING, Request, canonical, digest, form, identity, read_arguments, same

KEY = OrderKey("amazon_fr", "403-1")
NAMES = some.sampled_from(["carrier", "comment", "reason", "tracking_number", *sorted(EXTENT), *sorted(MOVING)])
VALUES = some.text("ab é\x1f", min_size=1, max_size=6)
ARGUMENTS = some.dictionaries(NAMES, VALUES, max_size=5)
ACTIONS = some.sampled_from(["ship", "refund"])


def request(action: str = "ship", **arguments: str) -> Request:
    return Request.of(action, KEY, arguments)


def test_a_request_sorts_its_arguments_drops_empty_ones_and_knows_its_scope() -> None:
    assert request(tracking_number="6A1", carrier="DPD", comment="") == Request(
        "ship", KEY, "*", (("carrier", "DPD"), ("tracking_number", "6A1"))
    )
    assert request(line="L1").scope == "L1"


@pytest.mark.parametrize(
    ("scope", "arguments"),
    [
        ("*", (("b", "1"), ("a", "1"))),
        ("*", (("a", "1"), ("a", "2"))),
        ("*", (("a", ""),)),
        ("*", (("line", "L1"),)),
        ("L2", (("line", "L1"),)),
        ("L1", ()),
    ],
)
def test_a_request_that_is_put_together_wrongly_is_none(scope: str, arguments: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(ValueError):
        Request("ship", KEY, scope, arguments)


@given(ARGUMENTS)
def test_canonical_is_one_spelling_whatever_the_order_and_reads_back(arguments: dict[str, str]) -> None:
    text = canonical(arguments.items())
    assert text == canonical(reversed(arguments.items()))
    assert text.isascii()
    assert dict(read_arguments(text)) == arguments


@pytest.mark.parametrize("text", ["[]", '"x"', '{"a": 1}', '{"a": null}', "{"])
def test_arguments_are_an_object_of_texts(text: str) -> None:
    with pytest.raises(ValueError):
        read_arguments(text)


@given(ARGUMENTS, ARGUMENTS, ACTIONS, ACTIONS)
def test_digests_are_equal_exactly_when_action_and_arguments_are_but_for_dates(
    one: dict[str, str], other: dict[str, str], action: str, second: str
) -> None:
    alike = action == second and identity(one.items()) == identity(other.items())
    first, then = Request.of(action, KEY, one), Request.of(second, KEY, other)
    assert (digest("lengow|x|1", first) == digest("lengow|x|1", then)) is alike


def test_a_digest_is_stable_and_covers_source_order_scope_and_action() -> None:
    sent = request(line="L1", carrier="DPD", shipping_date="2026-11-23T12:00:00+00:00")
    parts = ["lengow|https://api.lengow.io|7", "amazon_fr", "403-1", "L1", "ship", '{"carrier":"DPD","line":"L1"}']
    expected = hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode()).hexdigest()
    assert digest(parts[0], sent) == expected
    others = [
        Request.of("ship", OrderKey("amazon_de", "403-1"), dict(sent.arguments)),
        Request.of("ship", OrderKey("amazon_fr", "403-2"), dict(sent.arguments)),
        Request.of("refund", KEY, dict(sent.arguments)),
    ]
    assert len({digest(parts[0], one) for one in (sent, *others)} | {digest("other", sent)}) == 5


@given(ARGUMENTS, some.dictionaries(NAMES, some.none() | VALUES, max_size=5))
def test_same_means_equal_without_dates_where_only_what_tells_the_extent_may_not_be_beyond(
    ours: dict[str, str], theirs: dict[str, str | None]
) -> None:
    told = {name: value for name, value in theirs.items() if value is not None and (name in EXTENT or name in ours)}
    assert same(Request.of("ship", KEY, ours), theirs) is (identity(ours.items()) == identity(told.items()))


@given(ARGUMENTS, some.dictionaries(some.sampled_from(sorted(MOVING)), VALUES))
def test_an_action_that_echoes_what_we_sent_is_the_same_whatever_its_dates_and_nulls(
    ours: dict[str, str], dates: dict[str, str]
) -> None:
    wide = {**dict.fromkeys(["weight", "charges", *EXTENT]), **ours, **dates}
    assert same(Request.of("ship", KEY, ours), wide)


def test_the_refund_of_an_order_is_not_the_refund_of_its_line_nor_of_a_part() -> None:
    whole = request("refund", reason="15")
    assert same(whole, {"reason": "15", "line": None})
    assert same(whole, {"reason": "15", "currency_code": "EUR"})
    assert not same(whole, {"reason": "15", "line": "L1"})
    assert not same(whole, {"reason": "15", "refund_price": "3"})
    assert not same(whole, {"reason": None})
    assert not same(request("refund", reason="15", line="L1"), {"reason": "15"})


@pytest.mark.parametrize(
    "name",
    [
        "line", "quantity", "shipped_quantity", "cancel_quantity", "refund_quantity", "refund_price",
        "refund_shipping_price", "shipping_price",
    ],
)  # fmt: skip
def test_each_of_these_says_how_much_is_acted_on(name: str) -> None:
    assert not same(request("refund", reason="15"), {"reason": "15", name: "1"})


@pytest.mark.parametrize("name", ["shipping_date", "delivery_date"])
def test_each_of_these_only_says_when_it_was_asked(name: str) -> None:
    assert same(request(carrier="DPD", **{name: "2026-11-19"}), {"carrier": "DPD", name: "2026-11-20"})


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "alike"),
    [
        ("refund_price", "12.5", "12.50", True),
        ("refund_price", "12", "12.00", True),
        ("refund_shipping_price", "0.50", "0.5", True),
        ("quantity", "2", "2.0", True),
        ("refund_price", "12.5", "12.51", False),
        ("refund_price", "12.5", "12,50", False),
        ("refund_price", "1e1", "10", False),
        ("refund_price", "NaN", "nan", False),
        ("refund_price", "\u0661", "1", False),
        ("tracking_number", "0012", "12", False),
        ("tracking_number", "12.50", "12.5", False),
        ("line", "1", "1.0", False),
        ("reason", "15", "15.0", False),
        ("return_date", "2026-11-20T12:00:00+00:00", "2026-11-20T13:00:00+01:00", True),
        ("return_date", "2026-11-20T12:00:00Z", "2026-11-20T12:00:00+00:00", True),
        ("return_date", "2026-11-20T12:00:00Z", "2026-11-20T12:00:01Z", False),
        ("return_date", "2026-11-20", "2026-11-20T00:00:00Z", False),
        ("return_date", "soon", "later", False),
    ],
)
def test_figures_and_dates_are_compared_by_value_where_both_sides_are_some(
    name: str, ours: str, theirs: str, alike: bool
) -> None:
    """Numbers that only look like figures (of parcels, lines, reasons) are texts."""
    assert (same(request("refund", **{name: ours}), {name: theirs}), same(request(**{name: ours}), {name: ours})) == (
        alike,
        True,
    )
    assert (form(request(**{name: ours})) == form(request(**{name: theirs}))) is alike


def test_requests_of_one_form_ask_the_same_of_one_order() -> None:
    """Figures by value; without the dates that hold "now"; another action, line or text is another form."""
    one = form(request("refund", refund_price="5.00", reason="A", shipping_date="2026-11-20T12:00:00Z"))
    assert form(request("refund", refund_price="5", reason="A")) == one
    others = [request("ship", refund_price="5", reason="A"), request("refund", refund_price="5", reason="a")]
    others.append(request("refund", refund_price="5", reason="A", line="1"))
    assert [other for other in others if form(other) == one] == []
