"""`lengowctl db backup`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from lengowctl.cli.declared import Argument
from lengowctl.cli.runtime import Runtime
from lengowctl.store.upkeep import backup as copy_all


def backup(runtime: Runtime, folder: Annotated[Path, Argument(metavar="DIR", help="A new or empty folder.")]) -> None:
    """Copy both databases into a folder, with a manifest.

    Works while others read and write. Nothing is overwritten. The copy holds buyers' data: keep it as safe as the
    original. Prints the files written.
    """
    for path in copy_all(runtime.folder, folder, runtime.now()):
        runtime.printer.data(str(path))
