"""How a run's connector, keys and sandbox are put together. Heavy: imported only when one of them is needed."""

from __future__ import annotations

import sqlite3
from functools import partial
from typing import TYPE_CHECKING

from lengowctl.cli.runtime import SANDBOX
from lengowctl.config import credentials
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.errors import SourceMismatch, StoreDamaged
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.store.files import make_folder
from lengowctl.store.neighbours import folder_of

if TYPE_CHECKING:
    from lengowctl.cli.runtime import Runtime
    from lengowctl.connectors.lengow.client import LengowClient
    from lengowctl.store.store import Store


def connect(runtime: Runtime) -> LengowClient:
    """The client of the profile's account; nothing is sent yet."""
    from lengowctl.cli.door import ORIGIN, Door
    from lengowctl.connectors.lengow.client import LengowClient

    machine, profile = runtime.machine, runtime.profile
    embedded = profile.name == SANDBOX
    make_folder(runtime.folder)
    return LengowClient(
        base_url=ORIGIN if embedded else profile.base_url,
        keys=runtime.keys,
        folder=runtime.folder,
        now=runtime.now,
        monotonic=machine.monotonic,
        sleep=machine.sleep,
        random=machine.random,
        transport=Door(runtime.sandbox(), machine.sleep) if embedded else machine.transport,
        trace=runtime.printer.trace,
        on_wait=lambda seconds, why: runtime.printer.note(f"waiting {seconds:.0f} s: {why}"),
        ca_bundle=profile.ca_bundle,
        environment=machine.env,
    )


def pin(runtime: Runtime, store: Store) -> None:
    """Bind the profile's folder to the account at the other end; checked at every contact."""
    source = runtime.connector().account().source
    if store.source is None:
        refuse_neighbour(runtime, source)
    store.pin(source)


def refuse_neighbour(runtime: Runtime, source: str) -> None:
    """Raise SourceMismatch when another profile has this account: their ledgers would not know of each other."""
    other = folder_of(source, runtime.data_root, but=runtime.folder)
    if other is not None:
        raise SourceMismatch(
            f"the profile {other.name} has this account already ({source})",
            hint=f"use --profile {other.name}; two profiles for one account would not know what the other has sent",
        )


def find_keys(runtime: Runtime) -> Keys:
    """The profile's keys; the sandbox gives its own."""
    if runtime.profile.name == SANDBOX:
        info = runtime.sandbox().info()
        return Keys(Secret(info.access_token), Secret(info.secret))
    run = partial(credentials.run_program, env=runtime.machine.env)
    return credentials.find_keys(runtime.profile, run=run, keyring=credentials.keyring_get)


def open_sandbox(runtime: Runtime, orders: int | None, seed: int | None) -> Sandbox:
    """The embedded world in the data folder, made where there is none. Raises FileFault, ConfigFault."""
    folder = runtime.data_root / SANDBOX
    make_folder(folder)
    try:
        return Sandbox.open(folder / "world.db", orders=orders, seed=seed, wall=runtime.machine.now)
    except sqlite3.DatabaseError as fault:
        raise StoreDamaged(
            f"the sandbox's world {folder / 'world.db'} cannot be used ({fault})",
            hint="delete the file; the next command makes a new one",
        ) from fault
