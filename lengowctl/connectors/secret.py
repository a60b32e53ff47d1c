"""Secrets that cannot be printed by accident, and the pair of keys a merchant signs in with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

MASK = "****"


class Secret:
    """Holds a text that must never be shown: `str`, `repr` and formatting give `****`; `reveal()` gives the text."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The secret itself. Call it at the last moment, and keep the result in no variable that lives on."""
        return self._text

    def fingerprint(self) -> str:
        """SHA-256 in hex: tells two secrets apart without holding either."""
        import hashlib  # costs a start-up that signs in nowhere

        return hashlib.sha256(self._text.encode("utf-8", "surrogatepass")).hexdigest()

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = (text.encode("utf-8", "surrogatepass") for text in (self._text, other._text))
        import hmac

        return hmac.compare_digest(mine, theirs)

    def __hash__(self) -> int:
        return hash(("Secret", self._text))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class Keys:
    """What a merchant signs in with: both are made in Lengow's account settings, and rotated there."""

    access_token: Secret
    secret: Secret
