"""`lengowctl db path`."""

from __future__ import annotations

from lengowctl.cli.runtime import Runtime
from lengowctl.store.files import LEDGER, ORDERS


def path(runtime: Runtime) -> None:
    """Where the databases of the profile are.

    Two lines: the cache, which can be deleted and synchronised again, and the ledger, which exists nowhere else.
    """
    for name in (ORDERS, LEDGER):
        runtime.printer.data(str(runtime.folder / name))
