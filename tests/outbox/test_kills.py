"""Real processes, really killed, against the sandbox: run again, each effect happens once, and every wish is fulfilled.

The judge is the sandbox's own log of what happened to orders.
"""

from __future__ import annotations

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.outbox.settings import Steps, Windows
from lengowctl.sandbox.sandbox import FaultRule

from ..full import times
from ..reliability.harness import Shop, forked, shop
from ..running import Clock, Shell

SHORT = Windows(of=lambda action: timedelta(seconds=4), apart=timedelta(seconds=2))
NAMED = ("claiming", "claimed", "leaving", "on the way", "answered", "recording", "recorded")
SLOW = 7.5
KINDS = (
    ("accept", "zalando_fr", "waiting_acceptance"),
    ("ship", "ebay_fr", "waiting_shipment"),
    ("cancel", "zalando_fr", "waiting_shipment"),
)


def acting(place: Shop, words: tuple[str, ...], refs: list[str], **settings: object) -> Callable[[], object]:
    """A command that acts on these orders, as work for a process of its own."""

    def work() -> object:
        runtime = Runtime(place.shell.machine(stdin="".join(f"{ref}\n" for ref in refs)))
        runtime.outbox_settings = {"window": SHORT, **settings}
        return run(words, runtime)

    return work


class Trade:
    """Orders to be accepted, shipped and cancelled, by three commands."""

    def __init__(self, place: Shop, each: int) -> None:
        self.place = place
        kinds = (
            ("accept", "zalando_fr", "waiting_acceptance"),
            ("ship", "ebay_fr", "waiting_shipment"),
            ("cancel", "zalando_fr", "waiting_shipment"),
        )
        self.refs = {
            action: [":".join(place.world.add_order(code, status=status)) for _ in range(each)]
            for action, code, status in kinds
        }
        assert place.run("sync").code == 0

    def work(self, action: str, **settings: object) -> Callable[[], object]:
        return acting(self.place, (action, "-", "--yes"), self.refs[action], **settings)

    def finish(self) -> None:
        """The same commands again, and settling, without trouble: then everything is done."""
        self.place.world.clear_faults()
        for _ in range(2):
            for action in self.refs:
                assert forked(self.work(action)) in (0, 5)
            assert forked(acting(self.place, ("actions", "settle"), [])) in (0, 3)
        assert [forked(self.work(action)) for action in self.refs] == [0, 0, 0]

    def check(self) -> None:
        """Each order was acted on once, and the ledger's history is unaltered."""
        world = self.place.world
        world.tick(timedelta(hours=12))
        happened = Counter((it.action_type, f"{it.marketplace}:{it.order_id}", it.outcome) for it in world.effects())
        assert happened == {(action, ref, "executed"): 1 for action, refs in self.refs.items() for ref in refs}
        assert self.place.run("actions", "verify").code == 0
        assert self.place.unsound() == []

    def kill_at(self, action: str, step: str, nth: int) -> int:
        """Let the command die at the n-th step of this name; its exit code, or minus the signal."""
        if step == "on the way":
            slow = FaultRule("slow", route="actions", method="POST", seconds=SLOW, skip=nth)
            self.place.world.add_fault(slow)
            code = forked(self._while_it_waits(action))
            self.place.world.clear_faults()
            return code
        return forked(self.work(action, steps=_deadly(step, nth)))

    def _while_it_waits(self, action: str) -> Callable[[], object]:
        """The request has left and was carried out; the process dies while it waits for the answer."""

        def work() -> object:
            self.place.shell.clock = DeadlyClock(self.place.shell.clock.start, self.place.shell.clock.passed)
            return self.work(action)()

        return work

    def stands(self) -> Counter[str]:
        """How many actions stand in which state, read past the program."""
        with closing(sqlite3.connect(self.place.folder / "ledger.db")) as db:
            return Counter(dict(db.execute("SELECT state, count(*) FROM intents GROUP BY state").fetchall()))

    @property
    def posts(self) -> int:
        """How many actions Lengow was asked for."""
        return sum(entry.method == "POST" and "actions" in entry.target for entry in self.place.world.log())


class DeadlyClock(Clock):
    def sleep(self, seconds: float) -> None:
        if seconds == SLOW:
            os.kill(os.getpid(), signal.SIGKILL)
        super().sleep(seconds)


def _deadly(step: str, nth: int) -> Steps:
    left = [nth]

    def watch(name: str, intent_id: int) -> None:
        if name == step:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return watch


@contextmanager
def trading(folder: Path, each: int) -> Iterator[Trade]:
    with shop(Shell(folder), orders=5, lively=False) as place:
        yield Trade(place, each)


def test_killed_with_some_claimed_ahead_that_have_not_left(tmp_path: Path) -> None:
    """More are marked as being sent than Lengow has heard of; which of them left, only Lengow can tell."""
    with trading(tmp_path, each=12) as trade:
        assert trade.kill_at("accept", "leaving", 6) == -signal.SIGKILL
        assert trade.stands()["sending"] + trade.stands()["queued"] > trade.posts > 0
        trade.finish()
        trade.check()


def test_killed_between_some_answers_and_the_commit_that_keeps_them(tmp_path: Path) -> None:
    """Lengow took, and answered for, more than the ledger knows."""
    with trading(tmp_path, each=12) as trade:
        assert trade.kill_at("accept", "recording", 3) == -signal.SIGKILL
        assert trade.stands()["queued"] < trade.posts
        trade.finish()
        trade.check()


def test_killed_when_all_is_recorded_and_the_process_has_not_ended_yet(tmp_path: Path) -> None:
    """Nothing is left for the end of a process to do: another run finds everything done, and asks for nothing."""
    with trading(tmp_path, each=12) as trade:

        def work() -> object:
            assert trade.work("accept")() == 0
            os.kill(os.getpid(), signal.SIGKILL)
            return 1

        assert forked(work) == -signal.SIGKILL
        assert (trade.stands(), trade.posts) == ({"queued": 12}, 12)
        assert trade.place.unsound() == []
        assert (forked(trade.work("accept")), trade.posts) == (0, 12)


@pytest.mark.parametrize("step", NAMED)
def test_killed_at_each_step_and_run_again(step: str, tmp_path: Path) -> None:
    """Before the write, after it, before and after the request, on its way, before the commit and after it."""
    with trading(tmp_path, each=36) as trade:
        for action in list(trade.refs)[:: times(2, 1)]:
            for nth in (2, 0):
                assert trade.kill_at(action, step, nth) == -signal.SIGKILL
        trade.finish()
        trade.check()
