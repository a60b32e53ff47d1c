"""A store in a folder of its own, and a way to run rounds against a source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from lengowctl.connectors.base import Connector
from lengowctl.orders.moment import utc_text
from lengowctl.orders.selection import Selection
from lengowctl.store.store import Store
from lengowctl.sync.pull import Pulled, PullOptions, pull

from .source import NOON, Source


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "profile", write=True, now=NOON) as opened:
        yield opened


def scrub(body: bytes) -> bytes:
    return b"{}"


def sync(source: Connector, store: Store, at: datetime, **options: object) -> Pulled:
    """One round at a moment of the local clock."""
    return pull(source, store, PullOptions(**options), scrub=scrub, now=lambda: at)  # type: ignore[arg-type]


def cached(store: Store) -> dict[str, tuple[str, str]]:
    """What the cache holds: status and version by reference."""
    rows = store.orders.rows(Selection(), ("ref", "status", "updated_at"), profile="test")
    return {str(ref): (str(status), str(updated)) for ref, status, updated in rows}


def world(source: Source, keep: Callable[[datetime], bool] = lambda at: True) -> dict[str, tuple[str, str]]:
    """The same of the source."""
    orders = source.orders_by_key.values()
    return {o.ref: (o.status, utc_text(o.updated_at)) for o in orders if keep(o.updated_at)}
