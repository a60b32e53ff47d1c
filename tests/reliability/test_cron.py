"""Weeks of cron: a sync every so often, faults in between, a kill a day. The cache equals the world; no file swells."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.sandbox.faults import parse_fault

from ..full import times
from ..running import Shell
from .harness import killed_after, shop

FAULTS = (
    "500:count=3",
    "429:retry_after=40,count=2",
    "html:count=2",
    "cut:count=2",
    "timeout:count=2",
    "expired:route=orders",
    "reset:count=30",
    "530:route=orders",
)
EVERY = timedelta(hours=1)


def test_days_of_cron_with_faults_and_a_kill_a_day(tmp_path: Path) -> None:
    dice, failed = random.Random(30), 0
    with shop(Shell(tmp_path), orders=120) as place:
        assert place.run("sync", "--quiet").code == 0
        sizes = []
        for day in range(times(1, 30)):
            killed = dice.randrange(24)
            for hour in range(24):
                place.world.tick(EVERY)
                if dice.random() < 0.3:
                    place.world.touch_many(dice.sample(place.world.refs(), dice.choice((2, 60))))
                if dice.random() < 0.25:
                    rule = dice.choice(FAULTS)
                    place.world.add_fault(parse_fault(f"{rule}{',' if ':' in rule else ':'}skip={dice.randrange(3)}"))
                if hour == killed:
                    killed_after(
                        dice.uniform(0, 0.05), lambda: run(["sync", "--quiet"], Runtime(place.shell.machine()))
                    )
                else:
                    result = place.run("sync", "--quiet")
                    failed += result.code != 0
                    assert result.code in (0, 1, 6), (day, hour, result.err)
                    assert "went wrong" not in result.err
                place.world.clear_faults()
            place.run("export", "--since-last", "erp", "--to", str(tmp_path / "erp.csv"), "--force")
            sizes.append((place.folder / "orders.db").stat().st_size / len(place.cached()))
        place.world.configure(lively=False)
        place.world.tick(timedelta(minutes=5))
        assert place.run("sync", "--verify").code == 0
        assert (place.wrong(), place.unsound()) == ([], [])
        assert failed < 24 * (day + 1) / 4
        assert place.run("status", "-o", "json").out.count('"holes": []') == 1
        assert sizes[-1] < 40_000  # bytes an order, its history included
        assert {path.name for path in place.folder.iterdir()} >= {"orders.db", "ledger.db"}
        pacing = (place.folder / "pacing.json").stat().st_size
        assert pacing < 50_000
