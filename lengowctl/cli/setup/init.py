"""`lengowctl init`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from lengowctl.cli.declared import Option
from lengowctl.cli.leave import Leave
from lengowctl.cli.runtime import Runtime
from lengowctl.config.choice import RESERVED
from lengowctl.config.settings import Settings, complete
from lengowctl.config.table import Scope, keys_of
from lengowctl.config.values import read_name, read_secret
from lengowctl.config.write import write_profile
from lengowctl.errors import NoHome, NotSignedIn, UsageFault

if TYPE_CHECKING:
    from lengowctl.connectors.secret import Keys

PROPOSED_NAME, PROPOSED_RETENTION = "main", "180d"


def init(
    runtime: Runtime,
    base_url: Annotated[
        str | None, Option("--base-url", metavar="URL", help="Where the API is, if not Lengow's own.")
    ] = None,
    retention: Annotated[
        str | None,
        Option("--retention", metavar="TIME", help="Keep buyers' data this long, as 180d, or none: for ever."),
    ] = None,
    first_sync: Annotated[
        str | None,
        Option("--first-sync", metavar="TIME", help="How far back the first sync goes, as 90d, or all."),
    ] = None,
    from_country: Annotated[
        str | None, Option("--from-country", metavar="CODE", help="The country that parcels leave from, as FR.")
    ] = None,
    replace_: Annotated[bool, Option("--replace", help="Change a profile that is there already.")] = False,
    keyring: Annotated[
        bool, Option("--keyring", help="Keep the keys in the system's keyring, not in the file.")
    ] = False,
    sync: Annotated[
        bool | None,
        Option("--sync/--no-sync", show_default=False, help="Run a first sync, or do not, without asking."),
    ] = None,
) -> None:
    """Add a profile: ask for its keys, test them, write the configuration file.

    --profile names it (main). The keys are asked for without showing them, tested, and kept in the configuration file,
    which then is yours alone (mode 600). With --no-input they come from LENGOWCTL_ACCESS_TOKEN and LENGOWCTL_SECRET, or
    from two lines of stdin; never from an option. Nothing is written when they do not open the account.
    """
    path = _path(runtime)
    name = _name(runtime, replace=replace_)
    given = {
        "base_url": base_url or _origin(runtime),
        "retention": retention,
        "first_sync": first_sync,
        "from_country": from_country,
    }
    values = _checked({key: value for key, value in given.items() if value is not None})
    keys = _ask_keys(runtime, name)
    if retention is None and runtime.may_ask and not replace_:
        values["retention"] = _ask_retention(runtime)
    source = _test(runtime, name, values, keys)
    stored: dict[str, object] = {**values, "access_token": keys.access_token.reveal(), "secret": keys.secret.reveal()}
    if keyring:
        _keep_in_keyring(name, keys)
        stored = dict(values)
    write_profile(path, name, stored)
    runtime.printer.say(f"profile {name} is in {path}; it opens account {source.rpartition('|')[2]}")
    _go_on(runtime, name, sync)


def _path(runtime: Runtime) -> Path:
    path = runtime.config_path
    if path is None:
        raise NoHome("no home folder can be found for this user", hint="LENGOWCTL_CONFIG says where the file shall be")
    return path


def _name(runtime: Runtime, *, replace: bool) -> str:
    """The profile's name: named, proposed, or asked for. Raises UsageFault when it is taken."""
    name = runtime.flags.profile or runtime.machine.env.get("LENGOWCTL_PROFILE")
    if not name and runtime.may_ask:
        name = _ask(runtime, f"Name of the profile [{PROPOSED_NAME}]: ")
    name = name or PROPOSED_NAME
    try:
        read_name(name)
    except ValueError as fault:
        raise UsageFault(str(fault)) from fault
    if name.lower() in RESERVED:
        raise UsageFault(f"the name {name} is taken", hint="choose another with --profile")
    known = _file_settings(runtime).profiles
    if name in known and not replace:
        raise UsageFault(f"there is a profile {name} already", hint="--replace changes it; --profile adds another")
    twin = next((other for other in known if other.lower() == name.lower() and other != name), None)
    if twin:
        raise UsageFault(f"the names {twin} and {name} differ in case only", hint="choose another with --profile")
    return name


