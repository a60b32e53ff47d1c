"""What a marketplace says of itself: its statuses, its actions with their arguments, its carriers."""

from __future__ import annotations

from dataclasses import dataclass, field

from lengowctl.orders.model import Order

ACTIONS = ("accept", "refuse", "ship", "cancel", "refund")


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an action, as the marketplace describes it."""

    name: str
    required: bool
    type: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    """The valid values as (code, label); the code is what is sent. Empty: open."""
    free: bool = True
    """Whether values outside the list are taken (missing in the description means yes)."""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One action that a marketplace offers: in which statuses, with which arguments (the required ones first)."""

    name: str
    statuses: tuple[str, ...]
    arguments: tuple[Argument, ...]


@dataclass(frozen=True, slots=True)
class Marketplace:
    """A marketplace's description of itself. What it leaves out is empty; unknown actions and statuses stay."""

    code: str
    name: str
    country: str | None
    """Two letters."""
    statuses: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Lengow status, and the marketplace's own words that fold into it."""
    actions: tuple[Action, ...] = ()
    carriers: tuple[tuple[str, str], ...] = ()
    shipping_methods: tuple[tuple[str, str], ...] = ()
    homepage: str | None = None
    description: str | None = None
    features: tuple[str, ...] = ()
    legacy_code: str | None = None
    unknown: tuple[str, ...] = field(default=())
    """Parts of the description that made no sense, in words; the rest stands."""

    def action(self, name: str) -> Action | None:
        return next((action for action in self.actions if action.name == name), None)


def allowed_actions(marketplace: Marketplace | None, order: Order) -> tuple[Action, ...]:
    """The actions that the marketplace lists for the order's present status; none for what it ships itself.

    This is what the description says; arguments and the known exceptions are checked when an action is sent.
    """
    if marketplace is None or order.by_marketplace:
        return ()
    return tuple(action for action in marketplace.actions if order.status in action.statuses)
