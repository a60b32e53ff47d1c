"""`lengowctl config check`"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

from lengowctl.cli.leave import Leave
from lengowctl.cli.listing import Output, Row
from lengowctl.cli.runtime import SANDBOX, Runtime
from lengowctl.connectors.origin import proxy_for, read_origin, without_credentials
from lengowctl.errors import ConfigFault, LengowctlError
from lengowctl.orders.fields import Kind
from lengowctl.output.columns import Column
from lengowctl.output.words import counted
from lengowctl.store.files import check_file, check_folder

COLUMNS = (
    Column("check", "Check", Kind.CODE),
    Column("result", "Result", Kind.CODE),
    Column("says", "Says", Kind.TEXT),
)
OK, WRONG = "ok", "wrong"


def check(runtime: Runtime, output: Output) -> None:
    """Check file, keys, modes, proxies and certificates.

    Nothing is sent. Programs that print keys are run. Ends with 0 when all is well, else with the code of the first
    thing that is wrong.
    """
    faults: list[LengowctlError] = []
    rows = [_row(name, ask, runtime, faults) for name, ask in CHECKS.items()]
    output.write_facts(runtime, rows, COLUMNS)
    if faults:
        raise Leave(int(faults[0].exit_code))


def _row(name: str, ask: Callable[[Runtime], str], runtime: Runtime, faults: list[LengowctlError]) -> Row:
    try:
        return name, OK, ask(runtime)
    except LengowctlError as fault:
        if any(str(known) == str(fault) for known in faults):
            return name, "-", "cannot be told before the above is put right"
        faults.append(fault)
        return name, WRONG, fault.message + (f"; {fault.hint}" if fault.hint else "")


def _file(runtime: Runtime) -> str:
    settings = runtime.settings
    return str(settings.path) if settings.exists else f"none needed; it would be {settings.path or 'named by --config'}"


def _profile(runtime: Runtime) -> str:
    return runtime.profile.name


def _address(runtime: Runtime) -> str:
    return "the embedded sandbox" if runtime.profile.name == SANDBOX else runtime.profile.base_url


def _keys(runtime: Runtime) -> str:
    runtime.keys()
    if runtime.profile.name == SANDBOX:
        return "the sandbox's own"
    origins = runtime.profile.origins
    return "; ".join(f"{name} from {_from(name, origins[name], runtime)}" for name in ("access_token", "secret"))


def _from(name: str, origin: str, runtime: Runtime) -> str:
    if origin != "default":
        return origin
    return f"{name}_command" if getattr(runtime.profile, f"{name}_command") else "the keyring"


def _proxy(runtime: Runtime) -> str:
    if runtime.profile.name == SANDBOX:
        return "none"
    proxy = proxy_for(read_origin(runtime.profile.base_url), runtime.machine.env)
    return without_credentials(proxy) if proxy else "none"


def _certificates(runtime: Runtime) -> str:
    bundle = runtime.profile.ca_bundle
    if bundle is None:
        return "the usual ones"
    try:
        context = ssl.create_default_context(cafile=str(bundle))
    except OSError as fault:
        raise ConfigFault(f"{bundle} cannot be used: {(fault.strerror or 'no certificates in it').lower()}") from fault
    return f"{bundle}: {context.cert_store_stats()['x509_ca']}"


def _folder(runtime: Runtime) -> str:
    """The profile's folder, or the nearest one above it where it would be made."""
    folder = runtime.folder
    if folder.exists():
        check_folder(folder)
        return str(folder)
    above = next(parent for parent in folder.parents if parent.exists())
    if not os.access(above, os.W_OK | os.X_OK):
        raise ConfigFault(
            f"{folder} cannot be made: {above} is not yours to write", hint="LENGOWCTL_DATA_DIR names another"
        )
    return f"{folder}, made when needed"


def _modes(runtime: Runtime) -> str:
    files = list(_private(runtime.folder))
    for path in files:
        check_file(path)
    return f"{counted(len(files), 'file')}, yours alone"


def _private(folder: Path) -> Iterator[Path]:
    """The profile's files; those that SQLite keeps beside a database come and go."""
    if folder.is_dir():
        yield from (path for path in sorted(folder.iterdir()) if path.is_file() and "-" not in path.suffix)


CHECKS: dict[str, Callable[[Runtime], str]] = {
    "file": _file,
    "profile": _profile,
    "address": _address,
    "keys": _keys,
    "proxy": _proxy,
    "certificates": _certificates,
    "data folder": _folder,
    "file modes": _modes,
}