def _file_settings(runtime: Runtime) -> Settings:
    """What is there already; the file may be missing, wherever it was named."""
    from lengowctl.config.load import load

    return load(runtime.config_path, runtime.machine.env)


def _origin(runtime: Runtime) -> str | None:
    """The address from the environment: the keys are tested there, so it belongs to the profile."""
    return runtime.machine.env.get("LENGOWCTL_BASE_URL") or None


def _checked(typed: dict[str, str]) -> dict[str, object]:
    """The settings as they go into the file, each read once to see that it makes sense. Raises UsageFault."""
    known = keys_of(Scope.PROFILE)
    for name, value in typed.items():
        try:
            known[name].read(value)
        except ValueError as fault:
            raise UsageFault(f"--{name.replace('_', '-')}: {fault}") from fault
    return dict(typed)


def _ask_keys(runtime: Runtime, name: str) -> Keys:
    """The keys: from the environment, else asked for at a terminal, else two lines of stdin. Raises NotSignedIn."""
    from lengowctl.connectors.secret import Keys

    env, machine = runtime.machine.env, runtime.machine
    token, secret = env.get("LENGOWCTL_ACCESS_TOKEN", ""), env.get("LENGOWCTL_SECRET", "")
    if not (token and secret):
        if runtime.may_ask:
            runtime.printer.say("Both keys stand in Lengow under My account > API.")
            token, secret = machine.ask_secret(f"Access token of {name}: "), machine.ask_secret(f"Secret of {name}: ")
        elif not machine.stdin.isatty():
            token, secret = (machine.stdin.readline().lstrip("\ufeff") for _ in range(2))
    try:
        return Keys(read_secret(token), read_secret(secret))
    except ValueError as fault:
        raise NotSignedIn(
            "two keys are needed, and there are not two",
            hint="LENGOWCTL_ACCESS_TOKEN and LENGOWCTL_SECRET, or two lines on stdin: the access token, the secret",
        ) from fault


def _ask(runtime: Runtime, question: str) -> str:
    runtime.machine.stderr.write(question)
    runtime.machine.stderr.flush()
    return runtime.machine.stdin.readline().strip()


def _ask_retention(runtime: Runtime) -> str:
    """Asked again until it makes sense."""
    from lengowctl.config.values import read_retention

    while True:
        text = _ask(runtime, f"Keep buyers' data for how long after the order, or none [{PROPOSED_RETENTION}]: ")
        try:
            read_retention(text or PROPOSED_RETENTION)
        except ValueError as fault:
            runtime.printer.warn(str(fault))
        else:
            return text or PROPOSED_RETENTION


def _test(runtime: Runtime, name: str, values: dict[str, object], keys: Keys) -> str:
    """Open the account with these keys, nothing stored; returns its source. Raises NotSignedIn, SourceMismatch, ..."""
    from lengowctl.cli.wiring import test_keys

    known = keys_of(Scope.PROFILE)
    settings = _file_settings(runtime)
    table = {**settings.profiles.get(name, {}), **{key: known[key].read(value) for key, value in values.items()}}
    variables = {key: value for key, value in settings.variables.items() if key not in values}
    return test_keys(runtime, complete(name, table, variables), keys)


def _keep_in_keyring(name: str, keys: Keys) -> None:
    from lengowctl.config.credentials import keyring_set

    keyring_set(name, "access_token", keys.access_token)
    keyring_set(name, "secret", keys.secret)


def _go_on(runtime: Runtime, name: str, sync: bool | None) -> None:
    """Run the first sync if that is wanted; else say what to do next."""
    if sync is None and runtime.may_ask:
        sync = _ask(runtime, "Bring the orders in now? [Y/n]: ").lower() in ("", "y", "yes")
    if not sync:
        runtime.printer.say(f"lengowctl sync --profile {name} brings the orders in")
        return
    from lengowctl.cli.main import run

    flags = runtime.flags
    said = [f"--{word}" for word in ("quiet", "verbose", "no-color") if getattr(flags, word.replace("-", "_"))]
    config = ["--config", flags.config] if flags.config else []
    code = run(("sync", "--profile", name, *config, *said), Runtime(runtime.machine))
    if code:
        raise Leave(code)
