"""How a run's connector, keys and sandbox are put together. Heavy: imported only when one of them is needed."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lengowctl.cli.runtime import SANDBOX
from lengowctl.config import credentials
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.errors import LengowctlError, SourceMismatch, StoreDamaged
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.store.files import create_file, make_folder
from lengowctl.store.neighbours import folder_of, source_of

if TYPE_CHECKING:
    from httpx import BaseTransport

    from lengowctl.cli.runtime import Runtime
    from lengowctl.config.settings import ProfileSettings
    from lengowctl.connectors.base import Reading
    from lengowctl.connectors.lengow.client import LengowClient
    from lengowctl.outbox.outbox import Outbox
    from lengowctl.outbox.settings import Stop
    from lengowctl.store.intent import Intent
    from lengowctl.store.store import Store


def connect(runtime: Runtime) -> LengowClient:
    """The client of the profile's account; nothing is sent yet."""
    make_folder(runtime.folder)
    if runtime.profile.name != SANDBOX:
        return _client(runtime, runtime.profile, runtime.keys, runtime.folder, runtime.machine.transport)
    from lengowctl.cli.door import ORIGIN, Door

    embedded = replace(runtime.profile, base_url=ORIGIN)
    return _client(runtime, embedded, runtime.keys, runtime.folder, Door(runtime.sandbox(), runtime.machine.sleep))


def _client(
    runtime: Runtime,
    profile: ProfileSettings,
    keys: Callable[[], Keys],
    folder: Path | None,
    transport: BaseTransport | None,
) -> LengowClient:
    from lengowctl.connectors.lengow.client import LengowClient

    machine, printer = runtime.machine, runtime.printer
    return LengowClient(
        base_url=profile.base_url,
        keys=keys,
        folder=folder,
        now=runtime.now if folder else machine.now,
        monotonic=machine.monotonic,
        sleep=machine.sleep,
        random=machine.random,
        transport=transport,
        trace=printer.trace,
        on_wait=lambda seconds, why: runtime.tell_wait(f"waiting {seconds:.0f} s: {why}"),
        patience=runtime.patience,
        ca_bundle=profile.ca_bundle,
        environment=machine.env,
    )


def test_keys(runtime: Runtime, profile: ProfileSettings, keys: Keys) -> str:
    """Open the account of a profile to be, with nothing stored, and return its source.

    Raises NotSignedIn, OutOfReach, and SourceMismatch when the account, or the profile's folder, is taken.
    """
    with closing(_client(runtime, profile, lambda: keys, None, runtime.machine.transport)) as client:
        source = client.account().source
    folder = runtime.data_root / profile.name
    mine = source_of(folder)
    if mine is not None and mine != source:
        raise SourceMismatch(
            f"the data in {folder} belongs to {mine}, but these keys belong to {source}",
            hint="choose another name with --profile",
        )
    refuse_neighbour(runtime, source, folder)
    return source


def pin(runtime: Runtime, store: Store) -> None:
    """Bind the profile's folder to the account at the other end; checked at every contact."""
    source = runtime.connector().account().source
    named = _overruling(runtime)
    if store.source is None:
        refuse_neighbour(runtime, source, runtime.folder)
        if named:
            name = runtime.profile.name
            runtime.printer.warn(f"{named} overrules the key of profile {name} in the file: {name} is now {source}")
    try:
        store.pin(source)
    except SourceMismatch as fault:
        fault.hint = f"the key comes from {named}, not from the file" if named else fault.hint
        raise


def _overruling(runtime: Runtime) -> str | None:
    """The variable whose key is used although the file has one for this profile; None when there is none."""
    profile = runtime.profile
    own = {} if profile.name == SANDBOX else runtime.settings.profiles.get(profile.name, {})
    origins = (profile.origins[name] for name in ("access_token", "secret") if name in own or f"{name}_command" in own)
    return next((origin for origin in origins if origin not in ("file", "default")), None)


#: Seconds that a thread may run while another one wants to.
_SWITCH = 0.0005


def open_outbox(
    runtime: Runtime,
    store: Store,
    command: str,
    stop: Stop | None,
    check: Callable[[Intent, Reading], str | None],
) -> Outbox:
    """The outbox. Orders that are read on the way come into the cache, where that is free at that moment."""
    from lengowctl.outbox.outbox import Outbox

    # One thread owns the ledger and many wait for answers: it must not wait 5 ms for its turn after each statement.
    sys.setswitchinterval(_SWITCH)
    retention = runtime.profile.retention

    def save(reading: Reading) -> None:
        now = runtime.now()
        with suppress(LengowctlError), store.transaction():
            store.orders.save(
                [(reading.order, reading.body)],
                at=now,
                scrub=runtime.reader().scrub,
                personal_since=now - retention if retention else None,
            )

    machine = runtime.machine
    return Outbox(
        runtime.connector(),
        store,
        profile=runtime.profile.name,
        source=store.source or "",
        now=runtime.now,
        monotonic=machine.monotonic,
        sleep=machine.sleep,
        who=runtime.who(command),
        stop=stop,
        save=save,
        check=check,
        **runtime.outbox_settings,
    )


def refuse_neighbour(runtime: Runtime, source: str, folder: Path) -> None:
    """Raise SourceMismatch when another profile has this account: their ledgers would not know of each other."""
    other = folder_of(source, runtime.data_root, but=folder)
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
    create_file(folder / "world.db")
    try:
        return Sandbox.open(folder / "world.db", orders=orders, seed=seed, wall=runtime.machine.now)
    except sqlite3.DatabaseError as fault:
        raise StoreDamaged(
            f"the sandbox's world {folder / 'world.db'} cannot be used ({fault})",
            hint="delete the file; the next command makes a new one",
        ) from fault
