"""Eight processes with the same orders: one request each, and nobody is told that anything is locked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.sandbox.sandbox import Sandbox

from ..full import portions, times
from ..reliability.harness import Program, shop
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


def _accepted(world: Sandbox) -> tuple[str, str]:
    return world.add_order("zalando_fr", status="waiting_acceptance")
