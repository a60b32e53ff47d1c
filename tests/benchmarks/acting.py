"""Bulk actions over HTTP: P22, P23, P24, and the memory of P20."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from .measuring import LENGOWCTL, PYTHON, Command, Failed, Run, median
from .places import Places, Server, home, lengowctl, server
from .report import Report

_LATENCY, _AT_ONCE = 50, 16
_POST = "POST /orders/actions"
_ROUNDS = 3
_WAITING = "waiting_acceptance"
#: As in P15, everybody's clock runs so many times as fast; posts are less work than pages.
_HASTE = 12
_ACCEPT = ("accept", "-q", "--yes", "--max-orders", "99999", "-")
_ANY_CODE = tuple(range(10))


class _Shop:
    """A home with orders that all wait to be accepted, their references in a file for each part of them."""

    def __init__(self, folder: Path, source: Server, orders: int, parts: int = 1) -> None:
        self.env = home(folder, source.url)
        lengowctl(self.env, "sync", "-q").once()
        listed = subprocess.run(
            [*LENGOWCTL, "list", "-s", _WAITING, "-o", "ids"],
            env=self.env, capture_output=True, text=True, check=True, timeout=120,
        ).stdout.split()  # fmt: skip
        if len(listed) < orders:
            raise Failed(f"only {len(listed)} of {orders} orders wait to be accepted")
        size = orders // parts
        self.refs = [folder / f"refs-{part}" for part in range(parts)]
        for part, path in enumerate(self.refs):
            path.write_text("\n".join(listed[part * size : (part + 1) * size]))

    def accept(self, *more: str, part: int = 0) -> Command:
        return Command([*LENGOWCTL, *_ACCEPT, *more], self.env, stdin=self.refs[part])

    def hastened(self, source: Server, *words: str) -> Command:
        """A command (`accept` of all) on the server's fast clock."""
        program = [PYTHON, "-m", "tests.benchmarks.hastened", str(_HASTE), str(source.epoch)]
        stdin = None if words else self.refs[0]
        return Command([*program, *(words or _ACCEPT)], self.env, stdin=stdin, codes=_ANY_CODE, limit=300)


def durable(report: Report, places: Places, actions: int) -> None:
    """P22 and P24: the wall time of each command less what the same one takes that sends nothing."""
    mine: list[Run] = []
    plain: list[Run] = []
    seconds: list[tuple[float, float]] = []
    most = 0
    with server(actions * _ROUNDS, latency=_LATENCY, status=_WAITING) as source:
        shop = _Shop(places.fresh("acting"), source, actions * _ROUNDS, _ROUNDS)
        few = max(actions // 50, 20)
        start = _posts(source, 0, 1).once()
        alone = (_posts(source, few, 1).once().wall - start.wall) / few
        for part in range(_ROUNDS):
            idle = shop.accept("--dry-run", part=part).once()
            source.mark()
            mine.append(shop.accept(part=part).once())
            most = max(most, source.stats()["routes"][_POST]["most"])
            plain.append(_posts(source, actions, _AT_ONCE).once())
            seconds.append((mine[-1].wall - idle.wall, plain[-1].wall - start.wall))
    rate, bare = (median(actions / took[whose] for took in seconds) for whose in (0, 1))
    ideal = _AT_ONCE / _LATENCY * 1000
    cpu, peer_cpu = (median(run.cpu for run in runs) for runs in (mine, plain))
    told = f"{rate:.0f} of {ideal:.0f} a second, CPU {cpu:.1f} s; {_ROUNDS} rounds of {actions:,}"
    report.note("P22 ideal", rate / ideal, told)
    report.note("P22 sequential", rate * alone, f"{1 / alone:.1f} a second one after the other, plain httpx")
    report.note("P22 flying", most)
    cost = median(ours / theirs - 1 for ours, theirs in seconds)
    told = f"{rate:.0f} against {bare:.0f} a second of {_AT_ONCE} threads without an outbox, CPU {peer_cpu:.1f} s"
    report.note("P24", cost, told)
    report.note("P20 bulk", max(run.peak for run in mine), f"{actions:,} actions")


def under_a_limit(report: Report, places: Places, actions: int) -> None:
    """P23: so many actions under a limit that lets them through in ten windows. The windows are the server's own."""
    window, allowed = 60 / _HASTE, actions // 10
    limited: dict[str, Any] = {"limit": allowed, "window": window, "limited": "POST"}
    with server(actions, latency=_LATENCY / _HASTE, haste=_HASTE, status=_WAITING, **limited) as source:
        shop = _Shop(places.fresh("paced"), source, actions)
        source.mark()
        code = shop.hastened(source).once().code
        seen = source.stats()
    posts = seen["routes"][_POST]
    took = (posts["answered"] - posts["first"]) / window
    windows = f"{took:.2f} windows of {window:.0f} s, clocks {_HASTE} times as fast: {posts['windows']}"
    told = f"{windows}; {seen['refused']} refused with 429, at most {posts['densest']} in any {window:.0f} s"
    if code or seen["orders"] != actions:
        raise Failed(f"{seen['orders']} of {actions} orders were accepted, exit code {code}; {told}")
    report.note("P23 time", took / 10, told)


def killed(report: Report, places: Places, actions: int, kills: int) -> None:
    """P23: killed with SIGKILL while it sends, and run again, until nothing is left to do."""
    dice = random.Random(1)
    with server(actions, latency=20, haste=_HASTE, status=_WAITING) as source:
        shop = _Shop(places.fresh("killed"), source, actions)
        died = sum(_kill(shop, source, dice.randrange(1, max(actions // 10, 2)), dice) for _ in range(kills))
        codes: list[int] = []
        while not codes or (codes[-1] and len(codes) < 8):
            shop.hastened(source, "actions", "settle", "-q").once()
            codes.append(shop.hastened(source).once().code)
        seen = source.stats()
    told = f"killed {died} times, then exit codes {codes}; {seen['orders']} of {actions} orders were accepted"
    if codes[-1] or seen["orders"] != actions:
        raise Failed(told)
    report.note("P23 doubles", seen["doubles"], told)


def _kill(shop: _Shop, source: Server, requests: int, dice: random.Random) -> bool:
    """Start it, kill it so many requests later; whether it was still running."""
    command = shop.hastened(source)
    after = source.stats()["executed"] + requests
    with shop.refs[0].open("rb") as refs:
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen(command.words, env=dict(shop.env), stdin=refs, stdout=nowhere, stderr=nowhere)
    try:
        end = time.monotonic() + 30
        while process.poll() is None and source.stats()["executed"] < after and time.monotonic() < end:
            time.sleep(dice.uniform(0, 0.02))
    finally:
        process.kill()
    return process.wait() == -signal.SIGKILL


def _posts(source: Server, actions: int, threads: int) -> Command:
    return Command([PYTHON, "-m", "tests.benchmarks.peers", "post", source.url, str(actions), str(threads)])
