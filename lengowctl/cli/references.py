"""References as verbs get them: arguments, and lines of stdin when `-` is among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UsageFault
from lengowctl.orders.reference import OrderKey, TypedRef, piped_refs, read_ref
from lengowctl.store.store import Store

STDIN = "-"


def typed_refs(runtime: Runtime, arguments: Sequence[str]) -> Iterable[str]:
    """The references as written, in order; stdin is read only for `-`. Raises UsageFault for `-` at a terminal."""
    for argument in arguments:
        if argument != STDIN:
            yield argument
            continue
        if runtime.machine.stdin.isatty():
            raise UsageFault("- reads order references from stdin, and stdin is the terminal", hint="pipe them in")
        yield from piped_refs(runtime.machine.stdin)


def resolve(store: Store, text: str, known: Sequence[str] | None) -> OrderKey:
    """The one order that a reference means. Raises UnknownOrder, AmbiguousOrder."""
    typed: TypedRef = read_ref(text, known)
    return store.orders.resolve(typed)
