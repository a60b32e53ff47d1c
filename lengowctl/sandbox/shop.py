"""The seeded shop: which orders there are, where each stands, and when it was placed.

Order `n` of a seed is always the same order; dates are relative to the epoch. The first 200 positions of each 300
hold a set of chosen orders (some to accept, some to ship, every oddity at least once); the rest is everyday trade.
"""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from lengowctl.sandbox.clock import DAY, HOUR, MINUTE, SECOND
from lengowctl.sandbox.temperaments import (
    TEMPERAMENTS,
    first_status,
    has_acceptance,
    has_status,
    temperament,
    timeout_word,
    word,
)
from lengowctl.sandbox.world import OrderRow

BLOCK = 300
_CHOSEN_SPAN = 200
CATALOGS = (101, 102, 103)
ANONYMISED_AFTER = 183 * DAY
_CAPITALS = string.ascii_uppercase + string.digits


@dataclass(frozen=True)
class Chosen:
    """A position of the shop whose order is not left to chance."""

    marketplace: str
    status: str
    kind: str = "plain"


_TO_ACCEPT = {
    "cdiscount": 9,
    "fnac": 4,
    "manomano_fr": 3,
    "galeries_lafayette": 2,
    "leroymerlin_fr": 2,
    "laredoute_mirakl": 1,
    "worten_pt": 1,
    "rakuten_fr": 1,
    "zalando_fr": 1,
    "veepee": 1,
    "spartoo_fr": 1,
    "laredoute": 1,
    "demo_quantity": 1,
}
_TO_SHIP = {
    "amazon_fr": 7,
    "amazon_de": 4,
    "cdiscount": 4,
    "fnac": 2,
    "decathlon_fr": 3,
    "leroymerlin_fr": 2,
    "galeries_lafayette": 1,
    "kaufland_de": 2,
    "bol": 2,
    "zalando_fr": 2,
    "ebay_fr": 1,
    "manomano_fr": 1,
    "rakuten_fr": 1,
    "veepee": 1,
    "otto_de": 1,
    "tiktokshop_fr": 1,
    "miravia_es": 1,
    "laredoute": 1,
}
_ODD = (
    Chosen("cdiscount", "waiting_acceptance", "bidi"),
    Chosen("galeries_lafayette", "waiting_acceptance", "markup"),
    Chosen("amazon_fr", "waiting_shipment", "escapes"),
    Chosen("amazon_fr", "waiting_shipment", "emoji"),
    Chosen("manomano_fr", "waiting_shipment", "formula"),
    Chosen("demo_quantity", "waiting_shipment", "quantities"),
    Chosen("amazon_de", "waiting_shipment", "mixed_lines"),
    Chosen("rakuten_fr", "waiting_shipment", "half_accepted"),
    Chosen("kaufland_de", "waiting_shipment", "packages"),
    Chosen("ebay_fr", "waiting_shipment", "odd_number"),
    Chosen("bol", "waiting_shipment", "sparse"),
    Chosen("fnac", "shipped", "sparse"),
    Chosen("decathlon_fr", "shipped", "packages"),
    Chosen("tiktokshop_fr", "shipped", "unknown_status"),
    Chosen("aliexpress", "shipped", "no_rate"),
    Chosen("amazon_fr", "shipped", "foreign_gbp"),
    Chosen("amazon_de", "waiting_shipment", "foreign_sek"),
    Chosen("zalando_fr", "shipped", "foreign_chf"),
    Chosen("zalando_fr", "shipped", "foreign_pln"),
    Chosen("ebay_fr", "waiting_shipment", "foreign_gbp"),
    Chosen("amazon_fr", "shipped", "fulfilled"),
    Chosen("amazon_de", "shipped", "fulfilled"),
    Chosen("cdiscount", "shipped", "fulfilled"),
    Chosen("amazon_fr", "shipped", "null_buyer"),
    Chosen("amazon_fr", "shipped", "business"),
    Chosen("decathlon_fr", "shipped", "twin_number"),
    Chosen("worten_pt", "shipped", "twin_number"),
    Chosen("fnac", "closed", "comments"),
    Chosen("cdiscount", "shipped", "no_billing"),
    Chosen("amazon_fr", "shipped", "large"),
    Chosen("zalando_fr", "shipped", "all_cancelled"),
    Chosen("amazon_fr", "shipped", "old"),
    Chosen("cdiscount", "shipped", "old"),
    Chosen("decathlon_fr", "closed", "old"),
    Chosen("fnac", "closed", "old"),
    Chosen("ebay_fr", "shipped", "old"),
    Chosen("zalando_fr", "shipped", "old"),
    Chosen("ebay_fr", "new"),
    Chosen("leroymerlin_fr", "new"),
    Chosen("otto_de", "new"),
    Chosen("galeries_lafayette", "accepted"),
    Chosen("leroymerlin_fr", "accepted"),
    Chosen("veepee", "accepted"),
    Chosen("fnac", "accepted"),
    Chosen("cdiscount", "canceled"),
    Chosen("amazon_fr", "canceled"),
    Chosen("kaufland_de", "canceled"),
    Chosen("fnac", "refused"),
    Chosen("galeries_lafayette", "refused"),
    Chosen("manomano_fr", "refunding"),
    Chosen("laredoute_mirakl", "refunding"),
    Chosen("cdiscount", "refunded"),
    Chosen("amazon_de", "refunded"),
    Chosen("veepee", "partial_refunded"),
    Chosen("demo_quantity", "partial_refunded"),
    Chosen("rakuten_fr", "to_refund"),
    Chosen("ebay_fr", "pickup_to_prepare"),
    Chosen("ebay_fr", "to_pickup"),
    Chosen("ebay_fr", "pickup_completed"),
    Chosen("ebay_fr", "pickup_canceled"),
    Chosen("leroymerlin_fr", "closed", "mirakl_closed"),
    Chosen("leroymerlin_fr", "closed"),
    Chosen("decathlon_fr", "closed"),
)

