"""Ctrl-C in the middle: what was sent is told and recorded, what is left is named, and the way on stands there."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.outbox.settings import Pace

from ...running import Result, Stream, finish
from ...trading import Shop, rows

REFS = [f"cdiscount:CD{number}" for number in range(1, 4)]


def stopped(shop: Shop, *words: str, naps: int | None = None, answers: int | None = None, stdin: str = "") -> Result:
    """Run a command at a pipe and ask it to stop: at its n-th nap, or when so many answers have come."""
    machine = shop.shell.machine(stdin=stdin)
    stops: list[Callable[[], None]] = []
    left = {"nap": naps, "recording": answers}

    def count(what: str) -> None:
        number = left[what]
        left[what] = None if number is None else number - 1
        if left[what] == 0:
            stops[0]()

    def on_stop(call: Callable[[], None]) -> AbstractContextManager[None]:
        stops.append(call)
        return nullcontext()

    def sleep(seconds: float) -> None:
        shop.shell.clock.sleep(seconds)
        count("nap")

    runtime = Runtime(replace(machine, on_stop=on_stop, sleep=sleep))

    def step(name: str, intent_id: int) -> None:
        if name == "recording":
            count(name)

    runtime.outbox_settings = {"steps": step, "pace": Pace(first=1, most=1)}
    return finish(words, runtime)


def test_what_is_sent_once_more_on_purpose_goes_on_without_that_word_after_a_stop(shop: Shop, tmp_path: Path) -> None:
    """With it, what was sent once more before the stop would be sent a third time."""
    file = tmp_path / "parcels.csv"
    file.write_text("ref,tracking_number\n" + "".join(f"cdiscount:CS{n},PARCEL-{n}\n" for n in range(1, 4)))
    words = ("ship", "--from", str(file), "--carrier", "Colissimo", "--force-tracking", "-o", "jsonl")
    assert shop(*words).code == 0
    result = stopped(shop, *words, "--again", answers=1)
    assert (result.code, shop.posts()) == (130, 4)
    assert "leave out --again to go on: with it, what was sent just now would be sent twice" in result.err
    again = shop(*words)
    assert (again.code, shop.posts()) == (0, 6)
    assert [row["result"] for row in rows(again)].count("already_done") == 1


@pytest.fixture
def slow(shop: Shop) -> Shop:
    """Marketplaces that take two hours to answer."""
    with shop.world() as world:
        world.configure(processing_delay=7200)
    return shop


def _told(result: Result) -> list[tuple[str, str, str]]:
    return [(row["ref"], row["result"], row["reason"]) for row in rows(result)]


def test_stopped_while_it_waits(slow: Shop) -> None:
    """What this run sent is `sent`, what was sent before is not sent once more, and the way on is to wait."""
    slow("accept", REFS[0])
    result = stopped(slow, "accept", *REFS, "--wait", "-o", "jsonl", naps=3)
    silent = "no answer yet"
    assert sorted(_told(result)) == [
        (REFS[0], "already_done", silent), (REFS[1], "sent", silent), (REFS[2], "sent", silent),
    ]  # fmt: skip
    assert (result.code, slow.posts()) == (130, 3)
    assert result.err.splitlines() == [
        "accept: 2 sent, 1 already done",
        "lengowctl: stopped while waiting: 3 have no answer yet; nothing was left unsent",
        "  what was sent is recorded; lengowctl actions wait goes on waiting",
    ]
    listed = rows(slow("actions", "list", "--state", "queued", "-o", "jsonl"))
    assert sorted(row["ref"] for row in listed) == REFS


def test_stopped_while_it_sends_and_was_to_wait(slow: Shop) -> None:
    result = stopped(slow, "accept", *REFS, "--wait", "-o", "jsonl", answers=1)
    assert sorted(row["result"] for row in rows(result)) == ["not_sent", "not_sent", "sent"]
    assert (result.code, slow.posts()) == (130, 1)
    assert result.err.splitlines()[-2:] == [
        "lengowctl: stopped: 2 of 3 were not sent, 1 has no answer yet",
        "  the same command sends the rest; what was sent is recorded",
    ]
    assert slow("accept", *REFS).code == 0
    assert slow.posts() == 3


def test_waiting_that_is_stopped_is_taken_up_again(slow: Shop) -> None:
    slow("accept", *REFS)
    result = stopped(slow, "actions", "wait", "-o", "jsonl", naps=2)
    assert (result.code, [row["result"] for row in rows(result)]) == (130, ["sent"] * 3)
    assert "stopped while waiting: 3 have no answer yet" in result.err
    slow.shell.clock.sleep(7200)
    again = slow("actions", "wait", "-o", "jsonl")
    assert (again.code, [row["result"] for row in rows(again)]) == (0, ["done"] * 3)


def test_reasons_that_nobody_read_are_not_said_to_be_named(shop: Shop, tmp_path: Path) -> None:
    """The reader of stdout has left; the report, if there is one, has them."""
    report = tmp_path / "report.jsonl"
    for words, said in (((), ", and nobody read which"), (("--report", str(report)), "; each is named in the report")):
        read, write = os.pipe()
        os.close(read)
        machine = shop.shell.machine()
        with open(write, "w") as stream:
            call = ("accept", "nobody", REFS[0], "--dry-run", *words)
            code = run(call, Runtime(replace(machine, stdout=stream)))
        assert code == 3
        assert isinstance(machine.stderr, io.StringIO)
        assert machine.stderr.getvalue().splitlines()[-1] == f"lengowctl: 1 of 2 would not be sent{said}"
    assert len(report.read_text().splitlines()) == 2


class Gone(Stream):
    """A terminal that was closed."""

    def write(self, text: str) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


def test_a_terminal_that_is_gone_stops_the_run_and_its_report_is_whole(shop: Shop, tmp_path: Path) -> None:
    report = tmp_path / "report.jsonl"
    machine = replace(shop.shell.machine(tty=True), stdout=Gone(tty=True), stderr=Gone(tty=True))
    run(("accept", *REFS, "--report", str(report)), Runtime(machine))
    told = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert sorted((row["ref"], row["result"]) for row in told) == [(ref, "sent") for ref in REFS]
    assert shop.posts() == len(REFS)
