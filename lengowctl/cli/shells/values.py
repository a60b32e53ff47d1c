"""The values that a completion script asks for with `lengowctl __complete` and what `Question` reads.

The answer is one value a line, with a tab and a description where the shell shows one. Whatever goes wrong, the answer
is empty: a shell that waits for a key is no place for an error.
"""

from __future__ import annotations

from lengowctl.cli.shells.question import Question

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    Candidate = tuple[str, str]
    """A value, and what it is."""

_LONGEST = 60
#: The states of actions that a verb can do something about; all of them for the others.
_STATES = {
    "withdraw": ("planned",),
    "settle": ("doubtful",),
    "wait": ("sending", "doubtful", "queued", "pending"),
    "retry": ("planned", "rejected", "expired", "withdrawn"),
}


def answer(arguments: Sequence[str], env: Mapping[str, str], clock: Callable[[], datetime]) -> str:
    """The answer's text; empty where there is none. Never raises for what is wrong outside."""
    try:
        question = Question(arguments, env)
        found = [pair for pair in _KINDS[question.kind](question, clock) if pair[0].isprintable()]
    except Exception:
        return ""
    lines = (_line(value, "" if question.shell == "bash" else about) for value, about in found[: question.limit])
    return "".join(lines)


def _line(value: str, about: str) -> str:
    return f"{value}\t{_brief(about)}\n" if about else f"{value}\n"


def _brief(text: str) -> str:
    """Foreign text on one short line."""
    if not text.isprintable():
        from lengowctl.output.text import clean

        text = clean(text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _orders(question: Question, clock: Callable[[], datetime]) -> Iterator[Candidate]:
    """References, newest first, less those that are typed already; bare numbers where no reference begins so."""
    code, colon, number = question.typed.partition(":")
    with question.cache() as cache:
        from lengowctl.cli.shells.offers import pairs

        ours, limit = question.verb != "show", question.limit + len(question.words)
        codes = [code] if colon else cache.marketplaces(code)
        rows = cache.orders(pairs(cache, codes, question.verb), _decoded(number), limit, ours=ours)
        bare = not rows and not colon and bool(code)
        if bare:
            everywhere = pairs(cache, cache.marketplaces(), question.verb)
            rows = cache.orders(everywhere, _decoded(code), limit, ours=ours)
    now = question.now(clock()) if rows and question.shell != "bash" else None
    for ref, at, *buyer_and_total in (row[:5] for row in rows):
        text = str(ref).partition(":")[2] if bare else str(ref)
        if text.startswith(question.typed) and str(ref) not in question.words:
            yield text, _about_order(at, buyer_and_total, now) if now else ""


def _decoded(number: str) -> str:
    """The number as stored, of one that is typed as references are printed."""
    if "%" not in number:
        return number
    from lengowctl.orders.reference import read_ref

    whole = number[:-1] if number[-1:] == "%" else number[:-2] if number[-2:-1] == "%" else number
    return read_ref(whole, None).numbers[-1]


def _about_order(at: object, buyer_and_total: Sequence[object], now: datetime) -> str:
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


def _cached(ask: str) -> Callable[[Question, Callable[[], datetime]], Iterator[Candidate]]:
    """A question whose answer is a list of texts from the cache."""

    def texts(question: Question, _: Callable[[], datetime]) -> Iterator[Candidate]:
        with question.cache() as cache:
            yield from ((text, "") for text in getattr(cache, ask)(question.typed))

    return texts


def _skus(question: Question, _: Callable[[], datetime]) -> Iterable[Candidate]:
    with question.cache() as cache:
        return cache.skus(question.typed, question.limit)


def _arguments(question: Question, _: Callable[[], datetime]) -> Iterable[Candidate]:
    """What the marketplaces list, found by code or by label, whatever the case; and the merchant's own carriers."""
    from lengowctl.cli.shells.offers import values

    typed = question.typed.casefold()
    with question.cache() as cache:
        listed = values(question, cache)
    named = (
        [(name, "your own name for it") for name in question.table("carriers")] if "carrier" in question.kind else []
    )
    found = [(code, label if label != code else "") for code, label in (*listed, *named)]
    by_code = [pair for pair in found if pair[0].casefold().startswith(typed)]
    return by_code or [(label, code) for code, label in found if label.casefold().startswith(typed)]


def _lines(question: Question, _: Callable[[], datetime]) -> Iterable[Candidate]:
    """The lines of the first order that is typed."""
    typed = [word.partition(":") for word in question.words if ":" in word and not word.startswith("-")]
    with question.cache() as cache:
        found = next((lines for code, _, number in typed if (lines := cache.lines(code, _decoded(number)))), [])
    return [pair for pair in found if pair[0].startswith(question.typed)]


def _actions(question: Question, _: Callable[[], datetime]) -> Iterator[Candidate]:
    with question.ledger() as ledger:
        rows = ledger.actions(_STATES.get(question.verb, ()), question.typed, question.limit)
    for number, action, code, order, state in rows:
        if str(number) not in question.words:
            yield str(number), f"{action!s} {code!s}:{order!s}, {state!s}"


def _exports(question: Question, _: Callable[[], datetime]) -> Iterable[Candidate]:
    with question.ledger() as ledger:
        return [(name, "") for name in ledger.exports(question.typed)]


def _profiles(question: Question, _: Callable[[], datetime]) -> Iterable[Candidate]:
    from lengowctl.config.choice import ENV, SANDBOX

    names = [*question.table("profiles"), SANDBOX, *([ENV] if question.has_keys else [])]
    return [(name, "") for name in names if name.startswith(question.typed)]


def _views(question: Question, _: Callable[[], datetime]) -> Iterable[Candidate]:
    return [(name, "") for name in question.table("views") if name.startswith(question.typed)]


_KINDS: Mapping[str, Callable[[Question, Callable[[], datetime]], Iterable[Candidate]]] = {
    "order": _orders,
    "marketplace": _cached("marketplaces"),
    "described": _cached("described"),
    "status": _cached("statuses"),
    "parcel-carrier": _cached("parcel_carriers"),
    "sku": _skus,
    "carrier": _arguments,
    "return-carrier": _arguments,
    "shipping-method": _arguments,
    "reason": _arguments,
    "line": _lines,
    "action": _actions,
    "since-last": _exports,
    "profile": _profiles,
    "view": _views,
}
