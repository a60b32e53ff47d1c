"""A fast start: exactly what a command loads, seen in a new process. Nothing here takes the time."""

from __future__ import annotations

import os
import pty
import sqlite3
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

import lengowctl
from lengowctl.cli.tree import tree

from ..running import Shell

#: Without `site`, whose start-up files load modules of their own where a package is installed for editing.
_PROGRAM = """
import sys
sys.path[:0] = sys.argv[1:3]
told, words = int(sys.argv[3]), sys.argv[4:]
sys.argv[1:] = words
import os
leave = os._exit
def tell(code):
    os.write(told, "\\n".join([str(code), *sorted(sys.modules)]).encode())
    leave(0)
os._exit = tell
from lengowctl.__main__ import main
try:
    main()
except SystemExit as end:
    tell(end.code or 0)
tell(0)
"""
#: Not one of these may be loaded, or be missing, without a word in the table below.
WATCHED = {
    # other people's packages
    "typer", "rich", "rich.table", "rich.markdown", "pygments", "markdown_it", "httpx", "httpcore", "h11", "anyio",
    "certifi", "sqlite_utils", "sqlite_fts4", "click", "dateutil", "keyring", "pydantic", "platformdirs", "openpyxl",
    # of the standard library: each costs as much as a tenth of bare Python or more
    "sqlite3", "json", "tomllib", "ssl", "asyncio", "http.client", "importlib.metadata", "csv", "tempfile", "logging",
    "email", "hashlib", "random", "secrets", "hmac", "decimal", "multiprocessing", "concurrent.futures", "typing",
    # of ours: what is large, or belongs to another errand
    "lengowctl.cli.main", "lengowctl.cli.generate", "lengowctl.orders.model", "lengowctl.orders.quirks",
    "lengowctl.store.store", "lengowctl.store.intake", "lengowctl.store.ledger", "lengowctl.store.peek",
    "lengowctl.outbox.outbox", "lengowctl.sync.pull", "lengowctl.sandbox.sandbox", "lengowctl.connectors.http",
    "lengowctl.connectors.lengow.client", "lengowctl.connectors.lengow.wire",
}  # fmt: skip
#: Any command; then one that reads settings, one that reads the cache, and one that reads the ledger.
PARSED = {"lengowctl.cli.main", "typing", "json"}
#: What is not plain: help, mistakes, options that are written in some rare way.
TYPED = PARSED | {"typer"}
SETTLED = PARSED | {"decimal"}
CACHED = SETTLED | {"lengowctl.store.store", "sqlite3"}
KEPT = CACHED | {"lengowctl.store.ledger", "hashlib"}
#: What one has to know who reads a stored body again.
UNDERSTOOD = {"lengowctl.connectors.lengow.wire", "lengowctl.orders.model", "lengowctl.orders.quirks", "hashlib"}
#: For a table on a terminal.
PAINTED = {"rich", "random"}
#: At the front door.
PEEKED = {"lengowctl.store.peek", "sqlite3"}

#: Words, and what is loaded of all that is watched; `@` is a reference.
PIPED: dict[str, set[str]] = {
    "--version": set(),
    "__complete bash profile =": set(),
    "__complete zsh view =": set(),
    "__complete bash marketplace =": PEEKED,
    "__complete fish order:show =": PEEKED,
    "__complete bash order:ship =": PEEKED,
    "__complete bash action:show =": PEEKED,
    "__complete bash carrier:ship =": PEEKED | {"json", "decimal"},
    "--help": TYPED,
    "completion": PARSED,
    "list --help": TYPED | {"decimal", "sqlite3", "lengowctl.store.store"},
    "list": CACHED,
    "list -o json": CACHED,
    "list -o csv": CACHED,
    "list -o table": CACHED,
    "list -o count": CACHED,
    "list -s shipped --search a": CACHED,
    "list -n 5 --status=shipped,new -m * --quiet --columns ref": CACHED,
    "-q list -q --no-color": CACHED,
    "list -vq": CACHED | {"typer"},
    "due": CACHED,
    "statuses": PARSED | {"decimal"},
    "config path": PARSED | {"decimal"},
    "config show": SETTLED,
    "db path": SETTLED,
    "marketplaces list": CACHED | UNDERSTOOD,
    "marketplaces show fnac": CACHED | UNDERSTOOD,
    "show @": KEPT | UNDERSTOOD,
    "status": KEPT,
    "export --to - -o csv": KEPT | {"lengowctl.orders.model"},
    "export --to - -o jsonl": KEPT | {"lengowctl.orders.model"},
    "actions list": KEPT | {"lengowctl.orders.model", "lengowctl.orders.quirks", "csv"},
    "actions verify": KEPT,
    "db info": CACHED | {"hashlib", "random", "tempfile"},
    "db query select+1": CACHED | {"hashlib", "random", "tempfile"},
}
ON_A_TERMINAL: dict[str, set[str]] = {
    "--help": TYPED,
    "list": CACHED | PAINTED,
    "list -o json": CACHED,
    "due": CACHED | PAINTED,
    "statuses": PARSED | {"decimal"} | PAINTED,
    "status": KEPT | PAINTED,
}


