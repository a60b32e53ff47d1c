"""Which of our actions a command is about: by their ids, or by the orders they are for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lengowctl.cli.acting.input import Resolver
from lengowctl.cli.acting.objects import parsed
from lengowctl.cli.references import STDIN, piped_lines
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import UnknownName
from lengowctl.orders.action import State
from lengowctl.orders.reference import piped_refs
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Intents
from lengowctl.store.store import Store

ID_HELP = "The id that actions list shows, MARKETPLACE:NUMBER for all of an order, or - for stdin."
_LARGEST = 18
_HEADING = "id"


def chosen(
    runtime: Runtime, store: Store, intents: Intents, words: Sequence[str], states: Iterable[State] = State
) -> list[Intent]:
    """The actions that are named, each once: all that have such an id, and those of an order in one of `states`.

    Raises UnknownName for an id or an order without any. Of lines from a pipe that are rows of actions or results, the
    id counts.
    """
    found: dict[int, Intent] = {}
    resolver = Resolver(store)
    wanted = frozenset(states)
    for word in _words(runtime, words):
        for intent in _meant(intents, resolver, word, wanted):
            found[intent.id] = intent
    return list(found.values())


def _words(runtime: Runtime, words: Sequence[str]) -> Iterator[str]:
    for word in words:
        if word == STDIN:
            lines = (_its_id(line) for line in piped_lines(runtime, word))
            yield from (found for place, found in enumerate(piped_refs(lines)) if place or found.lower() != _HEADING)
        else:
            yield word


def _its_id(line: str) -> str:
    """A line; of a JSON object that has the id of an action, that id. Nothing of a result for which none was made."""
    text = line.strip().removesuffix(",")
    found = parsed(text) if text.startswith("{") else None
    if not isinstance(found, dict) or _HEADING not in found:
        return line
    return str(found[_HEADING] or "")


def _meant(intents: Intents, resolver: Resolver, word: str, states: frozenset[State]) -> list[Intent]:
    if word.isascii() and word.isdecimal() and len(word) <= _LARGEST:
        known = intents.get(int(word))
        if known is None:
            raise UnknownName(f"there is no action {word}", hint="lengowctl actions list shows them with their ids")
        return [known]
    key = resolver.find(word)
    if isinstance(key, str):
        raise UnknownName(key)
    of_order = [intent for intent in intents.of_order(key) if intent.state in states]
    if not of_order:
        raise UnknownName(
            f"{word} has no action that is {' or '.join(sorted(states))}"
            if len(states) < len(State)
            else f"{word} has no action",
            hint=f"lengowctl actions list {word} shows what it has",
        )
    return of_order
