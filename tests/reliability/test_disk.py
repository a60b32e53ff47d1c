"""Disks that fill up and files that rot: one sentence, nothing half-written, and with room again all goes on."""

from __future__ import annotations

import random
import resource
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.reference import format_ref

from ..full import times
from ..running import Shell
from .harness import Shop, forked, shop

COMMANDS = (
    ("list", "-o", "jsonl"),
    ("show", "-"),
    ("due",),
    ("status",),
    ("status", "--check"),
    ("statuses",),
    ("marketplaces", "list"),
    ("export", "--rows", "line"),
    ("export", "--since-last", "erp", "-o", "jsonl"),
    ("db", "info"),
    ("db", "check"),
    ("db", "query", "select * from orders"),
    ("list", "--search", "a", "--sort", "total", "-o", "table"),
    ("db", "purge", "--older-than", "30d"),
    ("sync",),
)


def test_the_n_th_write_fails_for_every_n_until_the_sync_goes_through(
    tmp_path: Path, tried: Callable[[int], None]
) -> None:
    """Files may grow to so many pages and no further, one more each time."""
    with shop(Shell(tmp_path), orders=50) as place:
        limit, code, writes = 4096, 1, 0
        while code != 0:
            result = _limited(place, limit, "sync")
            code = result[0]
            assert code in (0, 1), result
            assert code == 0 or "no room" in result[1], result
            assert "Traceback" not in result[1]
            assert place.unsound() in ([], ["token.json.new"])
            limit += times(10, 1) * 4096
            writes += 1
        place.world.tick(timedelta(minutes=3))
        assert place.run("sync").code == 0
        assert (place.wrong(), place.unsound()) == ([], [])
    tried(writes)


def test_a_full_disk_leaves_no_half_export_and_moves_no_cursor(tmp_path: Path) -> None:
    with shop(Shell(tmp_path), orders=100) as place:
        place.run("sync")
        whole = place.run("export").out
        for share in (0.1, 0.5, 0.99):
            target = tmp_path / "out.csv"
            code, err = _limited(
                place, int(len(whole.encode()) * share), "export", "--to", str(target), "--since-last", "x"
            )
            assert (code, "no room" in err) == (1, True), err
            assert [path.name for path in tmp_path.iterdir() if "out" in path.name or "part" in path.name] == []
        assert place.run("export", "--since-last", "x").out == whole


def _limited(place: Shop, limit: int, *words: str) -> tuple[int, str]:
    """A command in a process whose files cannot grow beyond `limit`; the world's is exempt: it is another's disk."""
    told = place.shell.home / "told"  # type: ignore[operator]

    def work() -> int:
        machine = place.shell.machine()
        handle = told.open("w")
        place.world.now()  # the world opens its file anew in this process
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        _keep_in_memory(place)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        code = run(words, Runtime(machine))
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        handle.write(machine.stderr.getvalue())  # type: ignore[attr-defined]
        handle.close()
        return code

    return forked(work), told.read_text()


def _keep_in_memory(place: Shop) -> None:
    """The embedded world answers from a copy that needs no disk."""
    real = sqlite3.connect

    def connect(database: object, *args: object, **named: object) -> sqlite3.Connection:
        if "world.db" not in str(database):
            return real(database, *args, **named)  # type: ignore[arg-type, call-overload, no-any-return]
        memory = real(":memory:", isolation_level=None, check_same_thread=False)
        with closing(real(str(database))) as source:
            source.backup(memory)
        return memory

    sqlite3.connect = connect  # type: ignore[assignment]


@pytest.mark.parametrize("name", ["orders.db", "ledger.db", "token.json", "pacing.json"])
def test_a_file_that_rots_is_told_by_every_command_and_kills_none(
    tmp_path: Path, name: str, tried: Callable[[int], None]
) -> None:
    dice = random.Random(name)
    with shop(Shell(tmp_path), orders=40) as place:
        place.world.configure(lively=False)
        place.run("sync")
        place.run("export", "--since-last", "erp")
        ref = place.run("list", "-n", "1", "-o", "ids").out
        sound = {path: path.read_bytes() for path in place.folder.iterdir() if path.is_file()}
        for _ in range(times(5, 75)):
            for path, content in sound.items():
                path.write_bytes(content)
            (place.folder / f"{name}-journal").unlink(missing_ok=True)
            (place.folder / name).write_bytes(_rotten(dice, sound[place.folder / name]))
            for words in COMMANDS:
                result = place.run(*words, stdin=ref)
                assert "Traceback" not in result.err, words
                assert "went wrong" not in result.err, (words, result.err)
                assert result.code in (0, 1, 2, 3), (words, result)
            tried(1)


