"""Carriers, reasons and the like for a completion: what is valid for the orders typed so far."""

from __future__ import annotations

import json

from lengowctl.cli.shells.references import actions_of
from lengowctl.connectors.lengow import offers
from lengowctl.orders.verbs import CARRIER_ARGUMENTS, REASONS
from lengowctl.store.packing import unpack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lengowctl.cli.shells.question import Question
    from lengowctl.connectors.lengow.offers import Choices
    from lengowctl.connectors.lengow.values import Object
    from lengowctl.store.peek import CachePeek

#: Options whose values a description lists, with the names that marketplaces have for the argument.
ARGUMENTS = {
    "carrier": ("carrier",),
    "return-carrier": ("return_carrier",),
    "shipping-method": ("shipping_method",),
    "reason": REASONS,
}


def _read(cache: CachePeek, codes: Iterable[str]) -> Iterator[tuple[str, Object]]:
    """The descriptions of these marketplaces. One that cannot be read is left out."""
    for code, packed in cache.descriptions(codes).items():
        try:
            found = json.loads(unpack(packed))
        except Exception:  # noqa: S112 - whatever is wrong with it, the others are not worse for it
            continue
        if isinstance(found, dict):
            yield code, found


def values(question: Question, cache: CachePeek) -> list[tuple[str, str]]:
    """The valid values of an option as code and label: those that all marketplaces of the orders typed so far share,
    or where they share none, those of any of them."""
    meant = list(_meant(question, cache))
    lists = [dict(_choices(question.kind, actions, body)) for actions, body in meant]
    merged = {code: label for some in lists for code, label in some.items()}
    shared = {code: label for code, label in merged.items() if all(code in some for some in lists)}
    return list((shared or merged).items())


def _meant(question: Question, cache: CachePeek) -> Iterator[tuple[tuple[str, ...], Object]]:
    """The actions and descriptions in question: for `retry`, of the actions that are named; else of the marketplaces
    whose orders are named or selected; without any, of all that have orders."""
    if question.verb == "retry":
        with question.ledger() as ledger:
            asked = ledger.asked([word for word in question.words if word.isdecimal()])
        for action in dict.fromkeys(name for name, _ in asked):
            for _, body in _read(cache, [code for name, code in asked if name == action]):
                yield (action,), body
        return
    for _, body in _read(cache, _marketplaces(question, cache)):
        yield actions_of(question.verb), body


def _marketplaces(question: Question, cache: CachePeek) -> list[str]:
    """The marketplaces of the orders typed so far, or selected by `-m`; all that have orders where there are none."""
    known = cache.marketplaces()
    typed = [word.partition(":")[0].lower() for word in question.words if ":" in word]
    bare = [word for word in question.words if not word.startswith("-") and ":" not in word]
    named = {code for code in typed if code in known} | set(cache.sold_on(bare))
    globs = [glob for said in question.named("-m", "--marketplace") for glob in said.lower().split(",")]
    if globs and not named:
        from fnmatch import fnmatchcase

        named = {code for code in known if any(fnmatchcase(code, glob) for glob in globs)}
    return [code for code in known if code in named] or known


def _choices(kind: str, actions: Sequence[str], description: Object) -> Choices:
    """The list that a value is looked up in: the argument's own, else the marketplace's."""
    for name, action in offers.actions(description):
        for argument in ARGUMENTS[kind] if name in actions else ():
            takes = argument in (*offers.required(action), *offers.optional(action))
            found = offers.valid_values(offers.described(action, argument)) if takes else ()
            if takes and (found or argument not in CARRIER_ARGUMENTS):
                return found or (offers.shipping_methods(description) if kind == "shipping-method" else ())
            if takes:
                return offers.carriers(description)
    return ()
