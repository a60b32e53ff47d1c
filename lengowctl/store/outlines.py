"""Orders as far as their columns tell: quick to read by the thousand, because no body is unpacked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from lengowctl.orders.model import BY_MARKETPLACE, Line, Order, OrderType, Package
from lengowctl.orders.moment import from_micros
from lengowctl.orders.reference import OrderKey
from lengowctl.store.connection import Cell, Connection, Row
from lengowctl.store.faults import decoding
from lengowctl.store.text import storable

_PAIRS = (
    "json_each(?) j CROSS JOIN orders o ON o.order_id = json_extract(j.value, '$[1]')"
    " AND o.marketplace = json_extract(j.value, '$[0]')"
)
_HEADS = (
    "SELECT o.id, o.marketplace, o.order_id, o.status, o.marketplace_status, o.version, o.total, o.currency,"
    " o.original_total, o.original_currency, o.fulfilled_by_marketplace, o.anonymized"
    f" FROM {_PAIRS}"
)
_LINES = (
    "SELECT order_row, line_id, sku, marketplace_product_id, quantity, amount, line_status FROM lines"
    " WHERE order_row IN (SELECT value FROM json_each(?)) ORDER BY order_row, position"
)


def outlines(connection: Connection, keys: Iterable[OrderKey]) -> dict[OrderKey, Order]:
    """The orders by these keys, a thousand or so at once; what is not stored is not among them.

    Told truly are: what identifies it, status and the marketplace's word for it, when it was updated, total and
    currencies, whether the marketplace ships it itself, and of its lines id, SKU, product, pieces, amount and status.
    All else is empty, the address and the amounts in the currency of the sale too.
    """
    pairs = {(storable(key.marketplace), storable(key.order_id)): key for key in keys}
    with decoding(connection.path):
        heads = connection.all(_HEADS, (json.dumps(list(pairs)),))
        parts: dict[Cell, list[Line]] = {head[0]: [] for head in heads}
        for row in connection.all(_LINES, (json.dumps(list(parts)),)):
            parts[row[0]].append(_line(row))
        found = ((pairs[str(head[1]), str(head[2])], head) for head in heads)
        return {key: _order(key, head, parts[head[0]]) for key, head in found}


def _order(key: OrderKey, head: Row, lines: list[Line]) -> Order:
    """The key's own texts are used again: there may be very many of them."""
    _, _, _, status, word, version, total, currency, original, sold_in, theirs, anonymized = head
    return Order(
        marketplace=key.marketplace,
        order_id=key.order_id,
        status=str(status),
        marketplace_status=_text(word),
        ordered_at=None,
        imported_at=None,
        updated_at=from_micros(int(str(version))),
        total=_money(total),
        currency=_text(currency),
        original_total=_money(original),
        original_currency=_text(sold_in),
        shipping=None,
        tax=None,
        commission=None,
        discount=None,
        processing_fee=None,
        merchant_order_ids=(),
        packages=(Package(tuple(lines), None),),
        billing=None,
        types=_THEIRS if theirs else (),
        anonymized=bool(anonymized),
    )


_THEIRS = (OrderType(BY_MARKETPLACE, None),)


def _line(row: Row) -> Line:
    _, line_id, sku, product, quantity, amount, status = row
    return Line(
        line_id=str(line_id),
        sku=_text(sku),
        marketplace_product_id=_text(product),
        title=None,
        quantity=int(str(quantity)),
        amount=_money(amount),
        tax=None,
        shipping=None,
        refunded_amount=None,
        original_amount=None,
        status=_text(status),
        marketplace_status=None,
        due_at=None,
    )


def _text(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


def _money(cell: Cell) -> Decimal | None:
    """Raises ValueError for what is no amount."""
    try:
        return None if cell is None else Decimal(str(cell))
    except InvalidOperation as fault:
        raise ValueError("an amount was stored here") from fault
