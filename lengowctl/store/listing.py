"""Selected rows in order: first their addresses, then their values batch by batch, no cursor open in between."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple, cast

from lengowctl.errors import UsageFault
from lengowctl.orders.fields import Rows, check_columns
from lengowctl.orders.selection import NEWEST, Selection, Sort
from lengowctl.store.conditions import Conditions, conditions, marketplaces
from lengowctl.store.connection import Cell, Connection, Row
from lengowctl.store.exact import check_values, check_words
from lengowctl.store.faults import decoding
from lengowctl.store.fields import (
    ACTIONS,
    SHIFT,
    StoredValue,
    address,
    as_json,
    as_words,
    kind_of,
    order_terms,
    source,
    value,
)

#: How many rows are read at once. The first batch is small, so that the first rows are there at once.
_FIRST_BATCH, _BATCH = 50, 400
#: So many are found before all others, where that is quick: what a table measures its columns by, and one more.
_FIRST_PAGE = 250
#: With more alternatives than this, one query for all of them is the better plan.
_ALTERNATIVES = 60
_ALL = Selection()


class Ask(NamedTuple):
    """What is listed. `after_seq` (exclusive) and `before_seq` (inclusive) bound when a row was last written."""

    selection: Selection
    rows: Rows = Rows.ORDER
    sort: tuple[Sort, ...] = NEWEST
    limit: int | None = None
    profile: str = ""
    after_seq: int | None = None
    before_seq: int | None = None

    def needs_ledger(self, columns: Sequence[str] = ()) -> bool:
        """Whether the answer depends on what we did, and not on the orders alone."""
        named = {*columns, *(key.field for key in self.sort)}
        return bool(self.selection.action_states or named & ACTIONS)


def cells(connection: Connection, ask: Ask, columns: Sequence[str]) -> Iterator[tuple[StoredValue, ...]]:
    """The rows as stored values."""
    names = _named(columns, ask.rows)
    kinds = [kind_of(name, ask.rows) for name in names]
    what = ", ".join(value(name, ask.rows) for name in names)
    sql = batch_query(ask.rows, names, f"j.value, {what}")
    for wanted in _batches(connection, ask):
        found = connection.all(sql, {"profile": ask.profile, "wanted": json.dumps(wanted)})
        if not found:
            continue
        numbers, *by_column = zip(*found, strict=True)
        with decoding(connection.path):
            check_values(by_column, kinds)
        rows = cast(Iterator[tuple[StoredValue, ...]], zip(*by_column, strict=True))
        if list(numbers) == wanted:
            yield from rows
        else:  # some are gone
            by_number = dict(zip(numbers, rows, strict=True))
            yield from [by_number[number] for number in wanted if number in by_number]


def words(connection: Connection, ask: Ask, columns: Sequence[str]) -> Iterator[list[tuple[str, ...]]]:
    """The rows as text, in blocks of columns. SQLite makes one text of a block, because reading that here takes half
    the time of fetching it cell by cell.
    """
    names = _named(columns, ask.rows)
    kinds = [kind_of(name, ask.rows) for name in names]
    sql = batch_query(ask.rows, names, f"json_group_array({as_words(names, ask.rows)})")
    for wanted in _batches(connection, ask):
        text = connection.value(sql, {"profile": ask.profile, "wanted": json.dumps(wanted)})
        with decoding(connection.path):
            by_column = list(zip(*json.loads(str(text)), strict=True))
            check_words(by_column, kinds)
        if by_column:
            yield by_column


def objects(connection: Connection, ask: Ask, columns: Sequence[str]) -> Iterator[str]:
    """The rows as JSON objects, a line each, many lines to a text."""
    names = _named(columns, ask.rows)
    sql = batch_query(ask.rows, names, f"group_concat({as_json(names, ask.rows)}, char(10))")
    for wanted in _batches(connection, ask):
        text = connection.value(sql, {"profile": ask.profile, "wanted": json.dumps(wanted)})
        if text is not None:
            yield str(text)


def _named(columns: Sequence[str], rows: Rows) -> tuple[str, ...]:
    if not columns:
        raise UsageFault("no column is named", hint="--columns help lists them all")
    return check_columns(columns, rows)


def count(connection: Connection, ask: Ask) -> int:
    """How many rows there are."""
    made = _conditions(connection, ask)
    return connection.number(f"SELECT count(*) FROM {source(ask.rows, ())}{made.where()}", made.values)


def grouped(connection: Connection, ask: Ask, by: Sequence[str], what: str) -> list[Row]:
    """The different values of some fields, each with an aggregate over its orders, sorted by them."""
    names = check_columns(by, ask.rows)
    keys = ", ".join(value(name, ask.rows) for name in names)
    made = _conditions(connection, ask)
    by = ", ".join(made.aside(value(name, ask.rows)) for name in names)
    return connection.all(
        f"SELECT {keys}, {what} FROM {source(ask.rows, names)}{made.where()} GROUP BY {by} ORDER BY {by}",
        made.values | {"profile": ask.profile},
    )


def addresses(connection: Connection, ask: Ask) -> array[int]:
    """The numbers of the selected rows, in order."""
    sql, values = address_query(connection, ask)
    return connection.numbers(sql, values, "I" if ask.rows is Rows.ORDER else "q")


def address_query(connection: Connection, ask: Ask) -> tuple[str, dict[str, Cell]]:
    """The query behind `addresses`. Several statuses or marketplaces with a limit are asked one by one and merged,
    so that each is read from the front of its index and nothing is sorted as a whole.
    """
    made = conditions(ask.selection, connection, first_page=ask.limit is not None)
    _seqs(made, ask)
    terms = order_terms(ask.sort, ask.rows, never_null=_never_null(ask.selection))
    if made.leads and not _by_due(ask):
        terms = [(f"+{sql}", direction) for sql, direction in terms]
    order = ", ".join(f"{sql} {direction}".rstrip() for sql, direction in terms)
    arms = list(_alternatives(made, connection, ask))
    tables = source(ask.rows, [key.field for key in ask.sort])
    made.values |= {"profile": ask.profile, "limit": -1 if ask.limit is None else ask.limit}
    if len(arms) == 1:
        where = _and(made, arms[0])
        return f"SELECT {address(ask.rows)} FROM {tables}{where} ORDER BY {order} LIMIT :limit", made.values
    what = ", ".join([f"{address(ask.rows)} AS a", *(f"{sql} AS s{n}" for n, (sql, _) in enumerate(terms))])
    merged = " UNION ALL ".join(
        f"SELECT * FROM (SELECT {what} FROM {tables}{_and(made, arm)} ORDER BY {order} LIMIT :limit)" for arm in arms
    )
    final = ", ".join(f"s{n} {direction}".rstrip() for n, (_, direction) in enumerate(terms))
    return f"SELECT a FROM ({merged}) ORDER BY {final} LIMIT :limit", made.values


def _and(made: Conditions, more: Sequence[str]) -> str:
    clauses = [*more, *made.clauses]
    return " WHERE " + " AND ".join(clauses) if clauses else ""


def _conditions(connection: Connection, ask: Ask) -> Conditions:
    made = conditions(ask.selection, connection)
    _seqs(made, ask)
    for clauses in _alternatives(made, connection, ask, together=True):
        made.clauses[:0] = clauses
    return made


def _alternatives(
    made: Conditions, connection: Connection, ask: Ask, *, together: bool = False
) -> Iterator[tuple[str, ...]]:
    """The conditions on status and marketplace: one tuple for all alternatives, or one for each of them."""
    choices: list[tuple[str, tuple[str, ...]]] = []
    if ask.selection.statuses:
        choices.append((made.aside("o.status"), tuple(dict.fromkeys(ask.selection.statuses))))
    if ask.selection.marketplaces:
        choices.append((made.aside("o.marketplace"), marketplaces(ask.selection.marketplaces, connection)))
    number = 1
    for _, words in choices:
        number *= len(words)
    walked = bool(ask.sort) and ask.sort[0].field == "ordered_at" and not made.leads
    if together or ask.limit is None or not walked or not 1 < number <= _ALTERNATIVES:
        yield tuple([_one_of(made, column, words) for column, words in choices])
        return
    bound = [[f"{column} = {made.bind(word)}" for word in words] for column, words in choices]
    yield from product(*bound)


def _one_of(made: Conditions, column: str, words: tuple[str, ...]) -> str:
    return f"{column} = {made.bind(words[0])}" if len(words) == 1 else f"{column} IN {made.bind_all(words)}"


def _seqs(made: Conditions, ask: Ask) -> None:
    if ask.after_seq is not None:
        made.lead(f"{made.aside('o.seq')} > {made.bind(ask.after_seq)}")
    if ask.before_seq is not None:
        made.add(f"{made.aside('o.seq') if ask.after_seq is None else 'o.seq'} <= {made.bind(ask.before_seq)}")


def _by_due(ask: Ask) -> bool:
    """Whether the due dates are walked in their order."""
    return bool(ask.sort) and ask.sort[0].field == "due_at" and "due_at" in _never_null(ask.selection)


def _never_null(selection: Selection) -> frozenset[str]:
    """Fields that the selection itself keeps from being empty, so that their index can be walked."""
    due = selection.has_due or selection.due_before is not None or selection.due_after is not None
    return frozenset({"ref", *(["due_at"] if due else [])})


def _batches(connection: Connection, ask: Ask) -> Iterator[list[int]]:
    """The addresses in blocks. Where an index is walked in this order the first page is asked for by itself, so that
    the first rows are there before a million of them were found."""
    if not _is_walked(ask):
        return (yield from _in_blocks(addresses(connection, ask), 0))
    newest = connection.number("SELECT max(id) FROM orders")
    first = addresses(connection, _first(ask))
    yield from _in_blocks(first, 0)
    if len(first) < _FIRST_PAGE:
        return None
    found = addresses(connection, ask)
    if found[: len(first)] != first or max(found) > newest:  # a sync wrote meanwhile: on with what there was
        given = set(first)
        found = array(found.typecode, [*first, *(n for n in found if n <= newest and n not in given)])
    return (yield from _in_blocks(found, len(first)))


def _in_blocks(found: array[int], start: int) -> Iterator[list[int]]:
    size = _BATCH if start else _FIRST_BATCH
    while start < len(found):
        yield found[start : start + size].tolist()
        start, size = start + size, _BATCH


def _first(ask: Ask) -> Ask:
    return Ask(ask.selection, ask.rows, ask.sort, _FIRST_PAGE, ask.profile)


def _is_walked(ask: Ask) -> bool:
    """Whether the first rows are found at once, however many there are: newest or oldest first, filtered by nothing
    but what an index begins with."""
    others = replace(ask.selection, statuses=(), marketplaces=(), since=None, until=None)
    whole = ask.rows is Rows.ORDER and ask.limit is None and ask.after_seq is None and ask.before_seq is None
    return whole and bool(ask.sort) and ask.sort[0].field == "ordered_at" and others == _ALL


def batch_query(rows: Rows, names: Sequence[str], what: str) -> str:
    """The query for the rows at the addresses `:wanted`, a JSON array, in its order: CROSS JOIN walks it as it is."""
    tables = source(rows, names)
    _, join, latest = tables.partition(" LEFT JOIN ")
    if rows is Rows.ORDER:
        return f"SELECT {what} FROM json_each(:wanted) j CROSS JOIN orders o ON o.id = j.value{join}{latest}"
    letter = "l" if rows is Rows.LINE else "p"
    on = f"{letter}.order_row = j.value >> {SHIFT} AND {letter}.position = j.value & {(1 << SHIFT) - 1}"
    table = "lines" if rows is Rows.LINE else "parcels"
    return (
        f"SELECT {what} FROM json_each(:wanted) j CROSS JOIN {table} {letter} ON {on}"
        f" CROSS JOIN orders o ON o.id = {letter}.order_row{join}{latest}"
    )
