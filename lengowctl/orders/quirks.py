"""One table: what is true of a marketplace and cannot be read in its own description.

Each row says how sure it is. The description that a marketplace publishes about itself always comes first; these
rows only fill what it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class AcceptLimit:
    """How long a marketplace waits for an acceptance before it refuses or cancels by itself."""

    marketplaces: str
    """A glob over marketplace codes."""
    within: timedelta
    sure: bool
    """True when the marketplace or Lengow says so; False when it is a careful guess to warn by."""


ACCEPT_LIMITS: tuple[AcceptLimit, ...] = (
    AcceptLimit("cdiscount", timedelta(hours=48), True),  # "two working days / 48 h, then automatic cancellation"
    AcceptLimit("jardiland*", timedelta(days=5), True),
    AcceptLimit("gammvert*", timedelta(days=5), True),
    AcceptLimit("fnac*", timedelta(hours=48), False),
    AcceptLimit("manomano_*", timedelta(hours=48), False),
    AcceptLimit("rakuten_*", timedelta(hours=48), False),
    AcceptLimit("galeries_lafayette", timedelta(days=5), False),  # Mirakl: the operator sets it, 5 days is common
    AcceptLimit("leroymerlin_*", timedelta(days=5), False),
    AcceptLimit("worten_*", timedelta(days=5), False),
    AcceptLimit("laredoute_mirakl", timedelta(days=5), False),
)

#: How often Lengow reads a marketplace (help centre, channel guides): a status can be that old.
READ_EVERY: tuple[tuple[str, timedelta], ...] = (
    ("amazon_*", timedelta(hours=1)),
    ("zalando_*", timedelta(hours=1)),
    ("spartoo_*", timedelta(hours=1)),
    ("fnac*", timedelta(minutes=30)),
)
_USUALLY = timedelta(minutes=15)


def accept_limit(marketplace: str) -> AcceptLimit | None:
    """The first row that fits the marketplace, or None where no limit is known."""
    return next((row for row in ACCEPT_LIMITS if fnmatchcase(marketplace, row.marketplaces)), None)


def read_every(marketplace: str) -> timedelta:
    """How often Lengow asks this marketplace for news; 15 minutes where nothing else is said."""
    return next((every for glob, every in READ_EVERY if fnmatchcase(marketplace, glob)), _USUALLY)
