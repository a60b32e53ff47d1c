"""Reading from the cache, as whole processes: P3, P4, P7 to P11. The inside of the program is in `queries`."""

from __future__ import annotations

from .measuring import Command, compare, inside, median, modules, ratio, tool, versus
from .places import SMALL, Cache, Places, lengowctl, profile
from .report import Report
from .starting import BARE, HEAVY

_COLUMNS = "ref, status, ordered_at, due_at, total, currency, items, customer, country"
_NEWEST = f"SELECT {_COLUMNS} FROM orders ORDER BY ordered_at DESC, ref LIMIT 50"
_COUNTS = "SELECT status, count(*) FROM orders GROUP BY status"
_TABLE_HEAVY = {"httpx", "pydantic", "rich.markdown", "pygments", "ssl", "asyncio", "sqlite_utils", "keyring"}


def lists(report: Report, cache: Cache, rounds: int) -> None:
    """P3 and P4, and the memory of P20."""
    plain, json = (lengowctl(cache.env, "list", "-n", "50", *more) for more in ((), ("-o", "json")))
    table = lengowctl(cache.env, "list", "-n", "50", terminal=True)
    commands = {"bare": BARE, "plain": plain, "json": json, "table": table}
    utils, gh = tool("sqlite-utils"), tool("gh")
    if utils:
        commands["utils"] = Command([utils, "query", str(cache.database), _NEWEST, "--csv"])
    if gh:
        commands["gh"] = Command([gh, "--version"])
    found = compare(commands, rounds)
    report.ratio("P3 plain", ratio(found["plain"], found["bare"]))
    report.ratio("P3 json", ratio(found["json"], found["bare"]))
    for name, key in (("utils", "P3 sqlite-utils"), ("gh", "P3 gh")):
        if name in found:
            report.ratio(key, ratio(found["plain"], found[name]))
        else:
            report.absent(key, "not installed")
    heavy = HEAVY & (modules(["list", "-n", "50"], cache.env) | modules(["list", "-n", "50", "-o", "json"], cache.env))
    report.note("P3 modules", len(heavy), ", ".join(sorted(heavy)))
    report.ratio("P4 time", ratio(found["table"], found["bare"]))
    heavy = _TABLE_HEAVY & modules(["list", "-n", "50"], cache.env, terminal=True)
    report.note("P4 modules", len(heavy), ", ".join(sorted(heavy)))
    peak = max(median(run.peak for run in found[name]) for name in ("plain", "json", "table"))
    report.note("P20 list", peak, "the largest of plain, JSON and table")


def growth(report: Report, places: Places, cache: Cache, rounds: int) -> None:
    """P8: the same command on a small cache."""
    small = places.cache(SMALL)
    found = versus(lengowctl(cache.env, "list", "-n", "50"), lengowctl(small.env, "list", "-n", "50"), rounds)
    report.note("P8", found.wall, f"{cache.orders:,} orders; {found.told}")


def queries(report: Report, places: Places, cache: Cache) -> None:
    """P7 and P10: what the store takes for an answer, in a process that does nothing else."""
    big = inside("queries", "time", str(profile(cache.folder)))
    tenth = places.cache(max(cache.orders // 10, 100))
    small = inside("queries", "time", str(profile(tenth.folder)))
    for name, row in big["pages"].items():
        report.say(f"{name:<40} {row:8.2f} ms, {small['pages'][name]:8.2f} ms on a tenth")
    slowest = max(big["pages"], key=lambda name: float(big["pages"][name]))
    report.note("P7 time", big["pages"][slowest], f"{slowest}; {cache.orders:,} orders")
    most = max(big["pages"], key=lambda name: big["pages"][name] / small["pages"][name])
    report.note("P7 growth", big["pages"][most] / small["pages"][most], f"{most}; {tenth.orders:,} to {cache.orders:,}")
    report.note("P7 plans", len(big["bad plans"]), "; ".join(big["bad plans"]))
    report.note("P10 sku", big["sku"], f"{big['found sku']} found")
    report.note(
        "P10 buyer", big["buyer"], f"{big['found buyer']} found, 50 shown; the slower of a rare and a common name"
    )
    report.note(
        "P10 like",
        big["like"] / big["sku"],
        f"LIKE: {big['like']:.1f} ms for {cache.orders:,} orders; meant for a million",
    )


def counts(report: Report, cache: Cache, rounds: int) -> None:
    """P9: the same query through both programs, less what our start-up takes."""
    shell = tool("sqlite3")
    if not shell:
        report.absent("P9 time", "sqlite3 is not installed")
    else:
        commands = {
            "ours": lengowctl(cache.env, "db", "query", _COUNTS),
            "start": lengowctl(cache.env, "db", "query", "SELECT 1"),
            "theirs": Command([shell, str(cache.database), _COUNTS]),
        }
        found = compare(commands, rounds)
        rows = zip(found["ours"], found["start"], found["theirs"], strict=True)
        figure = median(ours.wall / (start.wall + theirs.wall) for ours, start, theirs in rows)
        query = median(run.wall for run in found["theirs"])
        report.note("P9 time", figure, f"sqlite3: {query * 1000:.0f} ms for {cache.orders:,} orders")
    plan = inside("queries", "plan", str(profile(cache.folder)))
    report.note("P9 plan", int("COVERING INDEX" in plan), plan)


def rendering(report: Report, cache: Cache) -> None:
    """P11: rows that are in memory already."""
    found = inside("queries", "render", str(profile(cache.folder)))
    told = f"{found['ours']:.0f} ms against {found['padded']:.0f} ms for {found['rows']:,} rows"
    report.note(
        "P11", found["ours"] / found["padded"], f"{told}; off a terminal {found['plain'] / found['padded']:.1f}"
    )
