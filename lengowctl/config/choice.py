"""Which profile a command works on, and where its files are: decided here for the whole program.

Shell completion asks the same on every TAB, so nothing heavy is imported: no typing, no pathlib, no platformdirs
where the rule is plain.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import Any

SANDBOX, ENV = "sandbox", "env"
#: Names that no profile in the file may have.
RESERVED = (SANDBOX, ENV)
_ABOVE = {"XDG_CONFIG_HOME": (".config",), "XDG_DATA_HOME": (".local", "share")}


def chosen(
    named: str | None, *, keys: bool, file: Callable[[], tuple[str | None, Collection[str]]]
) -> str | Collection[str]:
    """The profile to work on: the named one, else `env` where the environment has keys, else the default of the file,
    else the only one in it. Where nothing decides, the names to choose from: several, or none at all.

    `file` gives the default and the names of all profiles; it is read only where it has a say.
    """
    if named:
        return named
    if keys:
        return ENV
    default, names = file()
    return default or (next(iter(names)) if len(names) == 1 else names)


def config_file(env: Mapping[str, str]) -> str | None:
    """The usual place of the configuration file; None when no home folder can be found."""
    above = _usual(env, "XDG_CONFIG_HOME")
    return above and os.path.join(above, "config.toml")  # noqa: PTH118 - pathlib costs more than all else here


def data_root(env: Mapping[str, str]) -> str | None:
    """The usual folder of all data; None when no home folder can be found."""
    return _usual(env, "XDG_DATA_HOME")


def read_tables(path: str) -> Mapping[str, Any]:
    """The tables of a configuration file as they stand, nothing checked; none where there is no file.

    Raises OSError and ValueError for a file that cannot be read.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - as above
            text = file.read().decode().removeprefix("\ufeff").replace("\r\n", "\n")
    except FileNotFoundError:
        return {}
    from lengowctl.config.plain import read_plain

    plain = read_plain(text)
    if plain is not None:
        return plain
    import tomllib

    return tomllib.loads(text)


def _usual(env: Mapping[str, str], variable: str) -> str | None:
    """Our folder below the one that the system means for such files."""
    if not sys.platform.startswith("linux") or env.get("ANDROID_DATA"):
        return _asked(env, variable)
    said = env.get(variable, "")
    above = said if os.path.isabs(said) else _below_home(env, _ABOVE[variable])  # noqa: PTH117 - as above
    return above and os.path.join(above, "lengowctl")  # noqa: PTH118 - as above


def _below_home(env: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    home = env.get("HOME")
    if home is None or (home and not os.path.isabs(home)):  # noqa: PTH117 - as above
        home = _home_of_user()
    return os.path.join(home, *names) if home else None  # noqa: PTH118 - as above


def _home_of_user() -> str | None:
    import pwd

    try:
        home = pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return None
    return home if os.path.isabs(home) else None  # noqa: PTH117 - as above


def _asked(env: Mapping[str, str], variable: str) -> str | None:
    """Where systems differ, platformdirs knows. Without a home its answer still begins with "~", or with "/"."""
    from platformdirs import user_config_path, user_data_path

    path = (user_config_path if variable == "XDG_CONFIG_HOME" else user_data_path)("lengowctl", appauthor=False)
    empty = os.name == "posix" and env.get("HOME") == "" and not env.get(variable)
    return None if empty or not path.is_absolute() else str(path)
