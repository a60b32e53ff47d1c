"""The outbox under everything at once: several engines on one file, stopped at any step, and a source that lies.

One rule drives it all: who goes on, with what, how far, then paused or killed or let finish, through which faults, at
what time. After each step: nothing was carried out twice, and no state says what is not so. In the end everybody
finishes, and every wish is fulfilled once, or named.

The suite tries 400 examples; the full run (see tests/full.py) 20,000, and all the broken designs.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from lengowctl.orders.action import State
from lengowctl.outbox.outbox import Outbox
from lengowctl.outbox.settings import Windows
from lengowctl.store.store import Store

from ..full import FULL, times
from .engines import ORDERS, WINDOWS, Tally, Work, World, wanted
from .source import NOON

FAULTS = ("ok", "lost", "cut", "broken", "late", "unreached", "limited", "signed_out", "refused")


class Machine(RuleBasedStateMachine):
    """The world of one example. Subclasses name the design that is tried."""

    design: ClassVar[type[Outbox]] = Outbox
    windows: ClassVar[Windows] = WINDOWS
    tally: ClassVar[Tally] = Tally()
    template: ClassVar[Path]

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(dir=self.template.parent))
        shutil.copytree(self.template, self.folder / "profile")
        self.world = World(self.folder / "profile", self.design, self.windows, self.tally)
        self.tally.examples += 1

    @rule(
        who=st.integers(0, 2),
        what=st.sampled_from(("send", "send", "send", "settle", "look", "follow", "withdraw", "again")),
        orders=st.sets(st.integers(1, ORDERS), min_size=1),
        variant=st.sampled_from((0, 0, 0, 0, 1)),
        far=st.integers(1, 12),
        then=st.sampled_from(("kill", "pause", "kill", "finish", "pause")),
        on_its_way=st.booleans(),
        faults=st.lists(st.sampled_from(FAULTS), max_size=3),
        late_by=st.integers(1, 9),
        read_faults=st.sampled_from((0, 0, 0, 0, 1, 2)),
        clock=st.sampled_from((0, 0, 0, 1, 6, 12, 30, 100)),
        skew=st.sampled_from((None, None, None, timedelta(days=1), timedelta(days=-1))),
    )
    def go(
        self,
        who: int,
        what: str,
        orders: set[int],
        variant: int,
        far: int,
        then: str,
        on_its_way: bool,
        faults: list[str],
        late_by: int,
        read_faults: int,
        clock: int,
        skew: timedelta | None,
    ) -> None:
        world = self.world
        world.pass_time(clock)
        world.skew = world.skew if skew is None else skew
        world.faults, world.read_faults = faults, read_faults
        world.source.late_by = timedelta(seconds=late_by)
        world.run(who, self._work(what, sorted(orders), variant), far, then, on_its_way=on_its_way)
        world.check()

    @rule(number=st.integers(1, ORDERS), variant=st.sampled_from((0, 0, 0, 1)))
    def by_hand(self, number: int, variant: int) -> None:
        """Somebody does it at Lengow, or with another program."""
        self.world.source.act(wanted(number, variant), "hand")
        self.world.check()

    @rule(dice=st.integers(0, 20), errors=st.sampled_from((None, None, "Not possible")), over=st.booleans())
    def marketplace(self, dice: int, errors: str | None, over: bool) -> None:
        """The marketplace takes an action up, or answers it."""
        listed = self.world.source.listed
        open_ones = [number for number, it in listed.items() if not (it.processed or it.errors)]
        if not open_ones:
            return
        number = open_ones[dice % len(open_ones)]
        if over:
            self.world.source.finish(number, errors=errors)
        else:
            self.world.source.hand_over(number)
        if errors:
            self.world.run(8, lambda outbox: outbox.follow() and None, 0, "finish")
        self.world.check()

    def _work(self, what: str, orders: list[int], variant: int) -> Work:
        requests = [wanted(number, variant) for number in orders]
        if what in ("send", "again"):
            self.world.asked.update(requests)

        def send(outbox: Outbox) -> None:
            planned = outbox.plan(requests, again=what == "again")
            list(outbox.send([it.intent for it in planned if it.intent]))

        def withdraw(outbox: Outbox) -> None:
            planned = [it for it in outbox.intents.in_states((State.PLANNED,)) if it.request in requests]
            outbox.withdraw([it.id for it in planned])

        works: dict[str, Work] = {
            "settle": lambda outbox: list(outbox.settle()) and None,
            "look": lambda outbox: list(outbox.settle(wait=False)) and None,
            "follow": lambda outbox: outbox.follow() and None,
            "withdraw": withdraw,
        }
        return works.get(what, send)

    def teardown(self) -> None:
        world = getattr(self, "world", None)
        if world is None:
            return
        try:
            world.end()
            self.tally.doubtful += sum(
                entry.to_state == State.DOUBTFUL
                for intent in world.ledger.latest()
                for entry in world.ledger.entries(intent.id)
            )
        finally:
            world.close()
            shutil.rmtree(self.folder)


@pytest.fixture
def template(tmp_path: Path) -> Iterator[Path]:
    """An empty profile to begin each example with; in memory where there is such a place, for speed."""
    memory = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else tmp_path))
    with Store.open(place / "template", write=True, now=NOON) as store:
        assert store.ledger
    yield place / "template"
    shutil.rmtree(place)


def run_machine(machine: type[Machine], template: Path, examples: int, *, shrink: bool) -> Tally:
    machine.template = template
    machine.tally = Tally()
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=14,
            deadline=None,
            database=None,
            derandomize=not FULL,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return machine.tally


def test_nothing_is_lost_doubled_or_claimed_falsely(template: Path) -> None:
    """… and the test is not blind: there are enough requests, doubts and deaths, and every fault occurs."""
    tally = run_machine(Machine, template, times(400, 20_000), shrink=True)
    assert tally.posts / tally.examples >= 1.5
    assert tally.doubtful / tally.examples >= 0.3
    assert tally.kills / tally.examples >= 0.5
    assert tally.frozen / tally.examples >= 0.3
    assert set(tally.faults) == {*FAULTS, "read"}
    steps = {"claiming", "claimed", "leaving", "answered", "recording", "recorded", "reading", "settling", "settled"}
    assert steps <= set(tally.steps)
