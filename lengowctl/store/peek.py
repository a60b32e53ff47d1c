"""The few read-only questions that shell completion asks: each answered from an index at once, or not at all.

Nobody waits for a lock. A missing, locked, damaged, older or newer file raises OSError or sqlite3.Error when it is
opened; later a question that cannot be answered, or not soon enough, gives what was found until then. Light on purpose:
of all the store only the number of its schema's steps is loaded.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from itertools import islice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from typing import Self

    Cell = str | int | bytes | None
    Row = tuple[Cell, ...]
    #: A marketplace, and a status or None for any.
    Pair = tuple[str, str | None]

_LAST = "\U0010ffff"
#: Virtual steps of SQLite between two looks at how many there were, and how often that is at most: about a tenth of a
#: second in all.
_STEPS, _LOOKS = 50_000, 60
#: So many orders with the same beginning are looked at one by one; of more, the newest are walked through.
FEW = 500
#: SQLite takes no more parts in one compound query.
_ARMS = 400
_ORDER = "ref, ordered_at, customer, total, currency, order_id"


def open_file(folder: str, name: str) -> sqlite3.Connection:
    """A database file for reading; whoever holds it locked is not waited for."""
    path = os.path.abspath(os.path.join(folder, name))  # noqa: PTH100, PTH118 - pathlib costs more than SQLite
    if not stat.S_ISREG(os.lstat(path).st_mode):
        raise OSError(f"{path} is no file of ours")
    for sign, code in (("%", "%25"), ("?", "%3f"), ("#", "%23")):
        path = path.replace(sign, code)
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0, isolation_level=None)


class Peek:
    """One database file, open for reading until `close`."""

    def __init__(self, folder: str, name: str, version: int) -> None:
        self._raw = open_file(folder, name)
        self._looks = 0
        try:
            found = self._raw.execute("PRAGMA user_version").fetchone()[0]
            if found != version:
                raise sqlite3.DatabaseError(f"the file has schema {found}, this lengowctl reads {version}")
        except BaseException:
            self.close()
            raise
        self._raw.set_progress_handler(self._enough, _STEPS)

    def close(self) -> None:
        self._raw.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _enough(self) -> bool:
        self._looks += 1
        return self._looks > _LOOKS

    def _rows(self, sql: str, values: Iterable[Cell]) -> Iterator[Row]:
        """The rows that come before anything goes wrong."""
        self._looks = 0
        try:
            yield from self._raw.execute(sql, tuple(values))
        except sqlite3.Error:
            return


class CachePeek(Peek):
    """What the cache knows of orders and marketplaces."""

    def __init__(self, folder: str) -> None:
        from lengowctl.store import schema

        super().__init__(folder, "orders.db", len(schema.STEPS))

    def marketplaces(self, beginning: str = "") -> list[str]:
        """The marketplaces that have orders."""
        return _texts(self._rows(*_distinct("orders", "marketplace", beginning)))

    def statuses(self, beginning: str = "") -> list[str]:
        """The statuses that orders have."""
        return _texts(self._rows(*_distinct("orders", "status", beginning)))

    def parcel_carriers(self, beginning: str = "") -> list[str]:
        """The carriers of parcels, as they were reported."""
        return _texts(self._rows(*_distinct("parcels", "carrier", beginning)))

    def skus(self, beginning: str, limit: int) -> list[tuple[str, str]]:
        """Article numbers, whatever their case, each with a title."""
        found = self._rows(*skus_query(beginning, limit))
        return [(str(sku), str(title or "")) for sku, title in found if sku]

    def described(self, beginning: str = "") -> list[str]:
        """The marketplaces that have a description, with orders or without."""
        sql = "SELECT code FROM marketplaces WHERE code >= ? AND code < ? ORDER BY code"
        return _texts(self._rows(sql, (beginning, beginning + _LAST)))

    def descriptions(self, codes: Iterable[str]) -> dict[str, bytes]:
        """Marketplaces' descriptions of themselves, packed, by code."""
        wanted = list(codes)
        sql = f"SELECT code, body FROM marketplaces WHERE code IN ({_marks(wanted)})"
        return {str(code): body for code, body in self._rows(sql, wanted) if isinstance(body, bytes)}

    def said(self, codes: Collection[str], path: str) -> set[Pair]:
        """What marketplaces' descriptions say at a JSON path, each text with the marketplace's code."""
        self._raw.create_function("unpacked", 1, _unpacked, deterministic=True)
        found = self._rows(said_query(codes), (*codes, path))
        return {(str(code), text) for code, text in found if isinstance(text, str)}

    def sold_on(self, numbers: Sequence[str]) -> list[str]:
        """The marketplaces of the orders with these numbers."""
        sql = f"SELECT marketplace FROM orders WHERE order_id IN ({_marks(numbers)})"
        return list(dict.fromkeys(_texts(self._rows(sql, numbers))))

    def lines(self, marketplace: str, number: str) -> list[tuple[str, str]]:
        """The lines of an order, each with its title."""
        sql = (
            "SELECT l.line_id, l.title FROM orders o CROSS JOIN lines l ON l.order_row = o.id"
            " WHERE o.order_id = ? AND o.marketplace = ?"
        )
        return [(str(line), str(title or "")) for line, title in self._rows(sql, (number, marketplace)) if line]

    def orders(self, pairs: Sequence[Pair], number: str, limit: int, *, ours: bool, but: str = "") -> list[Row]:
        """The newest orders of these marketplaces in these statuses whose number begins so, and not with `but`:
        reference, moment, buyer, total, currency, number. With `ours`, those that the marketplace ships itself are
        left out.
        """
        if not pairs:
            return []
        if number and self._are_few(number):
            return [row for row in self._few(pairs, number, ours) if not but or not str(row[5]).startswith(but)][:limit]
        found: list[Row] = []
        for start in range(0, len(pairs), _ARMS):
            part = pairs[start : start + _ARMS]
            found += islice(self._rows(*orders_query(part, number, limit, ours=ours, but=but)), limit)
        return _newest_first(found)[:limit] if len(pairs) > _ARMS else found

    def _are_few(self, number: str) -> bool:
        sql = "SELECT count(*) FROM (SELECT 1 FROM orders WHERE order_id >= ? AND order_id < ? LIMIT ?)"
        counted = next(self._rows(sql, (number, number + _LAST, FEW + 1)), (FEW + 1,))[0]
        return isinstance(counted, int) and counted <= FEW

    def _few(self, pairs: Sequence[Pair], number: str, ours: bool) -> list[Row]:
        wanted = set(pairs)
        found = self._rows(*numbers_query(number, ours=ours))
        fitting = [row for row in found if {row[-2:], (row[-2], None)} & wanted]
        return _newest_first(fitting)


