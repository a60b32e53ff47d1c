"""A shop to trade in: a sandbox with known orders, synchronised, and a shell whose profile it is."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lengowctl.sandbox.sandbox import Sandbox

from .running import NOON, Clock, Result, Shell

PROFILE = {"LENGOWCTL_PROFILE": "sandbox"}
#: What the shop of `Shop.make` has, beside what its seed brings: marketplace, number, status.
ORDERS = (
    *(("cdiscount", f"CD{number}", "waiting_acceptance") for number in range(1, 9)),
    *(("fnac", f"FN{number}", "waiting_acceptance") for number in range(1, 4)),
    *(("cdiscount", f"CS{number}", "waiting_shipment") for number in range(1, 5)),
    *(("bol", f"BO{number}", "waiting_shipment") for number in range(1, 4)),
    ("ebay_fr", "EB1", "waiting_shipment"),
    ("decathlon_fr", "DE1", "waiting_shipment"),
    ("kaufland_de", "KA1", "waiting_shipment"),
    ("amazon_fr", "AM1", "waiting_shipment"),
    ("amazon_fr", "AM2", "shipped"),
    ("fnac", "TWIN", "waiting_acceptance"),
    ("cdiscount", "TWIN", "waiting_acceptance"),
)


class Shop:
    """The shell, and the world at the other end of it."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        shell.env = PROFILE

    @classmethod
    def make(cls, home: Path) -> Shop:
        """A new shop, synchronised."""
        shop = cls(Shell(home))
        shop.shell("sandbox", "reset", "--orders", "10")
        with shop.world() as world:
            world.configure(lively=False, poll_interval=0, processing_delay=2)
            for marketplace, number, status in ORDERS:
                world.add_order(marketplace, order_id=number, status=status)
        shop.shell.clock.sleep(120)
        assert shop("sync").code == 0
        return shop

    @classmethod
    def copy(cls, template: Shop, home: Path) -> Shop:
        """The same shop once more, to be changed."""
        assert template.shell.home is not None
        shutil.copytree(template.shell.home, home, dirs_exist_ok=True)
        return cls(Shell(home, clock=Clock(NOON, passed=template.shell.clock.passed)))

    def __call__(self, *words: str, **how: Any) -> Result:
        return self.shell(*words, **how)

    @contextmanager
    def world(self) -> Iterator[Sandbox]:
        with Sandbox.open(self.shell.data / "sandbox" / "world.db", wall=self.shell.clock.now) as world:
            yield world

    def effects(self) -> list[tuple[str, str, str]]:
        """What really happened: (marketplace:number, action, outcome), in order of references."""
        with self.world() as world:
            return sorted(
                (f"{one.marketplace}:{one.order_id}", one.action_type, one.outcome) for one in world.effects()
            )

    def posts(self) -> int:
        """How many actions were asked of Lengow."""
        with self.world() as world:
            return sum(entry.method == "POST" and "actions" in entry.target for entry in world.log())

    def told(self, *words: str, **how: Any) -> list[tuple[str, str]]:
        """Run a command and read its results: (ref, result)."""
        return [(row["ref"], row["result"]) for row in rows(self(*words, "-o", "jsonl", **how))]


def rows(result: Result) -> list[dict[str, Any]]:
    """The rows of JSON lines."""
    return [json.loads(line) for line in result.out.splitlines()]
