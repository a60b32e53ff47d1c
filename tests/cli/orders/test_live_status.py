"""`status --watch`: figures that move tell by how much; for programs a line for each change."""

from __future__ import annotations

import json

import pytest

from lengowctl.sandbox.faults import parse_fault

from ...running import frames
from ...trading import Shop
from .watched import stop, synced


def test_figures_that_moved_tell_by_how_much(shop: Shop) -> None:
    steps = (synced(shop, FN1="shipped", FN2="in_dispute"), "", "q")
    done = shop("status", "--watch", tty=True, lines=60, steps=steps)
    assert (done.code, done.err) == (0, "")
    first, second, third = frames(done.out)
    assert first[0] == "status of sandbox, synchronised just now  12:02:00, next 12:02:30  r now, q quits"[:79] + "…"
    assert (first[1], second[1], third[1]) == (
        "looking for changes",
        "waiting_acceptance -2, shipped +1, in_dispute +1 since 12:02:00",
        "no change since 12:02:30; before that waiting_acceptance -2, shipped +1, in_dis…",
    )
    figures = {line.split()[0]: line.split()[1:] for line in second if line.startswith("  ")}
    assert figures["waiting_acceptance"][1:] == ["(-2)"]
    assert figures["shipped"][1:] == ["(+1)"]
    assert figures["in_dispute"] == ["1", "(+1)"]
    assert figures["waiting_shipment"][1:] == []
    assert not any("(+" in line or "(-" in line for line in (*first, *third))


def test_a_small_screen_says_how_much_more_there_is(shop: Shop) -> None:
    (screen,) = frames(shop("status", "--watch", tty=True, lines=8).out)
    assert len(screen) == 8
    assert screen[-1].startswith("… and ")


def test_a_lost_network_takes_nothing_from_the_screen(shop: Shop) -> None:
    """The budget is asked for at each look; the rest comes from the cache."""

    def lose() -> None:
        with shop.world() as world:
            world.add_fault(parse_fault("reset:count=always"))

    done = shop("status", "--watch", "--online", tty=True, lines=60, width=200, steps=(lose, "q"))
    assert (done.code, done.err) == (0, "")
    assert sum(shop.shell.clock.slept) < 31, "the interval, and next to nothing for another try"
    first, second = frames(done.out)
    assert "sandbox.invalid" in second[2]
    assert [line for line in second if line.startswith("  waiting_acceptance")] == [
        line for line in first if line.startswith("  waiting_acceptance")
    ]


def test_ctrl_c_leaves_no_empty_line(shop: Shop) -> None:
    """The screen goes, and the terminal's own sign of it."""

    def leave() -> None:
        raise KeyboardInterrupt

    done = shop("status", "--watch", tty=True, steps=(leave,))
    assert (done.code, done.err) == (130, "lengowctl: interrupted\n")


def test_for_programs_each_change_is_a_line(shop: Shop) -> None:
    clock = shop.shell.clock
    clock.plan(45, synced(shop, FN1="shipped"))
    clock.plan(100, synced(shop))
    clock.plan(300, stop)
    done = shop("status", "--watch", "-o", "json")
    assert done.code == 130
    before, after = (json.loads(line)["statuses"] for line in done.out.splitlines())
    assert {word: after[word] - before[word] for word in before if after[word] != before[word]} == {
        "waiting_acceptance": -1,
        "shipped": 1,
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--watch", "--check"), "--check is one answer, and --watch has no end\n"),
        (("--interval", "5s"), "--interval says how often --watch looks\n  add --watch\n"),
        (
            ("--watch",),
            "--watch refreshes a screen in place, and this is no terminal that can do that\n"
            "  -o json gives a line for each change\n",
        ),
    ],
)
def test_what_cannot_be_meant(shop: Shop, words: tuple[str, ...], says: str) -> None:
    done = shop("status", *words)
    assert (done.code, done.out, done.err) == (2, "", f"lengowctl: {says}")
