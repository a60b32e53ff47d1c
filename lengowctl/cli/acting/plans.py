"""Plans: written by `--plan FILE`, read by `apply FILE`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from lengowctl.cli.acting.earlier import asks_any
from lengowctl.cli.acting.input import AT_ONCE, parted
from lengowctl.cli.acting.lot import Lot, Ready
from lengowctl.cli.acting.options import Sending
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.acting.telling import Teller
from lengowctl.cli.acting.weighing import Scales
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import FileFault, SourceMismatch
from lengowctl.orders.action import GRANTED, State
from lengowctl.orders.model import Order
from lengowctl.orders.moment import utc_text
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.request import Request, digest
from lengowctl.outbox.planfile import Plan, PlanRow, drift, looks_of, plan_text, read_plan
from lengowctl.outbox.settings import Stop
from lengowctl.outbox.told import Result, standing, told_of_request
from lengowctl.output.files import atomic_write
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Intents

#: In what steps a plan tells its time.
_PRECISION = timedelta(seconds=1)
_LEFT = GRANTED | {State.SENDING, State.DOUBTFUL}
#: Of what has changed, so much is told of each order.
_TOLD = 4


def write_plan(
    runtime: Runtime, scales: Scales, lot: Lot, sending: Sending, output: ResultsOutput, command: str
) -> None:
    """Write down what would be sent and what each order looks like; tell it as a dry run does."""
    path = sending.plan
    assert path is not None
    if path.exists():
        raise FileFault(f"{path} is already there", hint="choose another name for the plan, or remove it first")
    rows = lot.foretold()
    teller = Teller(runtime, output, Stop(), expected=len(rows), refs=max((len(row.ref) for row in rows), default=0))
    with teller.reporting(sending.report):
        if lot.leaving:
            with atomic_write(path) as stream:
                stream.write(plan_text(_plan(runtime, scales, lot, command)))
        teller.tell_all(rows)
        teller.end()
        runtime.printer.say(teller.summary(f"{command}, planned"))
        if lot.leaving:
            runtime.printer.say(f"nothing was sent; lengowctl apply {path} sends it")
        else:
            runtime.printer.say("nothing would be sent, so no plan was written")
        fault = teller.fault()
        if fault:
            raise fault


def _plan(runtime: Runtime, scales: Scales, lot: Lot, command: str) -> Plan:
    rows = []
    for ready in lot.leaving:
        order = scales.read(ready.key)
        assert isinstance(order, Order)
        rows.append(PlanRow(ready.key, looks_of(order), ready.requests))
    return Plan(runtime.profile.name, scales.source, command, runtime.now(), tuple(rows))


def load_plan(path: Path, source: str) -> Plan:
    """The plan in a file. Raises FileFault, and SourceMismatch for a plan of another account."""
    try:
        plan = read_plan(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise FileFault(f"{path} cannot be read: {(fault.strerror or str(fault)).lower()}") from fault
    except ValueError as fault:
        why = "it is not UTF-8 text" if isinstance(fault, UnicodeDecodeError) else str(fault)
        raise FileFault(f"{path}: {why}", hint="make it anew with --plan") from fault
    if plan.source != source:
        raise SourceMismatch(
            f"{path} was made for {plan.source} (profile {plan.profile}), but this profile is {source}",
            hint=f"--profile {plan.profile}",
        )
    return plan


def weigh_plan(plan: Plan, scales: Scales, intents: Intents) -> Lot:
    """What of a plan may be sent: orders that look as they did. The others are skipped, with the difference."""
    lot = Lot()
    earlier = _earlier(plan, intents)
    for row in plan.rows:
        own = {digest(plan.source, request): request for request in row.requests}
        before = earlier.get(row.key, ())
        repeats = all(_granted(before, request, text) for text, request in own.items())
        order = scales.read(row.key)
        changed = () if repeats else (order,) if isinstance(order, str) else drift(row.looks, looks_of(order))
        if not repeats:
            changed += tuple(_done_since(plan, before, own))
        if changed:
            more = f"; and {len(changed) - _TOLD} more" if len(changed) > _TOLD else ""
            why = f"it has changed since it was planned: {'; '.join(changed[:_TOLD])}{more}"
            lot.failed += [told_of_request(request, Result.SKIPPED, why) for request in row.requests]
            continue
        known = order if isinstance(order, Order) else None
        for action in dict.fromkeys(request.action for request in row.requests):
            requests = tuple(request for request in row.requests if request.action == action)
            total, currency = (known.total, known.currency) if known else (None, None)
            standing = scales.standing(requests, before)
            lot.ready.append(Ready(row.key, action, requests, total, currency, repeats, standing))
    return lot


def _earlier(plan: Plan, intents: Intents) -> dict[OrderKey, list[Intent]]:
    """What was asked of the plan's orders so far."""
    parts = parted((row.key for row in plan.rows), AT_ONCE)
    return {key: found for keys in parts for key, found in intents.of_orders(keys).items()}


def _granted(before: Sequence[Intent], request: Request, text: str) -> bool:
    asked = [intent.state for intent in before if intent.asks(request, text)]
    return bool(asked) and asked[-1] in GRANTED


def _done_since(plan: Plan, before: Iterable[Intent], own: Mapping[str, Request]) -> Iterator[str]:
    """What else was sent for an order since it was planned: the cache may not show it yet."""
    for intent in before:
        since = intent.created_at > plan.created_at + _PRECISION
        if since and intent.state in _LEFT and not asks_any(intent, own):
            yield f"{intent.action} was sent at {utc_text(intent.created_at)} and is {standing(intent)}"