def loaded(words: Iterable[str], home: Path, *, tty: bool = False) -> set[str]:
    """The modules that a command has loaded when it ends."""
    told, tell = os.pipe()
    seen, out = pty.openpty() if tty else (-1, -1)
    paths = [str(Path(lengowctl.__file__).parents[1]), sysconfig.get_paths()["purelib"]]
    done = subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _PROGRAM, *paths, str(tell), *words],
        stdin=subprocess.DEVNULL, stdout=out if tty else subprocess.DEVNULL, stderr=subprocess.PIPE, pass_fds=[tell],
        env={"LENGOWCTL_DATA_DIR": str(home / "data"), "LENGOWCTL_CONFIG": str(home / "config.toml"), "TERM": "xterm"},
    )  # fmt: skip
    os.close(tell)
    with os.fdopen(told) as answer:
        code, *names = answer.read().splitlines()
    _, complaint = done.communicate(timeout=60)
    for descriptor in (seen, out) if tty else ():
        os.close(descriptor)
    assert code == "0", complaint.decode()
    return set(names)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one profile whose cache is filled."""
    folder = tmp_path_factory.mktemp("home")
    shell = Shell(folder)
    assert shell("sandbox", "reset", "--orders", "20").code == 0
    assert shell("sync", "--profile", "sandbox").code == 0
    (folder / "data" / "sandbox").rename(folder / "data" / "main")
    (folder / "config.toml").write_text("[profiles.main]\n")
    return folder


@pytest.fixture(scope="module")
def ref(home: Path) -> str:
    """An order in the cache."""
    with closing(sqlite3.connect(home / "data" / "main" / "orders.db")) as raw:
        return str(raw.execute("SELECT ref FROM orders").fetchone()[0])


@pytest.mark.parametrize("words", PIPED)
def test_a_command_loads_exactly_what_it_needs(home: Path, ref: str, words: str) -> None:
    names = loaded([word.replace("+", " ").replace("@", ref) for word in words.split()], home)
    assert names & WATCHED == PIPED[words]


@pytest.mark.parametrize("words", ["list", "__complete zsh view ="])
def test_a_configuration_that_is_not_plain_brings_tomllib(home: Path, tmp_path: Path, words: str) -> None:
    (tmp_path / "data").symlink_to(home / "data")
    (tmp_path / "config.toml").write_text("[profiles.main] # mine\n")
    assert loaded(words.split(), tmp_path) & WATCHED == PIPED[words] | {"tomllib", "typing"}


@pytest.mark.parametrize("words", ON_A_TERMINAL)
def test_a_terminal_brings_what_paints_and_no_more(home: Path, words: str) -> None:
    assert loaded(words.split(), home, tty=True) & WATCHED == ON_A_TERMINAL[words]


def test_the_version_needs_nothing_of_ours_and_little_of_python_s(home: Path) -> None:
    names = loaded(["--version"], home)
    assert {name for name in names if name.startswith("lengowctl")} == {"lengowctl", "lengowctl.__main__"}
    assert names & {"re", "enum", "pathlib", "contextlib", "functools", "collections"} == set()


def test_help_needs_no_verb(home: Path) -> None:
    names = loaded(["--help"], home)
    assert [name for name in names if name.startswith("lengowctl.cli.orders.") and not name.endswith("verbs")] == []


def test_every_value_that_a_script_asks_for_is_answered_without_typer(home: Path) -> None:
    asked = {option.value.asks for node in tree().walk() for option in node.options if option.value}
    asked |= {value.asks for node in tree().walk() for value in node.arguments}
    for kind in sorted(asked - {""}):
        names = loaded(["__complete", "fish", kind, "="], home)
        assert names & {"typer", "dataclasses", "pathlib", "lengowctl.cli.runtime"} == set(), kind
