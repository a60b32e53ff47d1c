"""References for a completion: the orders that a verb can act on, newest first."""

from __future__ import annotations

from lengowctl.connectors.lengow.paths import statuses
from lengowctl.orders.verbs import NOT_GONE, STOPPING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from lengowctl.cli.shells.question import Question
    from lengowctl.store.peek import CachePeek, Pair, Row


def actions_of(verb: str) -> tuple[str, ...]:
    """The marketplace's actions that a verb may come to; none for a verb that only looks."""
    return STOPPING if verb == "stop" else (verb,) if verb in ("accept", "ship", *STOPPING) else ()


def references(question: Question, clock: Callable[[], datetime]) -> Iterator[tuple[str, str]]:
    """Each with buyer, total and age; without those that are typed already. Bare order numbers where no reference
    begins as typed."""
    code, colon, number = question.typed.partition(":")
    with question.cache() as cache:
        codes = [code] if colon else cache.marketplaces(code)
        rows = _rows(question, cache, _pairs(cache, codes, question.verb), number)
        bare = not rows and not colon and bool(code)
        if bare:
            rows = _rows(question, cache, _pairs(cache, cache.marketplaces(), question.verb), code, bare=True)
    now = question.now(clock()) if rows and question.shell != "bash" else None
    for ref, at, *buyer_and_total in (row[:5] for row in rows):
        text = str(ref).partition(":")[2] if bare else str(ref)
        if text.startswith(question.typed) and not {text, str(ref)} & set(question.words):
            yield text, _about(at, buyer_and_total, now) if now else ""


def _rows(question: Question, cache: CachePeek, pairs: list[Pair], number: str, *, bare: bool = False) -> list[Row]:
    """The newest orders. A shell types ahead what all that it is offered have in common: so where there are more than
    are offered, one that begins otherwise is among them, if there is any."""
    ours, limit = bool(actions_of(question.verb)), question.limit + len(question.words)
    rows = cache.orders(pairs, decoded(number), limit, ours=ours)
    if len(rows) < limit:
        return rows
    at = 5 if bare else 0
    odd: list[Row] = []
    while len(alike := _alike([str(row[at]) for row in (*rows, *odd)])) > len(question.typed):
        code, colon, _ = alike.partition(":")
        others = [] if bare else [pair for pair in pairs if not f"{pair[0]}:".startswith(f"{code}{colon}")]
        more = cache.orders(others, decoded(number), 1, ours=ours)
        if not more and (bare or colon):
            begun = _alike([str(row[5]) for row in (*rows, *odd)])
            more = cache.orders(pairs, decoded(number), 1, ours=ours, but=begun) if begun else []
        if not more:
            break
        odd += more  # each is one letter shorter at the least
    return [*rows[: question.limit - len(odd)], *odd, *rows[question.limit - len(odd) :]]


def _alike(texts: Sequence[str]) -> str:
    """The beginning that all have in common."""
    least, most = min(texts), max(texts)
    at = next((at for at, (one, other) in enumerate(zip(least, most, strict=False)) if one != other), len(least))
    return least[:at]


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
