"""The connectors by name, and where each one's parts stand; a part is loaded only when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

from lengowctl.errors import UsageFault


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a connector's parts stand, as `module:name`. The reader needs no network and loads quickly."""

    client: str
    reader: str


CONNECTORS: dict[str, Entry] = {
    "lengow": Entry(
        client="lengowctl.connectors.lengow.client:LengowClient",
        reader="lengowctl.connectors.lengow.wire:LengowReader",
    ),
}


def entry(name: str) -> Entry:
    """Raises UsageFault, naming those there are, for a connector that is not known."""
    if name not in CONNECTORS:
        raise UsageFault(f"there is no connector {name!r}", hint=f"known: {', '.join(sorted(CONNECTORS))}")
    return CONNECTORS[name]


def load(place: str) -> Any:
    """What stands at `module:name`."""
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
