"""`sync --watch`: round after round, told only when there is something to tell, until it is stopped."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from lengowctl.sandbox.faults import parse_fault
from lengowctl.store.lock import writer_lock

from ...trading import Shop
from .watched import after, stop

MINUTES = 60


def watch(shop: Shop, minutes: float, *words: str, **how: object) -> list[str]:
    """Watch for so long, at an interval of five minutes: what was said. Nothing is data, and the exit code is 0."""
    shop.shell.clock.plan(minutes * MINUTES, stop)
    done = shop("sync", "--watch", *words, **how)
    assert (done.code, done.out) == (0, "")
    return done.err.splitlines()


def order(shop: Shop, number: str) -> Callable[[], None]:
    def come() -> None:
        with shop.world() as world:
            world.add_order("cdiscount", order_id=number, status="waiting_acceptance")

    return come


def fault(shop: Shop, text: str | None) -> Callable[[], None]:
    def change() -> None:
        with shop.world() as world:
            world.clear_faults()
            if text:
                world.add_fault(parse_fault(text))

    return change


def test_only_rounds_that_bring_something_are_told(shop: Shop) -> None:
    after(shop, 7, order(shop, "NEW1"))
    after(shop, 22, order(shop, "NEW2"))
    assert watch(shop, 40) == [
        "2026-11-23T12:12:00Z synchronised: 1 new, 0 changed",
        "2026-11-23T12:27:00Z synchronised: 1 new, 0 changed",
    ]
    assert shop("list", "--search", "NEW2", "-o", "ids").out == "cdiscount:NEW2\n"


def test_what_became_of_our_actions_is_in_the_same_line(shop: Shop) -> None:
    shop("accept", "cdiscount:CD1")
    assert watch(shop, 6)[0].partition("; ")[2] == "actions: 1 done"


def test_quiet_says_nothing_of_it(shop: Shop) -> None:
    after(shop, 2, order(shop, "NEW1"))
    assert watch(shop, 9, "--quiet") == []
    assert shop("list", "--search", "NEW1", "-o", "count").out == "1\n"


def test_verbose_tells_every_round(shop: Shop) -> None:
    told = [line for line in watch(shop, 9, "--verbose") if "synchronised" in line]
    assert told == [
        "2026-11-23T12:02:00Z synchronised: 0 new, 0 changed",
        "2026-11-23T12:07:00Z synchronised: 0 new, 0 changed",
    ]


def test_the_time_is_left_to_a_journal_that_notes_it_itself(shop: Shop) -> None:
    after(shop, 2, order(shop, "NEW1"))
    assert watch(shop, 9, env={"JOURNAL_STREAM": "8:123"}) == ["synchronised: 1 new, 0 changed"]


def test_the_interval_counts_from_the_start_of_a_round(shop: Shop) -> None:
    with shop.world() as world:
        seen = len(world.log())
    watch(shop, 31, "--interval", "15m")
    with shop.world() as world:
        starts = sorted({entry.at.strftime("%H:%M") for entry in world.log()[seen:]})
    assert starts == ["12:02", "12:17", "12:32"]


def test_an_outage_is_told_once_and_once_more_when_it_is_over(shop: Shop) -> None:
    fault(shop, "500:route=orders,count=always")()
    after(shop, 60, fault(shop, None))
    said = watch(shop, 120)
    assert len(said) == 2, said
    assert said[0].startswith("lengowctl: warning: ")
    assert "; trying again at 2026-11-23T12:0" in said[0]
    assert "Lengow answers again, after 1 h" in said[1]


def test_waits_of_a_trouble_that_was_told_are_not_told_again(shop: Shop) -> None:
    fault(shop, "500:route=orders,count=always")()
    shop.shell.clock.plan(100 * MINUTES, stop)
    before, told, after = shop("sync", "--watch", tty=True).err.partition("; trying again at ")
    assert told
    assert "waiting " in before
    assert "waiting " not in after


def test_while_lengow_is_away_it_is_asked_less_and_less_often(shop: Shop) -> None:
    fault(shop, "500:route=orders,count=always")()
    with shop.world() as world:
        seen = len(world.log())
    watch(shop, 170)
    with shop.world() as world:
        asked = sorted(entry.at for entry in world.log()[seen:])
    starts = [asked[0], *(at for before, at in pairwise(asked) if at - before > timedelta(minutes=3))]
    pauses = [round((at - before) / timedelta(minutes=1)) for before, at in pairwise(starts)]
    assert pauses == [5, 10, 20, 30, 30, 30, 30]


def test_a_request_limit_is_kept_and_the_lock_is_not(shop: Shop) -> None:
    """Lengow asks for an hour's silence: nothing is sent in it, and another run may have the lock meanwhile."""
    fault(shop, "429:retry_after=3600")()
    after(shop, 20, fault(shop, None))
    free: list[bool] = []

    def look() -> None:
        with writer_lock(shop.shell.data / "sandbox", timeout=0):
            free.append(True)

    after(shop, 30, look)
    said = watch(shop, 90)
    assert free == [True]
    assert len(said) == 2, said
    assert said[0] == (
        "lengowctl: warning: Lengow takes no more requests for now; requests are taken again at 2026-11-23T13:02:00Z, "
        "in 1 h 0 min; trying again at 2026-11-23T13:02:00Z"
    )
    assert "Lengow answers again" in said[1]


