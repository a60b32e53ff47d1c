"""An order without its buyer: what stays when the data has to go."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import fields, replace
from urllib.parse import unquote_plus

from lengowctl.orders.model import Address, Line, Order, Package, Parcel

#: What a marketplace's own notes on an order may keep; any other may be a name, an address or a wish.
META_KEPT = frozenset({"feed_id", "checksum", "shipping_deadline", "locale"})
#: A shorter text of an address (a civility, a house number) says nothing of anybody.
LONG_ENOUGH = 4


def without_buyer(order: Order) -> Order:
    """The same order without the buyer's names, addresses, e-mail, phones, numbers, words and documents.

    The countries stay (they decide on tax and on statistics), and so do goods, amounts, parcels and tracking numbers.
    A tracking link goes when it spells out part of an address. It is what `scrub` of a connector leaves of the body.
    """
    words = frozenset(_words(order))
    return replace(
        order,
        packages=tuple(_package(package, words) for package in order.packages),
        billing=_country(order.billing),
        payments=tuple(replace(payment, transaction_id=None, vat_number=None) for payment in order.payments),
        customer_id=None,
        comments=(),
        documents=(),
        invoice_url=None,
        meta=tuple((name, said) for name, said in order.meta if name in META_KEPT),
    )


def is_telling(link: str | None, words: Collection[str]) -> bool:
    """Whether a link spells out one of the words (lower case), percent-encoded or not."""
    plain = (link or "").lower()
    return any(word in form for form in {plain, unquote_plus(plain)} for word in words)


def _words(order: Order) -> Iterator[str]:
    """Texts of the addresses, lower case, long enough to mean somebody."""
    for address in (*(package.delivery for package in order.packages), order.billing):
        for part in fields(Address) if address else ():
            word = getattr(address, part.name)
            if part.name != "country" and word and len(word) >= LONG_ENOUGH:
                yield word.lower()


def _package(package: Package, words: Collection[str]) -> Package:
    return replace(
        package,
        lines=tuple(_line(line) for line in package.lines),
        delivery=_country(package.delivery),
        parcels=tuple(_parcel(parcel, words) for parcel in package.parcels),
    )


def _line(line: Line) -> Line:
    return replace(line, documents=()) if line.documents else line


def _parcel(parcel: Parcel, words: Collection[str]) -> Parcel:
    return replace(parcel, tracking_url=None) if is_telling(parcel.tracking_url, words) else parcel


def _country(address: Address | None) -> Address | None:
    return None if address is None else Address(country=address.country)
