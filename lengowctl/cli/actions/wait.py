"""`lengowctl actions wait`."""

from __future__ import annotations

from typing import Annotated

from lengowctl.cli.acting.flow import tell_doubtful, wait_for
from lengowctl.cli.acting.options import WAIT_TIMEOUT
from lengowctl.cli.acting.results import ResultsOutput
from lengowctl.cli.acting.telling import Teller
from lengowctl.cli.actions.chosen import ID_HELP, chosen
from lengowctl.cli.declared import Argument, Option
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.times import read_length
from lengowctl.orders.action import State
from lengowctl.outbox.settings import Stop

_OPEN = (State.QUEUED, State.PENDING)


def wait(
    runtime: Runtime,
    output: ResultsOutput,
    ids: Annotated[list[str] | None, Argument(metavar="[ID]...", show_default=False, help=ID_HELP)] = None,
    wait_timeout: Annotated[
        str | None, Option("--wait-timeout", metavar="TIME", help="Wait at most so long (30m).")
    ] = None,
) -> None:
    """Wait until the marketplaces have answered; without ids, every open action.

    Ends with 8 when time runs out first; waiting can be taken up again at any time. A rejection is told in the
    marketplace's words.
    """
    timeout = read_length("--wait-timeout", wait_timeout, WAIT_TIMEOUT)
    output.chosen(runtime)
    stop = Stop()
    store = runtime.store(write=True)
    outbox = runtime.outbox(store, "actions wait", stop=stop)
    found = chosen(runtime, store, outbox.intents, ids, _OPEN) if ids else outbox.intents.in_states(_OPEN)
    if not found:
        runtime.printer.note("no action waits for an answer")
        tell_doubtful(runtime, outbox.doubtful())
        return
    teller = Teller(runtime, output, stop, expected=len(found), refs=max(len(intent.ref) for intent in found))
    runtime.pin(store)
    with runtime.until(stop):
        raised, left = wait_for(runtime, outbox, found, teller, timeout)
    teller.end()
    runtime.printer.say(teller.summary("answers"))
    if not raised:
        tell_doubtful(runtime, [intent for intent in outbox.doubtful() if intent.id not in teller.ids])
    ended = teller.fault(stopped=stop.asked and not teller.closed, raised=raised, timed_out=left)
    if ended:
        raise ended
