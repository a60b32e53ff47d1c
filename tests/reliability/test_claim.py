"""What the kernel was asked, in which order: the claim of an action is on the disk before its first byte leaves."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from lengowctl.cli.main import run
from lengowctl.cli.runtime import Runtime
from lengowctl.orders.reference import format_ref

from ..full import times
from ..running import Shell
from ..trading import rows
from .served import ServedShop, served_shop
from .strace import watched, why_no_strace

_LINE = re.compile(r"^(\d+) +(.*)$")
_RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>")
_BODY = re.compile(r"marketplace_order_id=([^&\"\\]+)")


@dataclass(frozen=True)
class Call:
    """A line of the trace: the thread, and what it asked for."""

    thread: str
    text: str

    def is_to(self, name: str, path: Path) -> bool:
        return self.text.startswith(f"{name}(") and f"<{path}>" in self.text


@pytest.mark.skipif(why_no_strace() is not None, reason=why_no_strace() or "")
def test_the_claim_is_on_disk_before_the_first_byte_leaves(tmp_path: Path, tried: Callable[[int], None]) -> None:
    """Between the moment before the commit and the one after it the ledger is written, then synced, then its journal
    is gone, and that is synced; only then does the request leave, and each leaves once."""
    count = times(4, 50)
    with served_shop(Shell(tmp_path / "home"), orders=5, lively=False, rate_limit=None) as place:
        refs = [format_ref(*place.world.add_order("zalando_fr", status="waiting_acceptance")) for _ in range(count)]
        place.pass_time(timedelta(minutes=3))
        assert place.run("sync").code == 0
        traced = tmp_path / "trace"
        trace = "trace=fsync,fdatasync,pwrite64,write,unlink,sendto"
        assert watched(_accept(place, refs), traced, "-y", "-s", "2000", "-e", trace) == 0
        ids = {row["ref"]: row["id"] for row in rows(place.run("actions", "list", "-o", "jsonl"))}
        calls = _calls(traced.read_text())
        left = _left(calls)
        assert sorted(left) == sorted(ref.partition(":")[2] for ref in refs)
        for ref in refs:
            _check_claim(calls, ids[ref], left[ref.partition(":")[2]], place.folder)
            tried(1)


def _accept(place: ServedShop, refs: list[str]) -> Callable[[], object]:
    """The command; what its outbox is about to do stands in the trace, as lines that go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)

    def work() -> object:
        runtime = Runtime(place.shell.machine(stdin="\n".join(refs)))
        runtime.outbox_settings = {"steps": lambda name, number: os.write(nowhere, b"%s %d" % (name.encode(), number))}
        return run(("accept", "-", "--yes"), runtime)

    return work


def _calls(trace: str) -> list[Call]:
    """The calls in the order in which they ended; requests that leave, in the order in which they began."""
    calls: list[Call] = []
    begun: dict[str, str] = {}
    for thread, text in (match.groups() for line in trace.splitlines() if (match := _LINE.match(line))):
        if text.endswith("<unfinished ...>") and not text.startswith("sendto("):
            begun[thread] = text
        elif _RESUMED.match(text):
            if thread in begun:
                calls.append(Call(thread, begun.pop(thread)))
        else:
            calls.append(Call(thread, text))
    return calls


def _left(calls: list[Call]) -> dict[str, int]:
    """When the first byte of each order's request left, by the order's number."""
    left: dict[str, int] = {}
    began: dict[str, int] = {}
    for at, call in enumerate(calls):
        if call.text.startswith("sendto(") and '"POST /v3.0/orders/actions/' in call.text:
            began[call.thread] = at
        found = _BODY.search(call.text) if call.text.startswith("sendto(") else None
        if found and call.thread in began:
            assert found[1] not in left, "sent twice"
            left[found[1]] = began.pop(call.thread)
    return left


def _check_claim(calls: list[Call], number: int, left: int, folder: Path) -> None:
    ledger = folder / "ledger.db"
    before, after = (_at(calls, f'"{step} {number}"') for step in ("claiming", "claimed"))
    commit = calls[before:after]
    written = [at for at, call in enumerate(commit) if call.is_to("pwrite64", ledger)]
    synced = [at for at, call in enumerate(commit) if call.is_to("fsync", ledger) or call.is_to("fdatasync", ledger)]
    gone = [at for at, call in enumerate(commit) if call.text.startswith(f'unlink("{ledger}-journal"')]
    folders = [at for at, call in enumerate(commit) if call.is_to("fdatasync", folder) or call.is_to("fsync", folder)]
    assert written
    assert written[-1] < synced[-1] < gone[-1] < folders[-1]
    assert after < left


def _at(calls: list[Call], words: str) -> int:
    (found,) = [at for at, call in enumerate(calls) if call.text.startswith("write(") and words in call.text]
    return found
