"""Real processes, killed at random moments while they talk to the sandbox over HTTP, and run again.

Whatever was killed, and however often: each order is acted on once, the cache is as Lengow is, no file is damaged, no
export is half there, and no state is claimed that is not so. The judge is the sandbox's own log.
"""

from __future__ import annotations

import csv
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.reference import format_ref
from lengowctl.outbox.settings import Windows
from lengowctl.store import schema
from lengowctl.store.connection import FULL, connect
from lengowctl.store.migration import migrate

from ..full import portions, times
from ..running import NOON, Shell
from ..trading import rows
from .harness import Aim
from .served import ServedShop, served_shop
from .strace import CallAim, why_no_strace

#: How often each is chosen, of a hundred times.
ERRANDS = {
    "accept": 14, "ship": 14, "cancel": 14, "settle": 10, "sync": 18, "export": 10, "migrate": 8, "refresh": 6,
    "purge": 6,
}  # fmt: skip
SENDS = {
    "accept": ("zalando_fr", "waiting_acceptance"),
    "ship": ("ebay_fr", "waiting_shipment"),
    "cancel": ("zalando_fr", "waiting_shipment"),
}
SHORT = Windows(of=lambda action: timedelta(seconds=4), apart=timedelta(seconds=2))
EACH = 5
"""Orders for each way of sending, in one round."""
ROUND = 25
"""Kills in one round, before everything is finished and judged."""


@pytest.mark.parametrize(("part", "count"), portions(times(150, 10_000), 250))
def test_killed_at_any_moment_and_run_again(
    part: int, count: int, tmp_path: Path, tried: Callable[[int], None]
) -> None:
    """Sends, settling, sync, export, upgrade, a renewed session and purge, in any order."""
    dice = random.Random(part)
    killed = trouble(tmp_path, Aim(dice), dice, count)
    assert set(killed) == set(ERRANDS)
    tried(killed.total())


@pytest.mark.skipif(why_no_strace() is not None, reason=why_no_strace() or "")
@pytest.mark.parametrize(("part", "count"), portions(times(6, 300), 50))
def test_killed_at_any_system_call_and_run_again(
    part: int, count: int, tmp_path: Path, tried: Callable[[int], None]
) -> None:
    """As the kernel is asked to write, to sync, to rename, to remove or to send."""
    dice = random.Random(part)
    tried(trouble(tmp_path, CallAim(dice, tmp_path), dice, count).total())


def trouble(folder: Path, aim: Aim | CallAim, dice: random.Random, count: int) -> Counter[str]:
    """So many deaths in a shop, and what came of them; how often which errand died."""
    killed = Counter[str]()
    shell = Shell(folder / "home")
    with served_shop(
        shell, orders=40, seed=dice.randrange(99), lively=False, rate_limit=None, poll_interval=0
    ) as place:
        while killed.total() < count:
            round_ = Round(place, dice, folder)
            while killed.total() < count and round_.kills < ROUND:
                (name,) = dice.choices(list(ERRANDS), list(ERRANDS.values()))
                killed[name] += round_.kill(aim, name)
            round_.finish()
            round_.check()
    return killed


