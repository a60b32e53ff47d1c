"""`list --watch` for programs: the rows that there are, then each one that is new or has changed, at once."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from ...running import Result
from ...trading import Shop
from .watched import after, stop, synced

FNAC = ("list", "--watch", "-m", "fnac", "-s", "waiting_acceptance", "--sort", "ref", "--interval", "1m")


def fed(shop: Shop, *words: str, minutes: float = 5, **how: object) -> Result:
    """What came until somebody pressed Ctrl-C."""
    shop.shell.clock.plan(minutes * 60, stop)
    done = shop(*words, **how)
    assert done.code == 130
    return done


def test_what_is_there_comes_first_then_what_comes_or_changes(shop: Shop) -> None:
    after(shop, 1.5, synced(shop, FN2="shipped"))
    after(shop, 2.5, synced(shop, FN2="waiting_acceptance"))
    done = fed(shop, *FNAC, "-o", "ids")
    assert done.out.split() == ["fnac:FN1", "fnac:FN2", "fnac:FN3", "fnac:TWIN", "fnac:FN2"]
    assert done.err == "lengowctl: interrupted\n"


def test_without_a_filter_on_status_every_move_is_seen(shop: Shop) -> None:
    after(shop, 0.5, synced(shop, FN2="shipped", FN3="refused"))
    words = (
        "list",
        "--watch",
        "-m",
        "fnac",
        "--search",
        "FN*",
        "-o",
        "jsonl",
        "--columns",
        "ref,status",
        "--sort",
        "ref",
    )
    assert fed(shop, *words).out.splitlines()[-2:] == [
        '{"ref":"fnac:FN2","status":"shipped"}',
        '{"ref":"fnac:FN3","status":"refused"}',
    ]


def test_the_limit_bounds_what_comes_first(shop: Shop) -> None:
    after(shop, 0.5, synced(shop, FN1="shipped"))
    after(shop, 1.5, synced(shop, FN1="waiting_acceptance", FN3="waiting_acceptance"))
    assert fed(shop, *FNAC, "-n", "1", "-o", "ids").out.split() == ["fnac:FN1", "fnac:FN1", "fnac:FN3"]


def test_each_row_is_whole_tab_separated_by_default(shop: Shop) -> None:
    once = shop("list", "-m", "fnac", "--search", "FN1").out
    assert once.count("\t") == 8
    assert fed(shop, "list", "--watch", "-m", "fnac", "--search", "FN1").out == once


def test_a_csv_has_one_heading(shop: Shop) -> None:
    after(shop, 0.5, synced(shop, FN2="shipped"))
    done = fed(shop, "list", "--watch", "-m", "fnac", "--search", "FN2", "--columns", "status", "-o", "csv")
    assert done.out.splitlines() == ["status", "waiting_acceptance", "shipped"]


def test_the_state_of_our_actions_is_followed_too(shop: Shop) -> None:
    """It changes with what we do, though nothing is written to the order."""
    after(shop, 0.5, lambda: shop("accept", "fnac:FN1", "--from-country", "FR"))
    after(shop, 1.5, lambda: shop("sync"))
    words = ("list", "--watch", "-m", "fnac", "--search", "FN1", "--columns", "status,action_state", "--interval", "1m")
    assert fed(shop, *words).out.splitlines() == [
        "waiting_acceptance\t",
        "waiting_acceptance\tqueued",
        "accepted\tdone",
    ]


def test_rows_that_come_as_time_goes_by_are_seen(shop: Shop) -> None:
    """An order becomes due though nobody touches it."""
    words = ("list", "--due-within", "24h", "-o", "ids", "--sort", "due_at")
    first = shop(*words).out.split()
    came = fed(shop, *words, "--watch", "--interval", "1h", minutes=60 * 24 * 3).out.split()
    assert came[: len(first)] == first
    assert len(came) > len(first)
    assert sorted(came) == sorted(set(came))


def test_a_busy_cache_is_told_once_and_waited_for(shop: Shop) -> None:
    database = shop.shell.data / "sandbox" / "orders.db"

    def remove() -> None:
        database.rename(database.with_suffix(".away"))

    after(shop, 0.5, remove)
    after(shop, 3.5, lambda: database.with_suffix(".away").rename(database))
    after(shop, 3.6, synced(shop, FN2="shipped"))
    done = fed(shop, *FNAC[:4], "--sort", "ref", "-o", "ids", "--interval", "1m")
    assert done.out.split()[-2:] == ["fnac:TWIN", "fnac:FN2"]
    assert done.err.splitlines()[:-1] == [
        "lengowctl: warning: profile sandbox was never synchronised; going on when there is something to read"
    ]


def test_a_cache_that_was_made_anew_is_told_whole(shop: Shop) -> None:
    database = shop.shell.data / "sandbox" / "orders.db"

    def anew() -> None:
        database.unlink()
        assert shop("sync").code == 0

    after(shop, 0.5, anew)
    done = fed(shop, *FNAC, "-o", "ids")
    assert done.out.split() == ["fnac:FN1", "fnac:FN2", "fnac:FN3", "fnac:TWIN"] * 2
    assert "lengowctl: warning: the cache was made anew: every row is written once more" in done.err.splitlines()


def test_a_cache_of_a_newer_version_ends_it(shop: Shop) -> None:
    def upgrade() -> None:
        with closing(sqlite3.connect(shop.shell.data / "sandbox" / "orders.db")) as db:
            db.execute("PRAGMA user_version=999")

    after(shop, 0.5, upgrade)
    assert shop(*FNAC).code == 1


@pytest.mark.parametrize("format", ["json", "count"])
def test_what_has_an_end_cannot_go_on(shop: Shop, format: str) -> None:
    done = shop(*FNAC, "-o", format)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"lengowctl: -o {format} has an end, and --watch has none\n"
        "  -o jsonl or -o tsv gives a line for each row that is new or has changed\n"
    )


def test_an_interval_alone_is_a_mistake(shop: Shop) -> None:
    assert shop("list", "--interval", "5s").code == 2
    assert shop(*FNAC[:-1], "0s").code == 2
