"""`lengowctl sandbox reset`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.listing import Output
from lengowctl.cli.runtime import LOCK_TIMEOUT, SANDBOX, Runtime
from lengowctl.cli.sandbox.info import show
from lengowctl.cli.sandbox.world import Orders, Seed
from lengowctl.errors import UsageFault
from lengowctl.orders.moment import read_date

#: The world itself, and what SQLite keeps beside it.
WORLD = "world.db"


def reset(
    runtime: Runtime,
    output: Output,
    orders: Orders = None,
    seed: Seed = None,
    epoch: Annotated[
        str | None,
        Option("--epoch", metavar="DATE", help="Start its clock at DATE instead of now; local time."),
    ] = None,
) -> None:
    """Begin anew with a fresh shop.

    What is not given stays as it was. The cache and the ledger of the profile sandbox begin anew with it: they speak of
    a shop that is gone.
    """
    start = None
    if epoch is not None:
        try:
            start = read_date(epoch, now=runtime.machine.now(), zone=runtime.zone)
        except ValueError as fault:
            raise UsageFault(f"--epoch: {fault}") from fault
    world = runtime.sandbox(orders=orders, seed=seed)
    with runtime.lock_folder(runtime.data_root / SANDBOX, LOCK_TIMEOUT):
        facts = world.reset(orders=orders, seed=seed, epoch=start)
        _forget(runtime.data_root / SANDBOX)
    show(runtime, output, facts)


def _forget(folder: Path) -> None:
    """Remove what the profile kept of the old shop: databases and their journals, token, request budget."""
    for path in folder.iterdir():
        if path.is_file() and not path.name.startswith(WORLD) and path.suffix != ".lock":
            path.unlink()
