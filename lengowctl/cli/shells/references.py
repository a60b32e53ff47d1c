"""References for a completion: the orders that a verb can act on, newest first."""

from __future__ import annotations

from lengowctl.connectors.lengow.paths import statuses
from lengowctl.orders.verbs import NOT_GONE, STOPPING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from lengowctl.cli.shells.question import Question
    from lengowctl.store.peek import CachePeek, Pair


def actions_of(verb: str) -> tuple[str, ...]:
    """The marketplace's actions that a verb may come to; none for a verb that only looks."""
    return STOPPING if verb == "stop" else (verb,) if verb in ("accept", "ship", *STOPPING) else ()


def references(question: Question, clock: Callable[[], datetime]) -> Iterator[tuple[str, str]]:
    """Each with buyer, total and age; without those that are typed already. Bare order numbers where no reference
    begins as typed."""
    code, colon, number = question.typed.partition(":")
    ours, limit = bool(actions_of(question.verb)), question.limit + len(question.words)
    with question.cache() as cache:
        codes = [code] if colon else cache.marketplaces(code)
        rows = cache.orders(_pairs(cache, codes, question.verb), decoded(number), limit, ours=ours)
        bare = not rows and not colon and bool(code)
        if bare:
            everywhere = _pairs(cache, cache.marketplaces(), question.verb)
            rows = cache.orders(everywhere, decoded(code), limit, ours=ours)
    now = question.now(clock()) if rows and question.shell != "bash" else None
    for ref, at, *buyer_and_total in (row[:5] for row in rows):
        text = str(ref).partition(":")[2] if bare else str(ref)
        if text.startswith(question.typed) and not {text, str(ref)} & set(question.words):
            yield text, _about(at, buyer_and_total, now) if now else ""


def _pairs(cache: CachePeek, codes: Sequence[str], verb: str) -> list[Pair]:
    """The marketplaces, each with the statuses in which its description lets the verb act; any for a verb that only
    looks."""
    actions = actions_of(verb)
    if not actions:
        return [(code, None) for code in codes]
    found = {pair for action in actions for pair in cache.said(codes, statuses(action))}
    return sorted(pair for pair in found if verb != "stop" or pair[1] in NOT_GONE)


def decoded(number: str) -> str:
    """The number as stored, of one that is typed as references are printed; what is half typed is left out."""
    if "%" not in number:
        return number
    from lengowctl.orders.reference import read_ref

    whole, sign, rest = number.rpartition("%")
    return read_ref(whole if sign and len(rest) < 2 else number, None).numbers[-1]


def _about(at: object, buyer_and_total: Sequence[object], now: datetime) -> str:
    """`Jo Martin, 90.60 EUR, 2 d`; an anonymised order has no buyer."""
    buyer, total, currency = buyer_and_total
    parts = [buyer, f"{total} {currency or ''}".strip() if total is not None else None, _age(at, now)]
    return ", ".join(str(part) for part in parts if part)


def _age(at: object, now: datetime) -> str | None:
    from datetime import datetime

    from lengowctl.output.span import span

    try:
        return span(now - datetime.fromisoformat(str(at)))
    except (ValueError, TypeError):
        return None
