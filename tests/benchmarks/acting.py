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
#: One order in eight waits to be accepted.
_SHARE = 8
#: As in P15: everybody's clock runs so many times as fast.
_HASTE = 12
_ACCEPT = ("accept", "-q", "--yes", "--max-orders", "99999", "-")


class _Shop:
    """A home with some orders that wait to be accepted, their references in a file."""

    def __init__(self, folder: Path, source: Server, actions: int) -> None:
        self.source, self.env = source, home(folder, source.url)
        lengowctl(self.env, "sync", "-q").once()
        said = subprocess.run(
            [*LENGOWCTL, "list", "-s", "waiting_acceptance", "-o", "ids", "-n", str(actions)],
            env=self.env, capture_output=True, text=True, check=True, timeout=120,
        ).stdout  # fmt: skip
        self.refs = folder / "refs"
        self.refs.write_text(said)
        self.count = len(said.split())
        if self.count < actions:
            raise Failed(f"only {self.count} orders wait to be accepted")

    def accept(self, *more: str) -> Command:
        return Command([*LENGOWCTL, *_ACCEPT, *more], self.env, stdin=self.refs)


def durable(report: Report, places: Places, actions: int) -> None:
    """P22 and P24: the wall time of each command less what the same one takes that sends nothing."""
    mine: list[Run] = []
    plain: list[Run] = []
    seconds: list[tuple[float, float]] = []
    most = 0
    for _ in range(_ROUNDS):
        with server(actions * _SHARE, latency=_LATENCY) as source:
            shop = _Shop(places.fresh("acting"), source, actions)
            idle = shop.accept("--dry-run").once()
            source.mark()
            mine.append(shop.accept().once())
            most = max(most, source.stats()["routes"][_POST]["most"])
            plain.append(_posts(source, actions, _AT_ONCE).once())
            start = _posts(source, 0, 1).once()
            seconds.append((mine[-1].wall - idle.wall, plain[-1].wall - start.wall))
    with server(8, latency=_LATENCY) as source:
        few = max(actions // 50, 20)
        one = _posts(source, few, 1).once()
        alone = (one.wall - _posts(source, 0, 1).once().wall) / few
    rate = median(actions / took for took, _ in seconds)
    ideal = _AT_ONCE / _LATENCY * 1000
    told = f"{rate:.0f} a second, CPU {median(run.cpu for run in mine):.1f} s, {_ROUNDS} rounds"
    report.note("P22 ideal", rate / ideal, told)
    report.note("P22 sequential", rate * alone, f"{1 / alone:.1f} a second one after the other, plain httpx")
    report.note("P22 flying", most)
    cost = median(1 - theirs / ours for ours, theirs in seconds)
    bare = median(actions / took for _, took in seconds)
    cpu = median(run.cpu for run in plain)
    report.note(
        "P24", cost, f"{rate:.0f} against {bare:.0f} a second of {_AT_ONCE} threads without an outbox, CPU {cpu:.1f} s"
    )
    report.note("P20 bulk", max(run.peak for run in mine), f"{actions:,} actions")


def under_a_limit(report: Report, places: Places, actions: int, allowed: int) -> None:
    """P23: so many actions under a limit that lets them through in ten windows. The windows are the server's own."""
    window = 60 / _HASTE
    limited: dict[str, Any] = {"limit": allowed, "window": window, "limited": "POST"}
    with server(actions * _SHARE, latency=_LATENCY / _HASTE, haste=_HASTE, **limited) as source:
        shop = _Shop(places.fresh("paced"), source, actions)
        source.mark()
        _hastened(shop, source).once()
        seen = source.stats()
    posts = seen["routes"][_POST]
    took = (posts["answered"] - posts["first"]) / window
    ideal = actions / allowed
    windows = f"{took:.2f} windows of {window:.0f} s, clocks {_HASTE} times as fast: {posts['windows']}"
    told = f"{windows}; {seen['refused']} refused with 429, at most {posts['densest']} in any {window:.0f} s"
    report.note("P23 time", took / ideal, told)


def killed(report: Report, places: Places, actions: int, kills: int) -> None:
    """P23: killed with SIGKILL while it sends, and run again, until nothing is left to do."""
    dice = random.Random(1)
    with server(actions * _SHARE, latency=20, haste=_HASTE) as source:
        shop = _Shop(places.fresh("killed"), source, actions)
        died = sum(_kill(shop, source, dice) for _ in range(kills))
        codes: list[int] = []
        while not codes or (codes[-1] and len(codes) < 8):
            settled = _hastened(shop, source, "actions", "settle", "-q")
            Command(settled.words, settled.env, codes=tuple(range(10)), limit=300).once()
            last = _hastened(shop, source)
            codes.append(Command(last.words, last.env, stdin=shop.refs, codes=tuple(range(10)), limit=300).once().code)
        seen = source.stats()
    told = f"killed {died} times, then exit codes {codes}; {seen['orders']} of {actions} orders were accepted"
    report.note("P23 doubles", seen["doubles"] + actions - seen["orders"], told)


def _kill(shop: _Shop, source: Server, dice: random.Random) -> bool:
    """Start it, kill it some requests later; whether it was still running."""
    command = _hastened(shop, source)
    before = source.stats()["executed"]
    after = before + dice.randrange(1, max(shop.count // 10, 2))
    with open(shop.refs, "rb") as refs:
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen(command.words, env=dict(shop.env), stdin=refs, stdout=nowhere, stderr=nowhere)
    try:
        end = time.monotonic() + 30
        while process.poll() is None and source.stats()["executed"] < after and time.monotonic() < end:
            time.sleep(dice.uniform(0, 0.02))
    finally:
        process.kill()
    return process.wait() == -signal.SIGKILL


def _hastened(shop: _Shop, source: Server, *words: str) -> Command:
    program = [PYTHON, "-m", "tests.benchmarks.hastened", str(_HASTE), str(source.epoch)]
    return Command([*program, *(words or _ACCEPT)], shop.env, stdin=None if words else shop.refs)


def _posts(source: Server, actions: int, threads: int) -> Command:
    return Command([PYTHON, "-m", "tests.benchmarks.peers", "post", source.url, str(actions), str(threads)])
