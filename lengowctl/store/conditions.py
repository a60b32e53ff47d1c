"""A selection as SQL conditions with bound values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase

from lengowctl.orders.moment import micros, utc_text
from lengowctl.orders.selection import Selection
from lengowctl.store.connection import Cell, Connection, Params
from lengowctl.store.search import match
from lengowctl.store.text import storable

_GLOB = frozenset("*?[")
#: What fits so many orders is common: a first page of them is met soon on the way through the newest.
_COMMON = 2_000


class Conditions:
    """The conditions of one query, joined by AND, with the values they bind.

    `leads`: one of them finds its orders by an index of its own and has to come first, whatever SQLite thinks (with
    statistics of a small table it thinks otherwise than without): see `aside`.
    """

    def __init__(self) -> None:
        self.clauses: list[str] = []
        self.values: dict[str, Cell] = {}
        self.leads = False

    def aside(self, column: str) -> str:
        """The column so that it is only compared or sorted by, and no index of it is taken, where another leads."""
        return f"+{column}" if self.leads else column

    def bind(self, value: Cell) -> str:
        """The placeholder for a value."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def bind_all(self, values: Iterable[Cell]) -> str:
        return "(" + ", ".join([self.bind(value) for value in values]) + ")"

    def add(self, clause: str) -> None:
        self.clauses.append(clause)

    def lead(self, clause: str) -> None:
        """Add the one that finds the orders."""
        self.add(clause)
        self.leads = True

    def where(self) -> str:
        return " WHERE " + " AND ".join(self.clauses) if self.clauses else ""


def conditions(selection: Selection, connection: Connection, *, first_page: bool = False) -> Conditions:
    """Everything but the statuses and the marketplaces, whose alternatives the caller may want to ask one by one.

    `first_page`: only a few rows are wanted, so the plan should find the first ones fast rather than all of them.
    """
    made = Conditions()
    page_of = connection if first_page else None
    if selection.keys:
        made.lead(f"o.id IN (SELECT k.id FROM {_keys(made, selection)})")
    _search(made, selection, page_of)
    _parts(made, selection, connection, page_of)
    if selection.action_states:
        made.lead(_actions(made, selection))
    _updates(made, selection, page_of)
    _due(made, selection)
    _moments(made, selection)
    _amounts(made, selection)
    _kinds(made, selection)
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
    ordered_at = made.aside("o.ordered_at")
    if selection.since is not None:
        made.add(f"{ordered_at} >= {made.bind(utc_text(selection.since))}")
    if selection.until is not None:
        made.add(f"{ordered_at} < {made.bind(utc_text(_next_second(selection.until)))}")


def _updates(made: Conditions, selection: Selection, page_of: Connection | None) -> None:
    if selection.updated_since is None:
        return
    since = micros(selection.updated_since)
    recent = "SELECT 1 FROM orders WHERE version >= ?"
    if made.leads or (page_of is not None and _is_common(page_of, recent, (since,))):
        made.add(f"+o.version >= {made.bind(since)}")
    else:
        made.lead(f"o.version >= {made.bind(since)}")


def _due(made: Conditions, selection: Selection) -> None:
    """Due are only orders that wait for us: few of all."""
    due_at = made.aside("o.due_at")
    found = []
    if selection.due_before is not None:
        found.append(f"{due_at} <= {made.bind(utc_text(selection.due_before))}")
    if selection.due_after is not None:
        found.append(f"{due_at} > {made.bind(utc_text(selection.due_after))}")
    if selection.has_due:
        found.append(f"{due_at} IS NOT NULL")
    for clause in found:
        made.lead(clause)
    if selection.has_due is False:
        made.add("o.due_at IS NULL")


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


def _search(made: Conditions, selection: Selection, page_of: Connection | None) -> None:
    text = match(selection.search) if selection.search else None
    if text is None:
        return
    found = "SELECT rowid FROM search WHERE search MATCH {}"
    if page_of is not None and _is_common(page_of, found.format("?"), (text,)):
        made.add(f"+o.id IN ({found.format(made.bind(text))})")  # met on the way, not looked up one by one
    else:
        made.lead(f"o.id IN ({found.format(made.bind(text))})")


def _kinds(made: Conditions, selection: Selection) -> None:
    if selection.types:
        quoted = [json.dumps(storable(word), ensure_ascii=False) for word in selection.types]
        made.add("(" + " OR ".join([f"instr(o.types, {made.bind(word)}) > 0" for word in quoted]) + ")")
    if selection.imported is not None:
        made.add(f"o.merchant_order_ids {'<>' if selection.imported else '='} '[]'")


def _is_common(connection: Connection, sql: str, values: Params) -> bool:
    return connection.number(f"SELECT count(*) FROM ({sql} LIMIT {_COMMON})", values) == _COMMON


def _parts(made: Conditions, selection: Selection, connection: Connection, page_of: Connection | None) -> None:
    if selection.line_statuses:
        wanted = made.bind_all(map(storable, selection.line_statuses))
        made.add(f"EXISTS (SELECT 1 FROM lines x WHERE x.order_row = o.id AND x.line_status IN {wanted})")
    if selection.skus:
        fits = " OR ".join([_sku(made, storable(glob)) for glob in selection.skus])
        _having(made, "lines", fits, page_of)
    if selection.carriers:
        known = distinct(connection, "parcels", "carrier")
        globs = [glob.casefold() for glob in selection.carriers]
        fitting = [name for name in known if any(fnmatchcase(name.casefold(), glob) for glob in globs)]
        _having(made, "parcels", f"x.carrier IN {made.bind_all(fitting)}", page_of)


def _having(made: Conditions, table: str, fits: str, page_of: Connection | None) -> None:
    """Orders with a part that fits."""
    if page_of is not None and _is_common(page_of, f"SELECT 1 FROM {table} x WHERE {fits}", made.values):
        made.add(f"EXISTS (SELECT 1 FROM {table} x WHERE x.order_row = o.id AND ({fits}))")
    else:
        made.lead(f"o.id IN (SELECT x.order_row FROM {table} x WHERE {fits})")


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
