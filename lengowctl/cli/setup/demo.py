"""`lengowctl demo`: the trade in about a minute, on the embedded sandbox, in a home that is thrown away."""

from __future__ import annotations

import io
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, TextIO, cast

from lengowctl.cli.declared import Option
from lengowctl.cli.machine import Machine
from lengowctl.cli.runtime import SANDBOX, Runtime
from lengowctl.errors import ExitCode, LengowctlError
from lengowctl.output.text import folded, width

#: Seconds to read a sentence, and one line of output.
_SENTENCE, _LINE = 1.6, 0.11
#: Parcel numbers as Colissimo gives them.
_NUMBERS = ("6A12345678901", "6A12345678918", "6A12345678925", "6A12345678932")
#: An option that a value follows: the two are not torn apart.
_OPTION = re.compile(r"(?<= )(--?[a-z-]+) (?=[^-|])")
_KEPT_VARIABLES = ("TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TZ", "LANG", "LC_ALL", "PATH")


def demo(
    runtime: Runtime,
    fast: Annotated[bool, Option("--fast", help="Do not pause for reading.")] = False,
) -> None:
    """See the whole trade in a minute, on a pretend Lengow.

    No account, no network, no questions. Configuration and environment are left alone; everything happens in a
    temporary folder, which is removed at the end. Each command is shown as you would type it.
    """
    with _elsewhere(runtime.machine) as machine:
        _Show(runtime, machine, fast or not runtime.printer.out_tty).play()


