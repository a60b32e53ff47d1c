"""`lengowctl show`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from lengowctl.cli.declared import Argument, Option
from lengowctl.cli.options import read_format
from lengowctl.cli.orders.whole import Markets, Whole, as_json, read_whole
from lengowctl.cli.references import STDIN, resolve, typed_refs
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.showing import heard, read_store, tell_state
from lengowctl.errors import AmbiguousOrder, LengowctlError, Partly, UnknownOrder
from lengowctl.orders.quirks import read_every
from lengowctl.orders.reference import OrderKey
from lengowctl.orders.selection import Selection
from lengowctl.output import sheet
from lengowctl.output.formats import Format
from lengowctl.output.sheet_story import SentAction
from lengowctl.output.words import short_times
from lengowctl.store.intent import Intent
from lengowctl.store.store import Store

FORMATS = (Format.TABLE, Format.JSON, Format.JSONL)


def show(
    runtime: Runtime,
    refs: Annotated[list[str], Argument(metavar="REF...", help="MARKETPLACE:NUMBER, a number, or - for stdin.")],
    format: Annotated[
        str | None, Option("--format", "-o", metavar="|".join(FORMATS), help="How it is written.")
    ] = None,
) -> None:
    """Show orders whole: products, totals, addresses, parcels, history.

    Also what can be done now and with which arguments. --format json writes one object for one REF, an array for
    several or for -; jsonl writes one object a line.
    """
    chosen = read_format(format, FORMATS) or Format.TABLE
    store = read_store(runtime)
    tell_state(runtime, store, Selection())
    writer = _Writer(runtime, chosen, single=len(refs) == 1 and refs[0] != STDIN)
    unknown = _each(runtime, store, refs, writer.write)
    writer.end()
    if len(unknown) == 1 and not writer.written:
        raise unknown[0]
    for fault in unknown:
        runtime.complain(fault)
    if unknown:
        kind = Partly if writer.written else UnknownOrder
        raise kind(f"{len(unknown)} of {len(unknown) + writer.written} references could not be shown")


def _each(runtime: Runtime, store: Store, refs: list[str], write: Callable[[Whole], None]) -> list[LengowctlError]:
    """Write every order that can be found, once each; what cannot comes back."""
    known = store.marketplaces.codes()
    seen: set[OrderKey] = set()
    faults: list[LengowctlError] = []
    markets: Markets = {}
    for text in typed_refs(runtime, refs):
        try:
            key = resolve(store, text, known)
        except (UnknownOrder, AmbiguousOrder) as fault:
            faults.append(fault)
            continue
        if key not in seen:
            write(read_whole(runtime, store, key, markets))
        seen.add(key)
    return faults


class _Writer:
    """Puts orders on stdout one by one."""

    def __init__(self, runtime: Runtime, chosen: Format, *, single: bool) -> None:
        self.runtime = runtime
        self.chosen = chosen
        self.single = single
        self.written = 0

    def write(self, whole: Whole) -> None:
        out = self.runtime.printer.out
        if self.chosen is Format.TABLE:
            out.write("\n\n" if self.written else "")
            screen = self.runtime.printer.screen
            sheet.render(_sheet(whole, short_times(screen.now, screen.zone)), out, screen)
        else:
            out.write(self._before() + as_json(whole))
            out.write("\n" if self.chosen is Format.JSONL else "")
        self.written += 1

    def _before(self) -> str:
        if self.chosen is Format.JSONL or self.single:
            return ""
        return ",\n" if self.written else "[\n"

    def end(self) -> None:
        if self.chosen is Format.JSON:
            closing = "\n" if self.written else ""
            self.runtime.printer.out.write(closing if self.single else f"{closing or '['}]\n")


def _sheet(whole: Whole, worded: Callable[[datetime], str]) -> sheet.Sheet:
    return sheet.Sheet(
        order=whole.order,
        due_at=whole.due_at,
        synced_at=whole.synced_at,
        marketplace_name=whole.marketplace.name if whole.marketplace else None,
        read_every=read_every(whole.order.marketplace),
        allowed=whole.allowed if whole.marketplace else None,
        events=whole.events,
        actions=[_sent(intent, heard(intent, worded)) for intent in whole.actions],
    )


def _sent(intent: Intent, answer: str | None) -> SentAction:
    return SentAction(intent.created_at, intent.id, intent.action, intent.state.value, intent.arguments, answer)
