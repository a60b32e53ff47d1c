"""Start-up: P1, P2, P5, P6."""

from __future__ import annotations

import subprocess
import time

from .measuring import LENGOWCTL, PYTHON, Command, Failed, compare, median, modules, ratio
from .places import SMALL, Places, home, lengowctl, server
from .report import Report

BARE = Command([PYTHON, "-c", "pass"])
#: Each takes longer to load than bare Python takes to start.
HEAVY = {"httpx", "rich", "ssl", "asyncio", "pydantic", "sqlite_utils", "keyring"}
_CLIENTS = """
import atexit, sys
import httpx
made, init = [], httpx.Client.__init__
def count(self, *args, **named):
    made.append(self)
    init(self, *args, **named)
httpx.Client.__init__ = count
target = sys.argv.pop(1)
atexit.register(lambda: open(target, "w").write(str(len(made))))
from lengowctl.__main__ import main
main()
"""


def start_up(report: Report, places: Places, rounds: int) -> None:
    """P1 and P5: what is answered before anything is read."""
    env = home(places.fresh("start"))
    found = compare(
        {
            "bare": BARE,
            "version": lengowctl(env, "--version"),
            "help": lengowctl(env, "--help"),
            "terminal": lengowctl(env, "--help", terminal=True),
        },
        rounds,
    )
    report.ratio("P1 time", ratio(found["version"], found["bare"]))
    loaded = modules(["--version"], env)
    report.note("P1 modules", len({"typer", "click"} & loaded))
    report.ratio("P5 plain", ratio(found["help"], found["bare"]))
    report.ratio("P5 terminal", ratio(found["terminal"], found["bare"]))
    heavy = HEAVY & modules(["--help"], env)
    report.note("P5 modules", len(heavy), ", ".join(sorted(heavy)))


def completion(report: Report, places: Places, rounds: int) -> None:
    """P2: what the front door answers to a shell. The generated scripts hold commands and options themselves, so that
    the shell asks only for values; the names are asked here all the same.
    """
    env = places.cache(SMALL).env
    asked = {
        "names": ["__complete", "bash", "lengowctl li"],
        "options": ["__complete", "bash", "lengowctl list --sta"],
        "values": ["__complete", "bash", "lengowctl show amazon"],
    }
    answered = {name for name, words in asked.items() if _answers(words, env)}
    found = compare({"bare": BARE} | {name: lengowctl(env, *asked[name]) for name in answered}, rounds)
    for name in asked:
        if name in answered:
            report.ratio(f"P2 {name}", ratio(found[name], found["bare"]))
        else:
            report.absent(f"P2 {name}", "the front door does not answer this; the shell's script does, without Python")
    if "names" in answered:
        loaded = modules(asked["names"], env)
        report.note("P2 modules", len({"typer", "sqlite3"} & loaded))
    else:
        report.absent("P2 modules", "no Python is started for names")


def _answers(words: list[str], env: dict[str, str]) -> bool:
    done = subprocess.run([*LENGOWCTL, *words], env=env, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode == 0 and bool(done.stdout.strip())


def first_request(report: Report, places: Places, rounds: int) -> None:
    """P6: from the start of `sync` to the arrival of its first request. The session is kept, so that is a page."""
    folder = places.fresh("network")
    with server(100) as source:
        env = home(folder, source.url)
        command = lengowctl(env, "sync", "-q")
        command.once()
        waits = []
        for _ in range(rounds + 1):
            bare = BARE.once().wall
            source.mark()
            started = time.monotonic()
            run = command.once()
            arrived = min(route["first"] for route in source.stats()["routes"].values())
            waits.append((arrived - started, bare, run.wall))
        took = median(wait / bare for wait, bare, _ in waits[1:])
        wait, whole = (median(found[at] for found in waits[1:]) for at in (0, 2))
        report.note("P6 time", took, f"{wait * 1000:.0f} ms of {whole * 1000:.0f} ms for the whole command")
        report.note("P6 clients", _clients(env, folder / "clients"))


def _clients(env: dict[str, str], target: object) -> int:
    program = ["-c", _CLIENTS, str(target), "sync", "-q"]
    if Command([PYTHON, *program], env).once().code:
        raise Failed("sync failed")
    with open(str(target)) as stream:
        return int(stream.read())