class _Show:
    """Says a sentence, types a command, runs it for real."""

    def __init__(self, runtime: Runtime, machine: Machine, fast: bool) -> None:
        self.printer = runtime.printer
        self.runtime = runtime
        self.machine = machine
        self.fast = fast
        #: Off a terminal a listing is made for programs; here people read it there too.
        self.table = () if self.printer.out_tty else ("-o", "table")

    def play(self) -> None:
        self.say("A pretend Lengow opens: some 300 orders on 24 marketplaces. Nothing of it is real.")
        self.type("export LENGOWCTL_PROFILE=sandbox")
        self.say("Orders come in: the last 90 days, and every open order whatever its age.")
        self.run("sync")
        self.say("How things stand.")
        self.run("status")
        self.say("The newest orders, of all marketplaces in one list.")
        self.run("list", "-n", "8", *self.table)
        self.say("What must be accepted or shipped, most urgent first.")
        self.run("due", "--due-within", "12h", "-n", "8", *self.table)
        self.say("Some marketplaces wait for you to accept. One of those orders, whole:")
        self.run("list", "-s", "waiting_acceptance", "-m", "fnac", *self.table)
        self.run("show", self.pick("-s", "waiting_acceptance", "-m", "fnac"))
        self.say("Accept what waits at Cdiscount: one pipe. Each is checked first against what the marketplace takes.")
        self.pipe(("list", "-s", "waiting_acceptance", "-m", "cdiscount", "-o", "ids"), ("accept", "-", *self.table))
        self.say("One cannot be sent. Refusing always asks; --yes answers, and --note keeps the ticket in the history.")
        lost = self.pick("-s", "waiting_shipment", "-m", "bol")
        self.run("refuse", lost, "--reason", "OUT_OF_STOCK", "--note", "T-1042", "--yes", *self.table)
        self.ship()
        self.say("Six hours pass at the marketplaces. The next sync fetches only what changed.")
        self.run("sandbox", "tick", "6h")
        self.run("sync")
        latest = ("--updated-since", "-6h", "--sort", "-updated_at", "-n", "6", "--columns", "ref,status,updated_at")
        self.run("list", *latest, *self.table)
        self.say("For programs everything is JSON too: references out of one command, whole orders out of the next.")
        shipped = ("list", "-s", "shipped", "--carrier", "*post*", "-n", "2", "-o", "ids")
        self.pipe(shipped, ("show", "-", "-o", "jsonl"), cut=76)
        self.say("A packing list for the warehouse: one row a product, safe to open in a spreadsheet.")
        packing = ("--rows", "line", "--columns", "ref,sku,title,quantity,line_due_at", "--to", "packing.csv")
        self.run("export", "-s", "waiting_shipment", *packing, "--manifest")
        self.head("packing.csv", 5)
        self.say("Is anything missing? Counted again at Lengow, day by day.")
        self.run("sync", "--verify")
        self.say("That was it; all of it is removed now. For your own shop: lengowctl init")

    def ship(self) -> None:
        """A warehouse file with a mistake that shows at once, and one that only the carrier knows of."""
        refs = self.picks(3, "-s", "waiting_shipment", "-m", "cdiscount")
        *numbers, good = _NUMBERS
        rows = [f"{ref},Colissimo,{number}" for ref, number in zip(refs, numbers, strict=True)]
        rows[-1] = rows[-1].replace("Colissimo", "Colisimo")
        self.say("The warehouse sends a file: one row a parcel. A near miss is suggested, never sent.")
        self.write("parcels.csv", "ref,carrier,tracking_number", *rows)
        self.mistrust(refs[0], numbers[0])
        self.run("ship", "--from", "parcels.csv", *self.table, ends=ExitCode.PARTLY)
        self.say("Corrected, and the whole file once more: what was sent is not sent again.")
        self.write("parcels.csv", "ref,carrier,tracking_number", *rows[:-1], rows[-1].replace("Colisimo", "Colissimo"))
        self.run("ship", "--from", "parcels.csv", *self.table)
        self.say("Half an hour later the answers are there; one parcel was rejected.")
        self.run("sandbox", "tick", "30m")
        self.run("sync")
        number = self.capture(("actions", "list", "--state", "rejected")).partition("\t")[0]
        self.run("actions", "show", number)
        self.say("That label never left the printer. Corrected: only what was wrong is said again, the rest stays.")
        self.run("actions", "retry", number, "--tracking-number", good, *self.table)
        self.say("Some minutes later. Waiting ends when the marketplace has answered.")
        self.run("sandbox", "tick", "30m")
        self.run("actions", "wait", *self.table)

    def mistrust(self, ref: str, number: str) -> None:
        """Something at the marketplace, out of our sight: a parcel's number that its carrier has never seen."""
        runtime = Runtime(self.machine)
        runtime.take("profile", SANDBOX)
        try:
            runtime.sandbox().mistrust(ref, number)
        finally:
            runtime.close()

    # What a person at the keyboard would do

    def say(self, sentence: str) -> None:
        self.printer.data("")
        for line in self.fitted(sentence):
            self.printer.data(f"# {line}")
        self.rest(_SENTENCE)

    def type(self, command: str) -> None:
        whole = _OPTION.sub("\\1\u00a0", command)
        shown = " \\\n  ".join(self.fitted(whole, behind=2)).replace("\u00a0", " ")
        self.printer.data(f"$ {shown}")
        self.printer.flush()

    def fitted(self, text: str, behind: int = 0) -> list[str]:
        """Lines for a terminal, broken between words, with two cells before them; where they are several, with so
        many `behind` too."""
        room = self.printer.width - 2
        if not self.printer.out_tty or width(text) <= room:
            return [text]
        return [line.strip() for line in folded(text, room - behind).split("\n")]

    def run(self, *arguments: str, ends: ExitCode = ExitCode.DONE) -> None:
        """Run one command on the terminal that is there."""
        self.type(shlex.join(("lengowctl", *arguments)))
        counted = _Counted(self.machine.stdout)
        self.call(arguments, replace(self.machine, stdout=cast(TextIO, counted)), ends)
        self.rest(counted.lines * _LINE)

    def pipe(self, first: Sequence[str], second: Sequence[str], *, cut: int | None = None) -> None:
        """Run two commands, the second reading the first; with `cut`, so many characters of each line are shown."""
        shortened = f" | cut -c -{cut}" if cut else ""
        self.type(f"lengowctl {shlex.join(first)} | lengowctl {shlex.join(second)}{shortened}")
        between = self.capture(first)
        if cut:
            for line in self.capture(second, stdin=between).splitlines():
                self.printer.data(line[:cut])
        else:
            self.call(second, replace(self.machine, stdin=io.StringIO(between)))
        self.rest(_SENTENCE)

    def pick(self, *filters: str) -> str:
        """The reference that a person would copy from the list above."""
        return self.picks(1, *filters)[0]

    def picks(self, count: int, *filters: str) -> list[str]:
        return self.capture(("list", *filters, "-n", str(count), "-o", "ids")).split()

    def capture(self, arguments: Sequence[str], stdin: str = "") -> str:
        out = io.StringIO()
        self.call(arguments, replace(self.machine, stdin=io.StringIO(stdin), stdout=out))
        return out.getvalue()

    def call(self, arguments: Sequence[str], machine: Machine, ends: ExitCode = ExitCode.DONE) -> None:
        from lengowctl.cli.main import run

        code = run(arguments, Runtime(machine))
        if code == ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        if code != ends:
            raise LengowctlError(f"the demo stops: {shlex.join(('lengowctl', *arguments))} ended with {code}")

    def write(self, name: str, *lines: str) -> None:
        Path(name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        self.head(name, len(lines), "cat")

    def head(self, name: str, lines: int, program: str = "") -> None:
        self.type(f"{program or f'head -n {lines}'} {name}")
        with Path(name).open(encoding="utf-8") as stream:
            for _, line in zip(range(lines), stream, strict=False):
                self.printer.data(line.rstrip("\r\n"))
        self.rest(_SENTENCE)

    def rest(self, seconds: float) -> None:
        """Time to read."""
        self.printer.flush()
        if not self.fast:
            self.machine.sleep(seconds)


class _Counted:
    """A stream that hands everything on and counts the lines."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.lines = 0

    def write(self, text: str) -> int:
        self.lines += text.count("\n")
        return self.stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


@contextmanager
def _elsewhere(machine: Machine) -> Iterator[Machine]:
    """The same machine in a temporary home: no setting and no variable of the user's reaches it."""
    here = Path.cwd()
    with _thrown_away() as home:
        env = {name: machine.env[name] for name in _KEPT_VARIABLES if name in machine.env}
        env |= {"HOME": home, "LENGOWCTL_DATA_DIR": str(Path(home) / "data"), "LENGOWCTL_PROFILE": SANDBOX}
        env["LENGOWCTL_CONFIG"] = _empty_config(Path(home))
        os.chdir(home)  # so that a file can be named as a person would name it
        try:
            yield replace(machine, env=env, transport=None)
        finally:
            os.chdir(here)


@contextmanager
def _thrown_away() -> Iterator[str]:
    """A temporary folder that is gone afterwards, however impatient the person at the keyboard is."""
    folder = TemporaryDirectory(prefix="lengowctl-demo-", ignore_cleanup_errors=True)
    try:
        yield folder.name
    finally:
        while Path(folder.name).exists():
            with suppress(KeyboardInterrupt):  # one more of them: it is going as fast as it can
                folder.cleanup()
                break


def _empty_config(home: Path) -> str:
    path = home / "config.toml"
    path.touch(mode=0o600)
    return str(path)
