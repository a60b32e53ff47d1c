"""What was measured, told as it comes and at the end as a table of every goal."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from .goals import GOALS, Goal, shown
from .measuring import PYTHON, Ratio

_BY_KEY = {goal.key: goal for goal in GOALS}
_PROGRAMS = {"sqlite3": "--version", "curl": "--version", "jq": "--version", "gh": "--version"}
_VERSIONS = """
import sys
from importlib.metadata import version
print(", ".join(f"{name} {version(name)}" for name in sys.argv[1:]))
"""
_PACKAGES = ("typer", "rich", "httpx", "sqlite-utils")


@dataclass(frozen=True)
class Figure:
    """A figure, or None with the reason why there is none."""

    value: float | None
    note: str = ""

    def verdict(self, goal: Goal) -> str:
        if self.value is None:
            return "not measured"
        return "met" if goal.met(self.value) else "missed"


@dataclass
class Report:
    """Collects figures by goal; `wanted` are the goals' numbers that were asked for."""

    wanted: frozenset[str]
    figures: dict[str, Figure] = field(default_factory=dict)
    journal: str = ""
    load: list[str] = field(default_factory=list)

    def wants(self, *keys: str) -> bool:
        """Whether one of these goals (by number or key) was asked for."""
        return any(key.partition(" ")[0] in self.wanted for key in keys)

    def note(self, key: str, value: float | None, note: str = "") -> None:
        """Keep a figure and print it. A part of a goal that nobody asked for is left out."""
        goal = _BY_KEY[key]
        if goal.number not in self.wanted:
            return
        figure = self.figures[key] = Figure(value, note)
        print("  " + _line(goal, figure), flush=True)

    def ratio(self, key: str, found: Ratio) -> None:
        self.note(key, found.wall, found.told)

    def absent(self, key: str, why: str) -> None:
        """Nothing could be measured."""
        self.note(key, None, why)

    def say(self, text: str) -> None:
        """Context that belongs to no goal."""
        print(f"  {text}", flush=True)

    @contextmanager
    def section(self, title: str, *keys: str) -> Iterator[None]:
        """A part of the run. What goes wrong in it leaves its goals unmeasured, with the reason, and no more."""
        print(f"\n{title}", flush=True)
        started = time.monotonic()
        try:
            yield
        except BrokenPipeError:
            raise
        except Exception as fault:
            print(f"  failed: {type(fault).__name__}: {fault}", flush=True)
            for goal in GOALS:
                if goal.number in keys and goal.key not in self.figures and goal.number in self.wanted:
                    self.figures[goal.key] = Figure(None, f"failed: {str(fault)[:120]}")
        self.say(f"({time.monotonic() - started:.0f} s)")

    def rows(self) -> Iterator[tuple[Goal, Figure]]:
        missing = Figure(None, "not reached in this run")
        unasked = Figure(None, "not asked for in this run")
        for goal in GOALS:
            yield goal, self.figures.get(goal.key, missing if goal.number in self.wanted else unasked)

    def end(self, tell: Callable[[str], None] = print) -> None:
        """Every goal with its verdict, as a table for the README."""
        tell("\n| Goal | What | Measured | Goal | |\n| --- | --- | --- | --- | --- |")
        for goal, figure in self.rows():
            value = "-" if figure.value is None else f"{shown(figure.value)} {goal.unit}"
            verdict = figure.verdict(goal)
            verdict = f"**{verdict}**" if verdict == "missed" else verdict
            why = f" ({figure.note})" if figure.note and figure.value is None else ""
            tell(f"| {goal.number} | {goal.what} | {value} | {goal.told} | {verdict}{why} |")
        verdicts = [figure.verdict(goal) for goal, figure in self.rows()]
        counted = ", ".join(f"{verdicts.count(word)} {word}" for word in ("met", "missed", "not measured"))
        tell(f"\n{len(verdicts)} figures for {len({goal.number for goal in GOALS})} goals: {counted}.")
        for line in self.load:
            tell(line)


def machine(orders: int) -> list[str]:
    """Where and on what: a line each."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {orders:,} orders",
        f"{platform.system()} on {_processor()} ({platform.machine()}), {os.cpu_count()} cores, {memory:.0f} GiB",
        f"{python}, SQLite {sqlite3.sqlite_version}, {_packages()}",
        f"peers: {', '.join(_peers())}",
    ]


def load(when: str) -> str:
    one, five, fifteen = os.getloadavg()
    return f"load average at the {when}: {one:.1f}, {five:.1f}, {fifteen:.1f} (of {os.cpu_count()} cores)"


def _peers() -> Iterator[str]:
    for name, option in _PROGRAMS.items():
        if not shutil.which(name):
            yield f"{name} not installed (not run)"
            continue
        said = subprocess.run([name, option], capture_output=True, text=True, check=False, timeout=20).stdout
        words = said.split()
        yield f"{name} {next((word for word in words if word[0].isdigit()), words[0] if words else '')}"


def _packages() -> str:
    """Asked of another process, so that this one stays small."""
    asked = [PYTHON, "-c", _VERSIONS, *_PACKAGES]
    return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60).stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "processor unknown"
    )


def _line(goal: Goal, figure: Figure) -> str:
    value = "-" if figure.value is None else shown(figure.value)
    note = f"  {figure.note}" if figure.note else ""
    return f"{goal.key:<17}{goal.what:<78}{value:>9} {goal.unit:<13} {goal.told:<15} {figure.verdict(goal):<12}{note}"