_EVERYDAY = tuple(TEMPERAMENTS)
_EVERYDAY_WEIGHTS = tuple(manners.weight for manners in TEMPERAMENTS.values())
_LINE_COUNTS = (1,) * 14 + (2,) * 4 + (3,) * 2


@cache
def _chosen() -> dict[int, Chosen]:
    """The chosen orders by position, scattered so that small shops have some of each."""
    to_accept = [Chosen(code, "waiting_acceptance") for code, count in _TO_ACCEPT.items() for _ in range(count)]
    to_ship = [Chosen(code, "waiting_shipment") for code, count in _TO_SHIP.items() for _ in range(count)]
    orders = [*to_accept, *to_ship, *_ODD]
    Random(7).shuffle(orders)
    places = Random(8).sample(range(_CHOSEN_SPAN), len(orders))
    return dict(zip(places, orders, strict=True))


def randomness(seed: int, n: int, salt: int) -> Random:
    """The dice of one order for one purpose: the same each time."""
    return Random(((seed & 0xFFFFFFFF) << 40) ^ (n << 4) ^ salt)


def account_id(seed: int) -> int:
    return 1000 + int(hashlib.sha256(f"account {seed}".encode()).hexdigest()[:8], 16) % 99000


def key(seed: int, name: str) -> str:
    """A key as Lengow hands them out: 64 lower-case alphanumerics."""
    return hashlib.sha256(f"{name} {seed}".encode()).hexdigest()


def rows(seed: int, epoch: int, count: int) -> Iterator[OrderRow]:
    """The orders that the shop opens with."""
    chosen = _chosen()
    for n in range(count):
        yield _row(seed, epoch, n, chosen.get(n % BLOCK))


def arrival(seed: int, n: int, at: int) -> OrderRow:
    """An order that comes in while the world is running, read by Lengow at `at`."""
    dice = randomness(seed, n, 1)
    code = dice.choices(_EVERYDAY, _EVERYDAY_WEIGHTS)[0]
    manners = temperament(code)
    ordered = at - dice.randrange(manners.poll_minutes * MINUTE)
    draw = dice.random()
    if manners.fulfilment and draw < 0.08:
        return newborn(seed, n, code, "shipped", ordered, at, "fulfilled")
    kind = "foreign" if manners.currencies and draw > 0.93 else "plain"
    return newborn(seed, n, code, first_status(code), ordered, at, kind)


def newborn(seed: int, n: int, code: str, status: str, ordered: int, imported: int, kind: str = "plain") -> OrderRow:
    """An order in the given state, with what will happen to it next."""
    dice = randomness(seed, n, 2)
    lines = ",".join([status] * dice.choice(_LINE_COUNTS))
    row = OrderRow(
        n,
        code,
        number(dice, seed, n, temperament(code).style),
        status,
        word(code, status),
        lines,
        ordered,
        imported,
        imported,
        kind,
        CATALOGS[n % len(CATALOGS)],
        0,
    )
    return _with_future(row, dice, imported)


