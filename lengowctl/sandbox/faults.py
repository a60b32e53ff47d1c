"""Faults on demand: which requests go wrong, and how."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, fields
from typing import Any

from lengowctl.sandbox import access, shop
from lengowctl.sandbox.calls import Answer, error

KINDS = {
    "expired": "401, as with a session that has ended",
    "expired403": "403, as with a session that has ended",
    "429": "too many requests; retry_after=SECONDS (1)",
    "500": "internal error, nothing done",
    "502": "bad gateway, as HTML, nothing done",
    "503": "unavailable, nothing done",
    "530": "logical error, nothing done",
    "540": "technical error, nothing done",
    "html": "a maintenance page instead of JSON, nothing done; status=CODE (200)",
    "cut": "done, but the answer breaks off half way",
    "reset": "the connection is reset, nothing done",
    "timeout": "no answer, nothing done",
    "slow": "done, and answered after seconds=SECONDS of real time (2)",
    "lost": "done, but the answer is lost; answer=reset|timeout|500 (reset)",
    "late": "answered with an error, and done seconds=SECONDS later by its own clock (30); answer=500|reset|timeout",
    "drift": "size=NUMBER (5) of the listed orders change just before the page is read",
}
OPTIONS = {
    "route": "only requests to this one: orders, actions, token, marketplaces, moi, me, rate-limits",
    "method": "only such requests: GET, POST, PATCH",
    "count": "so many times (1), or always",
    "probability": "each time with this probability, as 0.05; then always, unless a count is given",
    "skip": "let so many requests pass first (0)",
}
"""What every kind takes; what one kind takes besides stands in `KINDS`."""
ROUTES = ("orders", "actions", "token", "marketplaces", "moi", "me", "rate-limits", "*")
_ANSWERS = ("reset", "timeout", "500")
_MESSAGES = {
    500: "Internal server error",
    503: "Service unavailable",
    530: "Logical error",
    540: "Technical error",
}
BEFORE = ("expired", "expired403", "429", "500", "502", "503", "530", "540", "html", "reset", "timeout")
"""Kinds that strike before anything is done."""


@dataclass(frozen=True)
class FaultRule:
    """Which requests to spoil. After `skip` matching requests the rule strikes `count` times (None: for good), at
    each with the given probability, if any."""

    kind: str
    route: str = "*"
    method: str = "*"
    count: int | None = 1
    probability: float | None = None
    skip: int = 0
    retry_after: int = 1
    seconds: float | None = None
    answer: str | None = None
    status: int = 200
    size: int = 5

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; the kinds are {', '.join(KINDS)}")
        if self.route not in ROUTES:
            raise ValueError(f"unknown route {self.route!r} for a fault; the routes are {', '.join(ROUTES)}")
        if self.answer is not None and self.answer not in _ANSWERS:
            raise ValueError(f"a fault's answer is one of {', '.join(_ANSWERS)}, not {self.answer!r}")
        if self.probability is not None and not 0 <= self.probability <= 1:
            raise ValueError(f"a fault's probability lies between 0 and 1, not {self.probability}")

    def delay(self) -> float:
        """Seconds, with the default of each kind."""
        if self.seconds is not None:
            return self.seconds
        return {"slow": 2.0, "late": 30.0, "timeout": 60.0}.get(self.kind, 60.0)


def parse_fault(text: str) -> FaultRule:
    """A rule as typed: `KIND` or `KIND:name=value,…`, for example `429:retry_after=3,route=orders,count=2`.

    `count=always` never stops; a probability without a count never stops either. Raises ValueError with a sentence
    that says what is possible.
    """
    kind, _, rest = text.strip().partition(":")
    options: dict[str, Any] = {}
    for item in filter(None, (part.strip() for part in rest.split(","))):
        name, sign, value = item.partition("=")
        options[name.strip()] = _value(name.strip(), value.strip() if sign else "")
    if "probability" in options and "count" not in options:
        options["count"] = None
    return FaultRule(kind=kind, **options)


def _value(name: str, text: str) -> Any:
    readers: dict[str, Any] = {
        "route": str,
        "method": str.upper,
        "count": lambda word: None if word == "always" else int(word),
        "probability": float,
        "skip": int,
        "retry_after": int,
        "seconds": float,
        "answer": str,
        "status": int,
        "size": int,
    }
    if name not in readers:
        raise ValueError(f"unknown option {name!r} of a fault; the options are {', '.join(readers)}")
    try:
        return readers[name](text)
    except ValueError:
        raise ValueError(f"{name}={text!r} of a fault is not a number") from None


def add(connection: sqlite3.Connection, rule: FaultRule) -> None:
    connection.execute("INSERT INTO faults (rule, seen, fired) VALUES (?, 0, 0)", (json.dumps(asdict(rule)),))


def clear(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM faults")


def standing(connection: sqlite3.Connection) -> list[FaultRule]:
    return [_rule(row[0]) for row in connection.execute("SELECT rule FROM faults ORDER BY id")]


def _rule(stored: str) -> FaultRule:
    known = {item.name for item in fields(FaultRule)}
    return FaultRule(**{name: value for name, value in json.loads(stored).items() if name in known})


def pick(connection: sqlite3.Connection, seed: int, route: str, method: str) -> FaultRule | None:
    """The first rule that strikes this request. Every rule that matches counts it; used-up rules are removed."""
    struck = None
    found = connection.execute("SELECT id, rule, seen, fired FROM faults ORDER BY id").fetchall()
    for number, stored, seen, fired in found:
        rule = _rule(stored)
        if rule.route not in ("*", route) or rule.method not in ("*", method):
            continue
        strikes = struck is None and seen >= rule.skip and _thrown(rule, seed, number, seen)
        connection.execute("UPDATE faults SET seen = seen + 1, fired = fired + ? WHERE id = ?", (int(strikes), number))
        if strikes:
            struck = rule
            if rule.count is not None and fired + 1 >= rule.count:
                connection.execute("DELETE FROM faults WHERE id = ?", (number,))
    return struck


def _thrown(rule: FaultRule, seed: int, number: int, seen: int) -> bool:
    if rule.probability is None:
        return True
    return shop.randomness(seed, number * 1_000_003 + seen, 8).random() < rule.probability


def instead(rule: FaultRule, route: str, url_base: str, limit: int | None) -> Answer:
    """The answer of a fault that speaks HTTP."""
    if rule.kind == "expired":
        return error(401, "Invalid or expired authentication token")
    if rule.kind == "expired403":
        return access.expired(route, "********-****")
    if rule.kind == "429":
        return access.too_many(url_base, limit or 500, rule.retry_after)
    if rule.kind == "html":
        return _page(rule.status, "Maintenance")
    if rule.kind == "502":
        return _page(502, "502 Bad Gateway")
    status = int(rule.kind) if rule.kind.isdecimal() else 500
    return error(status, _MESSAGES[status])


def _page(status: int, title: str) -> Answer:
    text = f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Answer(status, text.encode(), content_type="text/html; charset=utf-8")
