"""The goals, one a row: number, what is measured, in what unit, and what it should be."""

from __future__ import annotations

from dataclasses import dataclass

BARE = "x bare Python"


@dataclass(frozen=True)
class Goal:
    """One figure that is asked for. `key` is the goal's number and a word for this part of it."""

    key: str
    what: str
    unit: str
    sign: str
    limit: float

    @property
    def number(self) -> str:
        return self.key.partition(" ")[0]

    @property
    def told(self) -> str:
        words = {"<=": "at most", ">=": "at least", "=": "exactly"}
        return f"{words[self.sign]} {shown(self.limit)}"

    def met(self, figure: float) -> bool:
        return {"<=": figure <= self.limit, ">=": figure >= self.limit, "=": figure == self.limit}[self.sign]


def shown(figure: float) -> str:
    """A figure with as many digits as mean something."""
    if figure == int(figure) and abs(figure) < 1e6:
        return f"{int(figure):,}"
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.1f}" if abs(figure) >= 10 else f"{figure:.2f}"


GOALS: tuple[Goal, ...] = (
    Goal("P1 time", "`--version`", BARE, "<=", 1.3),
    Goal("P1 modules", "… modules of Typer that it loads", "modules", "=", 0),
    Goal("P2 names", "completion of a command's name in bash, its script loaded anew", BARE, "<=", 1.5),
    Goal("P2 options", "completion of an option's name in bash, its script loaded anew", BARE, "<=", 1.5),
    Goal("P2 codes", "completion of a marketplace from the cache", BARE, "<=", 7),
    Goal("P2 values", "completion of an order's reference from the cache, with descriptions", BARE, "<=", 7),
    Goal("P2 modules", "… heavy modules, Typer among them, that it loads", "modules", "=", 0),
    Goal("P3 plain", "`list -n 50`, plain", BARE, "<=", 7.5),
    Goal("P3 json", "`list -n 50 -o json`", BARE, "<=", 7.5),
    Goal("P3 sqlite-utils", "… against `sqlite-utils query` of the same 50 rows", "x its time", "<=", 0.7),
    Goal("P3 gh", "… against `gh --version`", "x its time", "<=", 2),
    Goal("P3 modules", "… heavy modules that it loads", "modules", "=", 0),
    Goal("P4 time", "`list -n 50` as a table on a terminal", BARE, "<=", 13.5),
    Goal("P4 modules", "… heavy modules that it loads", "modules", "=", 0),
    Goal("P5 plain", "`--help`, plain", BARE, "<=", 7.5),
    Goal("P5 terminal", "`--help` on a terminal", BARE, "<=", 16),
    Goal("P5 modules", "… heavy modules that it loads, plain", "modules", "=", 0),
    Goal("P6 time", "a network command until its first request arrives", BARE, "<=", 24),
    Goal("P6 contexts", "… TLS contexts that it makes: one client a process", "contexts", "=", 1),
    Goal("P7 time", "a page of 50 by status, marketplace and date; the slowest of its kind", "ms", "<=", 1),
    Goal("P7 growth", "… against the same on a tenth of the orders", "x", "<=", 2),
    Goal("P7 plans", "… plans that scan a table or sort in a temporary b-tree", "plans", "=", 0),
    Goal("P8", "`list` against the same on 1,000 orders", "x its time", "<=", 1.15),
    Goal("P9 time", "counts by status against the sqlite3 program's query and our start-up", "x", "<=", 1.3),
    Goal("P9 plan", "… covering indexes that its plan reads", "index", "=", 1),
    Goal("P10 sku", "search by SKU", "ms", "<=", 100),
    Goal("P10 buyer", "search by a buyer's name", "ms", "<=", 100),
    Goal("P10 like", "… a SKU found against a LIKE scan", "x faster", ">=", 100),
    Goal("P11", "10,000 rows made into lines, against plain padding", "x", "<=", 3),
    Goal("P12 sqlite3", "CSV export of 15 columns against `sqlite3 -csv`", "x its time", "<=", 4),
    Goal("P12 sqlite-utils", "… against `sqlite-utils --csv`", "x its time", "<=", 1.1),
    Goal("P13 sqlite3", "JSON lines export of 15 columns against `sqlite3 -csv`", "x its time", "<=", 2),
    Goal("P13 json", "… against `sqlite3 -json`", "x its time", "<=", 1.6),
    Goal("P13 sqlite-utils", "… against `sqlite-utils --nl`", "x its time", "<=", 0.3),
    Goal("P14 rate", "first `sync`, no latency, no limit", "orders/s", ">=", 3000),
    Goal("P14 cpu", "… CPU for a page of 100 orders", "ms", "<=", 30),
    Goal("P14 curl", "… against curl, jq and sqlite-utils", "x its time", "<=", 0.7),
    Goal("P14 loop", "… against a loop of requests and upserts", "x its time", "<=", 0.3),
    Goal("P14 dlt", "… against dlt to SQLite", "x its time", "<=", 0.3),
    Goal("P15 used", "the request limit used in the poorest full window", "share", ">=", 0.95),
    Goal("P15 over", "… requests in the fullest window, of those allowed", "share", "<=", 1),
    Goal("P16 four", "pages of 150 ms, 4 at once, of the ideal", "share", ">=", 0.85),
    Goal("P16 eight", "pages of 150 ms, 8 at once, of the ideal", "share", ">=", 0.75),
    Goal("P16 flying", "… most in flight, of the setting", "share", "=", 1),
    Goal("P17 rate", "storing unchanged orders against changed ones", "x faster", ">=", 4),
    Goal("P17 rows", "… rows written for unchanged ones", "rows", "=", 0),
    Goal("P18", "storing a changed order, 1,000,000 in the cache against 100,000", "x", "<=", 2.5),
    Goal("P19", "orders lost or stale while the world moves, in every sort order", "orders", "=", 0),
    Goal("P20 sync", "peak memory of a first `sync`", "MiB", "<=", 100),
    Goal("P20 list", "peak memory of `list`", "MiB", "<=", 30),
    Goal("P20 export", "peak memory of an export, CSV or JSON lines", "MiB", "<=", 45),
    Goal("P20 bulk", "peak memory of 5,000 actions", "MiB", "<=", 80),
    Goal("P20 growth", "the most that any of these grows from 10,000 orders on", "x", "<=", 1.1),
    Goal("P21 whole", "disk an order: bodies, lines, search index", "KB", "<=", 3),
    Goal("P21 bare", "disk an order without bodies", "KB", "<=", 1),
    Goal("P22 ideal", "5,000 actions of 50 ms, 16 at once, durable: of the ideal", "share", ">=", 0.75),
    Goal("P22 sequential", "… against one after the other", "x faster", ">=", 12),
    Goal("P22 flying", "… most in flight", "requests", "<=", 16),
    Goal("P23 time", "5,000 actions, 500 a window, against ten windows", "x", "<=", 1.05),
    Goal("P23 doubles", "actions executed twice after kill -9 again and again", "actions", "=", 0),
    Goal("P24", "what durability costs: more time than 5,000 actions without an outbox", "share", "<=", 0.2),
)  # fmt: skip
NUMBERS = tuple(dict.fromkeys(goal.number for goal in GOALS))
