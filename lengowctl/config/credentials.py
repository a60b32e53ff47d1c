"""Where a profile's keys come from: environment, file, a program, the system's keyring. Asked only when needed."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from lengowctl.config.choice import ENV
from lengowctl.config.settings import ProfileSettings
from lengowctl.config.table import PREFIX
from lengowctl.config.values import read_secret
from lengowctl.connectors.secret import Keys, Secret
from lengowctl.errors import MissingExtra, NotSignedIn, ProgramFault

SERVICE = "lengowctl"
#: A program may ask for a passphrase or a touch of a key, so it gets its time.
TIMEOUT = 60.0
MOST_OUTPUT = 64 * 1024

RunProgram = Callable[[Sequence[str]], str]
#: A profile's name and "access_token" or "secret" in; the stored text or None out.
Keyring = Callable[[str, str], str | None]


def find_keys(profile: ProfileSettings, *, run: RunProgram, keyring: Keyring) -> Keys:
    """The profile's keys. Raises NotSignedIn when one is nowhere, ProgramFault when its program fails."""
    token = _find(profile, "access_token", profile.access_token, profile.access_token_command, run, keyring)
    return Keys(token, _find(profile, "secret", profile.secret, profile.secret_command, run, keyring))


def _find(
    profile: ProfileSettings,
    name: str,
    value: Secret | None,
    command: Sequence[str] | None,
    run: RunProgram,
    keyring: Keyring,
) -> Secret:
    if value is not None:
        return value
    if command is not None:
        return _checked(run(command), f"{name}_command of the profile {profile.name}")
    stored = keyring(profile.name, name)
    if stored is not None:
        return _checked(stored, f"{name} of the profile {profile.name} in the keyring")
    variable = f"{PREFIX}{name.upper()}"
    asks = f"lengowctl init --profile {profile.name} --replace asks for it; or " if profile.name != ENV else ""
    raise NotSignedIn(f"the profile {profile.name} has no {name}", hint=f"{asks}set {variable}")


def _checked(text: str, where: str) -> Secret:
    try:
        return read_secret(text)
    except ValueError as fault:
        raise ProgramFault(f"{where}: {fault}") from fault


def run_program(words: Sequence[str], env: Mapping[str, str], *, timeout: float = TIMEOUT) -> str:
    """What a program prints, without a shell and without our own variables in its environment.

    It may talk to the user on stderr and the terminal. Raises ProgramFault; its output is never repeated.
    """
    kept = {name: value for name, value in env.items() if not name.startswith(PREFIX)}
    program = words[0]
    try:
        with subprocess.Popen(words, env=kept, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:  # noqa: S603 - the user's own words, no shell
            try:
                output = _bounded(process, program, timeout)
            except BaseException:  # stopped by a signal, too: it must not live on
                process.kill()
                raise
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or "it is no program"
        raise ProgramFault(f"the program {program} cannot be run: {str(reason).lower()}") from fault
    if process.returncode != 0:
        raise ProgramFault(f"the program {program} failed with exit code {process.returncode}")
    try:
        return output.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError as fault:
        raise ProgramFault(f"the program {program} printed no UTF-8 text") from fault


def _bounded(process: subprocess.Popen[bytes], program: str, timeout: float) -> bytes:
    """Output up to the bound and within the time; the program is ended when it goes beyond either."""
    import threading

    assert process.stdout is not None
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    watch = threading.Timer(timeout, end)
    watch.daemon = True
    watch.start()
    try:
        output = process.stdout.read(MOST_OUTPUT + 1)
        if len(output) > MOST_OUTPUT:
            raise ProgramFault(f"the program {program} printed far too much for a key")
        process.wait()
    finally:
        watch.cancel()
    if late.is_set():
        raise ProgramFault(f"the program {program} did not end within {timeout:g} seconds")
    return output


def keyring_get(profile: str, name: str) -> str | None:
    """What the system's keyring holds; None when the extra is not installed or no keyring is at work."""
    try:
        keyring = import_module("keyring")
    except ImportError:
        return None
    try:
        found: str | None = keyring.get_password(SERVICE, f"{profile}/{name}")
    except keyring.errors.KeyringError:
        return None
    return found


def keyring_set(profile: str, name: str, value: Secret) -> None:
    """Keep a key in the system's keyring. Raises MissingExtra, ProgramFault."""
    try:
        keyring = import_module("keyring")
    except ImportError as fault:
        raise MissingExtra("the keyring extra is not installed", hint="pip install 'lengowctl[keyring]'") from fault
    try:
        keyring.set_password(SERVICE, f"{profile}/{name}", value.reveal())
    except keyring.errors.KeyringError as fault:
        raise ProgramFault(f"the system's keyring took no key ({type(fault).__name__})") from fault
