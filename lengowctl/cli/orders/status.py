"""`lengowctl status`: how things stand, on one screen, for people and for monitoring."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.leave import Leave
from lengowctl.cli.orders.standing import Health, as_json, read_state
from lengowctl.cli.orders.status_page import page
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import text_or_json
from lengowctl.cli.times import read_length
from lengowctl.cli.watching import Watching
from lengowctl.errors import LengowctlError, UsageFault
from lengowctl.output.page import write
from lengowctl.output.words import ago

_STALE, _DEAD = timedelta(hours=1), timedelta(hours=6)


def status(
    runtime: Runtime,
    *,
    check: Annotated[
        bool, Option("--check", help="For monitoring: one line, exit 0 OK, 1 warning, 2 critical, 3 unknown.")
    ] = False,
    online: Annotated[bool, Option("--online", help="Ask Lengow for the request budget now.")] = False,
    stale: Annotated[
        str | None, Option("--stale", metavar="TIME", help="Warn when the last sync is older (1h).")
    ] = None,
    dead: Annotated[
        str | None, Option("--dead", metavar="TIME", help="Critical when the last sync is older (6h).")
    ] = None,
    format: Annotated[str | None, Option("--format", "-o", metavar="table|json", help="How it is written.")] = None,
    watching: Watching,
) -> None:
    """Show freshness, coverage, due orders and the request budget on one screen.

    With --watch the screen is refreshed in place and figures that changed tell by how much; with -o json each change
    is one line.
    """
    as_text = not text_or_json(format)
    limits = read_length("--stale", stale, _STALE), read_length("--dead", dead, _DEAD)
    every = watching.every()
    if every is not None:
        if check:
            raise UsageFault("--check is one answer, and --watch has no end")
        from lengowctl.cli.orders.live_status import watch_status

        return watch_status(runtime, limits, every, online=online, as_text=as_text)
    if check:
        raise Leave(_check(runtime, limits))
    if online:
        runtime.connector().budget()
    state = read_state(runtime, runtime.store(write=False), limits)
    if not as_text:
        return runtime.printer.data(json.dumps(as_json(state), ensure_ascii=False, indent=2))
    screen = runtime.printer.screen
    return write(page(state, screen), runtime.printer.out, screen)


def _check(runtime: Runtime, limits: tuple[timedelta, timedelta]) -> int:
    """One line in the words of monitoring plug-ins. What keeps us from knowing is `unknown`."""
    try:
        state = read_state(runtime, runtime.store(write=False), limits)
    except LengowctlError as fault:
        runtime.printer.data(f"UNKNOWN - {fault.message}")
        return Health.UNKNOWN
    synced = f"synchronised {ago(state.synced_at, state.now)}, " if state.synced_at else ""
    words = "; ".join(state.reasons) or f"{synced}nothing overdue"
    figures = f"overdue={state.overdue} due_24h={state.due} set_aside={state.set_aside} holes={len(state.holes)}"
    runtime.printer.data(f"{state.health.name} - {words} | {figures}")
    return state.health
