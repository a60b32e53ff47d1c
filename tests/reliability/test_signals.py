"""Signals at random instants, in real processes: the exit code says it, files are whole, and nobody waits for what
Lengow or a request limit would let them wait for."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lengowctl.sandbox.faults import parse_fault

from ..full import times
from ..running import Shell
from .harness import Ended, Program, shop
from .started import HANGS, service_in, wait_until

COMMANDS = (
    ("sync",),
    ("sync", "--full"),
    ("list", "-o", "jsonl", "-n", "0"),
    ("export", "--to", "FILE", "--force"),
    ("db", "check"),
    ("db", "query", "SELECT count(*) FROM lines a, lines b, lines c WHERE a.sku < b.sku"),
)


@pytest.mark.parametrize("part", range(times(1, 4)))
def test_a_stop_at_any_instant_is_told_as_130_and_leaves_everything_whole(
    tmp_path: Path, part: int, tried: Callable[[int], None]
) -> None:
    """INT and TERM, at moments that are spread over a command's life however long that is here and today; a process
    that was done already says how it went."""
    dice, stopped, life = random.Random(11 + part), 0, dict.fromkeys(COMMANDS, 0.08)
    with shop(Shell(tmp_path), orders=300, real_clock=True) as place:
        place.world.configure(lively=False)
        assert Program(place, "sync").wait().code == 0
        for nth in range(times(24, 100)):
            command = COMMANDS[nth % len(COMMANDS)]
            words = [str(tmp_path / "out.csv") if word == "FILE" else word for word in command]
            program = Program(place, *words)
            time.sleep(dice.uniform(0.0, life[command]))
            program.send(dice.choice((signal.SIGINT, signal.SIGTERM)))
            ended = program.wait()
            stopped += ended.code == 130
            life[command] *= 1.03 if ended.code == 130 else 0.7
            assert ended.code in (0, 130, -signal.SIGTERM, -signal.SIGINT), (words, ended)
            assert "Traceback" not in ended.err
            assert "went wrong" not in ended.err
            assert "damaged" not in ended.err
            parts = [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")]
            assert parts == []
        assert stopped >= nth / 3
        tried(stopped)
        assert Program(place, "sync").wait().code == 0
        assert (place.wrong(), place.unsound()) == ([], [])


def test_a_reader_that_leaves_at_any_instant_is_no_error(tmp_path: Path, tried: Callable[[int], None]) -> None:
    dice = random.Random(5)
    with shop(Shell(tmp_path), orders=300, real_clock=True) as place:
        assert Program(place, "sync").wait().code == 0
        for nth in range(times(8, 100)):
            words = (("list", "-o", "jsonl", "-n", "0"), ("export", "--since-last", "erp"))[nth % 2]
            read, write = os.pipe()
            program = Program(place, *words, stdout=write)
            os.close(write)
            os.read(read, dice.choice((1, 4096)))
            os.close(read)
            ended = program.wait()
            assert (ended.code, ended.err) == (0, "")
            tried(1)
        assert place.run("export", "--since-last", "erp").out.count("\n") > 200  # nobody had taken them


def test_a_process_that_sleeps_through_it_goes_on(tmp_path: Path, tried: Callable[[int], None]) -> None:
    dice = random.Random(9)
    with shop(Shell(tmp_path), orders=100, real_clock=True) as place:
        for _ in range(times(4, 60)):
            program = Program(place, "sync", "--full")
            for number in (signal.SIGSTOP, signal.SIGCONT):
                time.sleep(dice.uniform(0.0, 0.04))
                program.send(number)
            assert program.wait().code == 0
            tried(1)
        assert (place.wrong(), place.unsound()) == ([], [])


@pytest.mark.parametrize(("skip", "orders"), [(0, 5), (4, 300)], ids=["first request", "several at once"])
def test_nobody_waits_for_a_request_limit_that_was_interrupted(tmp_path: Path, skip: int, orders: int) -> None:
    """Lengow wants ten minutes of silence; Ctrl-C ends the run long before."""
    with shop(Shell(tmp_path), orders=orders, real_clock=True, sort_mode="updated_asc") as place:
        place.world.add_fault(parse_fault(f"429:retry_after=600,count=always,route=orders,skip={skip}"))
        program = Program(place, "sync")
        wait_until(lambda: any(entry.status == 429 for entry in place.world.log()))
        time.sleep(0.1)
        program.send(signal.SIGINT)
        assert program.wait(HANGS) == Ended(130, "", "lengowctl: interrupted\n")


@pytest.mark.parametrize("skip", [0, 12])
def test_nobody_waits_for_an_answer_that_does_not_come(tmp_path: Path, skip: int) -> None:
    with service_in(tmp_path, orders=400) as service:
        service.fall_silent(after=skip)
        process = service.start("sync", patient=True)
        assert service.stop_in_silence(process, signal.SIGINT) == (130, "", "lengowctl: interrupted\n")


def test_ctrl_c_during_a_long_query_is_no_time_out(tmp_path: Path) -> None:
    with shop(Shell(tmp_path), orders=60, real_clock=True) as place:
        place.run("sync")
        endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
        program = Program(place, "db", "query", endless)
        time.sleep(0.5)
        program.send(signal.SIGINT)
        assert program.wait().err == "lengowctl: interrupted\n"


def test_two_syncs_at_once_both_end_well(tmp_path: Path) -> None:
    """One waits for the other; with no patience it says that the other is at work."""
    with shop(Shell(tmp_path), orders=150, real_clock=True) as place:
        for _ in range(times(2, 30)):
            ended = [program.wait() for program in [Program(place, "sync") for _ in range(3)]]
            assert [e.code for e in ended] == [0, 0, 0], ended
            place.world.touch_many(place.world.refs()[:20])
        impatient = [Program(place, "sync", "--full", "--lock-timeout", "0s") for _ in range(3)]
        codes = sorted(program.wait().code for program in impatient)
        assert codes in ([0, 7, 7], [0, 0, 7], [0, 0, 0])
        assert Program(place, "sync").wait().code == 0
        place.world.configure(lively=False)
        assert (place.wrong(), place.unsound()) == ([], [])


def test_readers_beside_a_writer_get_whole_rows_and_are_never_told_locked(tmp_path: Path) -> None:
    with shop(Shell(tmp_path), orders=200, real_clock=True) as place:
        place.run("sync")
        expected = len(place.cached())
        for _ in range(times(2, 40)):
            place.world.touch_many(place.world.refs()[:150])
            writer = Program(place, "sync", "--full")
            readers = [Program(place, "list", "-o", "jsonl", "-n", "0") for _ in range(3)]
            for reader in readers:
                ended = reader.wait()
                assert (ended.code, ended.err) == (0, ""), ended
                assert len([json.loads(line) for line in ended.out.splitlines()]) >= expected
            assert writer.wait().code == 0
