"""Why a request is not sent, as a value: what it is about, one sentence, and what would have been right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

_SHOWN = 12


class About(StrEnum):
    """What stands in the way."""

    OFFER = "offer"
    """The marketplace does not offer the action, or nothing is known of it, or the order is not the merchant's."""
    STATUS = "status"
    """The order, or a line of it, is not in a status that takes the action."""
    LINE = "line"
    """Lines or pieces are named in a way that does not fit the order or the marketplace."""
    ARGUMENT = "argument"
    """An argument is missing, unknown, or has a value that is not valid."""
    RULE = "rule"
    """A rule that the marketplace's description does not tell."""
    TRACKING = "tracking"
    """The parcel's number cannot be right."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason not to send. `argument` is the marketplace's name for it, where it is about one; `valid` are the
    values that would do, all of them, where there is a list.
    """

    about: About
    sentence: str
    argument: str | None = None
    valid: tuple[str, ...] = ()


def shown(choices: Iterable[tuple[str, str]]) -> str:
    """Codes, with their labels where these say more: `NoInventory (No inventory), …`; twelve at most."""
    words = [code if code == label else f"{code} ({label})" for code, label in choices]
    more = f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
    return ", ".join(words[:_SHOWN]) + more
