"""A morning's orders: sent in bulk, interrupted in every way, and each of them done exactly once."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lengowctl.cli.runtime import Runtime
from lengowctl.outbox.settings import Pace
from lengowctl.sandbox.faults import FaultRule
from lengowctl.sandbox.server import SandboxServer

from ..full import times
from ..running import Result, Shell, finish
from ..trading import Shop, rows

REFS = [f"cdiscount:CD{number}" for number in range(1, 9)]
PIPED = "".join(f"{ref}\n" for ref in REFS)
#: Runs a command in a process of its own that is killed at a step of its outbox.
KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from dataclasses import replace
from lengowctl.cli.machine import this_machine
from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime

step, at, now, *words = sys.argv[1:]
left = int(at)

def die(name, intent_id):
    global left
    if name == step:
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

moment = datetime.fromisoformat(now)
runtime = Runtime(replace(this_machine(), now=lambda: moment))
runtime.outbox_settings = {"steps": die}
sys.exit(run(words, runtime))
"""


def done_once(shop: Shop, refs: list[str] = REFS) -> bool:
    """Whether every order was accepted, and none of them twice."""
    return shop.effects() == sorted((ref, "accept", "executed") for ref in refs)


@pytest.mark.parametrize("step", ["claiming", "claimed", "leaving", "answered", "recording", "recorded"])
def test_killed_at_any_step_and_run_again_each_order_is_accepted_once(shop: Shop, step: str) -> None:
    env = {"PATH": "/usr/bin:/bin", "LENGOWCTL_DATA_DIR": str(shop.shell.data), "LENGOWCTL_PROFILE": "sandbox"}
    now = shop.shell.clock.now().isoformat()
    words = [sys.executable, "-c", KILLED, step, "3", now, "accept", "-", "-o", "jsonl"]
    killed = subprocess.run(words, input=PIPED, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert killed.returncode == -9, killed.stderr
    assert len(killed.stdout.splitlines()) < len(REFS)
    again = shop("accept", "-", stdin=PIPED)
    assert again.code in (0, 5)
    assert shop("actions", "settle").code in (0, 3)
    assert shop("accept", "-", "--wait", stdin=PIPED).code == 0
    assert done_once(shop)
    assert shop("actions", "verify").code == 0
    assert {row["state"] for row in rows(shop("actions", "list", "-o", "jsonl"))} == {"done"}


class Interrupted:
    """A run that is asked to stop, or whose reader leaves, after so many orders were recorded."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.call: Callable[[], None] = lambda: None

    @contextmanager
    def on_stop(self, call: Callable[[], None]) -> Iterator[None]:
        self.call = call
        yield

    def run(self, *words: str, after: int, **changed: Any) -> Result:
        machine = replace(self.shop.shell.machine(stdin=PIPED), on_stop=self.on_stop, **changed)
        runtime = Runtime(machine)
        left = after

        def step(name: str, intent_id: int) -> None:
            nonlocal left
            left -= name == "recorded"
            if left == 0:
                self.call()

        runtime.outbox_settings = {"steps": step, "pace": Pace(first=1, most=1)}
        return finish(words, runtime)


def test_a_wish_to_stop_ends_what_is_under_way_and_lists_the_rest(shop: Shop, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    result = Interrupted(shop).run("accept", "-", "-o", "jsonl", "--report", str(report), after=2)
    assert result.code == 130
    counts = Counter(row["result"] for row in rows(result))
    assert counts["sent"] >= 2
    assert counts["sent"] + counts["not_sent"] == len(REFS)
    assert counts["not_sent"] > 0
    assert report.read_text() == result.out
    assert shop.posts() == counts["sent"]
    assert "lengowctl: stopped: " in result.err
    told = shop("accept", "fnac:FN1", "--from-country", "FR", "--verbose").err
    assert f"{counts['not_sent']} actions of earlier runs are planned and not sent" in told
    assert shop("accept", "--from", str(report), "--wait").code == 0
    assert shop("accept", "-", stdin=PIPED).code == 0
    assert shop("actions", "wait").code == 0
    assert done_once(shop, [*REFS, "fnac:FN1"])
    assert shop.posts() == len(REFS) + 1


class Reader(io.StringIO):
    """Reads three lines and leaves, as `| head -3` does."""

    def write(self, text: str) -> int:
        if self.getvalue().count("\n") >= 3:
            raise BrokenPipeError
        return super().write(text)


def test_a_reader_that_leaves_stops_new_sends_and_loses_no_record(shop: Shop) -> None:
    result = Interrupted(shop).run("accept", "-", "-o", "jsonl", after=99, stdout=Reader())
    assert len(result.out.splitlines()) == 3
    assert result.code == 3
    states = Counter(row["state"] for row in rows(shop("actions", "list", "-o", "jsonl")))
    assert states["queued"] == shop.posts()
    assert states["queued"] + states["planned"] == len(REFS)
    assert states["planned"] > 0
    assert shop("accept", "-", "--wait", stdin=PIPED).code == 0
    assert done_once(shop)


def test_held_actions_go_out_when_their_time_has_come(shop: Shop) -> None:
    assert shop("accept", "-", "--hold", "10m", stdin=PIPED).code == 0
    assert shop("actions", "withdraw", "8").code == 0
    assert shop.posts() == 0
    shop.shell.clock.sleep(601)
    told = dict(shop.told("accept", "-", stdin=PIPED))
    assert told == dict.fromkeys(REFS, "sent")
    assert shop.posts() == len(REFS)


def _through(shop: Shop, piped: str) -> bool:
    """What a person does after trouble: settle, and the same command again."""
    shop("actions", "settle")
    return shop("accept", "-", "--yes", stdin=piped).code == 0


def test_a_storm_of_faults_settles_or_is_named_and_doubles_nothing(shop: Shop) -> None:
    """Five of a hundred requests each: too many requests, broken servers, lost answers, expired sessions, HTML."""
    count = times(40, 1000)
    with shop.world() as world:
        refs = [
            ":".join(world.add_order("cdiscount", order_id=f"ST{n}", status="waiting_acceptance")) for n in range(count)
        ]
        shop.shell.clock.sleep(120)
        shop("sync", "-q")
        for kind in ("429", "500", "503", "lost", "reset", "expired", "html"):
            world.add_fault(FaultRule(kind, route="actions", probability=0.05, count=None))
    piped = "\n".join(refs)
    first = shop("accept", "-", "--yes", "-o", "jsonl", stdin=piped)
    assert first.code in (0, 3, 4, 5, 6)
    assert {row["result"] for row in rows(first)} <= {"sent", "doubtful", "not_sent"}
    assert len(rows(first)) == count
    assert any(_through(shop, piped) for _ in range(times(12, 80)))
    with shop.world() as world:
        world.clear_faults()
    assert shop("accept", "-", "--yes", "--wait", stdin=piped).code == 0
    assert done_once(shop, refs)


def test_thousands_are_paced_by_the_request_budget_over_http(shop: Shop) -> None:
    """No storm of refused requests, memory that does not grow with the number, the whole in one summary."""
    count = times(300, 5000)
    rate = 500 * count // 5000
    with shop.world() as world, SandboxServer(world) as server:
        refs = [
            ":".join(world.add_order("cdiscount", order_id=f"BU{n}", status="waiting_acceptance")) for n in range(count)
        ]
        info = world.info()
        shell = Shell(shop.shell.home, clock=shop.shell.clock)
        shell.write_config(
            f'[profiles.main]\nbase_url = "{server.base_url}"\naccess_token = "{info.access_token}"\n'
            f'secret = "{info.secret}"\nmax_orders_per_run = {count}\n'
        )
        shell.clock.sleep(120)
        assert shell("sync", "-q").code == 0
        world.configure(rate_limit=max(rate, 50))
        began, before = shell.clock.passed, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        known = len(world.log())
        result = shell("accept", "-", "--yes", stdin="\n".join(refs))
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        statuses = Counter(entry.status for entry in world.log()[known:] if "actions" in entry.target)
    assert result.code == 0
    assert result.err == f"accept: {count:,} sent\n"
    assert statuses[201] == count
    assert statuses[429] <= 8
    assert sum(statuses.values()) <= count * 1.3
    minutes = (shell.clock.passed - began) / 60
    assert minutes >= count / max(rate, 50) - 2
    assert grown < 60_000  # kilobytes, and the server's own are among them


def test_two_names_for_one_order_in_two_files_are_one_order(shop: Shop, tmp_path: Path) -> None:
    """By number, by reference, by filter: whatever way an order is named, it is accepted once."""
    file = tmp_path / "orders.jsonl"
    file.write_text('{"ref": "CD1"}\n{"ref": "cdiscount:CD1"}\n{"ref": "CDISCOUNT:CD1"}\n')
    assert shop("accept", "--from", str(file)).code == 0
    assert shop("accept", "CD1", "cdiscount:CD1").code == 0
    assert shop("accept", "-m", "cdiscount", "--search", "CD1").code == 0
    assert shop.posts() == 1


def test_an_order_that_makes_no_sense_any_more_keeps_no_other_from_its_end(shop: Shop) -> None:
    """Four days without an answer: one order cannot be read, which is told; the others are given up as they should."""
    with shop.world() as world:
        world.configure(processing_delay=30 * 86_400)
    assert shop("accept", *REFS[:3]).code == 0
    with shop.world() as world:
        world.poison(REFS[0], b'{"marketplace_order_id": "CD1", "marketplace": "cdiscount", "packages": 7}')
    shop.shell.clock.sleep(4 * 86_400)
    synced = shop("sync")
    assert f"what became of accept of {REFS[0]} cannot be told: " in synced.err
    states = {row["ref"]: row["state"] for row in rows(shop("actions", "list", "-o", "jsonl"))}
    assert states == {REFS[0]: "pending", REFS[1]: "expired", REFS[2]: "expired"}
