"""The tracking guard: parcel numbers that cannot be right, said before a marketplace says it, or worse, does not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lengowctl.orders.carriers import plain
from lengowctl.orders.model import Order
from lengowctl.orders.parcel_numbers import TELLTALE, Carrier, Format, carrier_of

_PLACEHOLDERS = (
    " na none null nil nan undefined unknown inconnu inconnue unbekannt test tests testing essai tbd todo tbc pending "
    "aucun aucune sans kein keine ohne no non nein nope nc ns dummy fake sample example exemple track tracking "
    "trackingnumber trackingid numero numerodesuivi suivi sanssuivi nonsuivi notracking notrack notracked untracked "
    "sendungsnummer nummer number abc abcd abcdef azerty qwerty qwertz asdf xx yy zz ref value "
)
_COUNTING = ("01234567890123456789", "12345678901234567890", "98765432109876543210")
_SHORTEST = 5
_SPREADSHEET = re.compile(r"\d[.,]\d+E\+?\d+|\dE\+\d+", re.IGNORECASE)
_FLOAT = re.compile(r"\d{6,}[.,]0+")
_LINK = re.compile(r"(https?://|www\.)", re.IGNORECASE)
_DASHES = re.compile(r"[\s\-_.·/]+")
#: Printed between groups of a number, and no part of it.
_GAPS = re.compile(r"[\s\-]+")
_STRANGE = re.compile(r"[^A-Za-z0-9\s\-_./:+*]")
_APART = "write it as the carrier does; of several parcels each has a row of its own"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a number. `stops`: it is not sent unless `--force-tracking` says so; else a warning."""

    name: str
    sentence: str
    stops: bool


@dataclass(frozen=True, slots=True)
class Sighting:
    """Another order that has the same number. `place` is `place_of` that order, empty when its buyer is not known."""

    ref: str
    place: str


Used = Mapping[str, Sequence[Sighting]]
"""Numbers that are in use, by their `compact` spelling."""


def compact(number: str) -> str:
    """A number as it is compared: upper case, without spaces, dashes, dots and slashes."""
    return _DASHES.sub("", number).upper()


def tidied(number: str, carriers: Iterable[str]) -> str:
    """A number without the gaps that it is printed with, where it is one of its carrier's then; else as it is.

    What a carrier nobody knows leaves between the groups may as well part two numbers, so that is not touched.
    """
    bare = _GAPS.sub("", number)
    carrier = carrier_of(*map(plain, carriers)) if bare != number else None
    fits = carrier is not None and any(form.pattern.fullmatch(bare.upper()) for form in carrier.formats)
    return bare if fits else number


def place_of(order: Order) -> str:
    """Where an order goes, for comparing only: the same parcel may hold two orders of one address. Empty when the
    address is gone or was never given.
    """
    address = order.address
    if address is None or not (address.zipcode or address.city or address.full_address):
        return ""
    parts = (address.name, address.first_line or address.full_address, address.zipcode, address.city, address.country)
    return "|".join(plain(part or "") for part in parts)


def inspect(number: str, carriers: Iterable[str], order: Order, used: Used) -> tuple[Finding, ...]:
    """What is wrong with a parcel's number, gravest first; nothing for a good one.

    `carriers` are the names of its carrier (code, label, free name), none when it has none. `used` are the numbers
    that other orders have; this order's own are of no interest.
    """
    names = [name for name in carriers if name]
    nonsense = tuple(_nonsense(number, names, order))
    return (*nonsense, *_twice(number, order, used), *(() if nonsense else _malformed(number, names)))


def _nonsense(number: str, carriers: list[str], order: Order) -> Iterator[Finding]:
    said = _why_nonsense(number, carriers, order)
    if said:
        yield Finding("placeholder", f"{number!r} is no parcel's number: {said}", True)


def _why_nonsense(number: str, carriers: list[str], order: Order) -> str | None:
    bare, text = plain(number), number.strip()
    if not bare or f" {bare} " in _PLACEHOLDERS or text.startswith("#"):
        return "it only fills the place"
    if _SPREADSHEET.fullmatch(text) or _FLOAT.fullmatch(text):
        return "a spreadsheet has turned it into a figure; format the column as text and export it again"
    if _LINK.match(text):
        return "it is a link; that goes into --tracking-url"
    if len(set(bare)) == 1 or any(len(bare) <= len(run) and run.startswith(bare) for run in _COUNTING):
        return "it only fills the place"
    if bare in map(plain, carriers):
        return "it is the carrier's name"
    strange = _STRANGE.search(text)
    if strange:
        return f"it holds {strange[0]!r}, which none does; {_APART}"
    if bare in {plain(own) for own in _own_numbers(order)}:
        return "it is a number of the order itself"
    if len(bare) < _SHORTEST:
        return "it is too short"
    return None


def _own_numbers(order: Order) -> Iterator[str]:
    yield order.order_id
    yield from order.merchant_order_ids
    for line in order.lines:
        yield from (
            own for own in (line.line_id, line.sku, line.marketplace_product_id) if own and len(own) >= _SHORTEST
        )


def _twice(number: str, order: Order, used: Used) -> Iterator[Finding]:
    here = place_of(order)
    others = [
        seen for seen in used.get(compact(number), ()) if seen.ref != order.ref and (not here or seen.place != here)
    ]
    if not others:
        return
    known = [seen for seen in others if here and seen.place]
    told_of = known or others
    refs = ", ".join(seen.ref for seen in told_of[:3])
    more = f" and {len(told_of) - 3} more" if len(told_of) > 3 else ""
    elsewhere = "which goes to another address" if len(told_of) == 1 else "which go to other addresses"
    told = elsewhere if known else "and whether it goes to the same address is not known"
    yield Finding("used", f"the number {number} is on {refs}{more} already, {told}", bool(known))


def _malformed(number: str, carriers: list[str]) -> Iterator[Finding]:
    text = _GAPS.sub("", number).upper()
    carrier = carrier_of(*map(plain, carriers))
    if carrier is None:
        if any(char.isspace() for char in number.strip()):
            yield Finding("space", f"{number!r} holds a space, which no parcel's number does; {_APART}", True)
        return
    forms = [form for form in carrier.formats if form.pattern.fullmatch(text)]
    wrong = [form for form in forms if not _holds(form, text)]
    if not forms:
        yield _strange(number, text, carrier)
    elif any(form.sure for form in wrong) or len(wrong) == len(forms):
        sure = any(form.sure for form in wrong)
        yield Finding("check_digit", f"{number} cannot be a number of {carrier.name}: its check digit is wrong", sure)


def _strange(number: str, text: str, carrier: Carrier) -> Finding:
    """A form that the carrier is not known for: often cut short, or another carrier's."""
    other = next((name for name, form in TELLTALE if form.pattern.fullmatch(text) and _holds(form, text)), None)
    if other:
        return Finding("other_carrier", f"{number} looks like a number of {other}, not of {carrier.name}", True)
    return Finding("format", f"{number} does not look like a number of {carrier.name} ({carrier.looks})", True)


def _holds(form: Format, text: str) -> bool:
    return form.check is None or form.check(text)
