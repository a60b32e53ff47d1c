"""Who may call: keys, session tokens, `/me`, and the request budget with `/rate-limits`."""

from __future__ import annotations

import sqlite3
import time
import uuid
from dataclasses import dataclass

from lengowctl.sandbox import shop, world
from lengowctl.sandbox.calls import Answer, Call, answer, error
from lengowctl.sandbox.clock import SECOND, from_us

LIMITED = (
    ("/orders", "GET"),
    ("/orders/moi", "PATCH"),
    ("/orders/moi", "POST"),
    ("/orders/actions", "GET"),
    ("/orders/actions", "POST"),
    ("/access/get_token", "POST"),
)
_UNLIMITED = (("/marketplaces", "GET"), ("/me", "GET"))


def get_token(call: Call) -> Answer:
    """A new session for the right pair of keys."""
    try:
        fields = call.request.fields()
    except ValueError:
        return error(400, "Authentication error - the body cannot be read")
    access_token, secret = str(fields.get("access_token") or ""), str(fields.get("secret") or "")
    if not access_token or not secret:
        return error(401, "Authentication error - access_token and secret are required")
    if access_token != shop.key(call.seed, "access"):
        status = call.settings.unknown_key_status
        return error(status, "Authentication error - Access Token is not found", code=400)
    if secret != shop.key(call.seed, "secret"):
        return error(400, "Authentication error - Secret is not accepted")
    token = _issue(call)
    return answer(200, {"token": token, "account_id": call.account_id}, effect=True)


def _issue(call: Call) -> str:
    """A token as UUID text, repeatable for the same seed and number of sessions."""
    issued = int(world.fact(call.connection, "sessions", 0)) + 1
    world.set_fact(call.connection, "sessions", issued)
    token = str(uuid.UUID(int=shop.randomness(call.seed, issued, 9).getrandbits(128), version=4))
    dead = call.now - 2 * call.settings.token_life * SECOND
    call.connection.execute("DELETE FROM tokens WHERE created_at < ?", (dead,))
    call.connection.execute("INSERT OR REPLACE INTO tokens VALUES (?, ?)", (token, call.now))
    return token


def presented(call: Call) -> str:
    """The token of the request, sent raw or as a bearer."""
    value = call.request.headers.get("authorization", "").strip()
    return value[7:].strip() if value[:7].lower() == "bearer " else value


def refusal(call: Call, route: str) -> Answer | None:
    """Why this request may not pass, in the words of the route; None when it may."""
    token = presented(call)
    if not token:
        if route == "rate-limits":
            return error(401, "Missing authentication token")
        return error(403, f"No token in headers to access {_shown(route)} API")
    found = call.connection.execute("SELECT created_at FROM tokens WHERE token = ?", (token,)).fetchone()
    if found and call.now < found[0] + call.settings.token_life * SECOND and call.now >= found[0] - SECOND:
        return None
    return expired(route, token, known=found is not None)


def expired(route: str, token: str, *, known: bool = True) -> Answer:
    """How each route words a dead token."""
    if route == "rate-limits":
        return error(401, "Invalid or expired authentication token")
    return error(403, f"Token: {token} is expired" if known else f"Token: {token} is not valid")


def _shown(route: str) -> str:
    return {"me": "/me", "marketplaces": "/marketplaces"}.get(route, "/orders")


def me(call: Call) -> Answer:
    token = presented(call)
    created = call.connection.execute("SELECT created_at FROM tokens WHERE token = ?", (token,)).fetchone()[0]
    expires = from_us(created + call.settings.token_life * SECOND).replace(microsecond=0)
    scopes = {"feed_id": "*", "account_id": call.account_id, "catalog_id": "*", "product_id": "*"}
    return answer(
        200,
        {"token": token, "expire_at": expires.isoformat(), "account_id": call.account_id, "scopes": scopes},
    )


@dataclass(frozen=True)
class _Window:
    started: float
    used: int


def _window(connection: sqlite3.Connection, name: str, moment: float, length: int) -> _Window:
    found = connection.execute("SELECT started, used FROM windows WHERE route = ?", (name,)).fetchone()
    if found and found[0] <= moment < found[0] + length:
        return _Window(found[0], found[1])
    return _Window(moment, 0)


def _moment(call: Call) -> float:
    return time.monotonic() if call.settings.window_clock == "real" else call.now / SECOND


def overdrawn(call: Call, url_base: str) -> Answer | None:
    """Count this request against its window; the 429 when the window is used up."""
    limit = call.settings.rate_limit
    method = call.request.method
    if limit is None or (url_base, method) not in LIMITED:
        return None
    name, moment = f"{method} {url_base}", _moment(call)
    window = _window(call.connection, name, moment, call.settings.rate_window)
    if window.used >= limit:
        left = window.started + call.settings.rate_window - moment
        return too_many(url_base, limit, int(left))
    call.connection.execute("INSERT OR REPLACE INTO windows VALUES (?, ?, ?)", (name, window.started, window.used + 1))
    return None


def too_many(url_base: str, limit: int, retry_after: int) -> Answer:
    version = "" if url_base.startswith("/access") else "/v3.0"
    refused = error(429, f"Request limitation: {limit} reached on {version}{url_base}")
    return Answer(429, refused.body, headers=(("Retry-After", str(max(0, retry_after))),))


def rate_limits(call: Call) -> Answer:
    """The budget of each route. Reading it costs nothing."""
    limit, length = call.settings.rate_limit, call.settings.rate_window
    rows = []
    for url_base, method in LIMITED:
        window = _window(call.connection, f"{method} {url_base}", _moment(call), length)
        left = int(window.started + length - _moment(call))
        rows.append(
            {
                "url_base": url_base,
                "method": method,
                "boundary": limit,
                "remaining_credit": None if limit is None else max(0, limit - window.used),
                "remaining_time": None if limit is None else min(left, length),
            }
        )
    free = {"boundary": None, "remaining_credit": None, "remaining_time": None}
    return answer(200, rows + [{"url_base": base, "method": method, **free} for base, method in _UNLIMITED])
