"""`lengowctl stop`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from lengowctl.cli.acting.flow import carry_out
from lengowctl.cli.acting.input import Item, gather
from lengowctl.cli.acting.options import Named, OrderFilters, Sending, StopWanted
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.acting.weighing import Scales
from lengowctl.cli.declared import Argument
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import read_store
from lengowctl.orders.arguments import FLAGS, Ask
from lengowctl.orders.model import Order
from lengowctl.orders.stopping import LEFT, STOPPED, StopAdvice
from lengowctl.orders.stopping import stop as advise
from lengowctl.outbox.told import Result, Told

_NAMED = 5


def stop(
    runtime: Runtime,
    refs: Annotated[list[str], Argument(metavar="REF...", help="MARKETPLACE:NUMBER, a number, or - for stdin.")],
    wanted: StopWanted,
    sending: Sending,
    output: ResultsOutput,
) -> None:
    """Do not let these orders go out: refuse, cancel or refund, whichever applies.

    Looks at each order's status and at what its marketplace offers, says which of the three it is and what the buyer
    will see, asks, and does it. Where nothing can be done it says what is left to do.
    """
    output.chosen(runtime)
    store = read_store(runtime)
    scales = Scales(runtime, store, runtime.intents(store, "stop"), again=sending.again)
    meant = gather(runtime, store, Named(tuple(refs), None), OrderFilters({}), wanted, scales.marketplaces)
    advice: dict[tuple[str, ...], list[str]] = {}
    items = []
    for item in meant.items:
        found = _one(scales, item, wanted, advice)
        if isinstance(found, Told):
            meant.failed.append(found)
        else:
            items.append(found)
    meant.items = items
    for text in _explained(advice):
        runtime.printer.say(text)
    carry_out(runtime, scales, scales.weigh(meant), sending, output, "stop")


def _one(scales: Scales, item: Item, wanted: StopWanted, advice: dict[tuple[str, ...], list[str]]) -> Item | Told:
    """What is asked to stop one order, or the row that says why nothing is."""
    order = scales.read(item.key)
    if isinstance(order, str):
        return item.fail(order)
    advised = advise(scales.marketplaces.get(item.key.marketplace), order)
    if advised.action is None:
        return _nothing(item, order, advised)
    gone = scales.sent_away(item, order)
    if gone:
        return item.fail(f"{gone}. {LEFT}")
    advice.setdefault((advised.action, advised.happens, advised.buyer), []).append(item.ref)
    return replace(item, ask=_ask(wanted.ask, advised.action))


def _nothing(item: Item, order: Order, advised: StopAdvice) -> Told:
    """An order that stopped before is done; one that cannot be stopped is not."""
    if order.status in STOPPED:
        return replace(item.fail(advised.happens), result=Result.ALREADY_DONE)
    return item.fail(f"{advised.happens}. {advised.buyer}")


def _ask(ask: Ask, action: str) -> Ask:
    """The same wish for the action that it came to; what says how much is paid back is for refunds only."""
    given = {name: text for name, text in ask.given.items() if action == "refund" or not FLAGS[name].matters}
    return replace(ask, action=action, given=given)


def _explained(advice: dict[tuple[str, ...], list[str]]) -> Iterator[str]:
    """What happens to which orders, each way once."""
    for (action, happens, buyer), refs in advice.items():
        more = f" and {len(refs) - _NAMED:,} more" if len(refs) > _NAMED else ""
        yield f"{action} {', '.join(refs[:_NAMED])}{more}: {happens}. {buyer}"
