"""Rows of a file, put together: what counts once, what is several parcels, and what contradicts itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lengowctl.orders.arguments import LINE, Ask, argument_named, quantity_of
from lengowctl.orders.marketplace import Marketplace
from lengowctl.orders.quirks import SEVERAL_PARCELS, fits
from lengowctl.orders.reference import OrderKey, format_ref


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands (`row 3`), the order it is about, and what it asks."""

    where: str
    key: OrderKey
    ask: Ask


@dataclass(frozen=True, slots=True)
class Clash:
    """Rows that cannot all be meant, and why in one sentence that names them. None of them is kept."""

    rows: tuple[Row, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Merged:
    """The rows that stay, in their order; how many were repetitions; the contradictions."""

    rows: tuple[Row, ...]
    repeated: int = 0
    clashes: tuple[Clash, ...] = field(default=())


def merge_rows(rows: Iterable[Row], marketplaces: Mapping[str, Marketplace]) -> Merged:
    """Rows equal in order, line and arguments count once. Rows for different lines of an order stand side by side.

    Rows that differ only in arguments for the same order and line are several parcels where the marketplace takes
    several (`takes_parcels`) and each has a number of its own; else they clash. So do a row for a whole order and a
    row for one of its lines.
    """
    orders: dict[tuple[OrderKey, str], list[Row]] = {}
    count = 0
    for row in rows:
        count += 1
        same = orders.setdefault((row.key, row.ask.action), [])
        if all(known.ask != row.ask for known in same):
            same.append(row)
    repeated = count - sum(map(len, orders.values()))
    clashes = [clash for same in orders.values() if (clash := _clash(same, marketplaces))]
    out = {id(row) for clash in clashes for row in clash.rows}
    return Merged(
        tuple(row for same in orders.values() for row in same if id(row) not in out), repeated, tuple(clashes)
    )


def takes_parcels(marketplace: Marketplace | None, ask: Ask) -> bool:
    """Whether one order or line may be shipped in several parcels: by pieces, where the marketplace counts them and
    each row says how many; else where it is known to take several."""
    action = marketplace.action(ask.action) if marketplace else None
    if marketplace is None or action is None or ask.action != "ship":
        return False
    counted = bool(ask.lines) and all(pieces for _, pieces in ask.lines)
    by_pieces = argument_named(action, LINE) is not None and quantity_of(action) is not None
    return (counted and by_pieces) or any(fits(marketplace.code, globs) for globs in SEVERAL_PARCELS)


def _clash(rows: list[Row], marketplaces: Mapping[str, Marketplace]) -> Clash | None:
    """The first two rows for one order that cannot both be meant, told with all that are about the same."""
    for place, row in enumerate(rows):
        others = [other for other in rows[:place] if _meet(other, row)]
        if others and not _are_parcels(others[0], row, marketplaces.get(row.key.marketplace)):
            return Clash(tuple(rows), _sentence(others[0], row, marketplaces.get(row.key.marketplace)))
    return None


def _scope(row: Row) -> frozenset[str]:
    return frozenset(line for line, _ in row.ask.lines)


def _meet(one: Row, other: Row) -> bool:
    """Whether two rows of an order are about the same pieces: a line in common, or the whole order."""
    mine, theirs = _scope(one), _scope(other)
    return not mine or not theirs or bool(mine & theirs)


def _are_parcels(one: Row, other: Row, marketplace: Marketplace | None) -> bool:
    numbers = {row.ask.given.get("tracking_number", "").strip() for row in (one, other)}
    alike = _scope(one) == _scope(other) and len(numbers) == 2 and "" not in numbers
    return alike and takes_parcels(marketplace, one.ask) and takes_parcels(marketplace, other.ask)


def _sentence(one: Row, other: Row, marketplace: Marketplace | None) -> str:
    ref = format_ref(*one.key)
    both = f"{one.where} and {other.where}"
    if _scope(one) != _scope(other):
        return f"{both} ask for {ref} as a whole and for a part of it; say which"
    if one.ask.action != "ship" or takes_parcels(marketplace, one.ask):
        return f"{both} ask for {one.ask.action} on {ref} with different arguments; say which"
    name = marketplace.name if marketplace else one.key.marketplace
    return (
        f"{both} give {ref} two parcels, which {name} does not take for the same goods; ship line by line, or keep one"
    )
