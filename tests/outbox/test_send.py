"""Sending: once each, told after it is recorded."""

from __future__ import annotations

from lengowctl.outbox.outbox import Outbox

from .conftest import accept, carry_out, results
from .source import Source, key


def test_each_order_is_sent_once_and_told(outbox: Outbox, source: Source) -> None:
    rows = carry_out(outbox, *(accept(n) for n in range(1, 8)))
    assert results(rows) == [(key(n).order_id, "sent") for n in range(1, 8)]
    assert [row.action_id for row in rows] == list(range(1000, 1007))
    assert len(source.posts) == 7


def test_the_same_command_again_sends_nothing(outbox: Outbox, source: Source) -> None:
    carry_out(outbox, accept(1), accept(2))
    rows = carry_out(outbox, accept(1), accept(2))
    assert [(row.result.value, row.reason) for row in rows] == [
        ("already_done", "queued as action 1000"),
        ("already_done", "queued as action 1001"),
    ]
    assert len(source.posts) == 2
