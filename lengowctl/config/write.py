"""Adds a profile to the configuration file, or changes one. The file is whole at every moment, mode 600."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lengowctl.config.load import load, parse, read_text
from lengowctl.config.toml import Unchangeable, with_profile
from lengowctl.errors import ConfigFault, FileFault
from lengowctl.output.files import atomic_write

#: What a new value of a setting puts out of force.
_INSTEAD = {
    "access_token": "access_token_command",
    "secret": "secret_command",
    "access_token_command": "access_token",
    "secret_command": "secret",
}


def write_profile(path: Path, name: str, values: Mapping[str, object]) -> None:
    """Put these settings of a profile into the file; its other settings, and the rest of the file, stay.

    A file that is not there is made, with its folder. Raises ConfigFault when the file cannot be read or changed by a
    program, FileFault, DiskFull.
    """
    text, _ = read_text(path) or ("", 0)
    old = parse(path, text).get("profiles", {}).get(name, {})
    dropped = {_INSTEAD[key] for key in values if key in _INSTEAD}
    merged = {**{key: value for key, value in old.items() if key not in dropped}, **values}
    try:
        changed = with_profile(text, name, merged)
    except Unchangeable as fault:
        raise ConfigFault(
            f"{path} is written in a way that lengowctl cannot change safely", hint=f"edit [profiles.{name}] by hand"
        ) from fault
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise FileFault(f"the folder {path.parent} cannot be made: {(fault.strerror or '').lower()}") from fault
    with atomic_write(path, force=True) as file:
        file.write(changed)
    load(path, {})
