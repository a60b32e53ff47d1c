"""What somebody probably meant."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one; None: none is."""
    from difflib import get_close_matches  # costs every start-up, and serves few

    found = get_close_matches(word, list(known), n=1)
    return found[0] if found else None
