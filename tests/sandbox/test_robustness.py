"""Whatever is asked, an answer comes, and nothing breaks inside."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lengowctl.sandbox.actions_api import ARGUMENTS
from lengowctl.sandbox.sandbox import Request, Response
from lengowctl.sandbox.temperaments import describes

_QUERY = (
    "page", "page_size", "ordering", "updated_from", "updated_to", "queued", "id", "marketplace", "lengow_status",
    "lengow_line_status", "merchant_order_id", "catalog_ids", "set_currency", "no_currency_conversion",
)  # fmt: skip
_ODD = (
    "1",
    "0",
    "-1",
    "1e9",
    "NaN",
    "1.5",
    "Other",
    "true",
    "None",
    "9" * 40,
    "2026-01-01",
    "\x00",
    "\ud800",
    "é\u202e",
)
_VALUES = st.one_of(st.text(max_size=8), st.sampled_from(_ODD))
_PATHS = ("/v3.0/orders", "/v3.0/orders/actions/", "/v3.0/orders/moi/", "/v3.0/marketplaces", "/v3.0/orders/actions/5")
#: All examples of a test are asked of one and the same world.
_ONE_WORLD = [*settings().suppress_health_check, HealthCheck.function_scoped_fixture]


def form(fields: dict[str, Any]) -> str:
    return urlencode(fields, errors="replace")


@settings(max_examples=120, suppress_health_check=_ONE_WORLD)
@given(
    method=st.sampled_from(["GET", "POST", "PATCH"]),
    path=st.sampled_from(_PATHS),
    fields=st.dictionaries(st.sampled_from(ARGUMENTS + _QUERY), _VALUES, max_size=4),
    place=st.integers(0, 299),
    as_json=st.booleans(),
)
def test_any_request_is_answered(
    caller: Any, method: str, path: str, fields: dict[str, str], place: int, as_json: bool
) -> None:
    sandbox = caller.sandbox
    marketplace, number = sandbox.refs()[place]
    fitting = [
        action
        for action, described in describes(marketplace)["actions"].items()
        if sandbox.order(marketplace, number)["lengow_status"] in described["status"]
    ]
    sent = {
        "account_id": caller.info.account_id,
        "marketplace": marketplace,
        "marketplace_order_id": number,
        "action_type": (fitting or ["ship"])[0],
        "merchant_order_id": ["1"],
        **fields,
    }
    body = json.dumps(sent) if as_json else form(sent)
    sandbox.configure(check_arguments="later", rate_limit=None, token_life=10**9)
    target = f"{path}?{form({'account_id': caller.info.account_id, **fields})}"
    answer = sandbox.handle(Request(method, target, {"authorization": caller.token}, body.encode()))
    assert isinstance(answer, Response)
    assert answer.status < 500, sandbox.log(limit=1)
    sandbox.tick(timedelta(minutes=3))
    assert not [entry for entry in sandbox.log() if entry.note]


@pytest.mark.parametrize("path", ["/v3.0/orders/moi/", "/v3.0/orders/actions/"])
@pytest.mark.parametrize("body", [b'{"marketplace": "\\ud800"}', b"{", b"\xff", b'{"a": 1', b"[1]"])
def test_text_that_is_none_is_refused(caller: Any, path: str, body: bytes) -> None:
    target = f"{path}?account_id={caller.info.account_id}"
    headers = {"content-type": "application/json"}
    answer = caller.send("PATCH" if "moi" in path else "POST", target, body=body, headers=headers)
    assert (answer.status, set(answer.json())) == (400, {"detail"})


@settings(max_examples=60, suppress_health_check=_ONE_WORLD)
@given(target=st.text(max_size=30), body=st.binary(max_size=40), header=st.text(max_size=20))
def test_noise_is_answered(caller: Any, target: str, body: bytes, header: str) -> None:
    for wanted in ("/" + target, "/v3.0/orders/" + quote(target, errors="replace")):
        answer = caller.sandbox.handle(Request("POST", wanted, {"authorization": header, "content-type": header}, body))
        assert isinstance(answer, Response)
        assert 400 <= answer.status < 500
