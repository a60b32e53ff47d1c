"""Killed at any instant, run again: nothing is lost, nothing is half-written, no file is damaged."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime

from ..full import FULL, times
from ..running import Shell
from .harness import Shop, killed_at, shop

HOUR = timedelta(hours=1)


def command(place: Shop, *words: str) -> Callable[[], object]:
    """A command as work for a process of its own."""
    return lambda: run(words, Runtime(place.shell.machine()))


def life_goes_on(place: Shop, dice: random.Random) -> None:
    """Some hours pass, orders come, some change in the same second."""
    place.world.tick(dice.randrange(1, 6) * HOUR)
    place.world.touch_many(dice.sample(place.world.refs(), 8))
    place.world.tick(timedelta(minutes=2))


def test_a_sync_killed_at_each_step(tmp_path: Path) -> None:
    """Before each commit, rename and file that is made: at the first sync, and at a later one."""
    for first in (True, False):
        steps, code, stride = 0, -9, times(7, 1)
        while code < 0:
            with shop(Shell(tmp_path / f"{first}{steps}"), orders=40) as place:
                if not first:
                    place.run("sync")
                    life_goes_on(place, random.Random(1))
                code = killed_at(steps, command(place, "sync"), every_statement=FULL)
                place.world.tick(HOUR)
                assert place.run("sync").code == 0
                assert (place.wrong(), place.unsound()) == ([], [])
            steps += stride
        assert code == 0
        assert steps > 20 or not first


def test_an_export_killed_at_each_step_is_whole_or_not_there_and_nothing_is_skipped(tmp_path: Path) -> None:
    """`--since-last` moves on only when the file stands: a row that is in no file comes with the next."""
    with shop(Shell(tmp_path), orders=60) as place:
        place.run("sync")
        everything = set(place.run("list", "-o", "ids").out.split())
        step, code = 0, -9
        while code < 0:
            target = tmp_path / f"{step}.csv"
            words = ("export", "--since-last", f"erp{step}", "--to", str(target), "--manifest")
            code = killed_at(step, command(place, *words))
            got = _refs(target)
            again = place.run(*words[:3], "-o", "jsonl", "--columns", "ref").out.splitlines()
            assert got in (set(), everything)
            assert got | {json.loads(line)["ref"] for line in again} == everything
            step += 1
        assert code == 0
        assert step > 5


def test_a_purge_killed_at_each_step_is_ended_by_the_next_to_the_last_byte(tmp_path: Path) -> None:
    step, code = 0, -9
    while code < 0:
        with shop(Shell(tmp_path / str(step)), orders=30) as place:
            place.run("sync")
            names = _customers(place)
            code = killed_at(step, command(place, "db", "purge", "--older-than", "0d"))
            assert place.run("db", "purge", "--older-than", "0d").code == 0
            assert place.unsound() == []
            left = b"".join(path.read_bytes() for path in place.folder.glob("*.db*") if path.name != "world.db")
            assert [name for name in names if name.encode() in left] == []
        step += times(3, 1)
    assert code == 0


def test_a_session_is_renewed_whatever_became_of_the_one_who_did_it(tmp_path: Path) -> None:
    """Killed at each step of the renewal; the next command signs in, once."""
    with shop(Shell(tmp_path), orders=5) as place:
        place.run("sync")
        step, code = 0, -9
        while code < 0:
            place.world.tick(2 * HOUR)  # the session has ended
            code = killed_at(step, command(place, "status", "--online"))
            before = _tokens(place)
            assert place.run("sync").code == 0
            assert _tokens(place) - before <= 1
            assert place.unsound() in ([], ["token.json.new"])
            step += 1
        assert place.run("status", "--online").code == 0
        assert step > 3


def _refs(path: Path) -> set[str]:
    """The references in an exported file; a file that is there must be whole."""
    if not path.exists():
        return set()
    with path.open(newline="", encoding="utf-8") as stream:
        return {row["ref"] for row in csv.DictReader(stream)}


def _customers(place: Shop) -> list[str]:
    found = place.rows("SELECT DISTINCT customer FROM orders WHERE customer IS NOT NULL")
    return [name for (name,) in found if len(name) > 8]


def _tokens(place: Shop) -> int:
    return sum("get_token" in entry.target for entry in place.world.log())
