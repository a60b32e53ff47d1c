"""`lengowctl status --watch`: how things stand, again and again."""

from __future__ import annotations

import json
from datetime import timedelta

from lengowctl.cli.live import run_live
from lengowctl.cli.orders.standing import State, as_json, read_state
from lengowctl.cli.orders.status_page import page
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import LengowctlError, Locked, NeverSynced, OutOfReach
from lengowctl.output.page import Line
from lengowctl.output.screen import Screen
from lengowctl.store.store import Store

_RESTLESS = frozenset({"now", "synced_at", "covered_from", "covered_until", "reasons", "budget"})
#: The next look asks again: nobody waits for an answer in front of a screen that stands still. In seconds, and too
#: short for a word about the waiting, which would lie across the screen.
_PATIENCE = 0.5
Limits = tuple[timedelta, timedelta]


def watch_status(runtime: Runtime, limits: Limits, every: timedelta, *, online: bool, as_text: bool) -> None:
    """A screen that is refreshed in place, or with JSON a line whenever something is different. Raises UsageFault for
    a screen where there is none."""
    if as_text:
        return run_live(runtime, LiveStatus(runtime, limits, online=online), every, "-o json")
    return _feed(runtime, LiveStatus(runtime, limits, online=online), every)


class LiveStatus:
    """The view."""

    def __init__(self, runtime: Runtime, limits: Limits, *, online: bool) -> None:
        self._runtime = runtime
        self._limits = limits
        self._online = online
        self._offline = ""
        runtime.patience = _PATIENCE
        self._before: State | None = None
        self.state: State | None = None

    def look(self, store: Store) -> None:
        self._offline = self._ask() if self._online else ""
        state = read_state(self._runtime, store, self._limits)
        self._before, self.state = self.state, state

    def title(self) -> str:
        return f"status of {self.state.profile}" if self.state else "status"

    def changes(self) -> str:
        if self._before is None or self.state is None:
            return ""
        return moves(self._before, self.state) if what_counts(self._before) != what_counts(self.state) else ""

    def notes(self) -> list[str]:
        return [self._offline] if self._offline else []

    def body(self, screen: Screen, room: int) -> tuple[list[Line], int]:
        del room
        return (page(self.state, screen, self._before) if self.state else []), 0

    def _ask(self) -> str:
        """Have the request budget told anew; what keeps us from it is no reason to show nothing."""
        try:
            self._runtime.connector().budget()
        except OutOfReach as fault:
            return fault.message
        return ""


def what_counts(state: State) -> dict[str, object]:
    """All of it but what changes with every look or every sync."""
    return {name: value for name, value in as_json(state).items() if name not in _RESTLESS}


def moves(before: State, state: State) -> str:
    """`waiting_acceptance -2, shipped +1`; `changed` where it is no figure that moved."""
    was, now = _figures(before), _figures(state)
    steps = {word: now.get(word, 0) - was.get(word, 0) for word in {**now, **was}}
    return ", ".join(f"{word} {step:+,}" for word, step in steps.items() if step) or "changed"


def _figures(state: State) -> dict[str, int]:
    actions = {f"actions {word}": number for word, number in state.actions}
    counts = {"overdue": state.overdue, "due": state.due, "set aside": state.set_aside}
    return {**dict(state.statuses), **counts, **actions}


def _feed(runtime: Runtime, view: LiveStatus, every: timedelta) -> None:
    told: dict[str, object] | None = None
    away = False
    while True:
        try:
            view.look(runtime.store(write=False))
            away = False
        except (Locked, NeverSynced) as fault:
            _told_once(runtime, fault, first=told is None, away=away)
            away = True
        finally:
            runtime.release()
        if view.state and not away and (counts := what_counts(view.state)) != told:
            told = counts
            runtime.printer.data(json.dumps(as_json(view.state), ensure_ascii=False, separators=(",", ":")))
            runtime.printer.flush()
        runtime.machine.sleep(every.total_seconds())


def _told_once(runtime: Runtime, fault: LengowctlError, *, first: bool, away: bool) -> None:
    if first:
        raise fault
    if not away:
        runtime.printer.warn(f"{fault.message}; going on when there is something to read")
