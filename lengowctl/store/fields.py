"""Where each field of a row lies in the tables: its SQL, its JSON, and how it is sorted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from lengowctl.orders.fields import LINE_FIELDS, ORDER_FIELDS, PARCEL_FIELDS, Kind, Rows, check_columns, fields_of
from lengowctl.orders.selection import Sort

StoredValue = str | int | None
#: The columns that hold buyer's data.
PERSONAL = tuple(field.name for field in ORDER_FIELDS if field.personal)
#: Lines and parcels are addressed by order and position in one number: 2^24 positions an order.
SHIFT = 24

_FROM = {
    Rows.ORDER: "orders o",
    Rows.LINE: "orders o CROSS JOIN lines l ON l.order_row = o.id",
    Rows.PARCEL: "orders o CROSS JOIN parcels p ON p.order_row = o.id",
}
_ADDRESS = {
    Rows.ORDER: "o.id",
    Rows.LINE: f"(l.order_row << {SHIFT} | l.position)",
    Rows.PARCEL: f"(p.order_row << {SHIFT} | p.position)",
}
_LATEST = (
    " LEFT JOIN ledger.intents i ON i.id = (SELECT max(n.id) FROM ledger.intents n"
    " WHERE n.marketplace = o.marketplace AND n.order_id = o.order_id)"
)
_ELSEWHERE = {"profile": ":profile", "action": "i.action", "action_state": "i.state"}
ACTIONS = frozenset({"action", "action_state"})


def source(rows: Rows, names: Sequence[str]) -> str:
    """The tables of these rows; with the ledger's where a field needs them."""
    return _FROM[rows] + (_LATEST if ACTIONS & set(names) else "")


def address(rows: Rows) -> str:
    """The number that a row keeps for as long as it exists."""
    return _ADDRESS[rows]


def column(name: str, rows: Rows) -> str:
    """The field's SQL, as stored."""
    if rows is Rows.PARCEL and name == "parcel":
        return "(p.position + 1)"
    for kind, letter, fields in ((Rows.LINE, "l", LINE_FIELDS), (Rows.PARCEL, "p", PARCEL_FIELDS)):
        if rows is kind and any(field.name == name for field in fields):
            return f'{letter}."{name}"'
    return _ELSEWHERE.get(name) or f'o."{name}"'


def kind_of(name: str, rows: Rows) -> Kind:
    return fields_of(rows)[name].kind


def value(name: str, rows: Rows) -> str:
    """The field's SQL for a cell; a list that is none makes SQLite complain."""
    sql = column(name, rows)
    return f"json({sql})" if kind_of(name, rows) is Kind.LIST else sql


def as_words(names: Sequence[str], rows: Rows) -> str:
    """One JSON array of these fields, all of them text: nothing is "", a list its members with a comma between."""
    return f"json_array({', '.join(_words(name, rows) for name in names)})"


def _words(name: str, rows: Rows) -> str:
    sql, kind = column(name, rows), kind_of(name, rows)
    if kind is Kind.LIST:
        members = f"(SELECT group_concat(value, ', ') FROM json_each({sql}))"
        sql = f"CASE {sql} WHEN '[]' THEN '' ELSE {members} END"
    elif kind is Kind.FLAG:
        sql = f"CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE CAST({sql} AS TEXT) END"
    elif kind is Kind.COUNT:
        sql = f"CAST({sql} AS TEXT)"
    return f"coalesce({sql}, '')"


def as_json(names: Sequence[str], rows: Rows) -> str:
    """One JSON object of these fields: times and money text, counts numbers, lists arrays, flags true or false."""
    return _json_object(tuple(names), rows)


@lru_cache(maxsize=16)
def _json_object(names: tuple[str, ...], rows: Rows) -> str:
    pairs = ", ".join(f"'{name}', {_json_value(name, rows)}" for name in names)
    return f"json_object({pairs})"


def _json_value(name: str, rows: Rows) -> str:
    sql = value(name, rows)
    if kind_of(name, rows) is Kind.FLAG:
        return f"json(CASE {sql} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE 'null' END)"
    return sql


def order_terms(sort: Sequence[Sort], rows: Rows, *, never_null: frozenset[str]) -> list[tuple[str, str]]:
    """The ORDER BY terms as (SQL, direction). What is missing comes last in either direction; `ref`, then the
    position, breaks ties.

    Raises UsageFault for a field that the rows do not have.
    """
    check_columns([key.field for key in sort], rows)
    terms = [_term(key, rows, never_null) for key in sort]
    if "ref" not in {key.field for key in sort}:
        terms.append(("o.ref", ""))
    if rows is not Rows.ORDER:
        terms.append(("l.position" if rows is Rows.LINE else "p.position", ""))
    return terms


def _term(key: Sort, rows: Rows, never_null: frozenset[str]) -> tuple[str, str]:
    sql = column(key.field, rows)
    if kind_of(key.field, rows) is Kind.MONEY:
        sql = f"CAST({sql} AS REAL)"
    if key.descending:
        return sql, "DESC"  # nothing is the least of all to SQLite, so it comes last here
    return sql, "" if key.field in never_null else "NULLS LAST"
