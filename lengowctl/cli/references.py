"""References as verbs get them: arguments, and lines of stdin when `-` is among them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence

from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UsageFault
from lengowctl.orders.reference import OrderKey, TypedRef, piped_refs, read_ref
from lengowctl.store.store import Store

STDIN = "-"
#: The byte-order marks of UTF-16, which spreadsheets write, as stdin hands on bytes that are no UTF-8.
_UTF_16 = ("\udcff\udcfe", "\udcfe\udcff")


def typed_refs(runtime: Runtime, arguments: Sequence[str]) -> Iterable[str]:
    """The references as written, in order; stdin is read only for `-`. Raises UsageFault for `-` at a terminal."""
    for argument in arguments:
        if argument != STDIN:
            yield argument
            continue
        yield from piped_refs(piped_lines(runtime, argument))


def piped_lines(runtime: Runtime, what: str) -> Iterator[str]:
    """The lines of stdin for `what` reads it: UTF-8, or UTF-16 that says so. Raises UsageFault for a terminal, and for
    what is no text."""
    stdin = runtime.machine.stdin
    if stdin.isatty():
        raise UsageFault(f"{what} reads stdin, and stdin is the terminal", hint="pipe something in, or name the orders")
    first = stdin.readline()
    if first.startswith(_UTF_16):
        content = f"{first}{stdin.read()}".encode("utf-8", "surrogateescape")
        stdin, first = io.StringIO(content.decode("utf-16", "replace"), newline=""), ""
    elif "\0" in first:
        raise UsageFault("stdin is no plain text: it holds the character 0", hint="save it as UTF-8 text")
    if first:
        yield first
    yield from stdin


def resolve(store: Store, text: str, known: Sequence[str] | None) -> OrderKey:
    """The one order that a reference means. Raises UnknownOrder, AmbiguousOrder."""
    typed: TypedRef = read_ref(text, known)
    return store.orders.resolve(typed)
