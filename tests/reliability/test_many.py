"""A hundred thousand references in a pipe: quick, in little memory, and the unknown ones named."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lengowctl.cli.references import resolve
from lengowctl.errors import UnknownOrder
from lengowctl.orders.reference import piped_refs
from lengowctl.store.store import Store

from ..full import times
from ..running import Shell
from .harness import Shop, shop

#: Runs the program and tells, as the last line of stderr, how much it grew (KiB). Not how large it is: a new process
#: is told to be as large as the one that started it ever was.
SCRIPT = """
import sys
from lengowctl.cli.main import process
before = int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) if sys.platform == "linux" else 0
code = process(sys.argv[1:])
sys.stdout.flush()
after = int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0]) if sys.platform == "linux" else 0
sys.stderr.write(f"{after - before}\\n")
sys.exit(code)
"""


def _piped(known: list[str], count: int) -> list[str]:
    """Most are known, one in a hundred is not."""
    return [known[nth % len(known)] if nth % 100 else f"amazon_fr:nobody-{nth}" for nth in range(count)]


def test_a_hundred_thousand_references_are_found_or_named_in_seconds(
    tmp_path: Path, tried: Callable[[int], None]
) -> None:
    count = times(5_000, 100_000)
    with shop(Shell(tmp_path), orders=200) as place:
        place.run("sync")
        piped = "\n".join(_piped(place.run("list", "-n", "0", "-o", "ids").out.split(), count))
        with Store.open(place.folder, write=False, now=place.shell.clock.now()) as store:
            codes, found, unknown = store.marketplaces.codes(), 0, 0
            tracemalloc.start()
            started = time.process_time()
            for text in piped_refs(io.StringIO(piped)):
                try:
                    resolve(store, text, codes)
                    found += 1
                except UnknownOrder:
                    unknown += 1
            took, (_, most) = time.process_time() - started, tracemalloc.get_traced_memory()
            tracemalloc.stop()
        assert (found, unknown) == (count - count // 100, count // 100)
        assert took < 20 * 4  # tracing memory costs a multiple
        assert most < 150 * 2**20
    tried(count)


def test_orders_named_in_a_pipe_take_little_memory_and_the_unknown_are_named(
    tmp_path: Path, tried: Callable[[int], None]
) -> None:
    """Shown whole, and weighed one by one for what is to be done with them."""
    with shop(Shell(tmp_path), orders=times(200, 20_000)) as place:
        place.run("sync")
        known = place.run("list", "-n", "0", "-o", "ids").out.split()
        for words, count in (
            (("show", "-"), times(400, 20_000)),
            (("accept", "-", "--dry-run", "--max-orders", "200000"), times(5_000, 100_000)),
        ):
            piped = _piped(known, count)
            rows, said = _through_a_pipe(place, words, piped)
            assert {row["ref"] for row in rows} >= set(known) & set(piped)
            told = "\n".join([*said, *(row.get("reason") or "" for row in rows)])
            assert told.count("nobody-") == count // 100
            tried(count)


def _through_a_pipe(place: Shop, words: tuple[str, ...], piped: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows and the words of a command in a process of its own, which may grow by so much and no more."""
    env = {"LENGOWCTL_DATA_DIR": str(place.shell.data), "LENGOWCTL_PROFILE": "sandbox"}
    command = [sys.executable, "-c", SCRIPT, *words, "-o", "jsonl"]
    started = time.monotonic()
    done = subprocess.run(
        command, input="\n".join(piped), capture_output=True, text=True, env=env, check=False, timeout=600
    )
    *said, grown = done.stderr.splitlines()
    print(f"{words[0]}: {len(piped):,} in {time.monotonic() - started:.1f} s, {int(grown) / 1024:.0f} MiB")
    assert done.returncode == 3, said[-3:]
    assert int(grown) < 150 * 1024
    return [json.loads(line) for line in done.stdout.splitlines()], said
