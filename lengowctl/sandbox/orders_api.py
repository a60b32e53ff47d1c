"""`GET /v3.0/orders`: filters, the silent seven-day window, ordering, pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lengowctl.sandbox import bodies, pools
from lengowctl.sandbox.calls import Answer, Call, detail, dumps, envelope, page_of
from lengowctl.sandbox.clock import DAY, parse
from lengowctl.sandbox.world import COLUMNS, OrderRow

_ORDERINGS = {
    "marketplace": "marketplace",
    "marketplace_order_date": "ordered_at",
    "imported_at": "imported_at",
    "updated_at": "updated_at",
    "marketplace_order_id": "number",
    "lengow_status": "status",
}
_DOCUMENTED = (("marketplace", ""), ("ordered_at", " DESC"), ("imported_at", " DESC"))
_MODES = {
    "documented": _DOCUMENTED,
    "created_asc": (("imported_at", ""),),
    "created_desc": (("imported_at", " DESC"),),
    "updated_asc": (("updated_at", ""),),
    "updated_desc": (("updated_at", " DESC"),),
}
_TIMES = ("ordered_at", "imported_at", "updated_at")


@dataclass
class Filters:
    """Conditions on the slim rows, all of which must hold."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values.extend(values)

    @property
    def where(self) -> str:
        return " AND ".join(self.conditions) or "1"


def list_orders(call: Call) -> Answer:
    paging = page_of(call)
    if paging is None:
        return detail(404, call.text("invalid_page"))
    page, size = paging
    filters = filters_of(call)
    source = _source(call)
    count = call.connection.execute(f"SELECT count(*) FROM {source} WHERE {filters.where}", filters.values).fetchone()[
        0
    ]
    found = _page(call, source, filters, size, (page - 1) * size) if count > (page - 1) * size else []
    return envelope(call, count, page, size, [_rendered(call, row) for row in found])


def filters_of(call: Call) -> Filters:
    """The query as conditions. What is unknown or cannot be read is passed over, as Lengow does."""
    query, filters = call.query, Filters()
    for name, column in (
        ("marketplace", "marketplace"),
        ("marketplace_order_id", "number"),
        ("lengow_status", "status"),
    ):
        if query.get(name):
            filters.add(f"{column} = ?", query[name])
    _add_line_status(filters, query.get("lengow_line_status"))
    _add_own_number(filters, query.get("merchant_order_id"))
    _add_catalogs(filters, query.get("catalog_ids"))
    dated = _add_dates(filters, query)
    if not dated and not query.get("marketplace_order_id"):
        filters.add("ordered_at >= ?", call.now - call.settings.window_days * DAY)
    return filters


def _add_line_status(filters: Filters, asked: str | None) -> None:
    wanted = [word for word in (asked or "").split(",") if word]
    if wanted:
        choices = " OR ".join(["instr(',' || line_statuses || ',', ?)"] * len(wanted))
        filters.add(f"({choices})", *(f",{word}," for word in wanted))


def _add_own_number(filters: Filters, asked: str | None) -> None:
    """`None` or nothing: orders without a merchant order id. Anything else: orders that hold this id."""
    if asked is None:
        return
    if asked in ("None", ""):
        filters.add("numbered = 0")
    else:
        seeded = asked.removeprefix("SO-").removesuffix("-B")
        n = int(seeded) - 100_000 if seeded.isascii() and seeded.isdecimal() and len(seeded) < 12 else -1
        kept = "EXISTS (SELECT 1 FROM json_each(body, '$.merchant_order_id') WHERE CAST(value AS TEXT) = ?)"
        filters.add(f"numbered = 1 AND (body IS NULL AND n = ? OR body IS NOT NULL AND {kept})", n, asked)


def _add_catalogs(filters: Filters, asked: str | None) -> None:
    wanted = [int(word) for word in (asked or "").split(",") if word.strip().isdecimal()]
    if wanted:
        filters.add(f"catalog IN ({', '.join('?' * len(wanted))})", *wanted)


def _add_dates(filters: Filters, query: dict[str, str]) -> bool:
    """Whether any valid date filter was there; an invalid one is as good as none."""
    valid = False
    for name, condition in (
        ("marketplace_order_date_from", "ordered_at >= ?"),
        ("marketplace_order_date_to", "ordered_at <= ?"),
        ("updated_from", "updated_at >= ?"),
        ("updated_to", "updated_at <= ?"),
    ):
        moment = parse(query.get(name))
        if moment is not None:
            filters.add(condition, moment)
            valid = True
    return valid