class LedgerPeek(Peek):
    """What the ledger knows of our actions and exports."""

    def __init__(self, folder: str) -> None:
        from lengowctl.store import ledger_schema

        super().__init__(folder, "ledger.db", len(ledger_schema.STEPS))

    def actions(self, states: Collection[str], beginning: str, limit: int) -> list[Row]:
        """The newest actions in these states (all where there are none): id, action, marketplace, number, state."""
        return list(self._rows(*actions_query(states, beginning, limit)))

    def asked(self, ids: Iterable[str]) -> list[tuple[str, str]]:
        """Action and marketplace of the actions with these ids."""
        wanted = list(ids)
        sql = f"SELECT action, marketplace FROM intents WHERE id IN ({_marks(wanted)})"
        return list(dict.fromkeys((str(action), str(code)) for action, code in self._rows(sql, wanted)))

    def exports(self, beginning: str = "") -> list[str]:
        """The names under which something was exported."""
        sql = "SELECT name FROM exports WHERE name >= ? AND name < ? ORDER BY name"
        return _texts(self._rows(sql, (beginning, beginning + _LAST)))


def orders_query(
    pairs: Sequence[Pair], number: str, limit: int, *, ours: bool, but: str = ""
) -> tuple[str, list[Cell]]:
    """Each pair is read from the newest end of its index, and SQLite merges them."""
    arms, values = [], list[str | int | bytes | None]()
    for code, status in pairs:
        where, given = "marketplace = ?", [code]
        if status is not None:
            where, given = f"{where} AND status = ?", [code, status]
        if number:  # the plus: met on the way, not looked up
            where, given = f"{where} AND +order_id >= ? AND +order_id < ?", [*given, number, number + _LAST]
        if but:
            where, given = f"{where} AND NOT (+order_id >= ? AND +order_id < ?)", [*given, but, but + _LAST]
        arms.append(f"SELECT {_ORDER} FROM orders WHERE {where}{_OURS if ours else ''}")
        values += given
    return f"{' UNION ALL '.join(arms)} ORDER BY ordered_at DESC, ref LIMIT ?", [*values, limit]


