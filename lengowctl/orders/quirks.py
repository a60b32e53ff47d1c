"""One table: what is true of a marketplace and cannot be read in its own description.

Each row says how sure it is. The description that a marketplace publishes about itself always comes first; these
rows only fill what it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
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


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition on an action that no description tells. Every part that is set must hold for the row to apply;
    then what it demands must hold too. Plain data, so that a row can be switched off or replaced by its name.

    `stops` False: a warning, nothing more. `waivable`: whoever gives an empty value on purpose is heard.
    """

    name: str
    why: str
    """The sentence that explains it."""
    marketplaces: str
    """Globs over marketplace codes, with spaces between; or, with `speaks`, any marketplace that uses that word."""
    action: str
    speaks: str = ""
    """A marketplace's word for a status: what tells a family by its description."""
    given: tuple[str, ...] = ()
    """All of these arguments are given."""
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """An argument has one of these values, case ignored."""
    unless: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """… and the row does not apply when an argument has one of these."""
    unlisted: bool = False
    """A carrier is given, and it is not one that the marketplace lists."""
    statuses: tuple[str, ...] = ()
    """The order is in one of these …"""
    words: tuple[str, ...] = ()
    """… and the marketplace's own word for it is none of these, case ignored."""
    needs: tuple[str, ...] = ()
    """Arguments that must be given, where the marketplace lists them; `a|b` is either."""
    forbids: tuple[str, ...] = ()
    """Arguments that must not be given; `*`: the action itself must not be sent."""
    longest: tuple[tuple[str, int], ...] = ()
    """The most characters that an argument may have."""
    below_total: Decimal | None = None
    """`refund_price` is at most what was paid for the goods less this."""
    stops: bool = True
    sure: bool = True
    """True when the marketplace or Lengow says so; False when it is a careful guess."""
    waivable: bool = False


_OTHER = ("other",)
_MIRAKL = "WAITING_DEBIT"

RULES: tuple[Rule, ...] = (
    Rule("amazon-other", "with the carrier Other, Amazon wants the carrier's name",
         "amazon_*", "ship", values=(("carrier", _OTHER),), needs=("carrier_name",)),
    Rule("amazon-name", "Amazon rejects the whole feed when a carrier's name comes with any carrier but Other",
         "amazon_*", "ship", given=("carrier_name",), unless=(("carrier", _OTHER),), forbids=("carrier_name",)),
    Rule("amazon-method", "Amazon takes at most 50 characters as the way of shipping",
         "amazon_*", "ship", longest=(("shipping_method", 50),)),
    Rule("amazon-refund-line", "Amazon refunds line by line, one action each",
         "amazon_*", "refund", needs=("line",)),
    Rule("ebay-number", "eBay takes a parcel's number only together with its carrier",
         "ebay_*", "ship", given=("tracking_number",), needs=("carrier|custom_carrier",)),
    Rule("ebay-carrier", "eBay takes a carrier only together with the parcel's number",
         "ebay_*", "ship", given=("carrier",), needs=("tracking_number",)),
    Rule("ebay-custom-carrier", "eBay takes a carrier only together with the parcel's number",
         "ebay_*", "ship", given=("custom_carrier",), needs=("tracking_number",)),
    Rule("cdiscount-whole", "Cdiscount refunds the whole order only, no part and no line",
         "cdiscount", "refund", forbids=("line", "refund_price", "refund_quantity")),
    Rule("fnac-carrier", "Fnac wants the carrier as soon as a parcel's number is given",
         "fnac*", "ship", given=("tracking_number",), needs=("carrier",)),
    Rule("manomano-other", "with the carrier Other, ManoMano wants the carrier's name and a tracking link",
         "manomano_*", "ship", values=(("carrier", _OTHER),), needs=("carrier_name", "tracking_url")),
    Rule("zalando-return", "without a return number Zalando lowers the shop's score, up to closing it; Zalando adds it "
         "by itself for ZRS orders",
         "zalando_*", "ship", needs=("return_tracking_number",), waivable=True),
    Rule("zalando-refund", "at Zalando a refund reports the goods as returned; send it once they are back",
         "zalando_*", "refund", stops=False),
    Rule("otto-return", "OTTO wants the carrier and the number of the return label with every parcel",
         "otto_*", "ship", needs=("return_carrier", "return_tracking_number")),
    Rule("mirakl-closed", "Mirakl refunds a closed order only while its own word for it is RECEIVED",
         "", "refund", speaks=_MIRAKL, statuses=("closed",), words=("RECEIVED",), forbids=("*",)),
    Rule("decathlon-link", "Decathlon wants a tracking link for a carrier that it does not know",
         "decathlon_*", "ship", unlisted=True, needs=("tracking_url",)),
    Rule("leroymerlin-link", "Leroy Merlin wants a tracking link for a carrier that it has not vetted",
         "leroymerlin_*", "ship", unlisted=True, needs=("tracking_url",), sure=False),
    Rule("kaufland-part", "Kaufland pays back one cent less than the price at most; to give all of it back, cancel",
         "kaufland_*", "refund", below_total=Decimal("0.01")),
    Rule("rakuten-other", "with the carrier Autre, Rakuten wants a tracking link",
         "rakuten_*", "ship", values=(("carrier", ("autre",)),), needs=("tracking_url",)),
    Rule("veepee-other", "with the carrier 130 (custom), Veepee wants the parcel's number and a tracking link",
         "veepee", "ship", values=(("carrier", ("130",)),), needs=("tracking_url", "tracking_number")),
    Rule("veepee-part", "Veepee cancels and refunds a partly cancelled order that is not shipped within three weeks",
         "veepee", "cancel", given=("line",), stops=False),
    Rule("miravia-number", "a parcel that you deliver yourself (DBS) has a carrier and a number at Miravia; one that "
         "Miravia delivers (DBM) has neither",
         "miravia_*", "ship", given=("tracking_number",), needs=("carrier",), sure=False),
    Rule("miravia-carrier", "a parcel that you deliver yourself (DBS) has a carrier and a number at Miravia; one that "
         "Miravia delivers (DBM) has neither",
         "miravia_*", "ship", given=("carrier",), needs=("tracking_number",), sure=False),
)  # fmt: skip

#: Where a carrier's name goes that the marketplace does not list, when its description takes names there: globs or
#: a family's word, and the argument.
FREE_CARRIERS: tuple[tuple[str, str, str], ...] = (
    ("ebay_*", "", "custom_carrier"),
    ("", _MIRAKL, "carrier_name"),
)

#: What a marketplace calls the carrier that is none of its list.
OTHER_CARRIERS: tuple[tuple[str, str], ...] = (
    ("amazon_*", "Other"),
    ("manomano_*", "Other"),
    ("rakuten_*", "Autre"),
    ("veepee", "130"),
)

#: Marketplaces that take several parcels for one order or line although they count no pieces. Lengow's own sample of
#: actions shows two shipments for one eBay order.
SEVERAL_PARCELS: tuple[str, ...] = ("ebay_*",)


def fits(code: str, globs: str) -> bool:
    """Whether a marketplace code matches one of the globs, which have spaces between."""
    return any(fnmatchcase(code, glob) for glob in globs.split())