def _source(call: Call) -> str:
    """The rows as listings see them: those changed a moment ago still show their old version."""
    pending = call.connection.execute("SELECT 1 FROM prior WHERE until > ? LIMIT 1", (call.now,)).fetchone()
    if pending is None:
        return "orders"
    old = ", ".join(f"json_extract(row, '$[{place}]')" for place in range(len(OrderRow._fields)))
    return (
        f"(SELECT {COLUMNS} FROM orders WHERE n NOT IN (SELECT n FROM prior WHERE until > {call.now})"
        f" UNION ALL SELECT {old} FROM prior WHERE until > {call.now} AND row IS NOT NULL)"
    )


def _page(call: Call, source: str, filters: Filters, size: int, offset: int) -> list[OrderRow]:
    """The rows of one page. The numbers are found first, in an index, and only the page's rows are read."""
    ordering = _ordering(call)
    limit = (size, offset)
    if source != "orders":
        found = call.connection.execute(
            f"SELECT {COLUMNS} FROM {source} WHERE {filters.where} ORDER BY {ordering} LIMIT ? OFFSET ?",
            (*filters.values, *limit),
        )
        return [OrderRow(*row) for row in found]
    numbers = [
        row[0]
        for row in call.connection.execute(
            f"SELECT n FROM orders WHERE {filters.where} ORDER BY {ordering} LIMIT ? OFFSET ?",
            (*filters.values, *limit),
        )
    ]
    marks = ", ".join("?" * len(numbers))
    rows = {
        row[0]: OrderRow(*row)
        for row in call.connection.execute(f"SELECT {COLUMNS} FROM orders WHERE n IN ({marks})", numbers)
    }
    return [rows[n] for n in numbers]


def _ordering(call: Call) -> str:
    keys = [] if call.settings.ignore_ordering else _asked_ordering(call.query.get("ordering", ""))
    chosen = keys or list(_MODES[call.settings.sort_mode])
    if not call.settings.shuffle_ties:
        return ", ".join([*(column + way for column, way in chosen), "n"])
    shuffled = [f"{column} / 1000000{way}" if column in _TIMES else column + way for column, way in chosen]
    request = call.connection.execute("SELECT max(id) FROM log").fetchone()[0] or 0
    return ", ".join([*shuffled, f"(n * 7919 + 13) * {2 * (request % 5003) + 1} % 10007"])


def _asked_ordering(text: str) -> list[tuple[str, str]]:
    """The fields asked for, in order; unknown ones are passed over."""
    keys = []
    for name in text.split(","):
        column = _ORDERINGS.get(name.strip().lstrip("-"))
        if column:
            keys.append((column, " DESC" if name.strip().startswith("-") else ""))
    return keys


def _rendered(call: Call, row: OrderRow) -> bytes:
    if row.poison is not None:
        return row.poison
    document = bodies.body(row, call.seed)
    target = call.query.get("set_currency", "").upper()
    if call.query.get("no_currency_conversion", "").lower() in ("1", "true"):
        in_original_currency(document)
    elif target in pools.RATES:
        in_currency(document, target)
    return dumps(document)


def in_original_currency(document: dict[str, Any]) -> None:
    """Leave the amounts in the marketplace's currency: both sets of fields show it."""
    if document.get("original_currency"):
        document["currency"] = document["original_currency"]
    for holder in (document, *bodies.lines_of(document)):
        for name in [name for name in holder if f"original_{name}" in holder and name != "currency"]:
            holder[name] = holder[f"original_{name}"]


def in_currency(document: dict[str, Any], target: str) -> None:
    """Convert the amounts to another currency; an order without a rate keeps its -1."""
    source = document.get("currency", {}).get("iso_a3", "EUR")
    if source not in pools.RATES or document.get("total_order") == -1:
        return
    rate = pools.RATES[source] / pools.RATES[target]
    document["currency"] = bodies.currency_object(target)
    for holder in (document, *bodies.lines_of(document)):
        for name in [name for name in holder if f"original_{name}" in holder and name != "currency"]:
            holder[name] = _scaled(holder[name], rate)


def _scaled(amount: Any, rate: float) -> Any:
    if amount is None:
        return None
    value = round(float(amount) * rate, 2)
    return f"{value:.2f}" if isinstance(amount, str) else value