_OURS = " AND fulfilled_by_marketplace IS NOT 1"


def numbers_query(number: str, *, ours: bool) -> tuple[str, list[Cell]]:
    """The few orders whose number begins so, with marketplace and status."""
    where = f"order_id >= ? AND order_id < ?{_OURS if ours else ''}"
    return f"SELECT {_ORDER}, marketplace, status FROM orders WHERE {where}", [number, number + _LAST]


def said_query(codes: Collection[str]) -> str:
    """One look for each marketplace. What is no JSON says nothing."""
    text = f"SELECT code, unpacked(body) AS text FROM marketplaces WHERE code IN ({_marks(codes)})"
    return f"SELECT m.code, j.value FROM ({text}) m, json_each(iif(json_valid(m.text), m.text, '{{}}'), ?) j"


def _unpacked(body: object) -> str | None:
    from lengowctl.store.packing import unpack

    try:
        return unpack(body).decode("utf-8", "replace") if isinstance(body, bytes) else None
    except Exception:
        return None


def skus_query(beginning: str, limit: int) -> tuple[str, list[Cell]]:
    """One look into the index for each article number."""
    name = "sku COLLATE NOCASE"
    after = f"(SELECT sku FROM lines WHERE {name} {{}} AND {name} < ? ORDER BY {name} LIMIT 1)"
    sql = (
        f"WITH RECURSIVE m (v) AS (SELECT {after.format('>= ?')}"
        f" UNION ALL SELECT {after.format('> m.v')} FROM m WHERE m.v IS NOT NULL)"
        " SELECT v, (SELECT title FROM lines WHERE sku COLLATE NOCASE = v LIMIT 1) FROM m WHERE v IS NOT NULL LIMIT ?"
    )
    return sql, [beginning, beginning + _LAST, beginning + _LAST, limit]


def actions_query(states: Collection[str], beginning: str, limit: int) -> tuple[str, list[Cell]]:
    """Each state is read from the newest end of its index."""
    what = "SELECT id, action, marketplace, order_id, state FROM intents"
    also = " AND CAST(id AS TEXT) >= ? AND CAST(id AS TEXT) < ?"
    arms = [f"{what} WHERE state = ?{also}" for _ in states] or [f"{what} WHERE id > 0{also}"]
    given = [value for state in states for value in (state, beginning, beginning + _LAST)]
    return f"{' UNION ALL '.join(arms)} ORDER BY id DESC LIMIT ?", [*(given or [beginning, beginning + _LAST]), limit]


def _distinct(table: str, column: str, beginning: str) -> tuple[str, list[Cell]]:
    """The different texts of an indexed column: one look into the index each, however many rows there are."""
    least = f"SELECT min({column}) FROM {table} WHERE {column}"
    sql = (
        f"WITH RECURSIVE m (v) AS ({least} >= ? AND {column} < ?"
        f" UNION ALL SELECT ({least} > m.v AND {column} < ?) FROM m WHERE m.v IS NOT NULL)"
        " SELECT v FROM m WHERE v IS NOT NULL LIMIT 500"
    )
    return sql, [beginning, beginning + _LAST, beginning + _LAST]


def _marks(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))


def _texts(rows: Iterable[Row]) -> list[str]:
    return [value for (value,) in rows if isinstance(value, str)]


def _newest_first(rows: Iterable[Row]) -> list[Row]:
    """Equal ones by reference."""
    return sorted(sorted(rows, key=lambda row: str(row[0])), key=lambda row: str(row[1] or ""), reverse=True)
