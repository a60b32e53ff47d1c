"""Exports of the whole cache, the same 15 columns in the same order for everybody: P12, P13."""

from __future__ import annotations

from .measuring import Command, compare, median, ratio, tool
from .places import Cache, lengowctl
from .report import Report

COLUMNS = ("ref,status,marketplace_status,ordered_at,imported_at,updated_at,due_at,total,currency,shipping,items,lines,"
           "customer,country,carrier")  # fmt: skip
_QUERY = f"SELECT {COLUMNS} FROM orders ORDER BY ordered_at DESC, ref"


def exports(report: Report, cache: Cache, rounds: int) -> None:
    """All formats and peers in turn, read by nobody."""
    path, ours = str(cache.database), ("export", "--columns", COLUMNS)
    commands = {"csv": lengowctl(cache.env, *ours), "jsonl": lengowctl(cache.env, *ours, "-o", "jsonl")}
    shell, utils = tool("sqlite3"), tool("sqlite-utils")
    if shell:
        commands |= {name: Command([shell, f"-{name[1:]}", path, _QUERY]) for name in ("3csv", "3json")}
    if utils:
        commands |= {name: Command([utils, "query", path, _QUERY, f"--{name[1:]}"]) for name in ("ucsv", "unl")}
    found = compare(commands, rounds)
    for key, mine, theirs in (
        ("P12 sqlite3", "csv", "3csv"),
        ("P12 sqlite-utils", "csv", "ucsv"),
        ("P13 sqlite3", "jsonl", "3csv"),
        ("P13 json", "jsonl", "3json"),
        ("P13 sqlite-utils", "jsonl", "unl"),
    ):
        if theirs in found:
            report.ratio(key, ratio(found[mine], found[theirs]))
        else:
            report.absent(key, "not installed")
    peak = max(median(run.peak for run in found[name]) for name in ("csv", "jsonl"))
    report.note("P20 export", peak, f"the larger of CSV and JSON lines; {cache.orders:,} orders")
