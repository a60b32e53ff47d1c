"""`lengowctl actions show`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated

from lengowctl.cli.actions.advice import next_step
from lengowctl.cli.actions.chosen import ID_HELP, chosen
from lengowctl.cli.actions.record import as_object
from lengowctl.cli.declared import Argument, Option
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import text_or_json
from lengowctl.orders.action import State
from lengowctl.output.page import (
    BAD,
    BLANK,
    DIM,
    GOOD,
    LABEL,
    Line,
    Span,
    facts,
    line,
    room_of,
    section,
    wrapped,
    write,
)
from lengowctl.output.screen import Screen
from lengowctl.output.text import clean_json
from lengowctl.output.words import long_time, short_time
from lengowctl.store.history import Entry
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Intents

_STYLES = {
    State.DONE: GOOD, State.QUEUED: "cyan", State.PENDING: "cyan", State.REJECTED: BAD, State.DOUBTFUL: BAD,
    State.EXPIRED: BAD,
}  # fmt: skip


def show(
    runtime: Runtime,
    ids: Annotated[list[str], Argument(metavar="ID...", help=ID_HELP)],
    format: Annotated[str | None, Option("--format", "-o", metavar="table|json", help="How it is written.")] = None,
) -> None:
    """Show actions whole: what was asked, by whom, each step since, the answer, what to do next.

    --format json writes an array of objects.
    """
    as_text = not text_or_json(format)
    store = runtime.store(write=False)
    intents = runtime.intents(store, "actions show")
    found = chosen(runtime, store, intents, ids)
    if not as_text:
        objects = [as_object(intent, intents.entries(intent.id)) for intent in found]
        runtime.printer.data(clean_json(json.dumps(objects, ensure_ascii=False, indent=2)))
        return
    screen = runtime.printer.screen
    lines: list[Line] = []
    for intent in found:
        step = runtime.addressed(next_step(intent, runtime.now()) or "")
        lines += [*([BLANK, BLANK] if lines else []), *_page(intent, intents, step, screen)]
    write(lines, runtime.printer.out, screen)


def _page(intent: Intent, intents: Intents, step: str, screen: Screen) -> list[Line]:
    room = room_of(screen)
    head = line(
        Span(f"{intent.action} {intent.ref}", LABEL), "  ", Span(intent.state.value, _STYLES.get(intent.state, ""))
    )
    return [
        *wrapped(head, room),
        BLANK,
        *facts(_facts(intent, screen), room),
        *section("Arguments", facts(((name, line(value)) for name, value in intent.arguments), room - 2, 24)),
        *section(
            "What happened", [text for entry in intents.entries(intent.id) for text in _step(entry, screen, room - 2)]
        ),
        *section("What to do next", wrapped(line(step), room - 2) if step else []),
    ]


def _facts(intent: Intent, screen: Screen) -> Iterator[tuple[str, Line | None]]:
    yield "id", line(str(intent.id))
    yield "at Lengow", line(f"action {intent.action_id}") if intent.action_id else None
    yield (
        "asked",
        line(
            long_time(intent.created_at, screen.now, screen.zone),
            f" by {intent.who} on {intent.host}",
            f" ({intent.command})",
        ),
    )
    yield "note", line(intent.note or "")
    yield "answer", line(Span(intent.message or "", BAD if intent.state is State.REJECTED else ""))
    yield "evidence", line(intent.evidence or "")


def _step(entry: Entry, screen: Screen, room: int) -> list[Line]:
    when = Span(f"{short_time(entry.at, screen.now, screen.zone)}  ", DIM)
    said = entry.text or {}
    words = str(said.get("message") or said.get("evidence") or said.get("note") or "")
    cause = "" if entry.cause == entry.to_state else f" ({entry.cause.replace('_', ' ')})"
    attempt = f", attempt {entry.attempt}" if entry.attempt and entry.to_state == State.SENDING else ""
    who = f"  {entry.who.user}, {entry.who.command}"
    told = line(when, f"{entry.to_state}{cause}{attempt}", Span(who, DIM), f": {words}" if words else "")
    return wrapped(told, room, 14)
