"""What a profile remembers of its request limits: read offline, without the network's libraries."""

from __future__ import annotations

from pathlib import Path

from lengowctl.connectors.quota import FILE, Budget, read_quotas
from lengowctl.connectors.statefile import held, read_all
from lengowctl.errors import LengowctlError


def last_seen_budget(folder: Path) -> tuple[Budget, ...]:
    """What the source last said, route by route; empty when nothing of use is remembered. Never raises."""
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        with held(path) as handle:
            return read_quotas(read_all(handle), None).seen
    except (LengowctlError, OSError):
        return ()


__all__ = ["Budget", "last_seen_budget"]
