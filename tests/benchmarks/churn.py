"""Orders change while they are listed: `python -m tests.benchmarks.churn FOLDER WORLDS` prints what was lost, by sort
order, and in how many worlds a naive reader lost something. The worlds are those of `tests/reliability/test_drift.py`.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

from lengowctl.sandbox.faults import parse_fault

from ..reliability.harness import shop
from ..reliability.test_drift import SORTS, Naive
from ..running import Shell


def lost(folder: Path, seed: int, sort: str) -> tuple[int, bool]:
    """How many orders the cache lacks or has in an old version after two rounds of churn, and whether a naive reader
    of the same world does."""
    dice, shell = random.Random(seed), Shell(folder)
    with shop(shell, orders=130, seed=seed % 3 + 1, sort_mode=sort, shuffle_ties=bool(seed % 2)) as place:
        world, naive = place.world, Naive(place.world)
        world.configure(visible_delay=dice.choice((0.0, 20.0, 45.0)), rate_limit=None)
        place.run("sync")
        for _ in range(2):
            world.tick(timedelta(minutes=dice.choice((5, 180))))
            world.touch_many(dice.sample(world.refs(), dice.choice((3, 115))))
            world.tick(timedelta(seconds=dice.choice((1, 30, 90))))
            size = dice.choice((3, 12))
            world.add_fault(parse_fault(f"drift:size={size},route=orders,count=4,probability=0.7"))
            place.run("sync")
            world.clear_faults()
            world.add_fault(parse_fault(f"drift:size={size},route=orders,count=always"))
            naive.sync()
            world.clear_faults()
        world.configure(lively=False)
        world.tick(timedelta(minutes=3))
        place.run("sync")
        naive.sync()
        return len(place.wrong()), bool(naive.wrong())


def main() -> None:
    folder, worlds = Path(sys.argv[1]), int(sys.argv[2])
    found: Counter[str] = Counter(dict.fromkeys(SORTS, 0))
    naive = 0
    for seed in range(worlds):
        for sort in SORTS:
            place = folder / f"{sort}-{seed}"
            wrong, missed = lost(place, seed, sort)
            shutil.rmtree(place)
            found[sort] += wrong
            naive += missed
    print(json.dumps({"sorts": found, "naive": naive, "runs": worlds * len(SORTS)}))


if __name__ == "__main__":
    main()
