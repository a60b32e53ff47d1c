"""What a user types to search, as a question to the full-text index."""

from __future__ import annotations

from lengowctl.store.text import storable


def match(text: str) -> str | None:
    """Every word must occur, in any order and case, accents ignored; the last one may be the start of a word.

    A word with punctuation (`jean@shop.fr`, `403-118`) must occur as it is written. None for no word at all.
    """
    words = storable(text).split()
    if not words:
        return None
    quoted = ['"' + word.replace('"', '""') + '"' for word in words]
    return " ".join(quoted) + "*"
