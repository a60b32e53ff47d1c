"""May this be asked, and with what: the complete check of a request before anything leaves.

The marketplace's own description decides; the unwritten rules (`quirks`) and the tracking guard fill what it leaves
out. Nothing is guessed. Filled in are only: the line, where one is required and the order has one; the pieces of a
line, where a number is required and all of it is meant; the country that parcels leave from, where it is required
and the configuration has it; and `shipping_date`, where it is required and not given: now, with its offset, which is
what Lengow's own plugins send. A marketplace's default value is told, never sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from lengowctl.orders import repayment
from lengowctl.orders.arguments import LINE, QUANTITIES, Ask, argument_named, quantity_of, type_of
from lengowctl.orders.carriers import Aliases
from lengowctl.orders.draft import NUMBERS, Draft, carrier_names, draft_of, missing, with_lines
from lengowctl.orders.marketplace import Action, Marketplace
from lengowctl.orders.model import Order
from lengowctl.orders.quirks import RULES, Rule
from lengowctl.orders.reason import About, Reason
from lengowctl.orders.request import Request
from lengowctl.orders.scope import Scope, Setting, Target, scope_of
from lengowctl.orders.status import name_of
from lengowctl.orders.tracking import Finding, Used, inspect
from lengowctl.orders.unwritten import Subject, in_one, objections
from lengowctl.orders.values import Reading, figure_of


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """What a check depends on beside marketplace, order and wish. `zone` is where a time without offset is meant
    (None: the machine's); `used` are the parcel numbers of other orders, by their `tracking.compact` spelling.
    """

    now: datetime
    aliases: Aliases = field(default_factory=dict)
    from_country: str | None = None
    force_tracking: bool = False
    used: Used = field(default_factory=dict)
    zone: tzinfo | None = UTC
    rules: tuple[Rule, ...] = RULES


@dataclass(frozen=True, slots=True)
class Prepared:
    """What would be sent: one request, or one for each line."""

    requests: tuple[Request, ...]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing is sent: every reason, not only the first.

    `requests` are what would have been sent if the order had not moved on, and its parcel's number had been vouched
    for, when that is all that stands in the way: a request that was carried out before is found by them, and is
    `already done`.
    """

    reasons: tuple[Reason, ...]
    requests: tuple[Request, ...] = ()


#: What may not have stood in the way when the same was asked before.
_ONLY_NOW = frozenset({About.STATUS, About.TRACKING})


def check(
    marketplace: Marketplace | None,
    order: Order,
    ask: Ask,
    *,
    settings: CheckSettings,
    taken: Mapping[str, int] | None = None,
    paid_back: Decimal = Decimal(0),
) -> Prepared | Refusal:
    """The requests that carry out `ask` on `order`, or every reason against them. Never raises.

    `taken`: pieces that earlier requests of the same action, done or under way, took of a line, by line id.
    `paid_back`: what earlier refunds of the order, done or under way, come to.
    """
    action = marketplace.action(ask.action) if marketplace else None
    if marketplace is None or action is None or order.by_marketplace:
        return Refusal((_not_offered(marketplace, order, ask.action),))
    lines = order.lines
    ask, unclear = with_lines(ask, lines[0].line_id if len(lines) == 1 else None)
    if unclear:
        return Refusal((unclear,))
    scope = scope_of(Setting(marketplace, order, action, settings.rules, taken or {}), ask.lines)
    currency = order.original_currency or order.currency
    reading = Reading(marketplace, settings.now, settings.aliases, settings.zone, currency)
    draft = draft_of(action, ask, reading, settings.from_country)
    return _Check(marketplace, order, action, settings, scope, draft, paid_back).result()


def _not_offered(marketplace: Marketplace | None, order: Order, action: str) -> Reason:
    if marketplace is None:
        told = f"nothing is known of the marketplace {order.marketplace}; run lengowctl sync"
        return Reason(About.OFFER, told)
    if order.by_marketplace:
        return Reason(About.OFFER, f"{marketplace.name} ships this order itself; nothing can be asked for it")
    names = tuple(known.name for known in marketplace.actions)
    offers = f"it offers {', '.join(names)}" if names else "it offers no action at all"
    return Reason(About.OFFER, f"{marketplace.name} does not offer {action}; {offers}", valid=names)


@dataclass(frozen=True, slots=True)
class _Check:
    marketplace: Marketplace
    order: Order
    action: Action
    settings: CheckSettings
    scope: Scope
    draft: Draft
    paid_back: Decimal

    def result(self) -> Prepared | Refusal:
        """Every reason once, in the order of the questions; else the requests."""
        targets = self.scope.targets or (Target(),)
        bundles = [self._arguments(target) for target in targets]
        status = list(self._status())
        lines = [reason for reason in self.scope.reasons if not (status and reason.about is About.STATUS)]
        found = [*status, *lines, *self.draft.reasons]
        warnings = [*self.draft.warnings, *self.scope.warnings]
        for target, arguments in zip(targets, bundles, strict=True):
            found += self._missing(arguments)
            found += self._too_much(target, arguments)
            for stops, reason in self._ruled(target, arguments):
                found += [reason] if stops else []
                warnings += [] if stops else [reason.sentence]
        found += self._too_much_in_all(bundles)
        for stops, reason in self._guarded():
            found += [reason] if stops else []
            warnings += [] if stops else [reason.sentence]
        reasons = tuple(dict.fromkeys(found))
        moved_on = all(reason.about in _ONLY_NOW for reason in reasons)
        asked = [Request.of(self.action.name, self.order.key, bundle) for bundle in bundles if moved_on]
        requests = tuple(dict.fromkeys(asked))
        return Refusal(reasons, requests) if reasons else Prepared(requests, tuple(dict.fromkeys(warnings)))

    def _status(self) -> Iterator[Reason]:
        if self.order.status not in self.action.statuses:
            allowed = " or ".join(self.action.statuses) or "no status"
            name, word = self.marketplace.name, name_of(self.order.status).lower()
            told = f"the order is {word}; {name} takes {self.action.name} at {allowed} only"
            yield Reason(About.STATUS, told, valid=self.action.statuses)

    def _arguments(self, target: Target) -> dict[str, str]:
        arguments = dict(self.draft.arguments)
        quantity = quantity_of(self.action)
        if target.line is not None and target.named:
            arguments[LINE] = target.line.line_id
        if target.pieces is not None and quantity is not None:
            arguments[quantity.name] = str(target.pieces)
        return arguments

    def _missing(self, arguments: Mapping[str, str]) -> list[Reason]:
        """Required and absent, but for those that a reason was given for already."""
        if not self.action.arguments:
            return []
        told = {reason.argument for reason in (*self.draft.reasons, *self.scope.reasons)}
        told |= {LINE, *QUANTITIES} if self.scope.reasons else set()
        return [reason for reason in missing(self.action, arguments, self.marketplace) if reason.argument not in told]

    def _ruled(self, target: Target, arguments: Mapping[str, str]) -> Iterator[tuple[bool, Reason]]:
        if not self.settings.rules:
            return
        told = {reason.argument for reason in self.draft.reasons if reason.argument}
        paid = self._paid(target)
        waived = frozenset(self.draft.waived)
        subject = Subject(self.marketplace, self.order, self.action, arguments, paid, waived)
        news = [said for said in objections(subject, self.settings.rules) if said.argument not in told]
        for said in in_one(said for said in news if not self._is_missing(said.argument, arguments)):
            yield said.rule.stops, Reason(About.RULE, said.sentence, said.argument)

    def _is_missing(self, name: str | None, arguments: Mapping[str, str]) -> bool:
        """Whether it is told already that this argument is required."""
        described = argument_named(self.action, name) if name else None
        return described is not None and described.required and not arguments.get(described.name)

    def _paid(self, target: Target) -> Decimal | None:
        """What was paid for the goods, in the marketplace's currency; None when a part of it is not known."""
        return repayment.goods_paid(self.order, self.order.lines if target.line is None else (target.line,))

    def _too_much(self, target: Target, arguments: Mapping[str, str]) -> Iterator[Reason]:
        """An amount above what was paid: for a line its goods and all that is not goods, else the whole order."""
        asked = figure_of(arguments.get("refund_price", ""))
        if asked is None:
            return
        if not asked and not self._pays(arguments):
            yield Reason(About.ARGUMENT, "--amount: 0 pays nothing back", "refund_price")
        paid, goods, total = self._paid(target), self._paid(Target()), self.order.original_total
        if paid is None or goods is None:
            return
        most = paid + max(Decimal(0), (total or goods) - goods)
        if asked > most:
            yield Reason(About.ARGUMENT, f"--amount: {asked} is more than was paid ({most})", "refund_price")

    def _pays(self, arguments: Mapping[str, str]) -> bool:
        """Whether something is paid back beside the goods: a fee, taxes."""
        others = (it for it in self.action.arguments if it.name != repayment.AMOUNT and arguments.get(it.name))
        return any(
            arguments[it.name] == "true" if type_of(it) == "boolean" else bool(figure_of(arguments[it.name]))
            for it in others
            if type_of(it) in ("boolean", "decimal")
        )

    def _too_much_in_all(self, bundles: Sequence[Mapping[str, str]]) -> Iterator[Reason]:
        """What comes to more than was paid only together, or with what was paid back before."""
        most = repayment.most(self.order)
        alone = not self.paid_back and len(bundles) == 1
        if alone or most is None or argument_named(self.action, repayment.AMOUNT) is None:
            return
        asked = sum((repayment.worth(self.order, bundle) or Decimal(0) for bundle in bundles), Decimal(0))
        if asked + self.paid_back > most:
            named = any(repayment.AMOUNT in bundle for bundle in bundles)
            rest = f"{asked} more is too much" if named else "say how much of the rest"
            told = f"--amount: {self.paid_back} of {most} is paid back already, or on its way; {rest}"
            if not self.paid_back:
                told = f"--amount: {asked} in all is more than was paid ({most})"
            yield Reason(About.ARGUMENT, told, repayment.AMOUNT)

    def _guarded(self) -> list[tuple[bool, Reason]]:
        """What the parcels' numbers look like, and once how to overrule that."""
        given = self.draft.arguments
        found = [one for name, carriers in NUMBERS if given.get(name) for one in self._number(name, carriers)]
        stopping = [place for place, (stops, _) in enumerate(found) if stops]
        for place in stopping[-1:]:
            reason = found[place][1]
            found[place] = (True, replace(reason, sentence=f"{reason.sentence}; --force-tracking overrules that"))
        return found

    def _number(self, name: str, carriers: tuple[str, ...]) -> Iterator[tuple[bool, Reason]]:
        given = self.draft.arguments
        names = carrier_names(given, carriers, self.action, self.marketplace)
        used = self.settings.used if name == NUMBERS[0][0] else {}
        for finding in inspect(given[name], names, self.order, used):
            yield self._overruled(finding, name)

    def _overruled(self, finding: Finding, name: str) -> tuple[bool, Reason]:
        if finding.stops and self.settings.force_tracking:
            return False, Reason(About.TRACKING, f"{finding.sentence}; sent all the same (--force-tracking)", name)
        return finding.stops, Reason(About.TRACKING, finding.sentence, name)
