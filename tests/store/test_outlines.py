"""Orders read from their columns: what is told, and that the check of an action comes out the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lengowctl.connectors.lengow.wire import LengowReader
from lengowctl.orders.arguments import Ask
from lengowctl.orders.check import CheckSettings, check
from lengowctl.orders.model import Order
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.selection import Selection
from lengowctl.store.store import Store

from ..running import Shell
from ..trading import PROFILE
from .samples import order, save

SETTINGS = CheckSettings(now=Shell(None).clock.now())


def test_what_the_columns_do_not_tell_is_empty(store: Store) -> None:
    known = order("A-1")
    save(store, known, order("B-1", "cdiscount"))
    found = store.orders.outlines([known.key, OrderKey("amazon_fr", "nobody")])
    lines = tuple(
        replace(
            line, title=None, tax=None, shipping=None, refunded_amount=None, original_amount=None,
            marketplace_status=None, due_at=None, category=None, types=(), documents=(),
        )
        for line in known.lines
    )  # fmt: skip
    told = found[known.key]
    assert list(found) == [known.key]
    assert told.lines == lines
    assert _head(told) == _head(known)
    assert (told.billing, told.address, told.parcels, told.merchant_order_ids) == (None, None, (), ())


def _head(one: Order) -> tuple[object, ...]:
    return (
        one.key, one.status, one.marketplace_status, one.updated_at, one.total, one.currency, one.original_total,
        one.original_currency, one.by_marketplace, one.anonymized,
    )  # fmt: skip


def _asks(one: Order) -> list[Ask]:
    line = one.lines[0].line_id
    return [
        ask
        for action in ("accept", "refuse", "cancel")
        for ask in (
            Ask(action),
            Ask(action, {"reason": "out of stock"}),
            Ask(action, {}, {}, ((line, None),)),
            Ask(action, {"reason": "1", "comment": "so"}, {}, ((line, 1), ("nobody", 2))),
            Ask(action, {}, {"quantity": "1"}),
        )
    ]


def test_a_check_comes_out_as_with_the_whole_order(tmp_path: Path) -> None:
    """For every marketplace and status of the pretend Lengow, and every action that reads no more than columns."""
    shell = Shell(tmp_path, env=PROFILE)
    shell("sandbox", "reset", "--orders", "400", "--seed", "11")
    shell("sync", "-q")
    reader, compared = LengowReader(), set()
    with Store.open(shell.data / "sandbox", write=False, now=shell.clock.now()) as store:
        markets = {code: reader.marketplace(code, body) for code, body, _ in store.marketplaces.all()}
        keys = [
            OrderKey(str(code), str(number))
            for code, number in store.orders.rows(Selection(), ("marketplace", "order_id"), profile="sandbox")
        ]
        brief = store.orders.outlines(keys)
        for key, body in zip(keys, store.orders.bodies(keys), strict=True):
            whole = reader.order(body or b"")
            for ask in _asks(whole):
                market = markets.get(key.marketplace)
                expected = check(market, whole, ask, settings=SETTINGS)
                assert check(market, brief[key], ask, settings=SETTINGS) == expected
                compared.add((whole.status, ask.action, type(expected).__name__))
    assert {name for _, _, name in compared} == {"Prepared", "Refusal"}
    assert len({status for status, _, _ in compared}) > 5
