"""Whether each order takes what is asked of it, and which requests that makes: the whole check before anything
leaves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from lengowctl.cli.acting.earlier import (
    LEFT,
    asks_any,
    ended_by,
    granted_worth,
    moved_by,
    refunded,
    sent_away,
    shipped_otherwise,
    taken_pieces,
)
from lengowctl.cli.acting.input import AT_ONCE, Item, Meant, parted
from lengowctl.cli.acting.lot import GRANTED_BEFORE, Lot, Ready
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.action import GRANTED, State
from lengowctl.orders.arguments import Ask
from lengowctl.orders.check import CheckSettings, Prepared, Refusal, check
from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.model import Order
from lengowctl.orders.reason import About, Reason
from lengowctl.orders.reference import OrderKey, format_ref
from lengowctl.orders.repayment import shown
from lengowctl.orders.request import Request, digest
from lengowctl.orders.rows import takes_parcels
from lengowctl.orders.tracking import Sighting, compact, place_of
from lengowctl.orders.unwritten import concerns
from lengowctl.outbox.plan import held
from lengowctl.outbox.send import needs_leave
from lengowctl.outbox.told import Result, Told, not_there, tell, told_of_request
from lengowctl.store.intent import Intent
from lengowctl.store.intents import Intents
from lengowctl.store.store import Store

#: What neither moves money nor carries a parcel's number: its check needs no more of an order than its columns.
_PLAIN = frozenset({"accept", "refuse", "cancel"})


class Scales:
    """Weighs orders as the cache knows them. `again`: what was asked before is meant once more."""

    def __init__(
        self,
        runtime: Runtime,
        store: Store,
        intents: Intents | None,
        *,
        force_tracking: bool = False,
        again: bool = False,
    ) -> None:
        self._store = store
        self._reader = runtime.reader()
        self._intents = intents
        self.as_of = intents.history.length if intents else None
        """How long the history was before anything was checked."""
        self.source = store.source or ""
        self._again = again
        self.marketplaces = read_marketplaces(runtime, store)
        self.used: dict[str, list[Sighting]] = {}
        self._refunds: dict[OrderKey, list[Mapping[str, str]]] = {}
        """What this run pays back that was not asked for before, by order."""
        self._narrowed: dict[tuple[str, str], CheckSettings] = {}
        self._settings = CheckSettings(
            now=runtime.now(),
            aliases=runtime.aliases(),
            from_country=runtime.profile.from_country,
            force_tracking=force_tracking,
            used=self.used,
            zone=runtime.zone,
        )

    def weigh(self, meant: Meant) -> Lot:
        """Check every order. Orders selected by filters whose status does not allow it are counted, not told."""
        lot = Lot(failed=meant.failed, repeated=meant.repeated)
        self._look_for_numbers(meant.items)
        for items in parted(meant.items, AT_ONCE):
            earlier = self._intents.of_orders(item.key for item in items) if self._intents else {}
            for item, order in zip(items, self._orders(items), strict=True):
                if isinstance(order, str):
                    lot.failed.append(item.fail(order))
                else:
                    self._put(lot, item, order, earlier.get(item.key, ()), filtered=meant.filtered)
        return lot

    def _orders(self, items: Sequence[Item]) -> Iterator[Order | str]:
        """What the cache has of each: no more than its columns tell, where the check looks at nothing else."""
        brief = self._store.orders.outlines(item.key for item in items if item.ask.action in _PLAIN)
        for item in items:
            yield brief.get(item.key) or self.read(item.key)

    def sent_away(self, item: Item, order: Order) -> str | None:
        """That an order has left by what was sent from here, though the cache does not show it yet."""
        return sent_away(self._intents.of_order(item.key), order) if self._intents else None

    def _put(self, lot: Lot, item: Item, order: Order, earlier: Sequence[Intent], *, filtered: bool) -> None:
        found, repeats = self._check(item, order, earlier)
        against = self._against(item, order, found, bool(earlier)) if filtered else None
        if against is About.OFFER:
            lot.not_offered += 1
        elif against is About.STATUS:
            lot.left_out += 1
        elif isinstance(found, Prepared):
            if found.warnings:
                lot.warnings.update(found.warnings)
            self._note_refunds(item, found, earlier)
            standing = self.standing(found.requests, earlier) if earlier else {}
            ready = Ready(item.key, item.ask.action, found.requests, order.total, order.currency, repeats, standing)
            lot.ready.append(ready)
        else:
            lot.failed.append(item.fail(told_reasons(found)))

    def _against(self, item: Item, order: Order, found: Prepared | Refusal, acted_on: bool) -> About | None:
        """Whether the marketplace or else the order's status stands against it, whatever was asked before."""
        if item.key.marketplace not in self.marketplaces:
            return None  # nobody knows, so it is told as failed
        if acted_on and isinstance(found, Prepared):
            found = self.check(item, order)
        abouts = {reason.about for reason in found.reasons} if isinstance(found, Refusal) else ()
        return next((about for about in (About.OFFER, About.STATUS) if about in abouts), None)

    def read(self, key: OrderKey) -> Order | str:
        """The order as the cache has it, or why it cannot be read."""
        return self._understood(self._store.orders.body(key))

    def _understood(self, body: bytes | None) -> Order | str:
        if body is None:
            return "its stored text is gone; lengowctl sync --full reads it again"
        try:
            return self._reader.order(body)
        except ValueError as fault:
            return f"its stored text cannot be read ({fault}); lengowctl sync --full reads it again"

    def check(self, item: Item, order: Order) -> Prepared | Refusal:
        """What would be sent for an order or why nothing is, by the order alone, whatever was asked of it before."""
        marketplace = self.marketplaces.get(item.key.marketplace)
        return check(marketplace, order, item.ask, settings=self._settings_for(marketplace, item.ask.action))

    def check_beside(self, intent: Intent, order: Order, intents: Intents) -> Prepared | Refusal:
        """What stands against a planned intent, by the order as it is now, beside all else that was asked of it, as
        `intents` has it at this moment.
        """
        marketplace = self.marketplaces.get(intent.marketplace)
        settings = self._settings_for(marketplace, intent.action)
        of_order = intents.of_orders((intent.key,), {}).get(intent.key, ())
        others = of_order if intent.action == "refund" else ()
        back = refunded((it for it in others if it.id != intent.id and it.action == intent.action), {}, order)
        ask = Ask(intent.action, {}, dict(intent.arguments))
        return check(marketplace, order, ask, settings=settings, paid_back=back)

    def _check(self, item: Item, order: Order, earlier: Sequence[Intent]) -> tuple[Prepared | Refusal, bool]:
        """What is sent for an order or why nothing is, and whether all of it was granted before. `earlier` is what
        was asked of the order before: it may have moved it on, which the cache shows later.
        """
        found, repeats = self._check_after(earlier, item, order)
        if isinstance(found, Refusal) and any(reason.about is About.STATUS for reason in found.reasons):
            moved = moved_by(earlier, item.ask.action, order)
            if moved and moved not in found.reasons:
                found = replace(found, reasons=(*found.reasons, moved))
        return found, repeats

    def _check_after(self, earlier: Sequence[Intent], item: Item, order: Order) -> tuple[Prepared | Refusal, bool]:
        found = self.check(item, order)
        ended = self._ended(item, order, earlier) if earlier and isinstance(found, Prepared) else None
        if ended:
            return Refusal((ended,)), False
        earlier = [intent for intent in earlier if intent.action == item.ask.action]
        beside = self._refunds.get(item.key, ())
        if not earlier and not (item.ask.action == "refund" and (shown(order) or beside)):
            return found, False
        own = {digest(self.source, request): request for request in found.requests}
        asked = [known and known.state for text, request in own.items() for known in (_last(earlier, request, text),)]
        back = refunded(earlier, own, order, beside) if item.ask.action == "refund" else Decimal(0)
        if asked and all(state is not None and state not in _ENDED for state in asked) and not (self._again and back):
            return Prepared(found.requests), not self._again and all(state in GRANTED for state in asked)
        twice = None if self._again else shipped_otherwise(earlier, found, own)
        if twice and takes_parcels(self.marketplaces.get(item.key.marketplace), item.ask):
            twice = None
        if twice:
            return Refusal((twice,)), False
        taken = {} if self._again else taken_pieces((it for it in earlier if not asks_any(it, own)), order)
        if not self._again:
            back = max(back - granted_worth(earlier, own, order), Decimal(0))
        if not (taken or back):
            return found, False
        marketplace = self.marketplaces.get(item.key.marketplace)
        settings = self._settings_for(marketplace, item.ask.action)
        return check(marketplace, order, item.ask, settings=settings, taken=taken, paid_back=back), False

    def _note_refunds(self, item: Item, found: Prepared, earlier: Sequence[Intent]) -> None:
        if item.ask.action == "refund":
            known = ((it, _last(earlier, it, digest(self.source, it))) for it in found.requests)
            new = [request for request, intent in known if intent is None or intent.state not in LEFT]
            self._refunds.setdefault(item.key, []).extend(dict(request.arguments) for request in new)

    def standing(self, requests: Iterable[Request], earlier: Sequence[Intent]) -> dict[Request, Told]:
        """What a run would tell of those requests that are in the ledger and would not simply go."""
        known = ((request, _last(earlier, request, digest(self.source, request))) for request in requests)
        kept = ((request, self._kept_by(intent, request)) for request, intent in known if intent)
        return {request: told for request, told in kept if told}

    def _kept_by(self, intent: Intent, request: Request) -> Told | None:
        match intent.state:
            case State.PLANNED if intent.hold_until and intent.hold_until > self._settings.now:
                return held(intent)
            case State.PLANNED if needs_leave(intent) and not self._again:
                return not_there(intent)
            case State.DOUBTFUL | State.SENDING:
                return tell(intent)
            case state if state in GRANTED and not self._again:
                return told_of_request(request, Result.ALREADY_DONE, GRANTED_BEFORE)
            case _:
                return None

    def _ended(self, item: Item, order: Order, earlier: Sequence[Intent]) -> Reason | None:
        marketplace = self.marketplaces.get(item.key.marketplace)
        action = marketplace.action(item.ask.action) if marketplace else None
        return ended_by(earlier, action, order) if action else None

    def _settings_for(self, marketplace: Marketplace | None, action: str) -> CheckSettings:
        """The settings with those rules only that can concern this action there: they are looked through for each
        order."""
        if marketplace is None:
            return self._settings
        known = self._narrowed.get((marketplace.code, action))
        if known is None:
            rules = tuple(rule for rule in self._settings.rules if concerns(rule, marketplace, action))
            known = self._narrowed[marketplace.code, action] = replace(self._settings, rules=rules)
        return known

    def _look_for_numbers(self, items: Iterable[Item]) -> None:
        """Find the parcel numbers that other orders have: in the cache, in the ledger, in this very run."""
        asked: dict[str, list[OrderKey]] = {}
        for item in items:
            number = compact(item.ask.given.get("tracking_number") or item.ask.extra.get("tracking_number", ""))
            if number:
                asked.setdefault(number, []).append(item.key)
        if not asked:
            return
        for number, keys in self._store.orders.with_numbers(asked).items():
            asked[number].extend(keys)
        for number, keys in asked.items():
            others = dict.fromkeys(keys)
            if len(others) > 1:
                self.used[number] = [Sighting(format_ref(*key), self._place(key)) for key in others]

    def _place(self, key: OrderKey) -> str:
        order = self.read(key)
        return "" if isinstance(order, str) else place_of(order)


def _last(earlier: Sequence[Intent], request: Request, text: str) -> Intent | None:
    """The last intent that was asked for this, if there was one."""
    return next((intent for intent in reversed(earlier) if intent.asks(request, text)), None)


_ENDED = frozenset({State.REJECTED, State.EXPIRED, State.WITHDRAWN})


def told_reasons(refusal: Refusal) -> str:
    """All reasons in one line."""
    return "; ".join(reason.sentence for reason in refusal.reasons)


def read_marketplaces(runtime: Runtime, store: Store) -> dict[str, Marketplace]:
    """The marketplaces' descriptions that are in the cache and make sense."""
    found = {}
    for code, body, _ in store.marketplaces.all():
        try:
            found[code] = runtime.reader().marketplace(code, body)
        except ValueError:
            continue
    return found