def _row(seed: int, epoch: int, n: int, chosen: Chosen | None) -> OrderRow:
    dice = randomness(seed, n, 0)
    if chosen is None:
        code, status, kind, age = _everyday(dice)
    else:
        code, status, kind = chosen.marketplace, chosen.status, chosen.kind
        age = _age(dice, code, status, kind)
    ordered = epoch - age
    if status not in ("new", "waiting_acceptance") and dice.random() < 0.2:
        ordered -= ordered % SECOND
    imported = min(ordered + dice.randrange(2 * MINUTE, 45 * MINUTE), epoch - SECOND)
    updated = _updated(dice, status, imported, epoch)
    row = OrderRow(
        n,
        code,
        _number(dice, seed, n, code, kind),
        "in_dispute" if kind == "unknown_status" else status,
        _word(code, status, kind),
        _line_statuses(dice, status, kind),
        ordered,
        imported,
        updated,
        kind,
        CATALOGS[n % len(CATALOGS)],
        int(_has_own_number(dice, status)),
    )
    return _with_future(row, dice, epoch)


def _everyday(dice: Random) -> tuple[str, str, str, int]:
    """Trade of the last sixty days, mostly finished; a few orders are old and anonymised."""
    code = dice.choices(_EVERYDAY, _EVERYDAY_WEIGHTS)[0]
    draw = dice.random()
    if draw < 0.03:
        return code, _finished(code), "old", dice.randrange(190 * DAY, 420 * DAY)
    age = dice.randrange(4 * DAY, 60 * DAY)
    if draw < 0.07:
        return code, "canceled" if has_status(code, "canceled") else "refused", "plain", age
    if draw < 0.10 and has_status(code, "refunded"):
        return code, "refunded", "plain", age
    manners = temperament(code)
    kind = "plain"
    if draw < 0.17 and manners.currencies:
        kind = "foreign"
    elif draw < 0.24 and manners.fulfilment:
        kind = "fulfilled"
    elif draw < 0.26:
        kind = "packages"
    shipped_for = age - 3 * DAY
    closed = manners.close_days is not None and shipped_for > manners.close_days * DAY
    return code, "closed" if closed else "shipped", kind, age


def _finished(code: str) -> str:
    return "closed" if has_status(code, "closed") else "shipped"


def _age(dice: Random, code: str, status: str, kind: str) -> int:
    """How long before the epoch a chosen order was placed, so that its state is believable."""
    manners = temperament(code)
    if kind == "old":
        return dice.randrange(190 * DAY, 420 * DAY)
    if status == "new":
        return dice.randrange(20 * MINUTE, 5 * HOUR)
    if status == "waiting_acceptance":
        return dice.randrange(HOUR, int(min(manners.accept_limit or 48, 60) * 0.9) * HOUR)
    if status in ("accepted", "pickup_to_prepare"):
        return dice.randrange(2 * HOUR, 20 * HOUR)
    if status in ("waiting_shipment", "to_pickup"):
        return dice.randrange(2 * HOUR, (manners.ship_days + 3) * DAY)
    if status == "closed":
        return dice.randrange(((manners.close_days or 10) + 4) * DAY, 58 * DAY)
    return dice.randrange(3 * DAY, 9 * DAY) if status == "shipped" else dice.randrange(4 * DAY, 40 * DAY)


def _updated(dice: Random, status: str, imported: int, epoch: int) -> int:
    """When the order last changed: soon after import when it waits, days later when it is finished."""
    if status in ("new", "waiting_acceptance"):
        return imported
    span = 4 * HOUR if status in ("accepted", "waiting_shipment", "to_pickup") else 5 * DAY
    return min(imported + dice.randrange(MINUTE, span), epoch - dice.randrange(SECOND, 30 * SECOND))


def _has_own_number(dice: Random, status: str) -> bool:
    share = {"shipped": 0.7, "closed": 0.85, "refunded": 0.7, "waiting_shipment": 0.3}.get(status, 0.0)
    return dice.random() < share


def _word(code: str, status: str, kind: str) -> str:
    if kind == "mirakl_closed":
        return "CLOSED"
    if kind == "unknown_status":
        return "UNDER_DISPUTE"
    if status == "canceled" and has_acceptance(code) and temperament(code).timeout_status == "canceled":
        return timeout_word(code)
    return word(code, status)


