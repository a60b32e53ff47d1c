"""Names of carriers and reasons, as people write them, found in a marketplace's own list. Found, never guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache

Choices = tuple[tuple[str, str], ...]
"""(code, label); the code is what is sent."""
Aliases = Mapping[str, Mapping[str, str]]
"""The merchant's own names: name -> marketplace code, glob or `*` -> the marketplace's carrier."""

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})
_SIMILAR = 0.7
_SUGGESTED = 5
_SHORTEST_PART = 3


@dataclass(frozen=True, slots=True)
class Match:
    """`code` when exactly one choice is meant; else None, with the choices that come near, nearest first.

    `several`: more than one choice is meant equally, and `near` holds them.
    """

    code: str | None
    near: Choices = ()
    several: bool = False


@lru_cache(maxsize=4096)  # the same lists are looked through for every order of a run
def plain(text: str) -> str:
    """Letters and digits alone, without case and accents: `Colis Privé`, `COLIS-PRIVE` and `colisprive` are one."""
    simple = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS)
    return "".join(char for char in unicodedata.normalize("NFKD", simple) if char.isalnum())


def find(text: str, choices: Choices) -> Match:
    """The choice that `text` means: its code to the letter, else its label to the letter, else either of them with
    case, accents, spaces and punctuation ignored. Several choices at one step are none.
    """
    by_code = [code for code, _ in choices if code == text]
    by_label = [code for code, label in choices if label == text]
    wanted = plain(text)
    by_plain = [code for code, label in choices if wanted and wanted in (plain(code), plain(label))]
    for found in (by_code, by_label, by_plain):
        codes = dict.fromkeys(found)
        if len(codes) == 1:
            return Match(next(iter(codes)))
        if codes:
            return Match(None, tuple(choice for choice in choices if choice[0] in codes), several=True)
    return Match(None, near(text, choices))


def find_carrier(text: str, marketplace: str, choices: Choices, aliases: Aliases) -> Match:
    """As `find`, but an alias of the merchant for this marketplace comes first; it is looked up in the list too.

    An alias that names nothing in the list matches nothing: its near misses are those of what it stands for.
    """
    return find(alias_of(text, marketplace, aliases) or text, choices)


def alias_of(text: str, marketplace: str, aliases: Aliases) -> str | None:
    """What the merchant's alias stands for at this marketplace (its code, then globs, then `*`), or None."""
    wanted = plain(text)
    for name, targets in aliases.items():
        if wanted and plain(name) == wanted:
            globs = sorted(targets, key=lambda glob: (glob != marketplace, glob == "*"))
            return next((targets[glob] for glob in globs if fnmatchcase(marketplace, glob)), None)
    return None


def near(text: str, choices: Choices) -> Choices:
    """The choices whose code or label resembles `text`, nearest first, at most five. To be shown, never sent."""
    wanted = plain(text)
    if not wanted:
        return ()
    spellings: dict[str, list[tuple[str, str]]] = {}
    for choice in choices:
        for spelling in dict.fromkeys(map(plain, choice)):
            spellings.setdefault(spelling, []).append(choice)
    alike = get_close_matches(wanted, spellings, n=_SUGGESTED, cutoff=_SIMILAR)
    parts = [spelling for spelling in spellings if _is_part(wanted, spelling)]
    return tuple(dict.fromkeys(choice for spelling in (*alike, *parts) for choice in spellings[spelling]))[:_SUGGESTED]


def near_names(text: str, names: Iterable[str]) -> tuple[str, ...]:
    """The names that resemble `text`."""
    return tuple(code for code, _ in near(text, tuple((name, name) for name in names)))


def _is_part(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST_PART and short in long
