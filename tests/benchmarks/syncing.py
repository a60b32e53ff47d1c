"""Bringing orders in: P14 to P21, but for reading and exporting. What runs inside the program is in `storing`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from . import peers
from .measuring import Command, Run, inside, median, ratio
from .places import Cache, Places, Server, home, lengowctl, profile, server
from .report import Report

_LATENCY = 150
_ROUNDS = 3
#: A peer that has taken so many seconds is not run again.
_PATIENCE = 90
#: P15 in short: a clock that runs six times as fast for the program and for the server, so windows of 10 s.
_HASTE, _ALLOWED, _LIMITED_ORDERS = 6, 40, 12_000
_WINDOW = 60 / _HASTE


def first_sync(report: Report, cache: Cache, large: Cache) -> None:
    """P14 and P20 of the syncs that built the caches; beyond some size the server's own work would slow P14 down."""
    first, again = cache.first, cache.again
    told = f"{cache.orders:,} orders in {first.wall:.1f} s, CPU {first.cpu:.1f} s; one run, {cache.built}"
    report.note("P14 rate", cache.orders / first.wall, told)
    report.note("P14 cpu", first.cpu / cache.orders * 100_000, "start-up and all commits included")
    report.note("P20 sync", max(large.first.peak, large.again.peak), f"{large.orders:,} orders")
    pages = cache.stats["routes"]["GET /orders"]
    asked = f"{pages['requests']:,} requests for {math.ceil(cache.orders / 100):,} full pages, {pages['most']} at once"
    report.say(f"{asked}; second sync, nothing changed: {again.wall:.2f} s")


