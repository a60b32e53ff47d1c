"""The one wiring place: what a run gets, and what binds a profile to its account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.cli.door import Door
from lengowctl.cli.runtime import Runtime
from lengowctl.errors import ConfigFault, SourceMismatch
from lengowctl.sandbox.sandbox import Sandbox

from ..running import NOON, Shell

URL = "http://127.0.0.1:8000"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox.open(tmp_path / "world.db", orders=3, wall=lambda: NOON) as sandbox:
        yield sandbox


def runtime(shell: Shell, *, profile: str | None = None, env: dict[str, str] | None = None) -> Runtime:
    made = Runtime(shell.machine(env=env))
    if profile:
        made.take("profile", profile)
    return made


def keys_of(world: Sandbox) -> dict[str, str]:
    info = world.info()
    return {
        "LENGOWCTL_ACCESS_TOKEN": info.access_token,
        "LENGOWCTL_SECRET": info.secret,
        "LENGOWCTL_BASE_URL": URL,
    }


def pin(run: Runtime) -> str | None:
    store = run.store(write=True)
    run.pin(store)
    source = store.source
    run.close()
    return source


def test_the_sandbox_needs_nothing_and_its_clock_is_the_programs(shell: Shell) -> None:
    shell.write_config("broken")
    run = runtime(shell, profile="sandbox")
    assert run.folder == shell.data / "sandbox"
    assert run.now() == NOON
    run.sandbox().tick(timedelta(hours=5))
    assert run.now() == NOON + timedelta(hours=5)
    assert run.connector().account().id == str(run.sandbox().info().account_id)
    run.close()


def test_things_are_made_once_and_closed_with_the_run(shell: Shell) -> None:
    run = runtime(shell, profile="sandbox")
    assert run.sandbox() is run.sandbox()
    assert run.connector() is run.connector()
    assert run.store(write=True) is run.store(write=True)
    run.close()
    run.close()


def test_the_folder_is_made_at_first_contact_for_its_owner_alone(shell: Shell) -> None:
    run = runtime(shell, profile="sandbox")
    run.connector()
    run.close()
    assert run.folder.stat().st_mode & 0o777 == 0o700
    assert (run.folder / "world.db").stat().st_mode & 0o777 == 0o600


def test_a_profile_is_bound_to_its_account_at_first_contact(shell: Shell, world: Sandbox) -> None:
    shell.transport = Door(world, shell.clock.sleep)
    source = f"lengow|{URL}|{world.info().account_id}"
    assert pin(runtime(shell, env=keys_of(world))) == source
    assert pin(runtime(shell, env=keys_of(world))) == source


def test_keys_of_another_account_are_refused_with_both_named(shell: Shell, world: Sandbox) -> None:
    shell.transport = Door(world, shell.clock.sleep)
    first = pin(runtime(shell, env=keys_of(world)))
    world.reset(seed=2)
    with pytest.raises(SourceMismatch) as caught:
        pin(runtime(shell, env=keys_of(world)))
    assert str(first) in caught.value.message
    assert f"lengow|{URL}|{world.info().account_id}" in caught.value.message


def test_two_profiles_for_one_account_are_refused(shell: Shell, world: Sandbox) -> None:
    shell.transport = Door(world, shell.clock.sleep)
    shell.write_config("[profiles.a]\n[profiles.b]\n")
    pin(runtime(shell, profile="a", env=keys_of(world)))
    with pytest.raises(SourceMismatch) as caught:
        pin(runtime(shell, profile="b", env=keys_of(world)))
    assert caught.value.message.startswith("the profile a has this account already (lengow|")


def test_the_two_do_not_become_one_because_the_cache_of_the_first_was_deleted(shell: Shell, world: Sandbox) -> None:
    shell.transport = Door(world, shell.clock.sleep)
    shell.write_config("[profiles.a]\n[profiles.b]\n")
    pin(runtime(shell, profile="a", env=keys_of(world)))
    (shell.data / "a" / "orders.db").unlink()
    with pytest.raises(SourceMismatch):
        pin(runtime(shell, profile="b", env=keys_of(world)))


def test_a_neighbour_that_cannot_be_read_keeps_nobody_from_working(shell: Shell, world: Sandbox) -> None:
    shell.transport = Door(world, shell.clock.sleep)
    (shell.data / "broken").mkdir(parents=True, mode=0o700)
    (shell.data / "broken" / "ledger.db").write_bytes(b"no database" * 100)
    assert pin(runtime(shell, env=keys_of(world)))


def test_the_data_folder_is_where_the_variable_says(shell: Shell, tmp_path: Path) -> None:
    run = runtime(shell, profile="sandbox", env={"LENGOWCTL_DATA_DIR": str(tmp_path / "elsewhere")})
    assert run.folder == tmp_path / "elsewhere" / "sandbox"


def test_an_unknown_variable_is_refused_before_a_folder_is_chosen(shell: Shell) -> None:
    with pytest.raises(ConfigFault, match="LENGOWCTL_DATA_DIRECTORY means nothing"):
        _ = runtime(shell, profile="sandbox", env={"LENGOWCTL_DATA_DIRECTORY": "/x"}).data_root


def test_a_command_is_named_with_the_profile_it_must_work_on(shell: Shell) -> None:
    """Who types off what an error says to do next must not end up in another profile."""
    never = "lengowctl: profile sandbox was never synchronised\n"
    assert shell("list", "--profile", "sandbox").err == f"{never}  lengowctl --profile sandbox sync\n"
    assert shell("list", env={"LENGOWCTL_PROFILE": "sandbox"}).err == f"{never}  lengowctl sync\n"
    run = runtime(shell, profile="sandbox")
    run.printer.say("lengowctl apply p.json sends them\nlengowctl sync --profile shop brings orders in")
    assert run.machine.stderr.getvalue() == (  # type: ignore[attr-defined]
        "lengowctl --profile sandbox apply p.json sends them\nlengowctl sync --profile shop brings orders in\n"
    )
    run.take("config", "my file.toml")
    said = "lengowctl --config 'my file.toml' --profile sandbox db check"
    assert run.addressed("lengowctl db check") == said
    for text in ("lengowctl init adds one; lengowctl demo needs none", "lengowctl list --help shows how it is used"):
        assert run.addressed(text) == text


def test_keys_of_the_environment_over_those_of_the_file_are_told_at_first_contact(shell: Shell, world: Sandbox) -> None:
    """`--profile shop` names a login; whose account it became must not be a surprise later."""
    shell.write_config('[profiles.shop]\naccess_token = "a"\nsecret = "b"\n[profiles.bare]\n')
    shell.transport = Door(world, lambda seconds: None)
    run = runtime(shell, profile="shop", env=keys_of(world))
    source = pin(run)
    told = f"LENGOWCTL_ACCESS_TOKEN overrules the key of profile shop in the file: shop is now {source}"
    assert run.machine.stderr.getvalue() == f"lengowctl: warning: {told}\n"  # type: ignore[attr-defined]
    again = runtime(shell, profile="shop", env=keys_of(world))
    assert pin(again) == source
    assert again.machine.stderr.getvalue() == ""  # type: ignore[attr-defined]
    with pytest.raises(SourceMismatch) as caught:
        pin(runtime(shell, profile="shop", env={**keys_of(world), "LENGOWCTL_BASE_URL": "http://127.0.0.1:8001"}))
    assert caught.value.hint == "the key comes from LENGOWCTL_ACCESS_TOKEN, not from the file"
