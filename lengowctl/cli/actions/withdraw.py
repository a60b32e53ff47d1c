"""`lengowctl actions withdraw`."""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.acting.telling import Teller
from lengowctl.cli.actions.chosen import ID_HELP, chosen
from lengowctl.cli.declared import Argument
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.action import State
from lengowctl.outbox.settings import Stop


def withdraw(
    runtime: Runtime,
    output: ResultsOutput,
    ids: Annotated[list[str], Argument(metavar="ID...", help=ID_HELP)],
) -> None:
    """Take back actions that are planned or held and have not left.

    What has left cannot be taken back: each such action is named, and lengowctl stop says what else can be done.
    """
    output.chosen(runtime)
    store = runtime.store(write=True)
    outbox = runtime.outbox(store, "actions withdraw")
    found = chosen(runtime, store, outbox.intents, ids, (State.PLANNED,))
    if not found:
        runtime.printer.note("nothing to do")
        return
    teller = Teller(runtime, output, Stop(), expected=0, refs=max(len(intent.ref) for intent in found))
    teller.tell_all(outbox.withdraw([intent.id for intent in found]))
    teller.end()
    runtime.printer.say(teller.summary("withdrawn"))
    fault = teller.fault()
    if fault:
        raise fault
