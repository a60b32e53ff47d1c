"""Which journal a database may use with the SQLite library at hand."""

from __future__ import annotations

WAL = "wal"
ROLLBACK = "delete"

_FIRST_WAL = (3, 7, 0)
_FIXED = (3, 51, 3)
_FIXED_IN = {(3, 44): 6, (3, 50): 7}


def journal_for(version: tuple[int, ...]) -> str:
    """`wal` where the library is safe for it, else `delete` (the rollback journal).

    3.7.0 to 3.51.2 have a race between two connections that write and checkpoint in WAL mode: committed writes
    can vanish. 3.44.6 and up within 3.44, and 3.50.7 and up within 3.50, carry the repair.
    """
    release = tuple(version[:3])
    patched = _FIXED_IN.get((release[0], release[1]))
    if release < _FIRST_WAL:
        return ROLLBACK
    safe = release >= _FIXED or (patched is not None and release[2] >= patched)
    return WAL if safe else ROLLBACK
