"""Settings as frozen values, and the choice of the profile that a command works on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lengowctl.config.choice import ENV, SANDBOX, chosen
from lengowctl.config.table import Scope, keys_of
from lengowctl.config.values import read_name
from lengowctl.connectors.secret import Secret
from lengowctl.errors import NoProfile, NotSignedIn, UsageFault
from lengowctl.orders.filters import Typed
from lengowctl.orders.nearest import nearest


@dataclass(frozen=True, slots=True)
class ProfileSettings:
    """One login and its limits. `origins` says of each value where it came from."""

    name: str
    base_url: str
    access_token: Secret | None
    secret: Secret | None
    access_token_command: tuple[str, ...] | None
    secret_command: tuple[str, ...] | None
    ca_bundle: Path | None
    confirm_above: int
    max_orders_per_run: int
    max_value_per_run: Decimal | None
    read_only: bool
    retention: timedelta | None
    """None: buyers' data is kept."""
    first_sync: timedelta | None
    """None: all there is."""
    from_country: str | None
    origins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """A named set of filters and columns, as typed; `orders.filters.select` reads the filters."""

    name: str
    filters: Mapping[str, Typed]
    columns: tuple[str, ...] | None = None
    sort: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What the file and the environment say. `path` is None when there is no place for a file.

    `profiles` holds each profile's values as its table in the file gives them, by key; `profile` completes them.
    """

    path: Path | None
    exists: bool
    default_profile: str | None
    profiles: Mapping[str, Mapping[str, object]]
    variables: Mapping[str, object]
    """Values from the environment, by key."""
    views: Mapping[str, View] = field(default_factory=dict)
    carriers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The merchant's own names of carriers: by name, then by marketplace code, glob or `*`."""
    rules: tuple[Mapping[str, Any], ...] = ()
    handoff: Mapping[str, Any] = field(default_factory=dict)

    def choose(self, named: str | None) -> ProfileSettings:
        """The profile to work on: the named one, else the environment's, else the default, else the only one.

        Keys in the environment make the profile `env` when none is named. Raises NoProfile (several, none named),
        NotSignedIn (none at all), UsageFault (no such profile).
        """
        said = self.variables.get("profile")
        found = chosen(
            named or (said if isinstance(said, str) else None),
            keys="access_token" in self.variables,
            file=lambda: (self.default_profile, self.profiles),
        )
        if isinstance(found, str):
            return self.profile(found)
        if self.profiles:
            raise NoProfile(f"which profile? there are {_listed(self.profiles)}", hint="name one with --profile")
        if "secret" in self.variables:
            raise NotSignedIn("LENGOWCTL_SECRET is set, but LENGOWCTL_ACCESS_TOKEN is not", hint="set both")
        raise NotSignedIn("no profile is set up yet", hint="lengowctl init adds one; lengowctl demo needs none")

    def profile(self, name: str) -> ProfileSettings:
        """The settings of one profile. Raises UsageFault when there is none by that name.

        Where the file has no profile at all, keys in the environment make one of any name. `env` is always there: what
        it has in the cache can be read without its keys.
        """
        if name == SANDBOX:
            return complete(name, {}, {})
        alone = not self.profiles and "access_token" in self.variables and _is_name(name)
        if name not in self.profiles and name != ENV and not alone:
            near = nearest(name, self.profiles)
            known = _there([*self.profiles, SANDBOX])
            hint = f"did you mean {near}? {known}" if near else f"{known}; lengowctl init adds one"
            raise UsageFault(f"there is no profile {name!r}", hint=hint)
        return complete(name, self.profiles.get(name, {}), self.variables)

    def view(self, name: str) -> View:
        """Raises UsageFault."""
        if name not in self.views:
            near = nearest(name, self.views)
            known = (
                f"{'there are' if len(self.views) > 1 else 'there is'} {_listed(self.views)}"
                if self.views
                else "[views.NAME] in the config file makes one"
            )
            raise UsageFault(f"there is no view {name!r}", hint=f"did you mean {near}? {known}" if near else known)
        return self.views[name]


def complete(name: str, table: Mapping[str, object], variables: Mapping[str, object]) -> ProfileSettings:
    """A profile's values: environment over file over default, each with its origin."""
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for key in keys_of(Scope.PROFILE).values():
        if key.name in variables:
            values[key.name], origins[key.name] = variables[key.name], str(key.variable)
        elif key.name in table:
            values[key.name], origins[key.name] = table[key.name], "file"
        else:
            values[key.name], origins[key.name] = key.default, "default"
    return ProfileSettings(name=name, **values, origins=MappingProxyType(origins))


def _is_name(name: str) -> bool:
    try:
        read_name(name)
    except ValueError:
        return False
    return True


def _there(names: Iterable[str]) -> str:
    names = list(names)
    return f"there {'is' if len(names) == 1 else 'are'} {_listed(names)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
