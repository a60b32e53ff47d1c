"""One round of `sync`: what changed at Lengow, then what became of our actions; and how that is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lengowctl.cli.runtime import Runtime
from lengowctl.errors import Partly
from lengowctl.orders.action import OPEN, State
from lengowctl.outbox.follow import Followed
from lengowctl.output.printer import Progress
from lengowctl.output.words import counted
from lengowctl.store.store import Store
from lengowctl.sync.pull import Pulled, PullOptions, pull

_TITLE = "orders"
_NAMED = 10


@dataclass(frozen=True, slots=True)
class Round:
    """What a round brought. `aside` counts all orders that are set aside."""

    pulled: Pulled
    followed: Followed | None
    aside: int


def run_round(runtime: Runtime, options: PullOptions, wait: float) -> Round:
    """One round, with the writer's lock: what changed, then what became of our actions. Waits for the lock so many
    seconds. Raises what the source and the store raise; what was read until then is kept."""
    with runtime.lock(wait):
        store = runtime.store(write=True)
        runtime.pin(store)
        with runtime.printer.progress(_TITLE) as bar:
            connector, scrub = runtime.connector(), runtime.reader().scrub
            pulled = pull(connector, store, options, scrub=scrub, now=runtime.now, watch=_Bar(bar), turn=connector.turn)
        return Round(pulled, follow(runtime, store), store.set_aside.count())


def follow(runtime: Runtime, store: Store) -> Followed | None:
    """Bring the states of our open actions up to date; None when there are none. Raises what the source raises: what
    was read until then is kept."""
    open_states = {state.value for state in OPEN}
    if not any(state in open_states for state, _ in store.ledger.states()):
        return None
    return runtime.outbox(store, "sync").follow()


def report(runtime: Runtime, done: Round) -> None:
    """Say what the round did. Raises Partly when something is missing or was set aside."""
    if done.followed and done.followed.updated:
        runtime.printer.say(actions_words(done.followed))
    for warning in (*rejections(runtime, done), *standing(runtime, done)):
        runtime.printer.warn(warning)
    runtime.printer.say(summary(done))
    if not done.pulled.complete:
        raise Partly("; ".join((*newly_aside(done), *missing(done))))


def actions_words(followed: Followed) -> str:
    """How our actions moved on, in one line."""
    parts = [(followed.done, "done"), (followed.rejected, "rejected"), (followed.expired, "expired")]
    said = ", ".join(f"{number:,} {word}" for number, word in parts if number)
    return f"actions: {said or f'{followed.updated:,} moved on'}"


def rejections(runtime: Runtime, done: Round) -> Iterator[str]:
    """Actions that came to a bad end in this round, one by one, in the marketplace's words."""
    changed = done.followed.changed if done.followed else []
    bad = [intent for intent in changed if intent.state in (State.REJECTED, State.EXPIRED)]
    for intent in bad[:_NAMED]:
        why = f": {intent.message.rstrip('. ')}" if intent.message else ""
        told = f"{intent.action} of {intent.ref} {intent.state}{why}"
        yield f"{told}; {runtime.addressed(f'lengowctl actions show {intent.id}')}"
    if len(bad) > _NAMED:
        yield runtime.addressed(f"and {len(bad) - _NAMED:,} more; lengowctl actions list --state rejected,expired")


def standing(runtime: Runtime, done: Round) -> Iterator[str]:
    """What is not as it should be, and may well be so in the next round too."""
    yield from done.pulled.warnings
    if done.followed and done.followed.doubtful:
        told = f"{counted(done.followed.doubtful, 'action')} doubtful: lengowctl actions settle finds out"
        yield runtime.addressed(told)
    if done.followed and done.followed.unread:
        intent, why = done.followed.unread[0]
        more = len(done.followed.unread) - 1
        others = f", as of {counted(more, 'other action')}" if more else ""
        yield f"what became of {intent.action} of {intent.ref} cannot be told{others}: {why}"


def summary(done: Round) -> str:
    """One line: what came, and what is set aside."""
    pulled = done.pulled
    moved = f" ({pulled.moved:,} with another status)" if pulled.moved else ""
    parts = [f"{pulled.new:,} new", f"{pulled.changed:,} changed{moved}"]
    if pulled.anonymized:
        parts.append(f"{pulled.anonymized:,} anonymized")
    if done.aside:
        parts.append(f"{done.aside:,} set aside")
    if pulled.verified:
        again = len(pulled.verified.reread)
        parts.append(f"{pulled.verified.compared:,} counts compared, {f'{again:,} differed' if again else 'all agree'}")
    return f"synchronised: {', '.join(parts)}"


def newly_aside(done: Round) -> Iterator[str]:
    if done.pulled.set_aside:
        yield f"{counted(done.pulled.set_aside, 'order')} could not be understood and set aside (lengowctl db info)"


def missing(done: Round) -> Iterator[str]:
    """What could not be brought in, or not under proof."""
    if done.pulled.unproved:
        yield f"{counted(len(done.pulled.unproved), 'window')} could not be proved complete; the next sync reads on"
    if done.pulled.verified and done.pulled.verified.gaps:
        named = ", ".join(f"{gap.marketplace} {gap.day}" for gap in done.pulled.verified.gaps[:5])
        yield f"orders are still missing on {counted(len(done.pulled.verified.gaps), 'day')} ({named})"


@dataclass
class _Bar:
    """The round's watch, as a progress bar whose total grows."""

    bar: Progress
    total: int = 0

    def begin(self, what: str) -> None:
        self.bar.text("" if what == _TITLE else what)

    def expect(self, amount: int) -> None:
        self.total += amount
        self.bar.total(self.total)

    def advance(self, amount: int) -> None:
        self.bar.advance(amount)
