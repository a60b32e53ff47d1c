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

from lengowctl.cli.references import resolve
from lengowctl.errors import UnknownOrder
from lengowctl.orders.reference import piped_refs
from lengowctl.store.store import Store

from ..full import times
from ..running import Shell
from .harness import shop

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


def test_orders_shown_by_the_thousand_take_no_memory_and_the_unknown_are_named(
    tmp_path: Path, tried: Callable[[int], None]
) -> None:
    count = times(400, 20_000)
    with shop(Shell(tmp_path), orders=times(200, 10_000)) as place:
        place.run("sync")
        known = place.run("list", "-n", "0", "-o", "ids").out.split()
        piped = _piped(known, count)
        env = {"LENGOWCTL_DATA_DIR": str(place.shell.data), "LENGOWCTL_PROFILE": "sandbox"}
        words = [sys.executable, "-c", SCRIPT, "show", "-", "-o", "jsonl"]
        done = subprocess.run(
            words, input="\n".join(piped), capture_output=True, text=True, env=env, check=False, timeout=600
        )
        *said, grown = done.stderr.splitlines()
        assert done.returncode == 3
        assert {json.loads(line)["ref"] for line in done.stdout.splitlines()} == set(known) & set(piped)
        assert sum("nobody-" in line for line in said) == count // 100
        assert int(grown) < 150 * 1024
    tried(count)
