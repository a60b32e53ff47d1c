"""The one place that makes a Rich console: nothing that it is handed is read as markup, emoji names or numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

from lengowctl.output.screen import Screen

if TYPE_CHECKING:
    from rich.console import Console


def console(stream: TextIO, screen: Screen) -> Console:
    """A console on `stream` that draws what it is given, as wide and as colourful as `screen` says."""
    from rich.console import Console

    return Console(
        file=stream,
        width=screen.width,
        force_terminal=screen.painted,
        color_system="standard" if screen.color else None,
        no_color=not screen.color,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ={},
    )
