"""Queries and rendering inside the program: `python -m tests.benchmarks.queries time|plan|render FOLDER`."""

from __future__ import annotations

import io
import json
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from lengowctl.orders.selection import NEWEST, Selection
from lengowctl.output import table
from lengowctl.output.columns import asked
from lengowctl.output.screen import Screen
from lengowctl.store.listing import Ask, address_query
from lengowctl.store.store import Store

from .data import NEWEST as LAST

_COLUMNS = ("ref", "status", "ordered_at", "due_at", "total", "currency", "items", "customer", "country")
_PAGES = {
    "status, marketplace and date": Selection(
        statuses=("waiting_shipment",), marketplaces=("amazon_de",), since=LAST - timedelta(days=60)
    ),
    "newest": Selection(),
    "marketplace": Selection(marketplaces=("bol",)),
    "status": Selection(statuses=("shipped",)),
    "two statuses on two marketplaces": Selection(
        statuses=("shipped", "closed"), marketplaces=("amazon_*",)
    ),
}  # fmt: skip
_TRIES, _MOST_SECONDS = 101, 4.0


def _ms(work: Callable[[], object]) -> float:
    """The median of many, warm, in milliseconds; of fewer when one takes long."""
    work()
    took: list[float] = []
    while len(took) < _TRIES and sum(took) < _MOST_SECONDS * 1000:
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def _page(store: Store, selection: Selection) -> list[tuple[object, ...]]:
    return list(store.orders.rows(selection, _COLUMNS, limit=50, profile="main"))


def timed(store: Store) -> dict[str, object]:
    pages, bad = {}, []
    for name, selection in _PAGES.items():
        pages[name] = _ms(lambda selection=selection: _page(store, selection))  # type: ignore[misc]
        sql, values = address_query(store.connection, Ask(selection, sort=NEWEST, limit=50, profile="main"))
        steps = [str(row[3]) for row in store.connection.all(f"EXPLAIN QUERY PLAN {sql}", values)]
        # walking an index in its order, or the few rows of merged alternatives, is no scan of the table
        bad += [f"{name}: {step}" for step in steps if _is_bad(step, merged=len(steps) > 6)]
    return {"pages": pages, "bad plans": bad, **_searches(store)}


def _is_bad(step: str, *, merged: bool) -> bool:
    if "TEMP B-TREE" in step:
        return not merged
    return step.startswith(("SCAN o", "SCAN orders")) and "USING" not in step


def _searches(store: Store) -> dict[str, object]:
    db = store.connection
    sku = str(db.value("SELECT sku FROM lines WHERE order_row = (SELECT max(order_row) FROM lines) LIMIT 1"))
    like = f"%{sku[1:]}%"
    by_sku = Selection(skus=(sku,))
    buyers = [Selection(search=words) for words in ("Aino Exemple Nantes", "dupont")]
    found = max((_ms(lambda: _page(store, it)), len(_page(store, it))) for it in buyers)  # noqa: B023
    return {
        "sku": _ms(lambda: _page(store, by_sku)),
        "found sku": store.orders.count(by_sku),
        "buyer": found[0],
        "found buyer": store.orders.count(buyers[1]),
        "like": _ms(lambda: db.all("SELECT order_row FROM lines WHERE sku LIKE ?", (like,))),
    }


def plan(store: Store) -> str:
    """How the counts by status are read."""
    rows = store.connection.all("EXPLAIN QUERY PLAN SELECT o.status, count(*) FROM orders o GROUP BY o.status")
    return "; ".join(str(row[3]) for row in rows)


def rendered(store: Store) -> dict[str, object]:
    """10,000 rows as a long table on a terminal, and off one, against padding each cell to the width of its column."""
    names = asked(("ref", "status", "ordered_at", "total", "items", "customer", "country"))
    rows = list(islice(store.orders.rows(Selection(), names, limit=10_000, profile="main"), 10_000))
    now = datetime.now(UTC)
    screens = {"ours": Screen(now, UTC, 160, tty=True), "plain": Screen(now, UTC, 160)}
    columns = names[:7]
    took = {
        name: _ms(lambda screen=screen: table.write(rows, columns, io.StringIO(), screen=screen))  # type: ignore[misc]
        for name, screen in screens.items()
    }
    return {**took, "padded": _ms(lambda: _padded(rows)), "rows": len(rows)}


def _padded(rows: list[tuple[object, ...]]) -> None:
    words = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    stream = io.StringIO()
    for row in words:
        stream.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + "\n")


if __name__ == "__main__":
    with Store.open(Path(sys.argv[2]), write=False, now=datetime.now(UTC)) as opened:
        print(json.dumps({"time": timed, "plan": plan, "render": rendered}[sys.argv[1]](opened)))
