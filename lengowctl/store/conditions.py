"""A selection as SQL conditions with bound values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase

from lengowctl.orders.moment import micros, utc_text
from lengowctl.orders.selection import Selection
from lengowctl.store.connection import Cell, Connection
from lengowctl.store.search import match
from lengowctl.store.text import storable

_GLOB = frozenset("*?[")
#: Words that as many orders have are common.
_COMMON = 2_000


class Conditions:
    """The conditions of one query, joined by AND, with the values they bind."""

    def __init__(self) -> None:
        self.clauses: list[str] = []
        self.values: dict[str, Cell] = {}

    def bind(self, value: Cell) -> str:
        """The placeholder for a value."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def bind_all(self, values: Iterable[Cell]) -> str:
        return "(" + ", ".join([self.bind(value) for value in values]) + ")"

    def add(self, clause: str) -> None:
        self.clauses.append(clause)

    def where(self) -> str:
        return " WHERE " + " AND ".join(self.clauses) if self.clauses else ""


def conditions(selection: Selection, connection: Connection, *, first_page: bool = False) -> Conditions:
    """Everything but the statuses and the marketplaces, whose alternatives the caller may want to ask one by one.

    `first_page`: only a few rows are wanted, so the plan should find the first ones fast rather than all of them.
    """
    made = Conditions()
    if selection.keys:
        made.add(f"o.id IN (SELECT k.id FROM {_keys(made, selection)})")
    _moments(made, selection)
    _amounts(made, selection)
    _words(made, selection, connection if first_page else None)
    _parts(made, selection, connection)
    if selection.action_states:
        made.add(_actions(made, selection))
    return made


def marketplaces(globs: Sequence[str], connection: Connection) -> tuple[str, ...]:
    """The stored marketplaces that one of the globs fits; a plain code stands for itself."""
    known = distinct(connection, "orders", "marketplace") if any(_GLOB & set(glob) for glob in globs) else []
    found: dict[str, None] = {}
    for glob in (storable(glob).lower() for glob in globs):
        found |= dict.fromkeys(
            [code for code in known if fnmatchcase(code.lower(), glob)] if _GLOB & set(glob) else [glob]
        )
    return tuple(found)


def distinct(connection: Connection, table: str, column: str) -> list[str]:
    """The different texts of an indexed column: one look into the index each, however many rows there are."""
    sql = (
        f"WITH RECURSIVE m (v) AS (SELECT min({column}) FROM {table}"
        f" UNION ALL SELECT (SELECT min({column}) FROM {table} WHERE {column} > m.v) FROM m WHERE m.v IS NOT NULL)"
        " SELECT v FROM m WHERE v IS NOT NULL"
    )
    return [str(value) for (value,) in connection.all(sql)]


def _keys(made: Conditions, selection: Selection) -> str:
    """However many there are, they are one bound value."""
    pairs = [[storable(key.marketplace), storable(key.order_id)] for key in selection.keys]
    given = made.bind(json.dumps(pairs, separators=(",", ":")))
    part = "json_extract(j.value, '$[{}]')"
    return (
        f"json_each({given}) j CROSS JOIN orders k"
        f" ON k.marketplace = {part.format(0)} AND k.order_id = {part.format(1)}"
    )


def _moments(made: Conditions, selection: Selection) -> None:
    if selection.since is not None:
        made.add(f"o.ordered_at >= {made.bind(utc_text(selection.since))}")
    if selection.until is not None:
        made.add(f"o.ordered_at < {made.bind(utc_text(_next_second(selection.until)))}")
    if selection.updated_since is not None:
        made.add(f"o.version >= {made.bind(micros(selection.updated_since))}")
    if selection.due_before is not None:
        made.add(f"o.due_at <= {made.bind(utc_text(selection.due_before))}")
    if selection.due_after is not None:
        made.add(f"o.due_at > {made.bind(utc_text(selection.due_after))}")
    if selection.has_due is not None:
        made.add(f"o.due_at IS {'NOT ' if selection.has_due else ''}NULL")