def _line_statuses(dice: Random, status: str, kind: str) -> str:
    """The statuses of the lines, comma-separated; `-` stands for null."""
    if kind == "mixed_lines":
        return "shipped,waiting_shipment,canceled"
    if kind == "half_accepted":
        return "waiting_shipment,waiting_acceptance"
    if kind == "all_cancelled":
        return "canceled,canceled"
    if kind == "unknown_status":
        return "in_dispute"
    if kind == "sparse":
        return "-"
    if kind == "large":
        return ",".join([status] * 40)
    if kind == "formula":
        return ",".join([status] * 6)
    if kind in ("packages", "quantities"):
        return ",".join([status] * 3)
    if status == "partial_refunded":
        return "refunded,shipped"
    return ",".join([status] * dice.choice(_LINE_COUNTS))


def _number(dice: Random, seed: int, n: int, code: str, kind: str) -> str:
    if kind == "odd_number":
        return f"12 {n:05d},3#4%5\t\u202e6"
    if kind == "twin_number":
        return f"fr{(seed * 7919 + n // BLOCK) % 100_000_000:08d}-A"
    return number(dice, seed, n, temperament(code).style)


def _digits(dice: Random, count: int) -> str:
    return str(dice.randrange(10**count)).zfill(count)


def _unique(seed: int, n: int, count: int) -> str:
    """`n` as digits that look random; distinct for every n below ten to the power of `count`."""
    size = 10**count
    return str((n * 7_368_787 + seed * 104_729) % size).zfill(count)


def _characters(dice: Random, count: int) -> str:
    return "".join(dice.choices(_CAPITALS, k=count))


def number(dice: Random, seed: int, n: int, style: str) -> str:
    """An order number in a marketplace's manner; no two orders of one marketplace share it."""
    if style == "3-7-7":
        return f"40{dice.randrange(2, 9)}-{_digits(dice, 7)}-{_unique(seed, n, 7)}"
    if style == "2-5-5":
        return f"{dice.randrange(10, 28)}-{dice.randrange(10000):05d}-{_unique(seed, n, 7)}"
    if style == "8-A":
        return f"{_unique(seed, n, 8)}-A"
    if style == "frA":
        return f"fr{_characters(dice, 3)}{_unique(seed, n, 8)}-A"
    if style == "001-9-A":
        return f"00{dice.choice('11235')}-{_unique(seed, n, 9)}-A"
    letters = style.rstrip("C")
    prefix = letters[0] if letters[0].isalpha() else ""
    length = int(letters.lstrip(string.ascii_letters))
    unique = _unique(seed, n, max(7, min(length, 9)))
    filler = max(0, length - len(unique))
    return (
        prefix
        + (_characters(dice, filler) if style.endswith("C") else _digits(dice, filler) if filler else "")
        + unique
    )


def _with_future(row: OrderRow, dice: Random, now: int) -> OrderRow:
    """The order with the next thing that will happen to it by itself."""
    next_at, next_kind = next_event(row, dice, now)
    return row._replace(next_at=next_at, next_kind=next_kind)


def next_event(row: OrderRow, dice: Random, now: int) -> tuple[int | None, str | None]:
    """What will happen to an order by itself, and when: one event at a time, the next follows from it."""
    manners = temperament(row.marketplace)
    if row.status == "new":
        return now + dice.randrange(10 * MINUTE, 6 * HOUR), "pass"
    if row.status == "waiting_acceptance" and manners.accept_limit is not None:
        limit = max(row.updated_at + int(manners.accept_limit * HOUR), now + 10 * MINUTE)
        if dice.random() < 0.02:
            return now + dice.randrange(10 * MINUTE, 8 * HOUR), "buyer_cancels"
        return limit, "time_out"
    if row.status == "accepted":
        return now + dice.randrange(30 * MINUTE, 8 * HOUR), "debited"
    if row.status == "waiting_shipment":
        if dice.random() < 0.01:
            return now + dice.randrange(10 * MINUTE, 12 * HOUR), "buyer_cancels"
        return max(row.ordered_at + manners.late_days * DAY, now + HOUR), "too_late"
    if row.status == "shipped" and manners.close_days is not None and row.kind != "old":
        return max(row.updated_at + manners.close_days * DAY, now + dice.randrange(HOUR, 3 * DAY)), "closed"
    if row.status == "closed" and row.word == "RECEIVED" and manners.family == "mirakl" and row.kind != "old":
        return max(row.updated_at + 14 * DAY, now + dice.randrange(HOUR, 3 * DAY)), "final"
    if row.status == "refunding":
        return now + dice.randrange(2 * HOUR, DAY), "refunded"
    if row.kind == "old" or row.kind == "anonymised":
        return None, None
    return max(row.ordered_at + ANONYMISED_AFTER, now + HOUR), "anonymised"
