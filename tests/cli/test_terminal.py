"""A real terminal is taken for a screen and given back as it was, whatever happens in between."""

from __future__ import annotations

import os

import pytest

from ..running import frames
from ..terminals import AtTerminal
from ..trading import Shop

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are of POSIX")
TAKEN, GIVEN = "\x1b[?1049h", "\x1b[?1049l"
LIST = ("list", "--watch", "-m", "fnac", "-s", "waiting_acceptance", "--columns", "ref", "--interval", "1h")
LAST = "TWIN"


def at_terminal(shop: Shop, *words: str, **how: int) -> AtTerminal:
    env = {
        "PATH": os.environ["PATH"],
        "LENGOWCTL_DATA_DIR": str(shop.shell.data),
        "LENGOWCTL_PROFILE": "sandbox",
        "TERM": "xterm",
        "COLUMNS": "20",  # as it was in the shell that started us, which is not what it is now
    }
    return AtTerminal(*words, env=env, **how)


def test_q_ends_it_and_the_terminal_is_as_it_was(shop: Shop) -> None:
    with at_terminal(shop, *LIST) as terminal:
        terminal.until(TAKEN)
        screen = frames(terminal.until(LAST))[-1]
        assert screen[0].startswith("4 orders, synchronised")
        terminal.press("q")
        terminal.until(GIVEN)
        assert terminal.told() == "ended 0 as it was"


def test_ctrl_c_ends_it_with_130(shop: Shop) -> None:
    with at_terminal(shop, *LIST) as terminal:
        terminal.until(LAST)
        terminal.press("\x03")
        terminal.until(GIVEN)
        assert terminal.until("interrupted\r\n").split() == ["lengowctl:", "interrupted"]
        assert terminal.told() == "ended 130 as it was"


def test_keys_that_come_together_count_one_by_one(shop: Shop) -> None:
    """Arrows are no keys, though letters stand in them."""
    with at_terminal(shop, *LIST) as terminal:
        terminal.until(LAST)
        terminal.press("x\x1b[A\x1b[1;5Dr\x1bOq")
        terminal.until("no change since")
        terminal.press("rq")
        assert terminal.told() == "ended 0 as it was"


def test_a_new_size_is_drawn_at_once(shop: Shop) -> None:
    """The next look is an hour away."""
    with at_terminal(shop, *LIST) as terminal:
        terminal.until(LAST)
        terminal.resize(30, 6)
        (screen,) = frames(terminal.until("… and 3 more"))
        assert screen[0].endswith("…")
        assert len(screen) == 6
        assert max(map(len, screen)) == 30
        terminal.press("q")
        assert terminal.told() == "ended 0 as it was"


def test_ctrl_z_gives_the_terminal_back_and_fg_takes_it_again(shop: Shop) -> None:
    with at_terminal(shop, *LIST) as terminal:
        terminal.until(LAST)
        for _ in range(2):
            terminal.press("\x1a")
            terminal.until(GIVEN)
            assert terminal.told() == "stopped as it was"
            terminal.go_on()
            terminal.until(TAKEN)
            terminal.until(LAST)
        terminal.press("q")
        assert terminal.told() == "ended 0 as it was"


def test_without_questions_the_keys_stay_the_terminals(shop: Shop) -> None:
    with at_terminal(shop, *LIST, "--no-input") as terminal:
        terminal.until(LAST)
        terminal.press("q\n")
        terminal.until("q")
        terminal.press("\x03")
        assert terminal.told() == "ended 130 as it was"


def test_status_too(shop: Shop) -> None:
    with at_terminal(shop, "status", "--watch", "--interval", "1h", lines=10) as terminal:
        terminal.until("… and ")
        terminal.press("q")
        terminal.until(GIVEN)
        assert terminal.told() == "ended 0 as it was"


def test_sync_has_its_line_and_nothing_else(shop: Shop) -> None:
    with at_terminal(shop, "sync", "--watch", columns=60) as terminal:
        terminal.until("next round in ")
        terminal.until("synchronised: ")
        terminal.press("\x03")
        assert terminal.told() == "ended 0 as it was"
        assert terminal.seen.endswith("\r\x1b[K")
