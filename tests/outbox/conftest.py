"""A store of its own for each test, a source in memory, and outboxes on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lengowctl.orders.request import Request
from lengowctl.outbox.outbox import Outbox
from lengowctl.outbox.parts import Finished
from lengowctl.outbox.told import Told
from lengowctl.store.intent import Who
from lengowctl.store.store import Store

from .source import NOON, SOURCE, Source, Time, key


class Inline:
    """A crew of one, who does each job at once. Nothing happens behind anybody's back."""

    def __init__(self) -> None:
        self._finished: list[Finished] = []

    def start(self, job: Callable[[], Finished]) -> None:
        self._finished.append(job())

    def collect(self, patience: float | None = None) -> list[Finished]:
        found, self._finished = self._finished, []
        return found

    def close(self) -> None:
        pass


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "profile", write=True, now=NOON) as opened:
        yield opened


@pytest.fixture
def source() -> Source:
    return Source().with_orders(range(1, 31))


@pytest.fixture
def time(source: Source) -> Time:
    return Time(source)


@pytest.fixture
def make(store: Store, source: Source, time: Time) -> Callable[..., Outbox]:
    def outbox(**changed: Any) -> Outbox:
        return open_outbox(store, source, time, **changed)

    return outbox


@pytest.fixture
def outbox(make: Callable[..., Outbox]) -> Outbox:
    return make()


def open_outbox(store: Store, source: Source, time: Time, **changed: Any) -> Outbox:
    given: dict[str, Any] = {
        "profile": "test",
        "source": SOURCE,
        "now": time.now,
        "monotonic": time.monotonic,
        "sleep": time.sleep,
        "who": Who("lea", "till-1", "accept"),
        "crew": Inline,
    }
    return Outbox(source, store, **{**given, **changed})


def accept(number: int, **arguments: str) -> Request:
    return Request.of("accept", key(number), arguments)


def ship(number: int, **arguments: str) -> Request:
    return Request.of("ship", key(number), arguments)


def carry_out(outbox: Outbox, *requests: Request, **how: Any) -> list[Told]:
    """Plan and send; all rows of results."""
    planned = outbox.plan(requests, **how)
    rows = [it.told for it in planned if it.told]
    return [*rows, *outbox.send([it.intent for it in planned if it.intent])]


def results(rows: list[Told]) -> list[tuple[str, str]]:
    """Order number and result of each row."""
    return [(row.ref.partition(":")[2], str(row.result)) for row in rows]
