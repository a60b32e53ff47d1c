"""`lengowctl actions retry`."""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.acting.flow import carry_out
from lengowctl.cli.acting.input import Item, Meant
from lengowctl.cli.acting.options import RetryWanted, Sending
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.acting.weighing import Scales
from lengowctl.cli.actions.chosen import ID_HELP, chosen
from lengowctl.cli.declared import Argument
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import read_store
from lengowctl.errors import UsageFault
from lengowctl.orders.action import State
from lengowctl.orders.arguments import FLAGS, LINE, QUANTITIES, Ask, argument_for
from lengowctl.orders.draft import with_lines
from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.rows import Merged, Row, merge_rows
from lengowctl.outbox.send import needs_leave
from lengowctl.outbox.told import Result, Told, not_there, told
from lengowctl.store.intent import Intent

#: What may be asked for anew.
_OVER = (State.REJECTED, State.EXPIRED, State.WITHDRAWN, State.PLANNED)


def retry(
    runtime: Runtime,
    ids: Annotated[list[str], Argument(metavar="ID...", help=ID_HELP)],
    wanted: RetryWanted,
    sending: Sending,
    output: ResultsOutput,
) -> None:
    """Send rejected or expired actions once more, corrected.

    Each keeps its arguments, but for those given here. A refund that is proved never to have reached Lengow goes out
    again only with --again. What is doubtful, under way or done is left alone and named.
    """
    if wanted.ask.lines and len(ids) > 1:
        raise UsageFault("--line goes with one action only")
    output.chosen(runtime)
    store = read_store(runtime)
    intents = runtime.intents(store, "actions retry")
    scales = Scales(runtime, store, intents, force_tracking=wanted.force_tracking, again=sending.again)
    meant, found = Meant(), []
    for intent in chosen(runtime, store, intents, ids, _OVER):
        ask = corrected(intent, wanted.ask)
        item = Item("", intent.key, ask)
        unheard = _unheard(scales.marketplaces.get(intent.marketplace), intent.action, wanted.ask)
        refusal = _refusal(intent, again=sending.again) or (item.fail(unheard) if unheard else None)
        if refusal:
            meant.failed.append(refusal)
        else:
            found.append(Row(f"action {intent.id}", intent.key, ask))
    _merge(meant, merge_rows(found, scales.marketplaces))
    carry_out(runtime, scales, scales.weigh(meant), sending, output, "retry")


def _merge(meant: Meant, merged: Merged) -> None:
    """Two actions that come to the same count once, and two that cannot both be meant are told, as in a file."""
    meant.items = [Item("", row.key, row.ask) for row in merged.rows]
    meant.repeated = merged.repeated
    for clash in merged.clashes:
        meant.failed += [Item("", row.key, row.ask).fail(clash.sentence) for row in clash.rows]


def _unheard(marketplace: Marketplace | None, name: str, ask: Ask) -> str | None:
    """Why it would go out uncorrected: the marketplace does not take what is given now."""
    action = marketplace.action(name) if marketplace else None
    if marketplace is None or action is None:
        return None
    flags = (FLAGS[given] for given in ask.given)
    wrong = [flag.option for flag in flags if argument_for(action, flag.names) is None]
    takes = ", ".join(argument.name for argument in action.arguments) or "no arguments"
    said = f"{marketplace.name} takes no {' and no '.join(wrong)} for {name}"
    return f"{said}, so nothing would be corrected; it takes {takes}" if wrong else None


def _refusal(intent: Intent, *, again: bool) -> Told | None:
    """Why an action is not sent once more."""
    if needs_leave(intent) and not again:
        return not_there(intent)
    if intent.state in _OVER:
        return None
    if intent.state is State.DOUBTFUL:
        return told(intent, Result.DOUBTFUL, f"its fate is not known; lengowctl actions settle {intent.id} first")
    way = f"; to do it twice: lengowctl {intent.action} {intent.ref} --again" if intent.state is State.DONE else ""
    return told(intent, Result.FAILED, f"it is {intent.state}, so there is nothing to send again{way}")


def corrected(intent: Intent, ask: Ask) -> Ask:
    """What was asked for, with what is given now in its place."""
    replaced = {name for flag in ask.given for name in FLAGS[flag].names} | ask.extra.keys()
    if ask.lines:
        replaced |= {LINE, *QUANTITIES}
    kept = {name: value for name, value in intent.arguments if name not in replaced}
    found = Ask(intent.action, dict(ask.given), {**kept, **ask.extra}, ask.lines, as_sent=True)
    by_line, unclear = with_lines(found, None)
    return found if unclear else by_line
