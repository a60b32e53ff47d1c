"""Eight processes with the same orders: one request each, and nobody is told that anything is locked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.sandbox.faults import parse_fault
from lengowctl.sandbox.sandbox import Sandbox

from ..full import portions, times
from ..reliability.harness import Program, shop
from ..reliability.started import wait_until
from ..running import Shell

PROCESSES = 8


@pytest.mark.parametrize(("part", "rounds"), portions(times(2, 20), 5))
def test_eight_processes_send_each_order_once(
    part: int, rounds: int, tmp_path: Path, tried: Callable[[int], None]
) -> None:
    for nth in range(rounds):
        with shop(Shell(tmp_path / str(nth)), orders=5, lively=False, rate_limit=None, real_clock=True) as place:
            refs = [":".join(_accepted(place.world)) for _ in range(200)]
            assert place.run("sync").code == 0
            ends = [it.wait() for it in [Program(place, "accept", "--yes", *refs) for _ in range(PROCESSES)]]
            assert [(end.code, end.err) for end in ends if end.code != 0] == []
            assert [end.err for end in ends if re.search("lock|busy", end.err)] == []
            posts = [entry for entry in place.world.log() if entry.method == "POST" and "actions" in entry.target]
            assert len(posts) == len(refs)
            told = Counter(tuple(line.split("\t")[i] for i in (0, 2)) for end in ends for line in end.out.splitlines())
            assert {ref: told[ref, "sent"] for ref in refs} == dict.fromkeys(refs, 1)
            assert {ref: told[ref, "already_done"] for ref in refs} == dict.fromkeys(refs, PROCESSES - 1)
            place.world.tick(timedelta(hours=12))
            assert Counter(f"{it.marketplace}:{it.order_id}" for it in place.world.effects()) == Counter(refs)
            assert place.run("actions", "verify").code == 0
            assert place.unsound() == []
    tried(rounds)


def test_a_freeze_by_another_process_stops_a_run_at_work(tmp_path: Path) -> None:
    """What has left ends and is recorded, the rest stays planned and is named; after `unfreeze` each is sent once."""
    with shop(Shell(tmp_path), orders=5, lively=False, rate_limit=None, real_clock=True) as place:
        refs = [":".join(_accepted(place.world)) for _ in range(400)]
        assert place.run("sync").code == 0
        # From here on answers take their time, so that most is still to be sent when the profile is frozen.
        place.world.add_fault(parse_fault("slow:route=actions,method=POST,count=always,skip=10,seconds=0.5"))
        run = Program(place, "accept", "--yes", "-o", "tsv", *refs)
        wait_until(lambda: _posts(place.world) >= 10)
        assert place.run("freeze", "--note", "stock count").code == 0
        end = run.wait()
        place.world.clear_faults()
        told = Counter(line.split("\t")[2] for line in end.out.splitlines())
        sent = _posts(place.world)
        assert (end.code, told) == (3, {"sent": sent, "not_sent": len(refs) - sent}), end.err
        assert "all sending was frozen by" in end.out
        assert place.run("actions", "list", "--state", "sending,doubtful", "-o", "ids").out == ""
        assert place.run("unfreeze").code == 0
        assert Program(place, "accept", "--yes", *refs).wait().code == 0
        assert _posts(place.world) == len(refs)
        place.world.tick(timedelta(hours=12))
        assert Counter(f"{it.marketplace}:{it.order_id}" for it in place.world.effects()) == Counter(refs)


def _posts(world: Sandbox) -> int:
    return sum(entry.method == "POST" and "actions" in entry.target for entry in world.log())


def _accepted(world: Sandbox) -> tuple[str, str]:
    return world.add_order("zalando_fr", status="waiting_acceptance")