def beside_peers(report: Report, places: Places, orders: int, dlt: str | None) -> None:
    """P14: the same pages from the same server into a local store. The loop, which takes its time, gets fewer."""
    _beside(report, places, orders, ("curl", "dlt"), dlt)
    _beside(report, places, orders // 4, ("loop",), dlt)


def _beside(report: Report, places: Places, orders: int, names: Sequence[str], dlt: str | None) -> None:
    """Some peers, one after the other, round by round."""
    with server(orders) as source:
        tools = peers.ingest(source.url, orders, places.fresh("peers"), dlt)
        commands = {name: command for name, command in tools.commands.items() if name in names}
        found: dict[str, list[Run]] = {name: [] for name in ("lengowctl", *commands)}
        for _ in range(_ROUNDS):
            found["lengowctl"].append(lengowctl(home(places.fresh("ours"), source.url), "sync", "-q").once())
            for name, command in commands.items():
                if sum(run.wall for run in found[name]) < _PATIENCE:
                    tools.clean()
                    found[name].append(command.once())
    for name, runs in found.items():
        _tell_peer(report, name, runs, found["lengowctl"], orders)
    for name in tools.absent.keys() & set(names):
        report.absent(f"P14 {name}", tools.absent[name])


def _tell_peer(report: Report, name: str, runs: list[Run], ours: list[Run], orders: int) -> None:
    wall, cpu = (median(getattr(run, what) for run in runs) for what in ("wall", "cpu"))
    peak = max(run.peak for run in runs)
    told = f"{name:<12} {orders:,} orders, {orders / wall:8,.0f} a second, CPU {cpu:5.1f} s, peak {peak:4.0f} MiB"
    report.say(told)
    if name != "lengowctl":
        report.ratio(f"P14 {name}", ratio(ours[: len(runs)], runs))


def under_a_limit(report: Report, places: Places, orders: int = _LIMITED_ORDERS) -> None:
    """P15: a first sync that needs several windows. The server counts in fixed windows."""
    with server(orders, limit=_ALLOWED, window=_WINDOW, haste=_HASTE) as source:
        env = home(places.fresh("limited"), source.url)
        words = ["-m", "tests.benchmarks.hastened", str(_HASTE), str(source.epoch), "sync", "-q"]
        Command([*peers.PYTHON, *words], env).once()
        seen = source.stats()
    windows, densest = (seen["routes"]["GET /orders"][what] for what in ("windows", "densest"))
    full = windows[:-1]
    told = f"{_ALLOWED} requests a window of {_WINDOW:.0f} s, clocks {_HASTE} times as fast: {windows}"
    if full:
        report.note("P15 used", min(full) / _ALLOWED, told)
    else:
        report.absent("P15 used", "no window was filled")
    report.note(
        "P15 over",
        max(windows) / _ALLOWED,
        f"{seen['refused']} refused with 429; at most {densest} in any {_WINDOW:.0f} s",
    )


def waiting_for_pages(report: Report, places: Places, orders: int) -> None:
    """P16: of what so many requests of 150 ms take at best, from the first one's arrival to the last answer. The sync's
    readers alone, as nothing else is asked for here; with storing, more than a core is needed for it.
    """
    flying = []
    with server(orders, latency=_LATENCY) as source:
        for name, at_once in (("four", 4), ("eight", 8)):
            share, told, most = _of_the_ideal(source, "read", at_once, places)
            flying.append(most / at_once)
            report.note(f"P16 {name}", share, told)
        share, told, _ = _of_the_ideal(source, "pull", 4, places)
        report.say(f"the whole sync, 4 at once: {share:.2f} of the ideal, {told}")
    report.note("P16 flying", max(flying))


def _of_the_ideal(source: Server, what: str, at_once: int, places: Places) -> tuple[float, str, int]:
    """The share, the context, and the most requests at once."""
    source.mark()
    inside("storing", what, source.url, str(at_once), str(places.fresh("waiting")))
    pages = source.stats()["routes"]["GET /orders"]
    took = pages["answered"] - pages["first"]
    share = pages["requests"] * _LATENCY / 1000 / at_once / took
    return share, f"{pages['requests']} requests in {took:.1f} s", pages["most"]


def storing(report: Report, places: Places, orders: int) -> None:
    """P17: the store's own step."""
    found = inside("storing", "again", str(places.fresh("storing")), str(orders))
    told = f"{orders:,} orders in pages of 100: new {found['new']:,.0f}, changed {found['changed']:,.0f}, unchanged {found['unchanged']:,.0f} a second of CPU"  # noqa: E501
    report.note("P17 rate", found["unchanged"] / found["changed"], told)
    report.note("P17 rows", found["rows"], "by SQLite's own count of changes")


def upserting(report: Report, places: Places, million: bool) -> None:
    """P18: a changed order at random, in a copy of a cache of each size."""
    if not million:
        report.absent("P18", "needs a cache of a million orders: --million")
        return
    took = {}
    for orders in (100_000, 1_000_000):
        cache = places.cache(orders)
        took[orders] = inside("storing", "upsert", str(profile(cache.folder)), str(places.fresh("upsert")), str(orders))
    small, big = (took[orders]["ms"] for orders in sorted(took))
    report.note("P18", big / small, f"{big:.2f} against {small:.2f} ms an order; 5,000,000 are not built")


def disk(report: Report, cache: Cache) -> None:
    """P21."""
    size = cache.database.stat().st_size
    bodies = inside("storing", "bodies", str(profile(cache.folder)))
    report.note("P21 whole", size / cache.orders / 1000, f"{size / 1e6:,.0f} MB for {cache.orders:,} orders")
    sizes = ", ".join(f"{name} {mb:.1f}" for name, mb in bodies["tables"] if mb >= 0.05)
    report.say(f"MB of each table with its indexes: {sizes}")
    orders = dict(bodies["tables"]).get("orders", 0) * 1000 / cache.orders
    told = f"the file less the bodies; the table of orders alone {orders:.2f}"
    report.note("P21 bare", (size - bodies["bytes"]) / cache.orders / 1000, told)


def flatness(report: Report, places: Places, cache: Cache) -> None:
    """P20: peaks of the same three commands on 10,000 orders and on the size in use."""
    if cache.orders <= 10_000:
        report.absent("P20 growth", "needs a cache of more than 10,000 orders")
        return
    small = places.cache(10_000)
    commands = {"list": ["list", "-n", "50"], "CSV": ["export"], "JSON lines": ["export", "-o", "jsonl"]}
    grown = {"sync": cache.first.peak / small.first.peak}
    for name, words in commands.items():
        peaks = [median(lengowctl(it.env, *words).once().peak for _ in range(3)) for it in (cache, small)]
        grown[name] = peaks[0] / peaks[1]
    told = ", ".join(f"{name} {value:.2f}" for name, value in grown.items())
    report.note("P20 growth", max(grown.values()), f"to {cache.orders:,} orders: {told}")


def churn(report: Report, folder: Path, seeds: int) -> None:
    """P19, in the world of the tests."""
    found = inside("churn", str(folder), str(seeds))
    told = f"{found['runs']} worlds, {len(found['sorts'])} sort orders; a naive reader lost in {found['naive']} of them"
    report.note("P19", sum(found["sorts"].values()), told)
