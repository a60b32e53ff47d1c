"""How many requests may leave, and when."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from lengowctl.connectors.base import RouteBudget
from lengowctl.connectors.quota import Budget, Quota, Quotas, read_quotas, route_of, write_quotas

from .world import NOON


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("GET", "/v3.0/orders/", "GET /orders"),
        ("get", "/orders", "GET /orders"),
        ("POST", "/v3.0/orders/actions/", "POST /orders/actions"),
        ("GET", "/v3.0/marketplaces", "GET /marketplaces"),
        ("POST", "/access/get_token", "POST /access/get_token"),
        ("GET", "/v3.0", "GET /v3.0"),
    ],
)
def test_a_route_has_one_name_with_or_without_its_version(method: str, path: str, route: str) -> None:
    assert route_of(method, path) == route


def test_no_sixty_seconds_hold_more_than_the_boundary() -> None:
    quota, at, sent = Quota(boundary=7), 0, []
    while at < 600_000:
        wait = quota.try_one(at)
        if wait == 0:
            sent.append(at)
        at += max(int(wait * 1000), 130)
    for start in sent:
        assert sum(start <= moment < start + 60_000 for moment in sent) <= 7
    assert len(sent) >= 0.95 * 7 * 10


@pytest.mark.parametrize("phase", range(0, 60_000, 13_000))
def test_every_full_window_is_used_wherever_it_begins(phase: int) -> None:
    quota, at, sent = Quota(), 0, []
    while at < 600_000:
        wait = quota.try_one(at)
        if wait == 0:
            sent.append(at)
        at += max(int(wait * 1000), 35)
    for start in range(60_000 + phase, 540_000, 60_000):
        assert 475 <= sum(start <= moment < start + 60_000 for moment in sent) <= 500


def test_what_others_use_of_the_same_login_is_left_to_them() -> None:
    quota = Quota()
    quota.try_one(100)
    quota.learn(RouteBudget("/orders", "GET", 500, 2, 30.0), asked=50, at=1000)
    assert [quota.try_one(at) for at in (1000, 2000, 31_000)] == [0.0, 29.0, 0.0]


def test_a_silence_that_was_asked_for_is_kept_and_never_shortened() -> None:
    quota = Quota()
    quota.hold(0, 40)
    quota.hold(1000, 5)
    assert [quota.try_one(at) for at in (1000, 39_999, 40_000)] == [39.0, 0.001, 0.0]


def test_a_route_that_is_not_limited_never_waits_and_remembers_nothing() -> None:
    quota = Quota()
    quota.learn(RouteBudget("/marketplaces", "GET", None, None, None), asked=0, at=0)
    assert [quota.try_one(0) for _ in range(600)] == [0.0] * 600
    assert quota.sent == []


def test_a_clock_that_was_set_back_makes_nobody_wait() -> None:
    day = 86_400_000
    quota = Quota(boundary=1)
    quota.try_one(day)
    quota.hold(day, 50)
    assert quota.try_one(1000) == 0.0


def test_a_boundary_of_nothing_still_lets_one_go() -> None:
    quota = Quota()
    quota.learn(RouteBudget("/orders", "GET", 0, None, None), asked=0, at=0)
    assert (quota.try_one(0), quota.try_one(1000)) == (0.0, 59.05)


def stored() -> Quotas:
    quotas = Quotas("https://api.lengow.io")
    quotas.note((RouteBudget("/orders", "GET", 500, 499, 42.0), RouteBudget("/m", "GET", None, None, None)), NOON, NOON)
    quotas.route("GET /orders").try_one(1_900_000_000_000)
    quotas.route("GET /orders").hold(1_900_000_000_000, 5)
    return quotas


def test_what_is_written_is_read() -> None:
    quotas = stored()
    assert read_quotas(write_quotas(quotas), "https://api.lengow.io") == quotas
    assert read_quotas(write_quotas(quotas), None).seen == (
        Budget("/orders", "GET", 500, 499, 42.0, datetime(2026, 11, 23, 12, tzinfo=UTC)),
        Budget("/m", "GET", None, None, None, datetime(2026, 11, 23, 12, tzinfo=UTC)),
    )


def test_another_origin_starts_afresh() -> None:
    assert read_quotas(write_quotas(stored()), "https://api.lengow.net") == Quotas("https://api.lengow.net")


def test_damage_of_any_kind_counts_as_nothing() -> None:
    whole = write_quotas(stored())
    for end in range(len(whole)):
        assert read_quotas(whole[:end], "x") == Quotas("x")
    for path in ("version", "origin", "routes", "seen"):
        for value in (None, 7, "x", [], [1], {"GET /orders": 1}, {"GET /orders": {"boundary": "x"}}, [["a"]]):
            content = json.loads(whole) | {path: value}
            read_quotas(json.dumps(content).encode(), "https://api.lengow.io")
    assert read_quotas(b"[" * 100_000, "x") == Quotas("x")
