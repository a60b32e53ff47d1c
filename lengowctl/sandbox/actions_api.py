"""`/v3.0/orders/actions/`: ask for an action on an order, and learn what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from lengowctl.sandbox import objections, world
from lengowctl.sandbox.calls import Answer, Call, answer, detail, dumps, envelope, error, page_of
from lengowctl.sandbox.clock import SECOND, iso, parse
from lengowctl.sandbox.temperaments import describes, descriptions

ARGUMENTS = (
    "line", "quantity", "shipped_quantity", "cancel_quantity", "tracking_number", "tracking_url", "carrier",
    "custom_carrier", "carrier_name", "carrier_pickup", "shipping_method", "shipping_price", "shipping_date",
    "delivery_date", "shipping_service_id", "shipping_service_offer_id", "return_tracking_number", "return_carrier",
    "pickup_id", "declared_value", "currency_code", "invoice_number", "weight", "weight_unit", "comment", "delay",
    "reason", "cancel_reason", "reason_code", "charges", "refund_price", "refund_shipping_price", "refund_mode",
    "refund_reason", "refund_quantity", "refund_shipping", "refund_shipping_fees", "refund_shipping_taxes",
    "refund_taxes", "refund_id", "expedition_country_code", "delivery_experience", "package_dimension_length",
    "package_dimension_width", "package_dimension_height", "package_dimension_unit", "from_address_name",
    "from_address_line", "from_address_city", "from_address_state_province", "from_address_postal_code",
    "from_address_country_code", "from_address_mail", "from_address_phone",
)  # fmt: skip
"""Every argument has its own key in an action, null when unused."""

_NEEDED = ("marketplace", "marketplace_order_id", "action_type")
_COLUMNS = "id, marketplace, number, action_type, arguments, queued, processed, errors, created_at, updated_at"
_OWN_FILTERS = ("account_id", "page", "page_size", "ordering")
_EXACT = {
    "marketplace": "marketplace",
    "marketplace_order_id": "number",
    "action_type": "action_type",
    "id": "id",
}


def create(call: Call) -> Answer:
    """Put a new action into the queue. There is no idempotency: the same request twice is two actions."""
    try:
        fields = call.request.fields()
    except ValueError:
        return detail(400, call.text("parse"))
    absent = [name for name in _NEEDED if fields.get(name) in (None, "")]
    if absent:
        return call.required(*absent)
    code, number, action_type = (str(fields[name]) for name in _NEEDED)
    try:
        arguments = _arguments(fields)
    except ValueError as failure:
        return answer(400, {str(failure): ["Not a valid string."]})
    if code not in descriptions():
        return answer(400, {"marketplace": [f"Unknown marketplace {code}."]})
    row = world.find_order(call.connection, code, number)
    if row is None:
        return detail(404, call.text("not_found"))
    refused = _refused_at_once(call, row.status, code, action_type, arguments)
    return refused or _queue(call, row.n, code, number, action_type, arguments)


def _arguments(fields: Mapping[str, Any]) -> dict[str, str]:
    """The arguments as text. Raises ValueError with the name of one that is no plain value."""
    found = {}
    for name, value in fields.items():
        if name in ("account_id", *_NEEDED) or value is None or value == "":
            continue
        if isinstance(value, (dict, list)):
            raise ValueError(name)
        found[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


def _refused_at_once(
    call: Call, status: str, code: str, action_type: str, arguments: Mapping[str, str]
) -> Answer | None:
    if action_type not in describes(code)["actions"]:
        return answer(400, {"action_type": [f"{action_type} is not available on {code}."]})
    absent = objections.missing(code, action_type, arguments)
    if absent and call.settings.check_arguments == "at_once":
        return call.required(*absent)
    if call.settings.check_status == "at_once" and not objections.allowed(code, action_type, status):
        return error(400, f"Action {action_type} is not allowed for an order in status {status}")
    return None


def _queue(call: Call, n: int, code: str, number: str, action_type: str, arguments: Mapping[str, str]) -> Answer:
    last = call.connection.execute("SELECT max(id) FROM actions").fetchone()[0]
    action_id = (last or 13_000_000 + call.seed % 1000 * 1000) + 1
    call.connection.execute(
        "INSERT INTO actions VALUES (?, ?, ?, ?, ?, ?, 1, 0, NULL, ?, ?, 'queued', ?)",
        (
            action_id,
            n,
            code,
            number,
            action_type,
            json.dumps(arguments),
            call.now,
            call.now,
            call.now + int(call.settings.queue_delay * SECOND),
        ),
    )
    shown = _shown(call, _row(call, action_id))
    shown["queued"] = call.settings.queued_at_once
    return answer(201, shown, effect=True)


def _row(call: Call, action_id: int) -> tuple[Any, ...] | None:
    found = call.connection.execute(f"SELECT {_COLUMNS} FROM actions WHERE id = ?", (action_id,)).fetchone()
    return tuple(found) if found else None


def _shown(call: Call, row: tuple[Any, ...] | None) -> dict[str, Any]:
    """The wide action object."""
    if row is None:
        raise LookupError("no such action")
    action_id, code, number, action_type, arguments, queued, processed, errors, created, updated = row
    return {
        "id": action_id,
        "marketplace_order_id": number,
        "account_id": call.account_id,
        "marketplace": code,
        "action_type": action_type,
        "processed": bool(processed),
        "queued": bool(queued),
        "errors": errors,
        **dict.fromkeys(ARGUMENTS),
        **json.loads(arguments),
        "created_at": iso(created),
        "updated_at": iso(updated),
    }


def one_action(call: Call) -> Answer:
    name = call.request.path.rstrip("/").rpartition("/")[2]
    row = _row(call, int(name)) if name.isascii() and name.isdecimal() and len(name) < 18 else None
    return detail(404, call.text("not_found")) if row is None else answer(200, _shown(call, row))


def list_actions(call: Call) -> Answer:
    """Actions that match every filter, newest first."""
    paging = page_of(call)
    if paging is None:
        return detail(404, call.text("invalid_page"))
    page, size = paging
    where, values = _filters(call.query)
    count = call.connection.execute(f"SELECT count(*) FROM actions WHERE {where}", values).fetchone()[0]
    found = call.connection.execute(
        f"SELECT {_COLUMNS} FROM actions WHERE {where} ORDER BY id DESC LIMIT ? OFFSET ?",
        (*values, size, (page - 1) * size),
    ).fetchall()
    return envelope(call, count, page, size, [dumps(_shown(call, row)) for row in found])


def _filters(query: Mapping[str, str]) -> tuple[str, list[Any]]:
    """The query as conditions. A name that is no filter of its own is an argument, compared as text."""
    conditions, values = ["1"], []
    for name, text in query.items():
        if name in _OWN_FILTERS or text == "":
            continue
        condition, value = _condition(name, text)
        if condition:
            conditions.append(condition)
            values.extend(value)
    return " AND ".join(conditions), values


def _condition(name: str, text: str) -> tuple[str, list[Any]]:
    if name in _EXACT:
        return f"{_EXACT[name]} = ?", [text]
    if name in ("queued", "processed"):
        return f"{name} = ?", [int(text.lower() in ("true", "1"))]
    if name in ("updated_from", "updated_to", "created_from", "created_to"):
        moment = parse(text)
        column, _, side = name.partition("_")
        return (f"{column}_at {'>=' if side == 'from' else '<='} ?", [moment]) if moment is not None else ("", [])
    return "EXISTS (SELECT 1 FROM json_each(arguments) WHERE key = ? AND value = ?)", [name, text]
