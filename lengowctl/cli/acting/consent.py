"""Before anything leaves: may this profile act, are there too many, and does a person agree?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from lengowctl.cli.acting.lot import Ready
from lengowctl.cli.acting.options import Sending
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import Interrupted, NotAllowed, NotConfirmed, UsageFault
from lengowctl.orders.model import money_text
from lengowctl.orders.moment import utc_text
from lengowctl.output.text import clean
from lengowctl.output.words import counted
from lengowctl.store.intents import Freeze

#: These take something away from a buyer, so they are always asked about.
ALWAYS = frozenset({"refuse", "cancel", "refund"})
_NAMED = 6


def refuse_read_only(runtime: Runtime) -> None:
    """Raises NotAllowed for a profile that never acts."""
    if runtime.profile.read_only:
        raise NotAllowed(
            f"the profile {runtime.profile.name} is read only",
            hint="read_only in its table of the configuration file says so; --dry-run still shows what would be sent",
        )


def refuse_frozen(runtime: Runtime, frozen: Freeze | None) -> None:
    """Raises NotAllowed while the profile is frozen, with who, when and why."""
    if frozen:
        why = f": {frozen.why}" if frozen.why else ", and gave no reason"
        raise NotAllowed(
            f"the profile {runtime.profile.name} is frozen: {frozen.who} on {frozen.host} stopped all sending at"
            f" {utc_text(frozen.at)}{clean(why)}",
            hint="lengowctl unfreeze allows it again",
        )


class Over(NamedTuple):
    """A cap that a run would break: what is said, and the way on."""

    said: str
    way: str


def over_cap(runtime: Runtime, orders: Sequence[Ready], most: int | None) -> Over | None:
    """Why there are too many orders, or too much money in them; None when they are few enough. `most`, where it is
    given, counts instead of the profile's number, also when it is less. Amounts in several currencies are added as if
    they were one: rather too strict than too late."""
    profile = runtime.profile
    allowed = most or profile.max_orders_per_run
    if len(orders) > allowed:
        return Over(f"{_orders(len(orders))} are more than one run may act on ({allowed:,})", _MORE)
    if profile.max_value_per_run is None or not orders:
        return None
    unknown = [order for order in orders if order.total is None]
    if unknown:
        return Over(f"the total of {unknown[0].ref} is not known, and the value of a run is capped", _FEWER)
    value = sum((order.total or Decimal() for order in orders), Decimal())
    if value > profile.max_value_per_run:
        them = f"{_orders(len(orders))} worth {worth(orders)} {'is' if len(orders) == 1 else 'are'}"
        return Over(f"{them} more than one run may act on ({profile.max_value_per_run})", _FEWER)
    return None


_MORE = "--max-orders N raises the number for one run, max_orders_per_run in the configuration for all"
_FEWER = "act on fewer at once, or raise max_value_per_run in the configuration"


def refuse_over_cap(runtime: Runtime, orders: Sequence[Ready], most: int | None) -> None:
    """Raises NotAllowed above a cap, which `--yes` does not lift."""
    over = over_cap(runtime, orders, most)
    if over:
        raise NotAllowed(f"{over.said}; nothing was sent", hint=f"check the selection first; {over.way}")


def confirm(runtime: Runtime, orders: Sequence[Ready], sending: Sending, notice: str = "") -> None:
    """Ask a person where it matters. Raises NotConfirmed, and UsageFault when there is nobody to ask."""
    actions = Counter(order.action for order in orders)
    asks = bool(ALWAYS & actions.keys()) or len(orders) > runtime.profile.confirm_above
    if not orders or sending.yes or not asks:
        return
    try:
        answer = runtime.ask(f"{notice}{question(orders)} [y/N] ")
    except KeyboardInterrupt:
        raise Interrupted("interrupted; nothing was sent") from None
    if answer is None:
        raise UsageFault(
            f"{' and '.join(actions)} of {_orders(len(orders))} must be confirmed, and there is nobody to ask",
            hint="nothing was sent; --yes answers, --dry-run shows what would be sent",
        )
    if answer.strip().lower() not in ("y", "yes"):
        raise NotConfirmed("not confirmed; nothing was sent")


def question(orders: Sequence[Ready]) -> str:
    """How many, where, and how much money that is."""
    actions = Counter(order.action for order in orders)
    if len(actions) == 1:
        what = f"{next(iter(actions)).capitalize()} {_orders(len(orders))}"
    else:
        what = f"Send {', '.join(f'{number} {action}' for action, number in actions.items())}"
    codes = Counter(order.key.marketplace for order in orders).most_common()
    places = ", ".join(f"{code} {number:,}" for code, number in codes[:_NAMED])
    more = f" and {counted(len(codes) - _NAMED, 'more marketplace')}" if len(codes) > _NAMED else ""
    return clean(f"{what} ({places}{more}), {worth(orders)} in all?")


def worth(orders: Sequence[Ready]) -> str:
    """`120.50 EUR and 80.00 GBP`, and how many have no known total."""
    sums: dict[str, Decimal] = {}
    for order in orders:
        if order.total is not None:
            sums[order.currency or ""] = sums.get(order.currency or "", Decimal()) + order.total
    parts = [f"{money_text(total, code or None)} {code}".strip() for code, total in sorted(sums.items())]
    unknown = sum(order.total is None for order in orders)
    return " and ".join([*parts, *([f"{unknown:,} of unknown value"] if unknown else [])]) or "nothing"


def _orders(count: int) -> str:
    return counted(count, "order")
