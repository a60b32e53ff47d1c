"""`PATCH /v3.0/orders/moi/`: the merchant's own order numbers, written to an order."""

from __future__ import annotations

from lengowctl.sandbox import changes, effects, world
from lengowctl.sandbox.calls import Answer, Call, answer, detail


def write(call: Call) -> Answer:
    """Replace the merchant order ids of one order. The status stays; the answer is the order."""
    try:
        fields = call.request.fields()
    except ValueError:
        return detail(400, call.text("parse"))
    missing = [
        name for name in ("marketplace", "marketplace_order_id", "merchant_order_id") if fields.get(name) in (None, "")
    ]
    if missing:
        return call.required(*missing)
    row = world.find_order(call.connection, str(fields["marketplace"]), str(fields["marketplace_order_id"]))
    if row is None:
        return detail(404, call.text("not_found"))
    given = fields["merchant_order_id"]
    numbers = given if isinstance(given, list) else [given]
    if any(isinstance(number, (dict, list)) for number in numbers):
        return answer(400, {"merchant_order_id": ["Not a valid list of numbers."]})
    own = [str(number) for number in numbers]
    moved = call.now if call.settings.moi_moves_updated else row.updated_at
    document = changes.rewrite(
        call.connection, call.seed, row, lambda order: order.update(merchant_order_id=own), at=moved
    )
    effects.record(call.connection, call.now, None, row, "moi", {"merchant_order_id": ",".join(own)}, "executed", None)
    return answer(200, document, effect=True)
