"""Small promises that only whole commands can break."""

from __future__ import annotations

from pathlib import Path

import pytest

from lengowctl.cli.door import Door
from lengowctl.sandbox.sandbox import Sandbox

from ..running import Shell
from .harness import Program, shop


def test_an_export_whose_manifest_cannot_stand_writes_nothing_at_all(tmp_path: Path) -> None:
    with shop(Shell(tmp_path), orders=20) as place:
        place.run("sync")
        (tmp_path / "x.csv.manifest.json").write_text("mine")
        result = place.run("export", "--to", str(tmp_path / "x.csv"), "--manifest", "--since-last", "erp")
        assert (result.code, (tmp_path / "x.csv").exists()) == (1, False)
        assert "already there" in result.err
        assert place.run("export", "--since-last", "erp", "-o", "jsonl").out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_rows_that_a_full_disk_swallowed_come_again(tmp_path: Path) -> None:
    with shop(Shell(tmp_path), orders=20, real_clock=True) as place:
        place.run("sync")
        with Path("/dev/full").open("w") as full:
            ended = Program(place, "export", "--since-last", "erp", "-o", "jsonl", stdout=full.fileno()).wait()
        assert ended.code == 1
        assert "no room" in ended.err
        assert place.run("export", "--since-last", "erp", "-o", "jsonl").out.count("\n") == len(place.cached())


def test_a_second_profile_for_one_account_is_refused_by_sync_itself(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    with Sandbox.open(tmp_path / "world" / "world.db", orders=5, wall=lambda: shell.clock.now()) as world:
        shell.transport = Door(world, shell.clock.sleep)
        info = world.info()
        shell.env = {"LENGOWCTL_ACCESS_TOKEN": info.access_token, "LENGOWCTL_SECRET": info.secret}
        shell.write_config("[profiles.a]\n[profiles.b]\n")
        assert shell("sync", "--profile", "a").code == 0
        second = shell("sync", "--profile", "b")
        assert second.code == 1
        assert "the profile a has this account already" in second.err
