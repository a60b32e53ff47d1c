"""Weeks of cron: every hour a sync, and what is new is accepted; faults in between, a kill a day. The cache equals the
world, each order is accepted once, nothing stays in doubt, and no file swells.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.reference import format_ref
from lengowctl.sandbox.faults import parse_fault

from ..full import times
from ..running import Shell
from ..trading import rows
from .harness import Shop, killed_after, shop

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


def test_days_of_cron_with_faults_and_a_kill_a_day(tmp_path: Path, tried: Callable[[int], None]) -> None:
    dice, failed, days = random.Random(30), 0, times(1, 30)
    mine: list[str] = []
    with shop(Shell(tmp_path), orders=120) as place:
        assert place.run("sync", "--quiet").code == 0
        sizes = []
        for day in range(days):
            killed = dice.randrange(24)
            for hour in range(24):
                place.world.tick(EVERY)
                if dice.random() < 0.3:
                    place.world.touch_many(dice.sample(place.world.refs(), dice.choice((2, 60))))
                if dice.random() < 0.25:
                    rule = dice.choice(FAULTS)
                    place.world.add_fault(parse_fault(f"{rule}{',' if ':' in rule else ':'}skip={dice.randrange(3)}"))
                if hour % 6 == 0:
                    mine.append(format_ref(*place.world.add_order("zalando_fr", status="waiting_acceptance")))
                if hour == killed:
                    killed_after(
                        dice.uniform(0, 0.05), lambda: run(["sync", "--quiet"], Runtime(place.shell.machine()))
                    )
                    killed_after(dice.uniform(0, 0.1), lambda: accept(place, mine))
                else:
                    result = place.run("sync", "--quiet")
                    failed += result.code != 0
                    assert result.code in (0, 1, 6), (day, hour, result.err)
                    assert "went wrong" not in result.err
                    assert accept(place, mine) in (0, 1, 3, 4, 5, 6), (day, hour)
                    assert place.run("actions", "settle").code in (0, 1, 3, 4, 5, 6), (day, hour)
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
        assert accept(place, mine) == 0
        place.run("actions", "settle")
        assert accept(place, mine) == 0
        place.world.tick(timedelta(days=1))
        assert place.run("actions", "wait").code == 0
        done = [f"{it.marketplace}:{it.order_id}" for it in place.world.effects() if it.action_type == "accept"]
        assert (sorted(done), len(done)) == (sorted(mine), 4 * days)
        assert {row["state"] for row in rows(place.run("actions", "list", "-o", "jsonl"))} == {"done"}
        assert (place.folder / "ledger.db").stat().st_size / len(mine) < 20_000 + 200_000 / len(mine)
    tried(days)


def accept(place: Shop, refs: list[str]) -> int:
    """What cron does with the orders that came, again and again."""
    piped = "".join(f"{ref}\n" for ref in refs if tuple(ref.split(":")) in place.cached())
    return int(run(["accept", "-", "--yes", "--quiet"], Runtime(place.shell.machine(stdin=piped)))) if piped else 0