def test_wrong_keys_end_it(shop: Shop) -> None:
    after(shop, 7, fault(shop, "expired:count=always"))
    shop.shell.clock.plan(60 * MINUTES, stop)
    done = shop("sync", "--watch")
    assert done.code == 4, done.err


def test_a_lock_that_another_run_holds_skips_the_round_and_is_told_once(shop: Shop) -> None:
    held = ExitStack()

    def hold() -> None:
        held.enter_context(_in_another_process(shop.shell.data / "sandbox"))

    after(shop, 3, hold)
    after(shop, 3, order(shop, "NEW1"))
    after(shop, 18, held.close)
    said = watch(shop, 26)
    assert said[0] == (
        "lengowctl: warning: another lengowctl is writing to this profile (it holds"
        f" {shop.shell.data / 'sandbox' / 'writer.lock'}); trying again at 2026-11-23T12:12:00Z"
    )
    assert [line.partition(" ")[2] for line in said[1:]] == [
        "the profile is free again, after 14 min",
        "synchronised: 1 new, 0 changed",
    ]


def _in_another_process(folder: Path) -> AbstractContextManager[object]:
    """The writer's lock as another process holds it: a lock of the kernel belongs to the open file."""
    import fcntl

    file = (folder / "writer.lock").open("w")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def test_nothing_is_held_between_rounds(shop: Shop) -> None:
    """The database may be removed, the lock taken, the whole folder be replaced."""
    folder = shop.shell.data / "sandbox"

    def remove() -> None:
        (folder / "orders.db").unlink()

    after(shop, 3, remove)
    said = watch(shop, 9)
    assert len(said) == 1
    assert "synchronised: 3" in said[0]
    with sqlite3.connect(folder / "orders.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="open files cannot be counted here")
def test_open_files_and_threads_do_not_pile_up(shop: Shop) -> None:
    counted: list[tuple[int, int]] = []

    def count() -> None:
        counted.append((len(os.listdir("/dev/fd")), threading.active_count()))

    for minutes in (3, 13, 43):
        after(shop, minutes, count)
        after(shop, minutes, order(shop, f"NEW{minutes}"))
    watch(shop, 60)
    assert counted == counted[:1] * 3


def test_a_ledger_that_is_gone_ends_it(shop: Shop) -> None:
    """What was sent must not be forgotten: no further round cures that."""
    after(shop, 3, (shop.shell.data / "sandbox" / "ledger.db").unlink)
    done = shop("sync", "--watch")
    assert (done.code, "ledger.db is missing" in done.err) == (1, True)


def test_a_configuration_that_is_being_edited_is_no_reason_to_stop(shop: Shop, tmp_path: Path) -> None:
    shutil.copytree(shop.shell.data / "sandbox", tmp_path / "elsewhere")
    config = shop.shell.write_config("[profiles.main]\n")
    after(shop, 3, lambda: config.write_text("[profiles.main\n"))
    after(shop, 13, lambda: config.write_text("[profiles.main]\n"))
    after(shop, 14, order(shop, "NEW1"))
    said = watch(shop, 21)
    assert [line.partition(" ")[2] for line in said] == ["synchronised: 1 new, 0 changed"]


def test_a_terminal_has_one_line_that_counts_down(shop: Shop) -> None:
    after(shop, 2, order(shop, "NEW1"))
    shop.shell.clock.plan(6 * MINUTES, stop)
    done = shop("sync", "--watch", tty=True)
    assert (done.code, done.out) == (0, "")
    shown = done.err.split("\r\x1b[K")
    assert "next round in 3:00, Ctrl-C ends; 12:02:00 synchronised: 0 new, 0 changed" in shown
    assert any(text.endswith("12:07:00 synchronised: 1 new, 0 changed\n") for text in shown)
    assert done.err.endswith("\r\x1b[K")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--interval", "5m"), "--interval says how often --watch looks\n  add --watch"),
        (("--watch", "--interval", "9s"), "--interval: 9s is less than 10s, the shortest there is"),
        (("--watch", "--interval", ""), "--interval: '' is not a length of time; write it as 90s, 30m, 24h, 7d or 2w"),
    ],
)
def test_what_cannot_be_meant(shop: Shop, words: tuple[str, ...], says: str) -> None:
    done = shop("sync", *words)
    assert (done.code, done.err) == (2, f"lengowctl: {says}\n")


@pytest.mark.parametrize("words", [("--full",), ("--verify",), ("--since", "-3d"), ("-m", "fnac")])
def test_a_back_fill_is_not_repeated(shop: Shop, words: tuple[str, ...]) -> None:
    assert shop("sync", "--watch", *words).code == 2