class Round:
    """New orders, and commands on them that are killed."""

    def __init__(self, place: ServedShop, dice: random.Random, folder: Path) -> None:
        self.place, self.dice, self.folder, self.kills = place, dice, folder, 0
        self.known = len(place.world.effects())
        self.refs = {
            action: [":".join(place.world.add_order(code, status=status)) for _ in range(EACH)]
            for action, (code, status) in SENDS.items()
        }
        place.pass_time(timedelta(minutes=2))
        assert place.run("sync").code == 0

    def kill(self, aim: Aim | CallAim, name: str) -> bool:
        """Begin this errand, kill it somewhere, and look at what must hold at every moment."""
        killed = aim.kill(name, self._prepared(name))
        self.kills += killed
        self.place.server.rest()
        if name == "export":
            assert _refs(self.folder / "all.csv") in (set(), {format_ref(*key) for key in self.place.cached()})
        if name == "migrate":
            _end_upgrade(self.folder)
        return killed

    def _prepared(self, name: str) -> Callable[[], object]:
        world = self.place.world
        if name == "migrate":
            _old_file(self.place.folder, self.folder)
            return lambda: _upgrade(self.folder)
        if name == "sync":
            self.place.pass_time(timedelta(minutes=self.dice.choice((5, 300))))
            world.touch_many(self.dice.sample(world.refs(), self.dice.choice((5, 40))))
            self.place.pass_time(timedelta(minutes=2))
        if name == "refresh":
            self.place.pass_time(timedelta(hours=2))  # the session has ended
        return self._command(*self._words(name))

    def _words(self, name: str) -> tuple[str, ...]:
        return {
            "settle": ("actions", "settle"),
            "sync": ("sync",),
            "export": ("export", "--to", str(self.folder / "all.csv"), "--force"),
            "refresh": ("status", "--online"),
            "purge": ("db", "purge", "--older-than", "0d"),
        }.get(name) or (name, "-", "--yes")

    def _command(self, *words: str) -> Callable[[], object]:
        piped = "".join(f"{ref}\n" for ref in self.refs.get(words[0], ()))

        def work() -> object:
            runtime = Runtime(self.place.shell.machine(stdin=piped))
            runtime.outbox_settings = {"window": SHORT}
            return run(words, runtime)

        return work

    def finish(self) -> None:
        """The same commands again, without trouble: then everything is done."""
        for _ in range(2):
            for action in SENDS:
                assert self._command(action, "-", "--yes")() in (0, 5)
            assert self._command("actions", "settle")() in (0, 3)
        assert [self._command(action, "-", "--yes")() for action in SENDS] == [0, 0, 0]

    def check(self) -> None:
        """Nothing twice, nothing lost, nothing claimed that is not so, every file sound, nothing left behind."""
        place = self.place
        said = {(row["action"], row["ref"]): row["state"] for row in rows(place.run("actions", "list", "-o", "jsonl"))}
        wanted = [(action, ref) for action, refs in self.refs.items() for ref in refs]
        assert {said[it] for it in wanted} <= {"queued", "pending", "done"}
        place.pass_time(timedelta(hours=12))
        effects = place.world.effects()[self.known :]
        assert Counter((it.action_type, f"{it.marketplace}:{it.order_id}", it.outcome) for it in effects) == Counter(
            (*it, "executed") for it in wanted
        )
        assert place.run("sync").code == 0
        assert (place.wrong(), place.unsound()) == ([], [])
        assert place.run("actions", "verify").code == 0
        self._check_purge()

    def _check_purge(self) -> None:
        names = self.place.rows("SELECT DISTINCT customer FROM orders WHERE length(customer) > 8")
        assert self.place.run("db", "purge", "--older-than", "0d").code == 0
        left = b"".join(path.read_bytes() for path in self.place.folder.glob("*.db*"))
        assert [name for (name,) in names if name.encode() in left] == []


def _refs(path: Path) -> set[str]:
    """The references in an exported file; a file that is there must be whole."""
    if not path.exists():
        return set()
    with path.open(newline="", encoding="utf-8") as stream:
        found = {row["ref"] for row in csv.DictReader(stream)}
    path.unlink()
    return found


# -- an upgrade: a version after this program's, as the next one will bring it


def _old_file(profile: Path, folder: Path) -> None:
    """A file as it is before the upgrade."""
    upgraded = folder / "upgraded"
    shutil.rmtree(upgraded, ignore_errors=True)
    upgraded.mkdir(mode=0o700)
    with (
        closing(sqlite3.connect(profile / "orders.db")) as old,
        closing(sqlite3.connect(upgraded / "orders.db")) as new,
    ):
        old.backup(new)


def _upgrade(folder: Path) -> int:
    def colour(raw: sqlite3.Connection) -> None:
        raw.execute("ALTER TABLE orders ADD COLUMN colour TEXT")
        raw.execute("UPDATE orders SET colour = 'red'")
        raw.execute("CREATE INDEX orders_colour ON orders (colour)")

    db = connect(folder / "upgraded" / "orders.db", write=True, synchronous=FULL, busy_ms=1000)
    try:
        return migrate(db, [*schema.STEPS, colour], backups=folder / "upgraded" / "backups", now=NOON) and 0
    finally:
        db.close()


def _end_upgrade(folder: Path) -> None:
    """The next run ends the upgrade."""
    _upgrade(folder)
    with closing(sqlite3.connect(folder / "upgraded" / "orders.db")) as raw:
        assert raw.execute("SELECT count(*) FROM orders WHERE colour IS NOT 'red'").fetchone() == (0,)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
