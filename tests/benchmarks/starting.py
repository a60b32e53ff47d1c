"""Start-up: P1, P2, P5, P6."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from .measuring import PYTHON, Command, Failed, compare, median, modules, ratio, tool
from .places import Cache, Places, home, lengowctl, server
from .report import Report

BARE = Command([PYTHON, "-c", "pass"])
#: Each takes longer to load than bare Python takes to start.
HEAVY = {"httpx", "rich", "ssl", "asyncio", "pydantic", "sqlite_utils", "keyring"}
#: What makes a client of httpx dear is its TLS context; the count is written at once, since the process ends at once.
_CONTEXTS = """
import ssl, sys
made, new = [], ssl.SSLContext.__new__
def count(kind, *args, **named):
    made.append(kind)
    open(target, "w").write(str(len(made)))
    return new(kind, *args, **named)
ssl.SSLContext.__new__ = count
target = sys.argv.pop(1)
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


_BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
_lengowctl; [[ " ${COMPREPLY[*]} " == *" $WANTED "* ]]
"""
_SCRIPT = Path(__file__).parents[2] / "completions" / "lengowctl.bash"


def completion(report: Report, cache: Cache, rounds: int) -> None:
    """P2: names are answered by the shell's own script, without any Python; values by the front door."""
    asked = {"codes": ("marketplace:list", "=am", "list", "-m"), "values": ("order:show", "=amazon", "show")}
    commands = {name: lengowctl(cache.env, "__complete", "zsh", *words) for name, words in asked.items()}
    for name, command in commands.items():
        done = subprocess.run(command.words, env=cache.env, capture_output=True, text=True, timeout=60, check=False)
        if "amazon" not in done.stdout:
            raise Failed(f"nothing was offered for {asked[name]}")
    bash = tool("bash")
    if bash:
        for name, wanted, words in (("names", "list", ["li"]), ("options", "--status", ["list", "--sta"])):
            env = {**cache.env, "WANTED": wanted}
            commands[name] = Command([bash, "--norc", "-c", _BASH, "bash", str(_SCRIPT), "lengowctl", *words], env)
    found = compare({"bare": BARE, **commands}, rounds)
    for name in ("names", "options", *asked):
        if name in found:
            report.ratio(f"P2 {name}", ratio(found[name], found["bare"]))
        else:
            report.absent(f"P2 {name}", "bash is not installed")
    heavy = (HEAVY | {"typer"}) & modules(["__complete", "zsh", *asked["values"]], cache.env)
    report.note("P2 modules", len(heavy), ", ".join(sorted(heavy)))


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
        report.note("P6 contexts", _contexts(env, folder / "contexts"))


def _contexts(env: dict[str, str], target: object) -> int:
    program = ["-c", _CONTEXTS, str(target), "sync", "-q"]
    if Command([PYTHON, *program], env).once().code:
        raise Failed("sync failed")
    with open(str(target)) as stream:
        return int(stream.read())
