"""The value of one argument: from what a merchant writes to what the marketplace is sent, or why that cannot be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from lengowctl.orders.arguments import option_of, type_of
from lengowctl.orders.carriers import Aliases, Choices, Match, alias_of, find, find_carrier
from lengowctl.orders.marketplace import Argument, Marketplace
from lengowctl.orders.model import decimals_of, money_text
from lengowctl.orders.moment import read_date
from lengowctl.orders.quirks import OTHER_CARRIERS, fits
from lengowctl.orders.reason import About, Reason, shown
from lengowctl.orders.reference import UNSEEN
from lengowctl.orders.verbs import CARRIER_ARGUMENTS

_UNSEEN = re.compile(f"[{UNSEEN}]")
_LINK = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_FIGURE = re.compile(r"\d{1,15}(\.\d{1,6})?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
#: Clocks and time zones may differ by so much.
_AHEAD = timedelta(days=1)
_YES = ("true", "yes", "oui", "ja")
_NO = ("false", "no", "non", "nein")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a value depends on. `exact`: the merchant wrote the marketplace's own name for the argument, so
    that a value outside the list goes as it stands where the marketplace takes such values.
    """

    marketplace: Marketplace
    now: datetime
    aliases: Aliases = field(default_factory=dict)
    zone: tzinfo | None = UTC
    currency: str | None = None
    exact: bool = False


def read_value(argument: Argument, text: str, reading: Reading) -> str | Reason:
    """What is sent for `text`, which is not empty; or the reason why it cannot be sent."""
    value = text.strip()
    if _UNSEEN.search(value):
        return _wrong(argument, f"{value!r} holds characters that cannot be seen")
    kind = type_of(argument)
    if kind == "boolean":
        return _boolean(argument, value)
    choices = choices_of(argument, reading.marketplace)
    if choices:
        return _choice(argument, value, choices, reading)
    if kind == "decimal":
        return _decimal(argument, value, reading.currency)
    if kind in ("integer", "quantity"):
        return _whole(argument, value)
    if kind == "datetime":
        return _moment(argument, value, reading)
    if argument.name == "tracking_url" and not _LINK.fullmatch(value):
        return _wrong(argument, f"{value!r} is no link; it begins with https://")
    return _meant(argument, value, reading)


def choices_of(argument: Argument, marketplace: Marketplace) -> Choices:
    """The list that a value is looked up in: the argument's own, else the carriers for a carrier; empty: open."""
    return argument.values or (marketplace.carriers if argument.name in CARRIER_ARGUMENTS else ())


def match_of(argument: Argument, value: str, reading: Reading) -> Match:
    """Which choice of the argument is meant; a carrier may be one of the merchant's aliases."""
    choices = choices_of(argument, reading.marketplace)
    if argument.name in CARRIER_ARGUMENTS:
        return find_carrier(value, reading.marketplace.code, choices, reading.aliases)
    return find(value, choices)


def _choice(argument: Argument, value: str, choices: Choices, reading: Reading) -> str | Reason:
    match = match_of(argument, value, reading)
    if match.code is not None:
        return match.code
    if argument.free and (reading.exact or not match.near):
        return _meant(argument, value, reading)
    valid = tuple(code for code, _ in choices)
    what = f"{_named(argument, value, reading)} is no {argument.name} of {reading.marketplace.name}"
    if match.several:
        what = f"{value!r} may mean several: {shown(match.near)}; give the code"
    elif match.near:
        what += f"; did you mean {shown(match.near)}?"
    else:
        what += f"; valid are {shown(choices)}"
    if argument.free:
        what += f". To send it as it is: --arg {argument.name}={value!r}"
    else:
        what += _as_other(argument, value, reading)
    return _wrong(argument, what.replace("?.", "?"), valid)


def _named(argument: Argument, value: str, reading: Reading) -> str:
    """The value, and what it stands for where it is an alias of the merchant: the mistake is in the configuration."""
    aliased = _alias(argument, value, reading)
    return f"{aliased!r}, which your own name {value!r} stands for," if aliased else repr(value)


def _alias(argument: Argument, value: str, reading: Reading) -> str | None:
    known = reading.aliases if argument.name in CARRIER_ARGUMENTS else {}
    return alias_of(value, reading.marketplace.code, known)


def _meant(argument: Argument, value: str, reading: Reading) -> str:
    """What goes where any text is taken: of an alias what it stands for, unless it was to go as it stands."""
    return value if reading.exact else _alias(argument, value, reading) or value


def _as_other(argument: Argument, value: str, reading: Reading) -> str:
    """How to name a carrier that a marketplace does not list, where it has a word for such carriers."""
    code = reading.marketplace.code
    other = next((word for globs, word in OTHER_CARRIERS if fits(code, globs)), None)
    ship = reading.marketplace.action("ship")
    names = [known.name for known in ship.arguments] if ship else []
    if argument.name != "carrier" or other is None:
        return ""
    named = f" --carrier-name {value!r}" if "carrier_name" in names else ""
    return f". Another carrier is --carrier {other}{named}"


def _boolean(argument: Argument, value: str) -> str | Reason:
    """Yes or no, in the marketplace's own spelling. The fee of 0 is no fee; an amount is neither yes nor no."""
    said = value.lower()
    spelled = {code.lower(): code for code, _ in argument.values}
    if said in _YES:
        return spelled.get("true", "true")
    if said in _NO or figure_of(said) == 0:
        return spelled.get("false", "false")
    return _wrong(argument, f"it is all or nothing here: say yes or no, not {value!r}", ("true", "false"))


def _decimal(argument: Argument, value: str, currency: str | None) -> str | Reason:
    figure = figure_of(value)
    if figure is None:
        return _wrong(argument, f"{value!r} is not an amount; write it as 12.50")
    if currency and figure != round(figure, decimals_of(currency)):
        return _wrong(argument, f"{value!r} has more decimals than {currency} has")
    return money_text(figure, currency) or value


def figure_of(text: str) -> Decimal | None:
    """An amount in plain figures, not below nought; None when it is none."""
    return Decimal(text) if _FIGURE.fullmatch(text) else None


def _whole(argument: Argument, value: str) -> str | Reason:
    if not _WHOLE.fullmatch(value) or int(value) == 0:
        return _wrong(argument, f"{value!r} is not a number of pieces; write it as 2")
    return str(int(value))


def _moment(argument: Argument, value: str, reading: Reading) -> str | Reason:
    try:
        moment = read_date(value, now=reading.now, zone=reading.zone)
    except ValueError as fault:
        return _wrong(argument, str(fault))
    if argument.name == "shipping_date" and moment > reading.now + _AHEAD:
        return _wrong(argument, f"{value!r} is still to come; it says when the parcel left")
    return moment_text(moment)


def moment_text(moment: datetime) -> str:
    """`2026-11-23T12:00:00+00:00`: whole seconds, with the offset that Lengow wants."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _wrong(argument: Argument, what: str, valid: tuple[str, ...] = ()) -> Reason:
    option = option_of(argument.name)
    return Reason(About.ARGUMENT, f"{option.removesuffix('=…')}: {what}", argument.name, valid)
