"""Reads a command line with Typer and runs the verb."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from lengowctl.cli.lazy import LazyGroup
from lengowctl.cli.leave import Leave
from lengowctl.cli.runtime import Runtime
from lengowctl.cli.usage import explain
from lengowctl.cli.verb import USAGE_ERROR


def run_typed(arguments: Sequence[str], runtime: Runtime, command: LazyGroup) -> None:
    """Raises UsageFault for a mistake, Leave when the command ends early (help, for one)."""
    width = min(runtime.width, 100) - 2
    settings: dict[str, Any] = {"obj": runtime, "terminal_width": max(width, 38)}
    try:
        with command.make_context("lengowctl", list(arguments), **settings) as context:
            command.invoke(context)
    except typer.Exit as leave:
        raise Leave(leave.exit_code) from None
    except USAGE_ERROR as mistake:
        raise explain(mistake) from mistake
