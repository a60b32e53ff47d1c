"""The table of settings: name, reader, default, variable, words. Everything about a setting follows from its row:
the values, the environment's names, `config show`, and `config.example.toml`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from lengowctl.config.values import (
    read_base_url,
    read_command,
    read_count,
    read_country,
    read_first_sync,
    read_flag,
    read_money,
    read_name,
    read_path,
    read_retention,
    read_secret,
)


class Scope(StrEnum):
    """Where a setting stands."""

    TOP = "top"
    """At the top of the file."""
    PROFILE = "profile"
    """In a profile's table."""
    AROUND = "around"
    """In the environment and options only: it decides which file or folder is used at all."""


class Key(NamedTuple):
    """One setting. `example` is the value in config.example.toml, as TOML; `fixed` rows stand there uncommented."""

    name: str
    scope: Scope
    read: Callable[[object], object]
    help: str
    default: object = None
    variable: str | None = None
    example: str = ""
    fixed: bool = False
    secret: bool = False


PRODUCTION = "https://api.lengow.io"

KEYS: tuple[Key, ...] = (
    Key("config", Scope.AROUND, read_path, "the configuration file", variable="LENGOWCTL_CONFIG"),
    Key("data_dir", Scope.AROUND, read_path, "the folder that holds all data, one folder a profile in it",
        variable="LENGOWCTL_DATA_DIR"),
    Key("profile", Scope.AROUND, read_name, "the profile to use", variable="LENGOWCTL_PROFILE"),
    Key("default_profile", Scope.TOP, read_name, "the profile to use when none is named", example='"main"', fixed=True),
    Key("base_url", Scope.PROFILE, read_base_url, "where the API is; plain http to this machine only",
        default=PRODUCTION, variable="LENGOWCTL_BASE_URL", example=f'"{PRODUCTION}"', fixed=True),
    Key("access_token", Scope.PROFILE, read_secret, "the access token; with a key in it this file must be yours "
        "alone (chmod 600)", variable="LENGOWCTL_ACCESS_TOKEN", example='"..."', secret=True),
    Key("secret", Scope.PROFILE, read_secret, "the secret", variable="LENGOWCTL_SECRET", example='"..."', secret=True),
    Key("access_token_command", Scope.PROFILE, read_command, "a program that prints the access token, instead of it",
        example='"pass show lengow/token"'),
    Key("secret_command", Scope.PROFILE, read_command, "a program that prints the secret, instead of it; no shell",
        example='["pass", "show", "lengow/secret"]'),
    Key("ca_bundle", Scope.PROFILE, read_path, "a file of certificates to trust instead of the usual ones",
        variable="LENGOWCTL_CA_BUNDLE", example='"/etc/ssl/certs/company.pem"'),
    Key("confirm_above", Scope.PROFILE, read_count, "ask before acting on more orders than this", default=20,
        example="20"),
    Key("max_orders_per_run", Scope.PROFILE, read_count, "never act on more orders than this in one run",
        default=1000, example="1000"),
    Key("max_value_per_run", Scope.PROFILE, read_money, "never act on orders worth more than this in one run; "
        "no limit when not set", example="25000"),
    Key("read_only", Scope.PROFILE, read_flag, "never act at all", default=False, example="false"),
    Key("retention", Scope.PROFILE, read_retention, 'keep buyers\' data this long after the order, or "none": for '
        "ever", default=None, example='"180d"'),
    Key("first_sync", Scope.PROFILE, read_first_sync, 'how far back the first sync goes, or "all"',
        default=timedelta(days=90), example='"90d"'),
    Key("from_country", Scope.PROFILE, read_country, "the country that parcels leave from, where a marketplace asks",
        example='"FR"'),
)  # fmt: skip

#: The variables that lengowctl knows, with the setting that each one is.
VARIABLES = {key.variable: key for key in KEYS if key.variable}
PREFIX = "LENGOWCTL_"


def keys_of(scope: Scope) -> dict[str, Key]:
    """The settings of one scope, by name."""
    return {key.name: key for key in KEYS if key.scope is scope}
