"""What the numbers of carriers look like, and the check digits in them, as far as that is public knowledge.

A row is `sure` when the carrier or a standard states the check: UPS 1Z numbers, the postal S10 of the Universal
Postal Union, GS1's SSCC (DHL Paket among others), FedEx Express, DHL Express, DPD's full label (ISO 7064). All other
rows say what such a number looks like, rather too widely than too narrowly: what fits none of them is stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_FEDEX_WEIGHTS = (3, 1, 7) * 4


def ups(number: str) -> bool:
    """`1Z` and sixteen signs, the last one a check: letters count (place - 63) mod 10, every second one twice."""
    values = [int(char) if char.isdecimal() else (ord(char) - 63) % 10 for char in number[2:]]
    total = sum(value * (1 + place % 2) for place, value in enumerate(values[:-1]))
    return (10 - total % 10) % 10 == values[-1]


def s10(number: str) -> bool:
    """Two letters, eight digits, a check digit, two letters (UPU S10)."""
    total = sum(int(digit) * weight for digit, weight in zip(number[2:10], _S10_WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(number[10])


def mod10(number: str) -> bool:
    """GS1: from the right, the digits before the check digit count three times and once in turn."""
    total = sum(int(digit) * (3 - 2 * (place % 2)) for place, digit in enumerate(reversed(number[:-1])))
    return (10 - total % 10) % 10 == int(number[-1])


def fedex(number: str) -> bool:
    """Eleven digits weighed 3, 1, 7 in turn, modulo 11, then 10."""
    total = sum(int(digit) * weight for digit, weight in zip(number[:-1], _FEDEX_WEIGHTS, strict=False))
    return total % 11 % 10 == int(number[-1])


def mod7(number: str) -> bool:
    """All digits but the last, modulo 7."""
    return int(number[:-1]) % 7 == int(number[-1])


def mod37(number: str) -> bool:
    """ISO 7064 MOD 37,36."""
    check = 36
    for char in number[:-1]:
        check = (check + _ALPHABET.index(char)) % 36 or 36
        check = check * 2 % 37
    return (check + _ALPHABET.index(number[-1])) % 36 == 1


@dataclass(frozen=True, slots=True)
class Format:
    """One form of number. `check` None: it has no check digit that is known; `sure`: a wrong one is a wrong number."""

    pattern: re.Pattern[str]
    check: Callable[[str], bool] | None = None
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Carrier:
    """A carrier by its names (a pattern over the plain text of code and label), and the forms of its numbers."""

    name: str
    named: re.Pattern[str]
    formats: tuple[Format, ...]
    looks: str
    """What its numbers look like, for people."""


def _form(pattern: str, check: Callable[[str], bool] | None = None, sure: bool = False) -> Format:
    return Format(re.compile(pattern, re.ASCII), check, sure)


_S10 = _form(r"[A-Z]{2}\d{9}[A-Z]{2}", s10, sure=True)
_SSCC = _form(r"00\d{18}", mod10, sure=True)
_UPS = _form(r"1Z[0-9A-Z]{16}", ups, sure=True)


def _row(name: str, named: str, looks: str, *formats: Format) -> Carrier:
    return Carrier(name, re.compile(named), formats, looks)


#: The first row whose pattern is found in a carrier's name counts.
CARRIERS: tuple[Carrier, ...] = (
    _row("Colissimo", "colissimo", "13 characters such as 6A12345678901",
         _S10, _form(r"\d[0-9A-Z]\d{11}"), _form(r"\d{15}")),
    _row("Chronopost", "chronopost", "13 to 15 characters such as XY123456789FR", _form(r"[0-9A-Z]{13,15}")),
    _row("Mondial Relay", "mondialrelay", "8, 10 or 12 digits", _form(r"\d{8}"), _form(r"\d{10}"), _form(r"\d{12}")),
    _row("Colis Privé", "colisprive", "12 to 17 letters and digits", _form(r"[0-9A-Z]{12,17}")),
    _row("DHL Express", "dhlexpress", "10 digits",
         _form(r"\d{10,11}", mod7, sure=True), _form(r"J[A-Z]{2,3}\d{9,18}")),
    _row("DHL", "dhl|deutschepost", "10, 12 or 20 digits", _SSCC, _S10, _form(r"\d{10}", mod7),
         _form(r"\d{12}"), _form(r"\d{14}"), _form(r"J[A-Z]{2,3}\d{9,22}"), _form(r"3S[0-9A-Z]{9,15}"),
         _form(r"[A-Z]{2,5}\d{8,20}"), _form(r"[A-Z]\d[0-9A-F]{18}")),
    _row("UPS", "^ups|ups$", "18 characters that begin with 1Z", _UPS, _form(r"\d{9}"), _form(r"\d{12}"),
         _form(r"[A-Z]\d{10}"), _form(r"\d{18}"), _form(r"MI\d{6}[0-9A-Z]{1,22}")),
    _row("FedEx", "fedex", "12 or 15 digits", _form(r"\d{12}", fedex, sure=True), _form(r"\d{15}", mod10, sure=True),
         _form(r"\d{9}"), _form(r"\d{20,22}"), _form(r"\d{34}")),
    _row("DPD", "^dpd|dpd$", "14 digits, with or without a check character", _form(r"\d{27}[0-9A-Z]", mod37, sure=True),
         _form(r"\d{14}[0-9A-Z]?"), _form(r"\d{10}"), _form(r"\d{12}")),
    _row("GLS", "^gls|gls$", "8 letters and digits, or 11, 12, 14 or 20 digits", _form(r"[0-9A-Z]{8}"),
         _form(r"\d{10,12}"), _form(r"\d{14}"), _form(r"\d{20}")),
    _row("PostNL", "postnl", "3S and 9 to 15 letters and digits", _form(r"3S[0-9A-Z]{7,15}"), _S10,
         _form(r"[A-Z]{2}[0-9A-Z]{8,18}")),
    _row("Hermes", "hermes|evri", "14 or 16 digits, or H and 19 digits",
         _form(r"\d{14}"), _form(r"[0-9A-Z]{16}"), _form(r"H\d{19}"), _SSCC),
    _row("La Poste", "laposte|courriersuivi|trackedletter|registeredletter|postoffice",
         "13 to 15 letters and digits", _S10, _form(r"[0-9A-Z]{11,15}")),
)  # fmt: skip

#: Numbers that can be one carrier's only, whoever is named as the carrier.
TELLTALE: tuple[tuple[str, Format], ...] = (("UPS", _UPS),)


def carrier_of(*names: str) -> Carrier | None:
    """The carrier that plain names (`carriers.plain`) belong to, or None."""
    return next((row for row in CARRIERS for name in names if name and row.named.search(name)), None)
