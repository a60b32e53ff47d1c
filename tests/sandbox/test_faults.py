"""Faults on demand, through the door without a network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lengowctl.sandbox.faults import BEFORE, KINDS, FaultRule, parse_fault
from lengowctl.sandbox.sandbox import Fault, Response, Sandbox


def test_rules_are_read_as_typed() -> None:
    assert parse_fault("500") == FaultRule("500")
    assert parse_fault("429:retry_after=3,route=orders,count=2") == FaultRule(
        "429", route="orders", count=2, retry_after=3
    )
    assert parse_fault(" lost : method=post , answer=timeout ".replace(" :", ":")) == FaultRule(
        "lost", method="POST", answer="timeout"
    )
    assert parse_fault("502:probability=0.25") == FaultRule("502", probability=0.25, count=None)
    assert parse_fault("slow:seconds=0.5,count=always,skip=3") == FaultRule("slow", seconds=0.5, count=None, skip=3)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("quake", "429"),
        ("", "expired"),
        ("500:route=nowhere", "rate-limits"),
        ("500:colour=red", "retry_after"),
        ("500:count=two", "not a number"),
        ("lost:answer=no", "reset"),
        ("500:probability=2", "between 0 and 1"),
    ],
)
def test_a_wrong_rule_says_what_is_possible(text: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        parse_fault(text)


@pytest.mark.parametrize(
    ("rule", "status"),
    [
        ("expired", 401), ("expired403", 403), ("429", 429), ("500", 500), ("502", 502), ("503", 503), ("530", 530),
        ("540", 540), ("html", 200), ("html:status=404", 404),
    ],
)  # fmt: skip
def test_faults_that_speak_http_strike_once_and_do_nothing(caller: Any, rule: str, status: int) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.sandbox.add_fault(parse_fault(rule + (",method=POST" if ":" in rule else ":method=POST")))
    answer = caller.post_action(ref, "accept")
    assert answer.status == status
    if rule.startswith(("html", "502")):
        assert answer.header("Content-Type").startswith("text/html")
        assert answer.body.startswith(b"<!DOCTYPE html>")
    else:
        assert answer.json()["error"]["code"] == status
    assert caller.actions() == []
    assert caller.post_action(ref, "accept").status == 201
    assert caller.sandbox.faults() == []


def test_429_carries_retry_after(caller: Any) -> None:
    caller.sandbox.add_fault(parse_fault("429:retry_after=7"))
    answer = caller.get("/v3.0/orders")
    assert (answer.status, answer.header("Retry-After")) == (429, "7")
    assert answer.json()["error"]["message"] == "Request limitation: 500 reached on /v3.0/orders"


@pytest.mark.parametrize("kind", ["reset", "timeout"])
def test_connection_faults_without_effect(caller: Any, kind: str) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.sandbox.add_fault(FaultRule(kind, route="actions", method="POST"))
    outcome = caller.send("POST", "/v3.0/orders/actions/", body=caller.action_form(ref, "accept"))
    assert isinstance(outcome, Fault)
    assert (outcome.kind, outcome.response) == (kind, None)
    assert caller.actions() == []


@pytest.mark.parametrize(
    ("rule", "kind"), [("lost", "reset"), ("lost:answer=timeout", "timeout"), ("cut", "cut"), ("slow", "slow")]
)
def test_faults_after_the_effect(caller: Any, rule: str, kind: str) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.sandbox.add_fault(parse_fault(rule))
    outcome = caller.send("POST", "/v3.0/orders/actions/", body=caller.action_form(ref, "accept"))
    assert isinstance(outcome, Fault)
    assert outcome.kind == kind
    assert len(caller.actions()) == 1
    if kind in ("cut", "slow"):
        assert isinstance(outcome.response, Response)
        assert outcome.response.status == 201
        assert outcome.response.header("Content-Length") == str(len(outcome.response.body))
    assert [entry.effect for entry in caller.sandbox.log() if entry.fault] == [True]


def test_a_false_500_done_at_once(caller: Any) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.sandbox.add_fault(parse_fault("lost:answer=500"))
    assert caller.post_action(ref, "accept").status == 500
    assert len(caller.actions()) == 1


@pytest.mark.parametrize(("answer", "kind"), [("500", None), ("timeout", "timeout"), ("reset", "reset")])
def test_done_after_we_left(caller: Any, answer: str, kind: str | None) -> None:
    """An error is answered, and the action appears only later."""
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.sandbox.add_fault(parse_fault(f"late:seconds=45,method=POST,answer={answer}"))
    outcome = caller.send("POST", "/v3.0/orders/actions/", body=caller.action_form(ref, "accept"))
    assert outcome.status == 500 if isinstance(outcome, Response) else outcome.kind == kind
    caller.sandbox.tick(timedelta(seconds=44))
    assert caller.actions() == []
    caller.sandbox.tick(timedelta(seconds=2))
    (action,) = caller.actions()
    assert action["created_at"] == "2026-03-02T09:00:45Z"
    caller.sandbox.tick(timedelta(minutes=2))
    assert [effect.action_id for effect in caller.sandbox.effects()] == [action["id"]]


def test_late_does_not_open_the_door_to_strangers(caller: Any) -> None:
    ref = caller.first("waiting_acceptance", "cdiscount")
    caller.sandbox.add_fault(FaultRule("late"))
    body = caller.action_form(ref, "accept")
    answer = caller.send("POST", "/v3.0/orders/actions/", body=body, authorized=False)
    assert answer.status == 403
    caller.sandbox.tick(timedelta(hours=0.5))
    assert caller.actions() == []


def test_drift_changes_orders_between_two_pages(caller: Any) -> None:
    query = {"updated_from": "2000-01-01T00:00:00Z", "updated_to": "2026-03-02T09:00:00Z", "page_size": 100}
    first = caller.orders(**query)
    caller.sandbox.tick(timedelta(seconds=30))
    caller.sandbox.add_fault(parse_fault("drift:size=9,route=orders"))
    second = caller.orders(**query, page=2)
    assert (first["count"], second["count"]) == (300, 291)
    moved = [order for order in caller.sandbox.orders_in() if order["updated_at"] == "2026-03-02T09:00:30Z"]
    assert len(moved) == 9


def test_rules_match_route_and_method_and_can_wait(caller: Any) -> None:
    caller.sandbox.add_fault(FaultRule("500", route="orders", method="GET", skip=2, count=2))
    assert caller.get("/me").status == 200
    assert [caller.get("/v3.0/orders/").status for _ in range(5)] == [200, 200, 500, 500, 200]


def test_chance_is_the_same_each_time(call: Callable[..., Any]) -> None:
    def statuses() -> list[int]:
        caller = call(orders=20)
        caller.sandbox.add_fault(parse_fault("503:probability=0.3,route=me"))
        return [caller.get("/me").status for _ in range(100)]

    first = statuses()
    assert first == statuses()
    assert 15 <= first.count(503) <= 45


def test_rules_can_be_cleared_and_are_shared(make: Callable[..., Sandbox], caller: Any, sandbox: Sandbox) -> None:
    other = make(path=sandbox._world.path)
    other.add_fault(FaultRule("500", count=None))
    assert caller.get("/me").status == 500
    assert sandbox.faults() == other.faults() == [FaultRule("500", count=None)]
    sandbox.clear_faults()
    assert caller.get("/me").status == 200
    assert other.faults() == []


def test_every_kind_is_described() -> None:
    assert set(BEFORE) < set(KINDS)
    assert all(KINDS.values())
