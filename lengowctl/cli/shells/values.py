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
    from lengowctl.cli.shells.references import references

    return references(question, clock)


def _cached(ask: str) -> Callable[[Question, Callable[[], datetime]], Iterator[Candidate]]:
    """A question whose answer is a list of texts from the cache."""

    def texts(question: Question, _: Callable[[], datetime]) -> Iterator[Candidate]:
        with question.cache() as cache:
            yield from ((text, "") for text in getattr(cache, ask)(question.typed))

    return texts


def _marketplaces(question: Question, _: Callable[[], datetime]) -> Iterable[Candidate]:
    """Codes with their names: of those that have orders, or of all that are described."""
    from lengowctl.connectors.lengow.paths import NAME

    with question.cache() as cache:
        known = (cache.described if question.kind == "described" else cache.marketplaces)(question.typed)
        names = {code: name or "" for code, name in cache.said(known, NAME)} if question.shell != "bash" else {}
    return [(code, names.get(code, "")) for code in known]


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
    matching = by_code or [(label, code) for code, label in found if label.casefold().startswith(typed)]
    return _spelled_alike(matching, question.typed) if question.shell == "bash" else matching


def _spelled_alike(found: list[Candidate], typed: str) -> list[Candidate]:
    """Those that begin as was typed, else as the first one does: bash puts what all have in common in the place of the
    word, and `Relais`, with RELAISCOLIS among what is offered, would become `R`."""
    begins = (value[: len(typed)] for value, _ in found)
    spelling = typed if any(value.startswith(typed) for value, _ in found) else next(begins, typed)
    return [pair for pair in found if pair[0].startswith(spelling)]


def _lines(question: Question, _: Callable[[], datetime]) -> Iterable[Candidate]:
    """The lines of the first order that is typed."""
    typed = [word.partition(":") for word in question.words if ":" in word and not word.startswith("-")]
    from lengowctl.cli.shells.references import decoded

    with question.cache() as cache:
        found = next((lines for code, _, number in typed if (lines := cache.lines(code, decoded(number)))), [])
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
    "marketplace": _marketplaces,
    "described": _marketplaces,
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
