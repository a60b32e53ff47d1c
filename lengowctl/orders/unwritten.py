"""What the unwritten rules of a marketplace (`quirks`) say to a request that its description has nothing against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from lengowctl.orders.arguments import argument_named, option_of
from lengowctl.orders.marketplace import Action, Marketplace
from lengowctl.orders.model import Order
from lengowctl.orders.quirks import RULES, Rule, fits
from lengowctl.orders.values import figure_of


@dataclass(frozen=True, slots=True)
class Objection:
    """A rule that does not hold: the argument it is about (None: the action itself), why, and what has to be given
    for it to hold, if that is all."""

    rule: Rule
    argument: str | None
    why: str
    give: str = ""

    @property
    def sentence(self) -> str:
        return f"{self.why}; give {self.give}" if self.give else self.why


@dataclass(frozen=True, slots=True)
class Subject:
    """One request before it is one: what the rules look at. `paid` is what was paid for the goods in its scope,
    None when that is not known; `waived` are the arguments that were left out on purpose.
    """

    marketplace: Marketplace
    order: Order
    action: Action
    arguments: Mapping[str, str]
    paid: Decimal | None = None
    waived: frozenset[str] = frozenset()


def objections(subject: Subject, rules: tuple[Rule, ...] = RULES) -> list[Objection]:
    """What the rules have against it, in the order of the table."""
    return [said for rule in rules if applies(rule, subject) for said in _demands(rule, subject)]


def in_one(said: Iterable[Objection]) -> list[Objection]:
    """What one rule wants given, in one sentence instead of one for each."""
    found: list[Objection] = []
    for one in said:
        before = found[-1] if found else None
        if before and before.give and one.give and before.rule is one.rule:
            found[-1] = replace(before, give=f"{before.give} and {one.give}")
        else:
            found.append(one)
    return found


def speaks(marketplace: Marketplace, word: str) -> bool:
    """Whether the marketplace uses that word for a status."""
    return any(word in words for _, words in marketplace.statuses)


def concerns(rule: Rule, marketplace: Marketplace, action: str) -> bool:
    """Whether a row is about this action at this marketplace at all."""
    here = speaks(marketplace, rule.speaks) if rule.speaks else fits(marketplace.code, rule.marketplaces)
    return here and rule.action == action


def applies(rule: Rule, subject: Subject) -> bool:
    """Whether everything that the row sets as its condition holds."""
    given = subject.arguments
    return (
        concerns(rule, subject.marketplace, subject.action.name)
        and all(given.get(name) for name in rule.given)
        and all(_has(given, name, values) for name, values in rule.values)
        and not any(_has(given, name, values) for name, values in rule.unless)
        and (not rule.unlisted or _unlisted(subject))
        and (not rule.statuses or subject.order.status in rule.statuses)
        and (not rule.words or (subject.order.marketplace_status or "").upper() not in rule.words)
    )


def _has(given: Mapping[str, str], name: str, values: tuple[str, ...]) -> bool:
    return given.get(name, "").lower() in values


def _unlisted(subject: Subject) -> bool:
    code = subject.arguments.get("carrier", "")
    if not code:
        return bool(subject.arguments.get("carrier_name"))
    described = argument_named(subject.action, "carrier")
    listed = (*subject.marketplace.carriers, *(described.values if described else ()))
    return code not in {known for known, _ in listed}


def _demands(rule: Rule, subject: Subject) -> Iterator[Objection]:
    demanding = rule.needs or rule.forbids or rule.longest or rule.below_total is not None
    if not demanding:
        yield Objection(rule, None, _told(rule))
    for need in rule.needs:
        yield from _needed(rule, need, subject)
    for name in rule.forbids:
        if name == "*":
            word = subject.order.marketplace_status or "not known"
            yield Objection(rule, None, f"{_told(rule)}; it is {word} now")
        elif subject.arguments.get(name):
            yield Objection(rule, name, f"{_told(rule)}; leave out {option_of(name)}")
    for name, most in rule.longest:
        length = len(subject.arguments.get(name, ""))
        if length > most:
            yield Objection(rule, name, f"{_told(rule)}; {option_of(name)} has {length}")
    if rule.below_total is not None:
        yield from _capped(rule, rule.below_total, subject)


def _needed(rule: Rule, need: str, subject: Subject) -> Iterator[Objection]:
    names = [name for name in need.split("|") if argument_named(subject.action, name)]
    waived = rule.waivable and any(name in subject.waived for name in names)
    if not names or waived or any(subject.arguments.get(name) for name in names):
        return
    options = " or ".join(dict.fromkeys(option_of(name) for name in names))
    without = f", or say that there is none with --arg {names[0]}=" if rule.waivable else ""
    yield Objection(rule, names[0], _told(rule), f"{options}{without}")


def _capped(rule: Rule, less: Decimal, subject: Subject) -> Iterator[Objection]:
    asked = figure_of(subject.arguments.get("refund_price", ""))
    if asked is None or subject.paid is None:
        return
    most = subject.paid - less
    if asked > most:
        yield Objection(rule, "refund_price", f"{_told(rule)}; {asked} is more than {most}")


def _told(rule: Rule) -> str:
    return rule.why if rule.sure else f"{rule.why} (as far as is known)"
