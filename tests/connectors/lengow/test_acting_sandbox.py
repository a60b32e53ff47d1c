"""Actions against the sandbox, in process and over HTTP: each fault, and a whole life."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from lengowctl.cli.door import ORIGIN, Door
from lengowctl.connectors.base import ActionQuery
from lengowctl.connectors.lengow.client import LengowClient
from lengowctl.orders.outcome import Answer, Fate, Lost, Outcome, RateLimited, Unauthorized, classify
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request
from lengowctl.sandbox.sandbox import Sandbox, parse_fault
from lengowctl.sandbox.server import SandboxServer

from ..world import Clock
from .test_contract import keys_of, posts

Make = Callable[..., LengowClient]


@pytest.fixture(params=["door", "http"])
def client(request: pytest.FixtureRequest, sandbox: Sandbox, make_client: Make, clock: Clock) -> Iterator[LengowClient]:
    """Its patience ends soon only where no answer comes."""
    silent = "timeout" in request.node.callspec.params.get("fault", "")
    usual: dict[str, Any] = {"keys": lambda: keys_of(sandbox), "action_timeout": 1.0 if silent else 60.0}
    if request.param == "door":
        yield make_client(base_url=ORIGIN, transport=Door(sandbox, clock.sleep), **usual)
        return
    with SandboxServer(sandbox) as server:
        yield (made := make_client(base_url=server.base_url, **usual))
        made.close()


def first(sandbox: Sandbox, status: str) -> OrderKey:
    order = next(iter(sandbox.orders_in(status, "cdiscount")))
    return OrderKey(order["marketplace"], order["marketplace_order_id"])


@pytest.mark.parametrize(
    ("fault", "kind", "fate", "effects"),
    [
        ("lost", Lost, Fate.DOUBTFUL, 1),
        ("lost:answer=timeout", Lost, Fate.DOUBTFUL, 1),
        ("lost:answer=500", Answer, Fate.DOUBTFUL, 1),
        ("late", Answer, Fate.DOUBTFUL, 1),
        ("late:answer=reset", Lost, Fate.DOUBTFUL, 1),
        ("late:answer=timeout", Lost, Fate.DOUBTFUL, 1),
        ("cut", Lost, Fate.DOUBTFUL, 1),
        ("slow:seconds=0.01", Answer, Fate.QUEUED, 1),
        ("reset", Lost, Fate.DOUBTFUL, 0),
        ("timeout", Lost, Fate.DOUBTFUL, 0),
        ("429:retry_after=3", RateLimited, Fate.NOT_EXECUTED, 0),
        ("expired", Unauthorized, Fate.REAUTHORISE, 0),
        ("expired403", Unauthorized, Fate.REAUTHORISE, 0),
        ("500", Answer, Fate.DOUBTFUL, 0),
        ("502", Answer, Fate.DOUBTFUL, 0),
        ("503", Answer, Fate.DOUBTFUL, 0),
        ("530", Answer, Fate.REJECTED, 0),
        ("540", Answer, Fate.DOUBTFUL, 0),
        ("html", Answer, Fate.DOUBTFUL, 0),
        ("html:status=403", Answer, Fate.DOUBTFUL, 0),
    ],
)
def test_each_fault_has_its_outcome_and_one_request_only(
    sandbox: Sandbox, client: LengowClient, fault: str, kind: type[Outcome], fate: Fate, effects: int
) -> None:
    key = first(sandbox, "waiting_acceptance")
    client.account()
    sandbox.add_fault(parse_fault(f"{fault}{',' if ':' in fault else ':'}route=actions,method=POST"))
    outcome = client.send_action(Request.of("accept", key, {}))
    assert (type(outcome), classify(outcome).fate, posts(sandbox)) == (kind, fate, 1)
    sandbox.tick(timedelta(minutes=20))
    assert [effect.executed for effect in sandbox.effects()] == [True] * effects
    assert client.actions(ActionQuery(key=key)).count == effects


def test_the_whole_life_of_an_action(sandbox: Sandbox, client: LengowClient) -> None:
    """Queued, handed over, answered; the order follows when Lengow reads the marketplace."""
    key = first(sandbox, "waiting_acceptance")
    action_id = classify(client.send_action(Request.of("accept", key, {}))).action_id

    def state() -> tuple[int, bool, bool, str | None, str]:
        ((action,), order) = client.actions(ActionQuery(key=key)).actions, client.order(key)
        assert order is not None
        return action.id, action.queued, action.processed, action.errors, order.order.status

    assert state() == (action_id, True, False, None, "waiting_acceptance")
    sandbox.tick(timedelta(seconds=6))
    assert state() == (action_id, False, False, None, "waiting_acceptance")
    sandbox.tick(timedelta(seconds=61))
    assert state() == (action_id, False, True, None, "waiting_acceptance")
    sandbox.tick(timedelta(minutes=15))
    assert state() == (action_id, False, True, None, "waiting_shipment")
