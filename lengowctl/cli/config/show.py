"""`lengowctl config show`"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lengowctl.cli.listing import Output, Row
from lengowctl.cli.runtime import SANDBOX, Runtime
from lengowctl.config.settings import ProfileSettings
from lengowctl.config.table import VARIABLES, Scope, keys_of
from lengowctl.errors import NoProfile, NotSignedIn
from lengowctl.orders.fields import Kind
from lengowctl.output.columns import Column

COLUMNS = (
    Column("setting", "Setting", Kind.CODE),
    Column("value", "Value", Kind.TEXT),
    Column("origin", "Comes from", Kind.TEXT),
)


def show(runtime: Runtime, output: Output) -> None:
    """Every setting in force, and where it comes from.

    A value comes from an option, a variable of the environment, the file, or is the default. Keys show as ****.
    Without a profile to choose, the settings of every profile in the file are shown.
    """
    output.write_facts(runtime, [*_around(runtime), *_profiles(runtime)], COLUMNS)


def _around(runtime: Runtime) -> Iterator[Row]:
    """What decides which file, folder and profile are used."""
    settings, flags, env = runtime.settings, runtime.flags, runtime.machine.env
    named = {"config": flags.config, "profile": flags.profile}
    values = {"config": runtime.config_path, "data_dir": runtime.data_root, "profile": _chosen(runtime)}
    for variable, key in VARIABLES.items():
        if key.scope is Scope.AROUND:
            origin = f"--{key.name}" if named.get(key.name) else variable if env.get(variable) else "default"
            yield key.name, _text(values[key.name]), origin
    yield "default_profile", settings.default_profile, "file" if settings.default_profile else "default"
    for name in settings.views:
        yield f"views.{name}", "(a view)", "file"


def _chosen(runtime: Runtime) -> str | None:
    try:
        return runtime.profile.name
    except (NoProfile, NotSignedIn):
        return None


def _profiles(runtime: Runtime) -> Iterator[Row]:
    chosen = _chosen(runtime)
    for name in [chosen] if chosen else runtime.settings.profiles:
        yield from _rows(runtime.profile if chosen else runtime.settings.profile(name))


def _rows(profile: ProfileSettings) -> Iterator[Row]:
    for key in keys_of(Scope.PROFILE).values():
        value, origin = _text(getattr(profile, key.name)), profile.origins[key.name]
        if profile.name == SANDBOX and (key.secret or key.name == "base_url"):
            value, origin = "****" if key.secret else "the embedded sandbox", "the sandbox"
        yield f"profiles.{profile.name}.{key.name}", value, origin


def _text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return " ".join(value)
    return f"{value.days}d" if isinstance(value, timedelta) and not value.seconds else str(value)
