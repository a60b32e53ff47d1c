"""Engines that can be stopped anywhere: paused like a frozen process, or killed like a dead one.

Each piece of work runs in a thread with a store of its own on the one shared folder, with real locks. Only one thread
runs at any time: an engine goes on for as many steps as it is given, then hands back. A step is what the outbox tells
its observer of, or a read at the source.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from lengowctl.connectors.base import ActionReading
from lengowctl.errors import LengowctlError, NotSignedIn, OutOfReach
from lengowctl.orders.action import State
from lengowctl.orders.request import Request
from lengowctl.outbox.looking import is_equal
from lengowctl.outbox.outbox import Outbox
from lengowctl.outbox.send import needs_leave
from lengowctl.outbox.settings import Pace, Windows
from lengowctl.store.intent import Intent, Who
from lengowctl.store.intents import Intents
from lengowctl.store.store import Store

from .conftest import Inline
from .source import NOON, SOURCE, Source, key

WINDOW = timedelta(seconds=10)
WINDOWS = Windows(of=lambda action: WINDOW * (2 if action == "refund" else 1))
PACE = Pace(first=2, most=4, nap=10_000.0)
ORDERS = 4


class Killed(BaseException):
    """The process is no more."""


_KINDS = (("accept", "comment"), ("ship", "tracking_number"), ("cancel", "reason"), ("refund", "refund_price"))


def wanted(number: int, variant: int = 0) -> Request:
    """What is asked of an order: its number decides on the action, `variant` on the arguments."""
    action, name = _KINDS[number % 4]
    given = {} if action == "accept" and not variant else {name: f"{variant + 1}.00"}
    return Request.of(action, key(number), given)


@dataclass
class Tally:
    """What all examples together went through."""

    examples: int = 0
    kills: int = 0
    posts: int = 0
    doubtful: int = 0
    adopted: int = 0
    frozen: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)


Work = Callable[[Outbox], None]


class World:
    """One folder, one source, one clock, and the engines on them."""

    def __init__(self, folder: Path, design: type[Outbox], windows: Windows, tally: Tally) -> None:
        self.folder = folder
        self.design = design
        self.windows = windows
        self.tally = tally
        self.source = Source(moves_orders=True).with_orders(range(1, ORDERS + 1))
        self.source.sender = lambda: self.sender
        self.source.before_read = lambda: self.step("reading", 0)
        self.source.before_post = self._before_post
        self.source.reads_fail = self._read_fault
        self.faults: list[str] = []
        self.read_faults = 0
        self.source.faults = lambda request: self._fault()
        self.elapsed = 0.0
        self.skew = timedelta()
        self.sender = "hand"
        self.running: Engine | None = None
        self.engines: dict[int, Engine] = {}
        self.asked: set[Request] = set()
        self.twins_sent: list[tuple[int, int]] = []
        self.let_go: frozenset[int] | None = None
        """While the profile is frozen: the intents whose requests are on their way already."""
        self.frozen_sent: list[int] = []
        self.store = Store.open(folder, write=True, now=NOON)
        self.ledger: Intents = self.store.ledger.intents(profile="p", source=SOURCE, who=Who("t", "t", "t"))

    # -- time

    def now(self) -> datetime:
        return NOON + self.skew + timedelta(seconds=self.elapsed)

    def pass_time(self, seconds: float) -> None:
        self.elapsed += seconds
        self.source.tick(seconds)

    # -- faults

    def _fault(self) -> str:
        fault = self.faults.pop(0) if self.faults else "ok"
        self.tally.faults[fault] += 1
        self.tally.posts += 1
        return fault

    def _read_fault(self) -> LengowctlError | None:
        if self.read_faults:
            self.read_faults -= 1
            self.tally.faults["read"] += 1
            return OutOfReach("no route")
        return None

    # -- engines

    def step(self, name: str, intent_id: int) -> None:
        if self.running is not None:
            self.running.step(name, intent_id)

    def _before_post(self, request: Request) -> None:
        """Just before the source hears of it: was an equal action there for all the run, and nobody's?"""
        engine = self.running
        if engine is None:
            return
        self.sender = str(engine.intent_id)
        if self.let_go is not None and engine.intent_id not in self.let_go:
            self.frozen_sent.append(engine.intent_id)
        intents = engine.outbox.intents
        intent = intents.get(engine.intent_id)
        if intent is None or intent.occurrence > 1:
            return
        for number, action in engine.there.items():
            now = self.source.listed[number]
            if is_equal(intent, action) and not now.errors and not intents.taken_ids([number]):
                self.twins_sent.append((intent.id, number))

    def run(self, who: int, work: Work, far: int, then: str, *, on_its_way: bool = False) -> None:
        """Let engine `who` go on (with `work`, if it has none) for so many steps; then pause, kill or finish it."""
        engine = self.engines.get(who) or Engine(self, work)
        self.engines.pop(who, None)
        engine.go(None if then == "finish" else far)
        if engine.alive and then == "kill":
            self.tally.kills += 1
            engine.kill(on_its_way=on_its_way)
        elif engine.alive:
            self.tally.frozen += 1
            self.engines[who] = engine
        if engine.fault:
            raise engine.fault

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Somebody freezes the profile while engines stand still, and a moment passes; later unfreezes it."""
        leaving = {engine.intent_id for engine in self.engines.values() if engine.at == "leaving"}
        self.run(7, lambda outbox: outbox.freeze() and None, 0, "finish")
        self.pass_time(1)
        self.let_go = frozenset(leaving)
        yield
        self.let_go = None
        self.run(7, lambda outbox: outbox.unfreeze() and None, 0, "finish")

    def open(self) -> tuple[Store, Outbox]:
        store = Store.open(self.folder, write=True, now=NOON)
        outbox = self.design(
            self.source,
            store,
            profile="p",
            source=SOURCE,
            now=self.now,
            monotonic=lambda: self.elapsed,
            sleep=self.pass_time,
            who=Who("lea", "till", "test"),
            window=self.windows,
            pace=PACE,
            crew=Inline,
            steps=self.step,
        )
        return store, outbox

    def close(self) -> None:
        for engine in self.engines.values():
            engine.kill()
        self.store.close()

    # -- what must hold

    def check(self) -> None:
        """At every moment: nothing twice, nothing claimed that is not so."""
        done = Counter(effect.by for effect in self.source.effects if effect.by != "hand")
        assert [who for who, times in done.items() if times > 1] == [], "an action was carried out twice"
        assert self.twins_sent == [], "a twin was there all the time, and was sent again"
        assert self.frozen_sent == [], "sent while the profile was frozen"
        for intent in self.ledger.in_states(State):
            self._check_state(intent, done[str(intent.id)])

    def _check_state(self, intent: Intent, times: int) -> None:
        coming = any(by == str(intent.id) for _, _, by in self.source.deferred)
        refused = intent.state is State.REJECTED and intent.action_id is None
        if refused or intent.state in (State.WITHDRAWN, State.PLANNED):
            assert times == 0, f"{intent.state}, but carried out"
            assert not coming, f"{intent.state}, but still to be carried out"
        elif intent.action_id is not None:
            action = self.source.listed[intent.action_id]
            assert is_equal(intent, action), "another action was taken for it"
            assert not (intent.state is State.DONE and not action.processed and not intent.evidence), "not done yet"
            assert not (intent.state is State.REJECTED and not action.errors), "rejected by nobody"
        elif intent.state is State.DONE:
            assert any(effect.request.key == intent.key for effect in self.source.effects), "done by nobody"

    def end(self) -> None:
        """Everybody finishes, then a last run without faults: every wish is fulfilled once, or named."""
        self.faults, self.read_faults = [], 0
        self.pass_time(timedelta(days=2, hours=1).total_seconds())  # nothing is held back any more, by whatever clock
        for who in list(self.engines):
            self.run(who, lambda outbox: None, 0, "finish")
            self.check()
        for _ in range(3):
            self.run(9, self._last_run, 0, "finish")
            self.check()
        assert self.ledger.verify().problems == ()
        for request in self.asked:
            self._check_wish(request)
        assert not list(self.folder.glob("run-*.lock"))

    def _last_run(self, outbox: Outbox) -> None:
        list(outbox.settle())
        planned = outbox.plan(sorted(self.asked, key=str))
        list(outbox.send([it.intent for it in planned if it.intent]))
        list(outbox.settle())

    def _check_wish(self, request: Request) -> None:
        """Carried out; or refused, withdrawn, or left to a person for a reason."""
        intents = [it for it in self.ledger.of_order(request.key) if it.request == request]
        assert intents or self._in_the_way(request), "a wish was lost"
        for intent in intents:
            if intent.state is State.DOUBTFUL:
                assert self._others(intent), "doubtful for no reason"
            elif intent.state is State.PLANNED:
                assert needs_leave(intent) or self._in_the_way(request), "planned for ever"
            elif intent.state in (State.QUEUED, State.PENDING):
                assert self.source.listed[intent.action_id or 0]
            else:
                assert intent.state is not State.SENDING, "sending for ever"

    def _in_the_way(self, request: Request) -> bool:
        return any(it.request != request or it.state is State.DOUBTFUL for it in self.ledger.of_order(request.key))

    def _others(self, intent: Intent) -> list[ActionReading]:
        return [it for it in self.source.listed.values() if it.key == intent.key and not is_equal(intent, it)]


class Engine:
    """A piece of work that can be stopped at each step."""

    def __init__(self, world: World, work: Work) -> None:
        self.world = world
        self.work = work
        self.alive = True
        self.intent_id = 0
        self.at = "start"
        self.there = {number: it for number, it in world.source.listed.items() if not it.errors}
        self.fault: BaseException | None = None
        self._left: int | None = 0
        self._doomed = False
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def go(self, steps: int | None) -> None:
        """Let it do so many steps (None: all), then take over again."""
        self._left = steps
        before, self.world.running = self.world.running, self
        self._go.release()
        self._back.acquire()
        self.world.running = before
        if not self.alive:
            self._thread.join()

    def kill(self, *, on_its_way: bool = False) -> None:
        """The process dies where it stands; the kernel lets its lock go. A request on its way still arrives, late."""
        self._doomed = True
        source = self.world.source
        if self.at == "leaving" and on_its_way:
            source.deferred.append((source.clock + WINDOW * 0.8, self.request, str(self.intent_id)))
        self.go(0)

    def step(self, name: str, intent_id: int) -> None:
        if name == "leaving":
            self.intent_id = intent_id
        self.at = name
        self.world.tally.steps[name] += 1
        if self._left is None:
            return
        while self._left == 0:
            self._back.release()
            self._go.acquire()
            if self._doomed:
                raise Killed
            if self._left is None:
                return
        self._left -= 1

    def _live(self) -> None:
        self._go.acquire()
        store, self.outbox = self.world.open()
        try:
            self.step("start", 0)
            self.work(self.outbox)
        except Killed:
            if self.outbox.sending:
                self.outbox.sending.abandon()
        except LengowctlError as fault:
            if not isinstance(fault, (OutOfReach, NotSignedIn)):
                self.fault = fault
        except BaseException as fault:  # an assertion, or a bug: the test must see it
            self.fault = fault
        finally:
            store.close()
            self.alive = False
            self._back.release()

    @property
    def request(self) -> Request:
        intent = self.world.ledger.get(self.intent_id)
        assert intent
        return intent.request
