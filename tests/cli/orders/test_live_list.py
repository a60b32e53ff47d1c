"""`list --watch` on a terminal: a table in place, what changed in it, and never a line too many."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest

from ...running import Result, Step, frames
from ...trading import Shop
from .watched import synced

WATCH = ("list", "--watch", "-m", "fnac", "-s", "waiting_acceptance", "--columns", "ref,status", "--sort", "ref")
TITLES = "  Reference  Status"
REST = ["  fnac:FN1   waiting_acceptance", "  fnac:FN2   waiting_acceptance", "  fnac:FN3   waiting_acceptance"]
TWIN = "  fnac:TWIN  waiting_acceptance"


def watch(shop: Shop, *words: str, steps: tuple[Step, ...] = (), **how: object) -> list[list[str]]:
    """What somebody saw, screen by screen; they end it with q."""
    done = seen(shop, *words, steps=steps, **how)
    assert (done.code, done.err) == (0, "")
    return frames(done.out)


def seen(shop: Shop, *words: str, steps: tuple[Step, ...] = (), **how: object) -> Result:
    return shop(*(words or WATCH), tty=True, steps=steps, **how)


def added(shop: Shop, *numbers: str) -> Callable[[], None]:
    def happen() -> None:
        with shop.world() as world:
            for number in numbers:
                world.add_order("fnac", order_id=number, status="waiting_acceptance")
        assert shop("sync").code == 0

    return happen


def test_the_first_screen(shop: Shop) -> None:
    assert watch(shop) == [
        [
            "4 orders, synchronised just now  12:02:00, next 12:02:30  r now, q quits",
            "looking for changes",
            "",
            TITLES,
            *REST,
            TWIN,
        ]
    ]


def test_what_is_new_what_changed_and_what_left_is_marked_and_told(shop: Shop) -> None:
    happens = synced(shop, ("fnac:FN2", {"lengow_status": "shipped"}), ("fnac:FN3", {"lengow_status": "refused"}))
    screens = watch(shop, steps=(added(shop, "FN4"), happens, ""))
    assert [screen[1] for screen in screens] == [
        "looking for changes",
        "+ 1 new since 12:02:00",
        "2 left (fnac:FN2 is shipped, fnac:FN3 is refused) since 12:02:30",
        "no change since 12:03:00; before that 2 left (fnac:FN2 is shipped, fnac:FN3 is…",
    ]
    assert screens[1][3:] == [TITLES, *REST, "+ fnac:FN4   waiting_acceptance", TWIN]
    assert screens[2][3:] == [TITLES, REST[0], "  fnac:FN4   waiting_acceptance", TWIN]
    assert screens[3][3:] == screens[2][3:]


def test_the_last_change_is_told_with_its_time_until_the_next_one(shop: Shop) -> None:
    screens = watch(shop, steps=("", "", added(shop, "FN4"), "", "", added(shop, "FN5", "FN6"), "", "q"))
    assert [screen[1] for screen in screens] == [
        "looking for changes",
        "no change since 12:02:00",
        "no change since 12:02:00",
        "+ 1 new since 12:03:00",
        "no change since 12:03:30; before that + 1 new",
        "no change since 12:03:30; before that + 1 new",
        "+ 2 new since 12:04:30",
        "no change since 12:05:00; before that + 2 new",
    ]


def test_a_row_with_another_status_has_its_mark(shop: Shop) -> None:
    words = ("list", "--watch", "-m", "fnac", "--search", "FN*", "--columns", "ref,status", "--sort", "ref")
    happens = synced(shop, ("fnac:FN2", {"lengow_status": "shipped"}))
    last = watch(shop, *words, steps=(happens,))[-1]
    assert (last[1], last[5]) == ("* 1 changed since 12:02:00", "* fnac:FN2   shipped")


def test_the_mark_is_there_without_colour_too(shop: Shop) -> None:
    done = seen(shop, *WATCH, "--no-color", steps=(added(shop, "FN4"),))
    assert "+ fnac:FN4   waiting_acceptance" in frames(done.out)[-1]
    assert "\x1b[1" not in done.out.replace("\x1b[H", "")


def test_r_looks_at_once_and_other_keys_do_nothing(shop: Shop) -> None:
    screens = watch(shop, steps=("x", "r", "q"))
    assert [screen[1] for screen in screens] == [
        "looking for changes",
        "looking for changes",
        "no change since 12:02:00",
    ]
    assert shop.shell.clock.slept == []


def test_a_new_size_is_drawn_at_once_from_what_is_known(shop: Shop) -> None:
    screens = watch(shop, steps=((40, 7), (20, 3), (200, 50)), lines=24)
    assert screens[1] == [
        "4 orders, synchronised just now  12:02:…",
        "looking for changes",
        "",
        TITLES,
        *REST[:2],
        "… and 2 more",
    ]
    assert screens[2] == ["4 orders, synchroni…", "looking for changes", ""]
    assert screens[3] == screens[0]


@pytest.mark.parametrize("lines", [1, 2, 3, 4, 5, 6, 8])
@pytest.mark.parametrize("columns", [1, 9, 33, 80])
def test_never_a_line_too_many_and_none_too_wide(shop: Shop, columns: int, lines: int) -> None:
    (screen,) = watch(shop, "list", "--watch", width=columns, lines=lines)
    assert len(screen) <= lines
    assert max(map(len, screen)) <= columns


def test_what_there_is_no_room_for_is_counted(shop: Shop) -> None:
    total = int(shop("list", "-o", "count").out)
    (screen,) = watch(shop, "list", "--watch", lines=10)
    assert screen[0].startswith(f"{total} orders")
    assert screen[-1] == f"… and {total - 5} more"
    assert len(screen) == 10
    (screen,) = watch(shop, "list", "--watch", "-n", "7", lines=10)
    assert screen[-1] == "… and 2 more"
    (screen,) = watch(shop, "list", "--watch", "-n", "3", lines=10)
    assert len(screen) == 7


def test_what_is_pushed_out_of_sight_has_not_left(shop: Shop) -> None:
    words = (
        "list",
        "--watch",
        "-m",
        "fnac",
        "-n",
        "2",
        "--columns",
        "ref",
        "--sort",
        "ref",
        "-s",
        "waiting_acceptance",
    )
    screens = watch(shop, *words, steps=(added(shop, "FN0"), synced(shop, ("fnac:FN0", {"lengow_status": "shipped"}))))
    assert [screen[1] for screen in screens[1:]] == [
        "+ 1 new since 12:02:00",
        "1 left (fnac:FN0 is shipped) since 12:02:30",
    ]
    assert screens[1][4:] == ["+ fnac:FN0", "  fnac:FN1"]
    assert screens[2][4:] == ["  fnac:FN1", "  fnac:FN2"]  # FN2 came into sight: it is not new


def test_dates_move_with_the_clock(shop: Shop) -> None:
    """`--updated-since -1h` looked at two hours later is another hour."""
    screens = watch(shop, "list", "--watch", "--updated-since", "-1h", "--interval", "2h", steps=("",))
    assert screens[0][0].partition(" ")[0] != "0"
    assert screens[1][0].startswith("0 orders")


def test_old_data_is_told_with_the_way_to_fresh_data(shop: Shop) -> None:
    last = watch(shop, *WATCH, "--interval", "15m", "--profile", "sandbox", steps=("", "", ""), width=120)[-1]
    assert last[2].startswith("the data is 45 min old; lengowctl --profile sandbox sync --watch in another terminal")


def test_a_cache_that_is_busy_leaves_what_was_seen_on_the_screen(shop: Shop) -> None:
    database = shop.shell.data / "sandbox" / "orders.db"
    blocker = sqlite3.connect(database, isolation_level=None)

    def block() -> None:
        blocker.execute("PRAGMA locking_mode=EXCLUSIVE")
        blocker.execute("BEGIN EXCLUSIVE")

    with closing(blocker):
        screens = watch(shop, steps=(block, blocker.close, ""))
    assert screens[1][2] == f"the database {database} stayed busy; what stands here is of 12:02:00"[:79] + "…"
    assert screens[1][4:] == screens[0][3:]
    assert screens[2][2:] == screens[0][2:]


def test_a_cache_that_is_made_anew_is_looked_at_anew(shop: Shop) -> None:
    folder = shop.shell.data / "sandbox"

    def remove() -> None:
        (folder / "orders.db").unlink()

    def back() -> None:
        assert shop("sync").code == 0

    screens = watch(shop, steps=(remove, back))
    assert screens[1][2].startswith("profile sandbox was never synchronised; what stands here is of 12:02:00")
    assert screens[1][4:] == screens[0][3:]
    assert screens[2][3:] == screens[0][3:]
    assert "new" not in screens[2][1]


def test_a_cache_of_a_newer_version_is_told(shop: Shop) -> None:
    def upgrade() -> None:
        with closing(sqlite3.connect(shop.shell.data / "sandbox" / "orders.db")) as db:
            db.execute("PRAGMA user_version=999")

    screens = watch(shop, steps=(upgrade,))
    assert "newer" in screens[1][2]
    assert screens[1][4:] == screens[0][3:]


def test_what_goes_wrong_at_the_first_look_is_told_as_ever(shop: Shop) -> None:
    (shop.shell.data / "sandbox" / "orders.db").unlink()
    done = seen(shop)
    assert (done.code, done.out) == (1, "")
    assert done.err == "lengowctl: profile sandbox was never synchronised\n  lengowctl sync\n"


def test_words_that_find_nothing_are_told_on_the_screen(shop: Shop) -> None:
    (screen,) = watch(shop, "list", "--watch", "-s", "wating_acceptance")
    assert screen[0].startswith("0 orders")
    assert screen[2] == "no order has the status wating_acceptance; did you mean waiting_acceptance?"


def test_without_questions_no_key_is_read(shop: Shop) -> None:
    (screen,) = watch(shop, *WATCH, "--no-input")
    assert screen[0] == "4 orders, synchronised just now  12:02:00, next 12:02:30"


def test_a_terminal_that_cannot_go_back_is_told_what_to_do(shop: Shop) -> None:
    done = seen(shop, *WATCH, env={"TERM": "dumb"})
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "lengowctl: --watch refreshes a screen in place, and this is no terminal that can\n  do that\n"
        "  -o tsv or -o jsonl gives a line for each change\n"
    )


def test_foreign_text_does_not_steer_the_screen(shop: Shop) -> None:
    with shop.world() as world:
        world.touch("fnac:FN1", billing_address={"full_name": "\x1b[2J\x9b\u202eEve", "common_country_iso_a2": "FR"})
    assert shop("sync").code == 0
    done = seen(shop, "list", "--watch", "--search", "FN1", "--columns", "ref,customer")
    (screen,) = frames(done.out)
    assert "\\x1b[2J\\x9b\\u202eEve" in screen[-1]
    assert "\u202e" not in done.out
    assert done.out.count("\x1b[2J") == 0


def test_in_the_sandbox_the_clock_of_the_screen_is_the_sandboxs(shop: Shop) -> None:
    """As all times of the orders below it."""
    shop("sandbox", "tick", "6h")
    shop("sync", "-q")
    (screen,) = watch(shop, *WATCH, "--no-input")
    assert "  18:02:00, next 18:02:30" in screen[0]
