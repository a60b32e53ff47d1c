"""How a run ends: which of several outcomes counts, in which words, and what it adds up to."""

from __future__ import annotations

from pathlib import Path

import pytest

from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.acting.telling import Teller
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import DiskFull, LengowctlError, NotSignedIn, OutOfReach
from lengowctl.outbox.settings import Stop
from lengowctl.outbox.told import Result, Told

from ...running import Shell

GONE, KEYS, FULL = OutOfReach("Lengow is away"), NotSignedIn("wrong keys"), DiskFull("no room")
NAMED = "; each is named with its reason"


def row(result: str, ref: str = "bol:1") -> Told:
    return Told(ref, "accept", Result(result), None, None, (), None)


def teller(folder: Path, *results: Told) -> Teller:
    made = Teller(Runtime(Shell(folder).machine()), ResultsOutput("tsv"), Stop(), expected=len(results), refs=5)
    made.tell_all(results)
    return made


@pytest.mark.parametrize(
    ("results", "how", "code", "says"),
    [
        ("sent done already_done held would_send", {}, 0, None),
        ("", {}, 0, None),
        ("failed", {}, 1, "nothing was done; the reason stands with each order"),
        ("rejected skipped", {}, 1, "nothing was done; the reason stands with each order"),
        ("sent failed", {}, 3, f"1 of 2 was not done{NAMED}"),
        ("sent failed rejected", {}, 3, f"2 of 3 were not done{NAMED}"),
        ("sent", {"timed_out": 1}, 8, "1 action has no answer yet"),
        ("sent sent", {"timed_out": 2}, 8, "2 actions have no answer yet"),
        ("sent failed", {"timed_out": 1}, 3, f"1 of 2 was not done{NAMED}"),
        ("failed", {"timed_out": 1}, 1, "nothing was done; the reason stands with each order"),
        ("sent not_sent", {"raised": FULL}, 3, f"1 of 2 was not done{NAMED}"),
        ("not_sent", {"raised": FULL}, 1, "no room"),
        ("sent", {"raised": FULL}, 1, "no room"),
        ("sent not_sent failed", {"raised": GONE, "timed_out": 1}, 6, "Lengow is away"),
        ("sent not_sent failed", {"raised": KEYS}, 4, "wrong keys"),
        ("sent doubtful", {"raised": KEYS}, 5, "1 action is doubtful: sent, and nobody knows yet with what effect"),
        ("doubtful doubtful", {}, 5, "2 actions are doubtful: sent, and nobody knows yet with what effect"),
        ("sent doubtful not_sent", {"stopped": True, "raised": GONE}, 130, "stopped: 1 of 3 was not sent"),
        ("sent not_sent not_sent", {"stopped": True}, 130, "stopped: 2 of 3 were not sent"),
        ("sent sent not_sent", {"stopped": True, "timed_out": 2}, 130,
         "stopped: 1 of 3 was not sent, 2 have no answer yet"),
        ("sent", {"stopped": True, "timed_out": 1}, 130,
         "stopped while waiting: 1 has no answer yet; nothing was left unsent"),
        ("sent", {"stopped": True}, 130, "stopped; nothing was left unsent"),
    ],
)  # fmt: skip
def test_of_several_outcomes_the_gravest_counts(
    tmp_path: Path, results: str, how: dict[str, object], code: int, says: str | None
) -> None:
    fault = teller(tmp_path, *map(row, results.split())).fault(**how)  # type: ignore[arg-type]
    assert (fault.exit_code if fault else 0, fault.message if fault else None) == (code, says)


@pytest.mark.parametrize(
    ("results", "how", "hint"),
    [
        ("sent failed", {}, None),
        ("sent rejected", {}, "lengowctl actions list --state rejected has their ids; lengowctl actions show ID says "
         "what to do next"),
        ("doubtful", {}, "lengowctl actions settle finds out"),
        ("sent", {"timed_out": 1}, "lengowctl actions wait goes on waiting"),
        ("not_sent", {"stopped": True}, "the same command sends the rest; what was sent is recorded"),
        ("sent", {"stopped": True, "timed_out": 1},
         "what was sent is recorded; lengowctl actions wait goes on waiting"),
        ("sent", {"stopped": True}, "lengowctl actions wait brings the answers"),
    ],
)  # fmt: skip
def test_each_end_names_the_way_on(tmp_path: Path, results: str, how: dict[str, object], hint: str | None) -> None:
    fault = teller(tmp_path, *map(row, results.split())).fault(**how)  # type: ignore[arg-type]
    assert fault is not None
    assert fault.hint == hint


def test_what_was_raised_is_said_even_when_the_run_ends_with_another_fault(tmp_path: Path) -> None:
    runtime = Runtime(Shell(tmp_path).machine())
    made = Teller(runtime, ResultsOutput("tsv"), Stop(), expected=2, refs=5)
    made.tell_all([row("sent"), row("doubtful")])
    fault = made.fault(raised=LengowctlError("Lengow said something odd"))
    assert fault is not None
    assert fault.exit_code == 5
    assert runtime.machine.stderr.getvalue() == "lengowctl: Lengow said something odd\n"  # type: ignore[attr-defined]


def test_the_summary_has_a_line_for_each_marketplace_where_there_are_several(tmp_path: Path) -> None:
    one = teller(tmp_path, row("sent"), row("sent"), row("failed"))
    assert one.summary("accept") == "accept: 2 sent, 1 failed"
    several = teller(
        tmp_path,
        row("doubtful", "fnac:1"),
        row("sent"),
        row("already_done"),
        row("failed", "12"),
        row("failed", "A B:1"),
    )
    assert several.summary("accept", " (1 left out)") == (
        "accept: 1 sent, 1 already done, 2 failed, 1 doubtful (1 left out)\n"
        "  (unknown)  2 failed\n"
        "  bol        1 sent, 1 already done\n"
        "  fnac       1 doubtful"
    )
