"""Which path leads where, and what a caller must bring along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lengowctl.sandbox import access, actions_api, marketplaces_api, moi_api, orders_api
from lengowctl.sandbox.calls import Answer, Call, answer, detail, error

Handler = Callable[[Call], Answer]


@dataclass(frozen=True)
class Route:
    """`url_base` is the path without version, as `/rate-limits` names it."""

    name: str
    url_base: str
    handlers: Mapping[str, Handler]
    open: bool = False
    of_account: bool = False


_ROUTES = {
    "/access/get_token": Route("token", "/access/get_token", {"POST": access.get_token}, open=True),
    "/me": Route("me", "/me", {"GET": access.me}),
    "/rate-limits": Route("rate-limits", "/rate-limits", {"GET": access.rate_limits}),
    "/v3.0/marketplaces": Route("marketplaces", "/marketplaces", {"GET": marketplaces_api.list_marketplaces}),
    "/v3.0/orders": Route("orders", "/orders", {"GET": orders_api.list_orders}, of_account=True),
    "/v3.0/orders/moi": Route("moi", "/orders/moi", {"PATCH": moi_api.write, "POST": moi_api.write}, of_account=True),
    "/v3.0/orders/actions": Route(
        "actions",
        "/orders/actions",
        {"GET": actions_api.list_actions, "POST": actions_api.create},
        of_account=True,
    ),
}
_ONE_ACTION = Route("actions", "/orders/actions", {"GET": actions_api.one_action}, of_account=True)
UNKNOWN = Route("*", "*", {})


def find(path: str) -> Route:
    """The route of a path; both slash forms lead there directly."""
    bare = path.rstrip("/") or "/"
    if bare.startswith("/v3.0/orders/actions/"):
        return _ONE_ACTION
    return _ROUTES.get(bare, UNKNOWN)


def dispatch(call: Call, route: Route, *, trusted: bool = False) -> Answer:
    """Answer a call, after session, budget and account have been looked at. `trusted`: that was done before."""
    method = call.request.method
    if route is UNKNOWN:
        return error(404, f"Not found: {call.request.path}")
    if method == "OPTIONS":
        return answer(200, {"name": route.name, "renders": ["application/json"], "parses": ["application/json"]})
    handler = route.handlers.get(method)
    if handler is None:
        return detail(405, call.text("method").format(method=method))
    refused = None if trusted else _refused(call, route)
    return refused or handler(call)


def _refused(call: Call, route: Route) -> Answer | None:
    refused = None if route.open else access.refusal(call, route.name)
    refused = refused or access.overdrawn(call, route.url_base)
    if refused or not route.of_account:
        return refused
    return _wrong_account(call)


def _wrong_account(call: Call) -> Answer | None:
    given: Any = call.query.get("account_id")
    if given is None and call.request.method != "GET":
        try:
            given = call.request.fields().get("account_id")
        except ValueError:
            return detail(400, call.text("parse"))
    if given in (None, ""):
        return call.required("account_id")
    if str(given) != str(call.account_id):
        return error(403, "You do not have access to this account")
    return None
