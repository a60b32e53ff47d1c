"""Takes pages of orders into the store, and counts what came of them.

Most of the work of storing an order needs no database: `ready` does it, on the threads that read the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from lengowctl.connectors.base import Page, Unreadable
from lengowctl.store.prepared import Preparation, Prepared
from lengowctl.store.store import Store


@dataclass(slots=True)
class Ready:
    """One page, ready to be stored."""

    readings: list[Prepared]
    unreadable: tuple[Unreadable, ...]


@dataclass(slots=True)
class Kept:
    """What became of the orders that were kept."""

    new: int = 0
    changed: int = 0
    moved: int = 0
    """Orders whose status changed."""
    anonymized: int = 0
    set_aside: int = 0
    """Orders newly set aside."""


class Keeper:
    """Keeps pages for one round. `ready` is for any thread, all else for the store's own."""

    def __init__(
        self,
        store: Store,
        *,
        scrub: Callable[[bytes], bytes],
        retention: timedelta | None,
        now: Callable[[], datetime],
        turn: AbstractContextManager[object],
    ) -> None:
        self.kept = Kept()
        self._store = store
        self._scrub = scrub
        self._now = now
        self._turn = turn
        self._personal_since = now() - retention if retention else None
        self._preparation = self._prepare()

    def ready(self, page: Page) -> Ready:
        """The page as it can be stored, as far as that is known without looking into the store."""
        return Ready(self._preparation.read_all((item.order, item.body) for item in page.readings), page.unreadable)

    def written_out(self, page: Page) -> Ready:
        """As `ready`, with the rows made ahead of time: where most orders are expected to be news."""
        preparation = self._preparation
        with self._turn:
            ready = self.ready(page)
            preparation.write_out(ready.readings)
        return ready

    def _keep(self, readings: list[Prepared], unreadable: list[Unreadable]) -> None:
        """Store these; the caller holds the transaction."""
        store, at = self._store, self._now()
        saved = store.orders.save_prepared(readings, self._preparation, at=at)
        for item in unreadable:
            self.kept.set_aside += store.set_aside.add(
                item.raw, item.reason, item.marketplace, item.order_id, item.updated_at, at
            )
        store.set_aside.resolve([reading.key for reading in readings])
        self.kept.new += saved.new
        self.kept.changed += saved.changed
        self.kept.moved += len(saved.status_changes)
        self.kept.anonymized += saved.anonymized

    def keep_all(self, waiting: list[Ready]) -> None:
        """Store the pages that wait, in one transaction, and wait for none any more."""
        if not waiting:
            return
        readings = [reading for page in waiting for reading in page.readings]
        unreadable = [item for page in waiting for item in page.unreadable]
        waiting.clear()
        with self._store.transaction():
            self._keep(readings, unreadable)
        if self._preparation.packer is None:
            self._preparation = self._prepare()

    def keep_now(self, page: Page) -> None:
        """Make one page ready and store it."""
        self.keep_all([self.ready(page)])

    def _prepare(self) -> Preparation:
        return self._store.orders.preparation(scrub=self._scrub, personal_since=self._personal_since)
