"""`lengowctl actions settle`."""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.acting.broken_off import tell_rest
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.acting.telling import Teller
from lengowctl.cli.actions.chosen import ID_HELP, chosen
from lengowctl.cli.declared import Argument, Option
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import Interrupted, LengowctlError, Partly
from lengowctl.orders.action import State
from lengowctl.outbox.settings import Stop, Windows
from lengowctl.outbox.told import WELL, Result


def settle(
    runtime: Runtime,
    output: ResultsOutput,
    ids: Annotated[list[str] | None, Argument(metavar="[ID]...", show_default=False, help=ID_HELP)] = None,
    no_wait: Annotated[bool, Option("--no-wait", help="Look once; do not wait until it can be known.")] = False,
) -> None:
    """Find out what became of doubtful actions; without ids, of all of them.

    Reads what Lengow has for each order, and the order itself; nothing is sent. A request may still turn up for some
    minutes, so this waits that long before it calls one absent. Ends with 5 while one is still doubtful, with 3
    when one turns out not to be done.
    """
    output.chosen(runtime)
    stop = Stop()
    store = runtime.store(write=True)
    outbox = runtime.outbox(store, "actions settle", stop=stop)
    doubtful = outbox.doubtful()
    found = chosen(runtime, store, outbox.intents, ids, (State.DOUBTFUL,)) if ids else doubtful
    if not found:
        runtime.printer.note("no action is doubtful")
        return
    usual = Windows()
    waits = [usual.after(intent.action, intent.cause) for intent in found if intent.state is State.DOUBTFUL]
    if waits and not no_wait:
        seconds = (max(waits) + usual.apart + usual.grain).total_seconds()
        runtime.printer.note(f"this may take {seconds:.0f} s: so long a lost request may still turn up")
    teller = Teller(runtime, output, stop, expected=0, refs=max(len(intent.ref) for intent in found))
    raised: LengowctlError | None = None
    runtime.pin(store)
    with runtime.until(stop), runtime.printer.progress("settling", len(found)) as bar:
        try:
            for told in outbox.settle(found, wait=not no_wait):
                bar.advance()
                teller.tell(told)
        except LengowctlError as fault:
            raised = fault
    if raised:
        tell_rest(outbox, found, teller, raised)
    teller.end()
    runtime.printer.say(teller.summary("settled"))
    if stop.asked and not teller.closed:
        raise Interrupted("stopped; lengowctl actions settle goes on")
    ended = teller.fault(raised=raised) if teller.total(Result.DOUBTFUL) else raised or _not_done(teller)
    if ended:
        raise ended


def _not_done(teller: Teller) -> LengowctlError | None:
    """What is settled is not yet done: a script must not take the one for the other."""
    undone = teller.total(*Result) - teller.total(*WELL)
    if not undone:
        return None
    what = "1 of them was" if undone == 1 else f"{undone:,} of them were"
    return Partly(f"{what} not done; the reason stands with each")