def _next_second(moment: datetime) -> datetime:
    """Stored times are cut to seconds, so "before 8:00:00.5" includes all of 8:00:00."""
    return moment + timedelta(seconds=1) - timedelta(microseconds=moment.microsecond) if moment.microsecond else moment


def _amounts(made: Conditions, selection: Selection) -> None:
    """Compared as numbers; an unknown total never fits."""
    for sign, bound in ((">=", selection.min_total), ("<=", selection.max_total)):
        if bound is not None:
            made.add(f"CAST(o.total AS REAL) {sign} {made.bind(_real(bound))}")
    for column, values in (("country", selection.countries), ("currency", selection.currencies)):
        if values:
            made.add(f"o.{column} COLLATE NOCASE IN {made.bind_all(map(storable, values))}")


def _real(amount: Decimal) -> float:
    return float(amount)


def _words(made: Conditions, selection: Selection, first_page_of: Connection | None) -> None:
    text = match(selection.search) if selection.search else None
    if text is not None:
        found = f"SELECT rowid FROM search WHERE search MATCH {made.bind(text)}"
        if first_page_of is not None and _is_common(first_page_of, text):
            made.add(f"+o.id IN ({found})")  # the plus: met on the way through the newest, not looked up one by one
        else:
            made.add(f"o.id IN ({found})")
    if selection.types:
        quoted = [json.dumps(storable(word), ensure_ascii=False) for word in selection.types]
        made.add("(" + " OR ".join([f"instr(o.types, {made.bind(word)}) > 0" for word in quoted]) + ")")
    if selection.imported is not None:
        made.add(f"o.merchant_order_ids {'<>' if selection.imported else '='} '[]'")


def _is_common(connection: Connection, text: str) -> bool:
    sql = "SELECT count(*) FROM (SELECT 1 FROM search WHERE search MATCH ? LIMIT ?)"
    return connection.number(sql, (text, _COMMON)) == _COMMON


def _parts(made: Conditions, selection: Selection, connection: Connection) -> None:
    if selection.line_statuses:
        wanted = made.bind_all(map(storable, selection.line_statuses))
        made.add(f"EXISTS (SELECT 1 FROM lines x WHERE x.order_row = o.id AND x.line_status IN {wanted})")
    if selection.skus:
        fits = " OR ".join([_sku(made, storable(glob)) for glob in selection.skus])
        made.add(f"o.id IN (SELECT x.order_row FROM lines x WHERE {fits})")
    if selection.carriers:
        known = distinct(connection, "parcels", "carrier")
        globs = [glob.casefold() for glob in selection.carriers]
        fitting = [name for name in known if any(fnmatchcase(name.casefold(), glob) for glob in globs)]
        made.add(f"o.id IN (SELECT x.order_row FROM parcels x WHERE x.carrier IN {made.bind_all(fitting)})")


def _sku(made: Conditions, glob: str) -> str:
    """A plain SKU and a glob with a fixed beginning use the index; what SQLite cannot fold is folded by us."""
    if not glob.isascii() or "[" in glob:
        return f"folded(x.sku) GLOB {made.bind(glob.casefold())}"
    if not _GLOB & set(glob):
        return f"x.sku = {made.bind(glob)} COLLATE NOCASE"
    escaped = glob.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"x.sku LIKE {made.bind(escaped.replace('*', '%').replace('?', '_'))} ESCAPE '\\'"


def _actions(made: Conditions, selection: Selection) -> str:
    """Orders whose latest action stands in one of these states."""
    return (
        "o.id IN (SELECT k.id FROM ledger.intents s CROSS JOIN orders k"
        " ON k.marketplace = s.marketplace AND k.order_id = s.order_id"
        f" WHERE s.state IN {made.bind_all(map(storable, selection.action_states))}"
        " AND s.id = (SELECT max(n.id) FROM ledger.intents n"
        " WHERE n.marketplace = s.marketplace AND n.order_id = s.order_id))"
    )


def _fold(text: object) -> str | None:
    return text.casefold() if isinstance(text, str) else None


#: Functions of ours that conditions use, by name.
FUNCTIONS: dict[str, Callable[[object], str | None]] = {"folded": _fold}
