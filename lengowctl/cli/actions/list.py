"""`lengowctl actions list`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Annotated

from lengowctl.cli.actions.chosen import chosen
from lengowctl.cli.declared import Argument, Option
from lengowctl.cli.listing import Output, Row
from lengowctl.cli.options import SCREENFUL
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import heard
from lengowctl.cli.times import read_moment
from lengowctl.errors import UsageFault
from lengowctl.orders.action import State
from lengowctl.orders.fields import Kind
from lengowctl.orders.marketplace import ACTIONS
from lengowctl.orders.moment import utc_text
from lengowctl.output.columns import Column
from lengowctl.output.formats import Format
from lengowctl.output.words import short_times
from lengowctl.store.intent import Intent
from lengowctl.store.intent_listing import Wanted

COLUMNS = (
    Column("id", "Id", Kind.COUNT),
    Column("ref", "Ref", Kind.REF),
    Column("action", "Action", Kind.CODE),
    Column("state", "State", Kind.CODE),
    Column("created_at", "Asked", Kind.TIME),
    Column("updated_at", "Moved", Kind.TIME),
    Column("action_id", "At Lengow", Kind.CODE),
    Column("message", "Answer", Kind.TEXT),
    Column("arguments", "Arguments", Kind.TEXT),
    Column("who", "Who", Kind.TEXT),
    Column("note", "Note", Kind.TEXT),
)
_ON_SCREEN = COLUMNS[:5] + COLUMNS[7:8]


def list_actions(
    runtime: Runtime,
    output: Output,
    refs: Annotated[
        list[str] | None,
        Argument(metavar="[ID]...", show_default=False, help="Only these; a reference means all of an order."),
    ] = None,
    state: Annotated[
        list[str] | None, Option("--state", metavar="STATE", help="In this state (repeatable, or a,b).")
    ] = None,
    action: Annotated[
        list[str] | None,
        Option("--action", metavar="ACTION", help="Only accept, ship, ... (repeatable, or a,b)."),
    ] = None,
    marketplace: Annotated[
        list[str] | None, Option("--marketplace", "-m", metavar="GLOB", help="On this marketplace (repeatable).")
    ] = None,
    since: Annotated[str | None, Option("--since", metavar="DATE", help="Asked for at or after DATE.")] = None,
    limit: Annotated[
        int | None, Option("--limit", "-n", metavar="N", help="At most N, 0 for all. On a terminal 50, else all.")
    ] = None,
) -> None:
    """List what we sent and what became of it, newest first.

    The id in the first column is what the other commands of this group take; a pipe hands it on: lengowctl actions
    list --state rejected | lengowctl actions retry - --carrier DPD
    """
    picked = output.chosen(runtime)
    store = runtime.store(write=False)
    intents = runtime.intents(store, "actions list")
    wanted = Wanted(
        states=tuple(State(word) for word in _words("--state", state, tuple(State))),
        actions=tuple(_words("--action", action, ACTIONS)),
        marketplaces=tuple(_globs(marketplace)),
        since=read_moment(runtime, "--since", since),
        ids=tuple(intent.id for intent in chosen(runtime, store, intents, refs)) if refs else None,
    )
    screenful = limit is None and picked is Format.TABLE and runtime.printer.out_tty
    most = SCREENFUL if screenful else limit or None
    _write(runtime, output, picked, intents.listed(wanted, most))
    if screenful:
        _tell_rest(runtime, intents.number(wanted))


def _write(runtime: Runtime, output: Output, picked: Format, found: Iterator[Intent]) -> None:
    first = next(found, None)
    if first is None and picked is Format.TABLE:
        runtime.printer.note("no action matches")
        return
    rows = chain((first,) if first else (), found)
    output.write(runtime, map(_row if picked is not Format.TABLE else _screen_row(runtime), rows), _columns(picked))
    runtime.printer.flush()


def _tell_rest(runtime: Runtime, found: int) -> None:
    if found > SCREENFUL:
        runtime.printer.note(f"{SCREENFUL} of {found:,}; --limit 0 shows all")


def _columns(picked: Format) -> tuple[Column, ...]:
    return _ON_SCREEN if picked is Format.TABLE else COLUMNS


def _row(intent: Intent) -> Row:
    return (
        intent.id,
        intent.ref,
        intent.action,
        intent.state.value,
        utc_text(intent.created_at),
        utc_text(intent.updated_at),
        None if intent.action_id is None else str(intent.action_id),
        heard(intent),
        json.dumps(dict(intent.arguments), ensure_ascii=False, separators=(",", ":")),
        f"{intent.who}@{intent.host}",
        intent.note,
    )


def _screen_row(runtime: Runtime) -> Callable[[Intent], Row]:
    """Makes a row of `_ON_SCREEN`; a time in it is the reader's."""
    screen = runtime.printer.screen
    worded = short_times(screen.now, screen.zone) if screen.tty else utc_text
    return lambda intent: (*_row(intent)[:5], heard(intent, worded))


def _words(option: str, typed: list[str] | None, known: Sequence[str]) -> list[str]:
    """Raises UsageFault for a word that is none."""
    words = [word.strip().lower() for text in typed or () for word in text.split(",") if word.strip()]
    if typed and not words:
        raise UsageFault(f"{option} is empty")
    for word in words:
        if word not in known:
            raise UsageFault(f"{option}: there is no {word!r}", hint=f"it is one of {', '.join(known)}")
    return words


def _globs(typed: list[str] | None) -> list[str]:
    return [glob.strip().lower() for text in typed or () for glob in text.split(",") if glob.strip()]
