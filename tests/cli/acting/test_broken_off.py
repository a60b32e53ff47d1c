"""A run that is broken off half way names every action and where it stands; its exit code says what is worst."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from lengowctl.cli.runtime import Runtime
from lengowctl.errors import DiskFull
from lengowctl.outbox.settings import Pace
from lengowctl.sandbox.faults import parse_fault

from ...running import Result, finish
from ...trading import Shop, rows

REFS = [f"cdiscount:CD{number}" for number in range(1, 9)]


def broken_off(shop: Shop, at: str, *words: str, after: int = 3) -> Result:
    """Run a command on a disk that is full for a moment: at a step, after so many actions."""
    machine = shop.shell.machine()
    runtime = Runtime(machine)
    left = after

    def step(name: str, intent_id: int) -> None:
        nonlocal left
        left -= name == at
        if name == at and left == 0:
            raise DiskFull("there is no room")

    runtime.outbox_settings = {"steps": step, "pace": Pace(first=1, most=1)}
    return finish(words, runtime)


def test_what_was_not_sent_is_named_when_the_disk_is_full(shop: Shop, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    words = ("accept", *REFS, "-o", "jsonl", "--report", str(report))
    result = broken_off(shop, "recording", *words)
    assert result.code == 3
    told = {row["ref"]: (row["result"], row["reason"]) for row in rows(result)}
    assert sorted(told) == REFS
    assert Counter(told.values()) == {("sent", None): 3, ("not_sent", "there is no room"): 5}
    assert report.read_text() == result.out
    assert result.err.splitlines()[-2:] == [
        "lengowctl: there is no room",
        "lengowctl: 5 of 8 were not done; each is named with its reason",
    ]
    assert (shop(*words[:-2]).code, shop.posts()) == (0, len(REFS))


def test_what_was_under_way_when_the_disk_was_full_is_doubtful(shop: Shop) -> None:
    result = broken_off(shop, "claimed", "accept", *REFS, "-o", "jsonl")
    assert result.code == 5
    assert Counter(row["result"] for row in rows(result)) == {"sent": 2, "doubtful": 1, "not_sent": 5}
    reason = next(row["reason"] for row in rows(result) if row["result"] == "doubtful")
    assert reason == ("the run broke off while it was under way: there is no room; lengowctl actions settle finds out")
    settled = shop("actions", "settle", "-o", "jsonl")
    assert (settled.code, [row["result"] for row in rows(settled)]) == (3, ["not_sent"])
    assert (shop("accept", *REFS).code, shop.posts()) == (0, len(REFS))


@pytest.mark.parametrize("words", [("accept", *REFS, "--wait"), ("actions", "wait")])
def test_what_was_sent_is_told_when_waiting_for_answers_is_broken_off(shop: Shop, words: tuple[str, ...]) -> None:
    """The list of actions answers no more once all was sent."""
    if words[0] == "actions":
        shop("accept", *REFS)
    with shop.world() as world:
        skip = 1 if words[0] == "accept" else 0
        world.add_fault(parse_fault(f"503:route=actions,method=GET,skip={skip},count=always"))
    result = shop(*words, "-o", "jsonl")
    assert result.code == 6
    assert [row["result"] for row in rows(result)] == ["sent"] * len(REFS)
    assert "8 sent" in result.err


def test_what_a_dead_run_left_under_way_is_doubtful_to_status_too(shop: Shop) -> None:
    """No sending command has looked since: it is still written down as being sent."""
    broken_off(shop, "claimed", "accept", *REFS)
    said = "the action on cdiscount:CD3 is doubtful: lengowctl actions settle finds out"
    assert said in shop("status", "--check").out
    assert shop("actions", "settle").code == 3
    assert "doubtful" not in shop("status", "--check").out


def test_rejections_say_where_to_go_on(shop: Shop) -> None:
    with shop.world() as world:
        world.cancel_by_buyer(("cdiscount", "CD1"))
    result = shop("accept", "cdiscount:CD1", "cdiscount:CD2", "--wait")
    assert result.code == 3
    assert result.err.endswith(
        "lengowctl: 1 of 2 was not done; each is named with its reason\n"
        "  lengowctl actions list --state rejected has their ids; lengowctl actions show ID says what to do next\n"
    )
    shown = " ".join(shop("actions", "show", "1").out.split())
    assert "lengowctl sync, then lengowctl show cdiscount:CD1: the order may have moved on." in shown