def test_a_ledger_that_rots_changes_no_request_and_doubles_none(tmp_path: Path, tried: Callable[[int], None]) -> None:
    """Parcels that are written down and held back; then the file is damaged, mostly in a parcel's own number. What
    leaves after that was asked for, as it was asked for, and leaves once."""
    dice, left, rounds = random.Random(8), 0, times(3, 75)
    for nth in range(rounds):
        with shop(Shell(tmp_path / str(nth)), orders=5, lively=False, rate_limit=None, poll_interval=0) as place:
            refs = [format_ref(*place.world.add_order("ebay_fr", status="waiting_shipment")) for _ in range(5)]
            parcels = {ref: f"PK{dice.randrange(10**7, 10**8)}" for ref in refs}
            rows = "\n".join(f"{ref},FR_Autre,{number}" for ref, number in parcels.items())
            (tmp_path / "parcels.csv").write_text(f"ref,carrier,tracking_number\n{rows}\n")
            place.shell.clock.passed += 300
            assert place.run("sync").code == 0
            ship = ("ship", "--from", str(tmp_path / "parcels.csv"), "--yes")
            held = place.run(*ship, "--hold", "10m")
            assert held.code == 0, held.err
            place.shell.clock.passed += 700
            ledger = place.folder / "ledger.db"
            whole = ledger.read_bytes()
            ledger.write_bytes(_renumbered(dice, whole, parcels) if dice.random() < 0.6 else _rotten(dice, whole))
            for words in (ship, ("actions", "list"), ("actions", "settle"), ("actions", "verify"), ship):
                result = place.run(*words)
                assert "Traceback" not in result.err
                assert "went wrong" not in result.err, (words, result.err)
            place.world.tick(timedelta(hours=12))
            sent = [
                (f"{it.marketplace}:{it.order_id}", it.arguments["tracking_number"]) for it in place.world.effects()
            ]
            assert sorted(sent) == sorted(set(sent) & parcels.items())
            left += len(sent)
    assert left >= rounds
    tried(rounds)


def _renumbered(dice: random.Random, whole: bytes, parcels: dict[str, str]) -> bytes:
    """One figure of a parcel's number is another one, wherever the file has it."""
    number = dice.choice(list(parcels.values())).encode()
    return whole.replace(number, number[:-1] + b"%d" % dice.choice([n for n in range(10) if n != number[-1] - 48]))


def _rotten(dice: random.Random, whole: bytes) -> bytes:
    data = bytearray(whole)
    kind = dice.randrange(5)
    if kind == 0:
        return bytes(data[: dice.randrange(len(data))])
    if kind == 1:
        return dice.randbytes(len(data))
    if kind == 2:
        at = dice.randrange(len(data))
        data[at : at + 4096] = bytes(len(data[at : at + 4096]))
    for _ in range(0 if kind == 2 else 1 if kind == 3 else 60):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


@pytest.mark.parametrize("name", ["orders.db", "ledger.db"])
def test_an_older_program_leaves_a_newer_file_alone_whatever_is_asked(tmp_path: Path, name: str) -> None:
    with shop(Shell(tmp_path), orders=20) as place:
        place.run("sync")
        with closing(sqlite3.connect(place.folder / name)) as db:
            db.execute("PRAGMA user_version=99")
        before = {path.name: path.read_bytes() for path in place.folder.glob("*.db") if path.name != "world.db"}
        for words in COMMANDS:
            result = place.run(*words, stdin="amazon_fr:1")
            assert "Traceback" not in result.err
            assert result.code in (0, 1, 3), (words, result)
            assert result.code or name == "ledger.db" or words[0] in ("statuses", "db"), words
        now = {path.name: path.read_bytes() for path in place.folder.glob("*.db") if path.name != "world.db"}
        assert now[name] == before[name]
