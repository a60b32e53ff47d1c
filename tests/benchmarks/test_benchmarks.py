"""The measurements can be run, and tell the truth about goals and servers. Nothing here depends on a time."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ..full import FULL
from .goals import GOALS, NUMBERS, Goal, shown
from .measuring import PYTHON, Command, Failed, Ratio, Run, compare, ratio
from .report import Figure, Report
from .world import Log, World

ROOT = Path(__file__).parents[2]


def test_every_goal_has_a_row_and_every_figure_a_name_of_its_own() -> None:
    assert tuple(f"P{number}" for number in range(1, 25)) == NUMBERS
    assert len({goal.key for goal in GOALS}) == len(GOALS)
    assert {goal.sign for goal in GOALS} == {"<=", ">=", "="}


@pytest.mark.parametrize(
    ("sign", "figure", "verdict"),
    [("<=", 1.3, "met"), ("<=", 1.31, "missed"), (">=", 1.3, "met"), (">=", 1.29, "missed"), ("=", 1.3, "met"),
     ("=", 1.2, "missed"), ("=", None, "not measured")],
)  # fmt: skip
def test_a_verdict(sign: str, figure: float | None, verdict: str) -> None:
    assert Figure(figure).verdict(Goal("P1 time", "", "x", sign, 1.3)) == verdict


@pytest.mark.parametrize(
    ("figure", "text"), [(0, "0"), (1.064, "1.06"), (12.34, "12.3"), (1736.4, "1,736"), (3000, "3,000"), (0.95, "0.95")]
)
def test_a_figure_has_as_many_digits_as_mean_something(figure: float, text: str) -> None:
    assert shown(figure) == text


def test_the_table_holds_every_goal_with_its_verdict_or_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    report, lines = Report(frozenset({"P1", "P8", "P11"})), []
    report.note("P1 time", 1.06, "context")
    report.note("P9 plan", 1)  # nobody asked for it
    with report.section("It fails", "P8"):
        raise Failed("no luck")
    report.end(lines.append)
    found = [line for line in "\n".join(lines).splitlines() if line.startswith("| P")]
    rows = {line.split(" | ")[1]: line for line in found}
    assert [line.split(" | ")[1] for line in found] == [goal.what for goal in GOALS]
    assert rows["`--version`"] == "| P1 | `--version` | 1.06 x bare Python | at most 1.30 | met |"
    assert rows["`list` against the same on 1,000 orders"].endswith(
        "| - | at most 1.15 | not measured (failed: no luck) |"
    )
    assert "not measured (not reached in this run)" in rows["10,000 rows made into lines, against plain padding"]
    assert "not measured (not asked for in this run)" in rows["… covering indexes that its plan reads"]
    assert "context" in capsys.readouterr().out


def test_a_ratio_is_the_median_of_pairs() -> None:
    mine = [Run(2, 1, 1), Run(9, 9, 9), Run(4, 3, 1)]
    theirs = [Run(1, 1, 1), Run(3, 3, 3), Run(4, 3, 1)]
    assert ratio(mine, theirs) == Ratio(wall=2, cpu=1, mine=4, theirs=3, rounds=3)


def test_commands_run_in_turn_and_one_that_fails_or_hangs_is_told() -> None:
    found = compare({"a": Command([PYTHON, "-c", "pass"]), "b": Command(["true"], terminal=True)}, 2)
    assert {name: len(runs) for name, runs in found.items()} == {"a": 2, "b": 2}
    with pytest.raises(Failed, match="ended with 3"):
        Command(["sh", "-c", "exit 3"]).once()
    with pytest.raises(Failed, match="ended with -9"):
        Command(["sleep", "60"], limit=0.05).once()


def test_the_server_keeps_its_limit_and_counts() -> None:
    log = Log(limit=2, window=1000)
    arrived = [log.arrived("GET /orders") is not None for _ in range(3)]
    assert log.arrived("POST /orders/actions") is not None
    told = log.told()
    assert arrived == [True, True, False]
    assert told["refused"] == 1
    assert told["routes"]["GET /orders"]["windows"] == [2]  # type: ignore[index]
    assert (log.credit("GET /orders"), told["routes"]["GET /orders"]["most"]) == (0, 3)  # type: ignore[index]


def test_the_server_executes_what_reaches_it_and_lists_it() -> None:
    world = World(3, Log())
    form = {"marketplace": "fnac", "marketplace_order_id": "1", "action_type": "accept"}
    for _ in range(2):
        world.act(form)
    assert world.executed() == {"executed": 2, "orders": 1, "doubles": 1}
    assert json.loads(world.actions({"marketplace_order_id": "1"}))["count"] == 2
    assert json.loads(world.actions({"marketplace_order_id": "2"}))["count"] == 0


def test_pages_are_the_same_whether_rendered_before_or_when_asked_for() -> None:
    eager, lazy = World(5, Log()), World(5, Log(), lazy=True)
    for query in ({"page_size": "2"}, {"page": "3", "page_size": "2"}, {"page": "4", "page_size": "2"}):
        assert eager.page(query) == lazy.page(query)
    assert json.loads(eager.page({"page_size": "2"})[1])["count"] == 5
    one = json.loads(eager.page({})[1])["results"][3]
    asked = {"marketplace": one["marketplace"], "marketplace_order_id": one["marketplace_order_id"]}
    assert json.loads(lazy.page(asked)[1])["results"] == [one]
    assert json.loads(lazy.page({"marketplace_order_id": "none"})[1])["count"] == 0


@pytest.mark.skipif(not FULL, reason="starts the program some hundred times; part of the full run")
def test_the_whole_run_on_very_little() -> None:
    """Every figure is measured, or the reason why not is one that is known."""
    words = [
        "--orders",
        "400",
        "--rounds",
        "1",
        "--actions",
        "40",
        "--peer-orders",
        "400",
        "--worlds",
        "1",
        "--kills",
        "2",
    ]
    command = [sys.executable, "-m", "tests.benchmarks", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    rows = [line for line in done.stdout.splitlines() if re.match(r"\| P\d", line)]
    assert (done.returncode, len(rows)) == (0, len(GOALS)), done.stderr
    assert [row for row in rows if "failed:" in row or "not reached" in row] == []
    doubles = next(row for row in rows if "executed twice" in row)
    lost = next(row for row in rows if "lost or stale" in row)
    assert (doubles.endswith("| met |"), lost.endswith("| met |")) == (True, True)
