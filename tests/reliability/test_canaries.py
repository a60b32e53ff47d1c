"""Words that must never be seen again: planted, searched for in everything that a run leaves."""

from __future__ import annotations

import logging
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.cli.door import Door
from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.reference import OrderKey
from lengowctl.sandbox.faults import parse_fault
from lengowctl.sandbox.sandbox import Sandbox
from lengowctl.store.store import Store

from ..running import Shell
from .harness import Program, Shop, shop


def everything(*folders: Path) -> bytes:
    """Names and bytes of every file."""
    found = [path for folder in folders for path in folder.rglob("*")]
    return b"\n".join(
        [*(str(path).encode() for path in found), *(path.read_bytes() for path in found if path.is_file())]
    )


def test_secrets_are_in_no_stream_log_file_name_or_file(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Keys anywhere at all, the session anywhere but in its own file; through success, every fault and a crash."""
    caplog.set_level(logging.DEBUG)
    shell = Shell(tmp_path / "home")
    with Sandbox.open(tmp_path / "world" / "world.db", orders=30, wall=lambda: shell.clock.now()) as world:
        info = world.info()
        shell.transport = Door(world, shell.clock.sleep)
        shell.env = {
            "LENGOWCTL_BASE_URL": "https://api.lengow.example",
            "LENGOWCTL_ACCESS_TOKEN": info.access_token,
            "LENGOWCTL_SECRET": info.secret,
        }
        said, tokens = [], set[str]()
        for fault in (
            None,
            "html:route=token",
            "500:route=token,count=9",
            "expired:route=orders",
            "expired403:route=orders,count=9",
            "530:route=orders",
            "cut:route=token",
            "429:retry_after=9999,route=orders",
            "reset:count=20",
            "timeout:count=20",
            "html:status=403,count=9",
        ):
            if fault:
                world.add_fault(parse_fault(fault))
            shell.clock.passed += 3700
            for words in (
                ("sync", "--verbose"),
                ("status", "--online", "-v"),
                ("config", "show"),
                ("config", "check", "-v"),
                ("db", "info"),
            ):
                said.append(shell(*words))
            world.clear_faults()
            tokens |= _tokens(tmp_path / "world" / "world.db")
        assert {result.code for result in said} >= {0, 6}
        shell.env["LENGOWCTL_SECRET"] = info.secret[::-1]
        shell.clock.passed += 3700
        wrong = shell("sync", "-v")
        assert wrong.code == 4
        streams = "\n".join(f"{result.out}\n{result.err}" for result in (*said, wrong)) + caplog.text
        assert len(tokens) > 5
        for secret in (info.access_token, info.secret, info.secret[::-1], *tokens):
            assert secret not in streams
        left = everything(tmp_path / "home")
        for secret in (info.access_token, info.secret, info.secret[::-1]):
            assert secret.encode() not in left
        (stored,) = list((tmp_path / "home").rglob("token.json"))
        stored.unlink()
        assert [token for token in tokens if token.encode() in everything(tmp_path / "home")] == []


def _tokens(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as db:
        return {token for (token,) in db.execute("SELECT token FROM tokens")}


def test_a_crash_report_holds_nothing_of_the_data_and_nothing_that_was_typed(tmp_path: Path) -> None:
    """The program is made to break by a stream that raises what no stream raises."""
    with shop(Shell(tmp_path), orders=30) as place:
        place.run("sync")
        machine = place.shell.machine(env={"LENGOWCTL_SECRET": "canary-secret"})

        def broken(text: str) -> int:
            raise RuntimeError(text)

        machine.stdout.write = broken  # type: ignore[method-assign]
        code = run(
            ["list", "--search", "canary-typed", "-o", "jsonl", "--columns", "ref,customer,email"], Runtime(machine)
        )
        code = code or run(["export", "-o", "jsonl"], Runtime(machine))
        assert code == 1
        (report,) = list(place.shell.data.glob("crash-*.txt"))
        assert report.stat().st_mode & 0o777 == 0o600
        told = report.read_text() + machine.stderr.getvalue()  # type: ignore[attr-defined]
        people = [text for row in place.rows("SELECT customer, email, city FROM orders") for text in row if text]
        assert [text for text in ("canary-secret", "canary-typed", *people) if text in told] == []


def test_buyers_that_lengow_forgot_are_in_no_byte_of_the_folder(tmp_path: Path) -> None:
    """Anonymised orders through `sync`, old ones through `db purge`; also of what was set aside, what changed, and
    what was noted beside an action."""
    with shop(Shell(tmp_path), orders=60) as place:
        world = place.world
        world.configure(lively=False)
        keys = [key for key in world.refs() if world.order(*key)["lengow_status"] == "waiting_shipment"]
        for nth, key in enumerate(keys[:12]):
            world.touch(
                key,
                billing_address=_buyer(nth),
                packages=[
                    {**package, "delivery": {**package["delivery"], **_buyer(nth)}}
                    for package in world.order(*key)["packages"]
                ],
            )
        accepted = world.add_order("cdiscount", status="waiting_acceptance")
        world.tick(timedelta(minutes=5))
        assert place.run("sync").code == 0
        assert place.run("accept", ":".join(accepted), "--note", "Canaryname11x called").code == 0
        world.tick(timedelta(hours=12))
        assert place.run("sync").code == 0
        for nth, key in enumerate(keys[:12]):  # an address is corrected: the old one stands in the history
            world.touch(key, billing_address={**_buyer(nth), "city": f"Canarycity{nth}xnew"})
        world.poison(
            keys[11],
            b'{"marketplace": "%s", "marketplace_order_id": "%s", "full_name": "Canaryname11x aside", "deep": %s}'
            % (keys[11][0].encode(), keys[11][1].encode(), b"[" * 99 + b"]" * 99),
        )
        world.tick(timedelta(minutes=5))
        assert place.run("sync").code == 3
        assert _canaries(place) == set(range(12))
        for key in keys[:6]:
            world.anonymise(key)
        world.tick(timedelta(minutes=5))
        assert place.run("sync").code == 0
        assert _canaries(place) == set(range(6, 12))
        place.run("db", "purge", "--older-than", "0d")
        assert _canaries(place) == set()
        world.poison(keys[11], None)
        world.touch_many(keys[:12])
        world.tick(timedelta(minutes=5))
        assert place.run("sync", "--full").code == 0
        assert _canaries(place) == set()


def _buyer(nth: int) -> dict[str, str]:
    return {
        "full_name": f"Canaryname{nth}x end",
        "first_name": f"Canaryname{nth}x",
        "last_name": f"Canarylast{nth}x end",
        "email": f"canaryname{nth}x.@x.example",
        "city": f"Canarycity{nth}x end",
        "first_line": f"Canaryroad{nth}x end",
        "full_address": f"Canaryroad{nth}x end",
        "phone_home": "0600000000",
    }


def _canaries(place: Shop) -> set[int]:
    """Whose data still stands somewhere: in the open in any file, in packed bodies, in what was set aside. The `x`
    ends a number: in a database file any byte may follow it, a digit too.
    """
    files = [path for path in place.folder.rglob("*") if path.is_file() and path.name != "world.db"]
    raw = b"".join(path.read_bytes() for path in files)
    with Store.open(place.folder, write=False, now=place.shell.clock.now()) as store:
        raw += b"".join(store.orders.body(OrderKey(*key)) or b"" for key in place.cached())
        raw += b"".join(item.raw for item in store.set_aside.all())
    return {int(n) for n in re.findall(rb"(?i)canary(?:name|last|city|road)(\d+)x", raw)}


def test_no_secret_is_ever_an_argument(tmp_path: Path) -> None:
    """What the process list shows of a run is what was typed, and no option takes a key."""
    with shop(Shell(tmp_path), orders=20, real_clock=True) as place:
        info = place.world.info()
        for words in (("--secret", info.secret, "sync"), ("init", "--access-token", info.access_token)):
            ended = Program(place, *words).wait()
            assert ended.code == 2
            assert info.secret not in ended.out + ended.err
            assert info.access_token not in ended.out + ended.err
