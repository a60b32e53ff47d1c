"""Foreign text made harmless: for terminals, pipes and logs (`clean`), and inside JSON (`clean_json`).

What steers a terminal or cannot be seen (`orders.reference.UNSEEN`) is shown as a visible escape: `\\x1b`,
`\\u202e`, `\\n`. Everything that leaves for people passes through here first. Also: how wide text is on a terminal.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from lengowctl.orders.reference import UNSEEN

_UNSAFE = f"[{UNSEEN}]"
#: JSON may stand on several lines: its own line breaks and tabs between tokens stay. SQLite has escaped those inside.
_UNSAFE_JSON = rf"(?![\t\n\r])[{UNSEEN}]"
#: What ASCII has of printable characters.
_PRINTED = bytes(range(0x20, 0x7F))
_NAMED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}
#: A word with the spaces before it; the last one with those behind it, too.
_WORD = re.compile(r"( *)([^ ]+(?: +$)?)")
_ZWJ, _EMOJI_LOOK = "\u200d", "\ufe0f"
ELLIPSIS = "…"
#: Before the first combining mark every character that can be seen takes one cell: all of Western Europe.
_FIRST_MARK = "\u0300"
#: Characters that join the one before them though they are no marks: Korean vowels and finals, skin tones.
_RIDERS = (("\u1160", "\u11ff"), ("\ud7b0", "\ud7ff"), ("\U0001f3fb", "\U0001f3ff"))


def clean(text: str) -> str:
    """`text` on one line, with all that could steer a terminal or hide shown as a visible escape."""
    # What Python calls printable holds none of it, and asking is three times as fast as searching.
    return text if text.isprintable() else re.sub(_UNSAFE, _visible, text)


def is_clean(text: str, allowed: str = "") -> bool:
    """Whether surely nothing in a long text but what is `allowed` (ASCII) needs cleaning. Six times as fast as asking
    whether it is printable.
    """
    try:
        rest = text.encode().translate(None, _PRINTED + allowed.encode())
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return rest.decode().isprintable()


def clean_json(text: str) -> str:
    """The same JSON with those characters as `\\uXXXX` (a surrogate pair above U+FFFF): equal when read."""
    if text.isprintable() or (text.isascii() and "\x7f" not in text):
        return text
    return re.sub(_UNSAFE_JSON, _escaped, text)


def clean_lines(text: str) -> str:
    """Lines of JSON, cleaned: only where anything asks for it, line by line. SQLite has escaped the controls of ASCII
    but DEL.
    """
    if (text.isascii() and "\x7f" not in text) or is_clean(text, "\n"):
        return text
    return "\n".join(map(clean_json, text.split("\n")))


def clean_line_bytes(text: str) -> bytes:
    """As `clean_lines`, in UTF-8: to find out costs the encoding, which is as much as the rest, so it is kept."""
    try:
        raw = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return clean_lines(text).encode()
    if raw.translate(None, _PRINTED + b"\n").decode().isprintable():
        return raw
    return clean_lines(text).encode()


def _visible(found: re.Match[str]) -> str:
    char = found[0]
    code = ord(char)
    return _NAMED.get(char) or (
        f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )


def _escaped(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def width(text: str) -> int:
    """How many cells of a terminal clean text takes: 2 for wide characters and emoji, 0 for combining marks."""
    if text.isascii() or max(text) < _FIRST_MARK:
        return len(text)
    return sum(cells for _, cells in _clusters(text))


def cut(text: str, room: int) -> str:
    """Clean text in at most `room` cells; what is cut off leaves an ellipsis."""
    if width(text) <= room:
        return text
    if room <= 1:
        return ELLIPSIS[:room]
    kept, used = [], 0
    for part, cells in _clusters(text):
        if used + cells > room - 1:
            break
        kept.append(part)
        used += cells
    return "".join(kept).rstrip() + ELLIPSIS


def fit(text: str, room: int, *, right: bool = False) -> str:
    """Clean text in exactly `room` cells: cut or padded, at the right edge if wanted."""
    used = width(text)
    if used > room:
        text = cut(text, room)
        used = width(text)
    space = " " * (room - used)
    return space + text if right else text + space


def folded(text: str, room: int) -> str:
    """A clean line broken at spaces into lines of at most `room` cells; further ones begin two cells further in. A word
    that is too long stays whole, so that it can be copied: the terminal breaks it."""
    if width(text) <= room:
        return text
    hang = " " * (len(text) - len(text.lstrip(" ")) + 2)
    lines = [""]
    for gap, word in _WORD.findall(text):
        if lines[-1] and width(lines[-1] + gap + word) > room:
            lines.append(hang + word)
        else:
            lines[-1] += gap + word
    return "\n".join(lines)


def pieces(text: str, room: int) -> list[str]:
    """Clean text in pieces of at most `room` cells each (one wide character may need two)."""
    found, used = [""], 0
    for part, cells in _clusters(text):
        if found[-1] and used + cells > room:
            found.append("")
            used = 0
        found[-1] += part
        used += cells
    return found


def _clusters(text: str) -> list[tuple[str, int]]:
    """What a reader sees as one character, with its cells: marks, joined emoji and variation selectors belong to it."""
    parts: list[tuple[str, int]] = []
    joined = False
    for char in text:
        cells = _cells(char)
        if parts and (joined or cells == 0):
            before, wide = parts[-1]
            parts[-1] = (before + char, 2 if char == _EMOJI_LOOK and _may_be_emoji(before) else wide)
        else:
            parts.append((char, cells))
        joined = char == _ZWJ
    return parts


@lru_cache(maxsize=2048)
def _cells(char: str) -> int:
    if char == "\u00ad" or char.isascii():
        return 1
    if unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf") or any(low <= char <= high for low, high in _RIDERS):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _may_be_emoji(cluster: str) -> bool:
    """U+FE0F widens symbols (and the keycaps' digits), not letters."""
    return len(cluster) == 1 and (cluster in "#*0123456789©®" or unicodedata.category(cluster) in ("So", "Sm", "Po"))
