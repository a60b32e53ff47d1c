"""A profile with a world of its own, ways to end a command at any instant, and the judge of what is left."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lengowctl.__main__ import main
from lengowctl.orders.moment import micros, read_instant
from lengowctl.sandbox.clock import wall_clock
from lengowctl.sandbox.sandbox import Sandbox

from ..running import Shell

#: Heavy parts are loaded once, before anything forks.
import lengowctl.connectors.lengow.client  # isort: skip
import lengowctl.output.xlsx  # isort: skip
import lengowctl.store.ledger  # isort: skip
import lengowctl.sync.pull  # isort: skip  # noqa: F401
import sqlite_utils  # isort: skip  # noqa: F401


@dataclass
class Shop:
    """A home whose profile is the embedded sandbox, and that sandbox."""

    shell: Shell
    world: Sandbox

    @property
    def folder(self) -> Path:
        return self.shell.data / "sandbox"

    def run(self, *words: str, **how: Any) -> Any:
        return self.shell(*words, **how)

    # The judge

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "orders.db")) as db:
            return db.execute(sql).fetchall()

    def cached(self) -> dict[tuple[str, str], tuple[str, int]]:
        """What the cache holds, read past the program: status and version by key."""
        found = self.rows("SELECT marketplace, order_id, status, version FROM orders")
        return {(code, number): (status, version) for code, number, status, version in found}

    def wrong(self) -> list[str]:
        """Every order that the cache lacks, or has in another version than Lengow."""
        ours = self.cached()
        since = micros(read_instant(self.rows("SELECT value FROM facts WHERE name = 'first_sync_since'")[0][0]))
        theirs = {
            (order["marketplace"], order["marketplace_order_id"]): (
                order["lengow_status"],
                micros(read_instant(order["updated_at"])),
            )
            for order in self.world.orders_in()
        }
        lost = [f"lost {key}" for key, (_, moved) in theirs.items() if key not in ours and moved >= since]
        return lost + [
            f"stale {key}: {ours[key]} for {theirs.get(key)}" for key in ours if ours[key] != theirs.get(key)
        ]

    def unsound(self) -> list[str]:
        """What SQLite finds, and files that have no business here."""
        found = []
        for name in ("orders.db", "ledger.db"):
            with closing(sqlite3.connect(self.folder / name)) as db:
                found += [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
                found += [str(row) for row in db.execute("PRAGMA foreign_key_check")]
        known = {
            "orders.db",
            "ledger.db",
            "world.db",
            "writer.lock",
            "token.lock",
            "token.json",
            "pacing.json",
            "backups",
        }
        return found + sorted(path.name for path in self.folder.iterdir() if path.name not in known)


@contextmanager
def shop(
    shell: Shell, *, orders: int = 100, seed: int = 1, real_clock: bool = False, **settings: Any
) -> Iterator[Shop]:
    """A home with a world in it; its clock is the shell's, or the real one."""
    folder = shell.data / "sandbox"
    folder.mkdir(mode=0o700, parents=True)
    (folder / "world.db").touch(0o600)
    shell.env = {"LENGOWCTL_PROFILE": "sandbox"}
    wall = wall_clock if real_clock else lambda: shell.clock.now()
    with Sandbox.open(folder / "world.db", orders=orders, seed=seed, wall=wall, settings=settings) as world:
        yield Shop(shell, world)


# Ends


@dataclass(frozen=True)
class Ended:
    """How a process ended: its exit code (negative: the signal that killed it), and what it wrote."""

    code: int
    out: str
    err: str


def killed_after(seconds: float, work: Callable[[], object]) -> int:
    """Do it in another process and kill that one after so long; its exit code, or minus the signal."""
    child = fork(work)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return ended(child)


class Aim:
    """Kills work at moments that are spread over all of its life, however long that is here and today; every fifth
    before some write, commit or rename."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._life: dict[str, float] = {}

    def kill(self, name: str, work: Callable[[], object]) -> bool:
        """Do it in another process, killed somewhere between its first moment and, mostly, its last; whether it was."""
        if self._dice.random() < 0.2:
            step = self._dice.randrange(50)
            return killed_at(step, work, every_statement=self._dice.random() < 0.3) == -signal.SIGKILL
        life = self._life.get(name, 0.1)
        killed = killed_after(self._dice.uniform(0, life), work) == -signal.SIGKILL
        self._life[name] = life * (1.03 if killed else 0.9)
        return killed


def killed_at(step: int, work: Callable[[], object], *, every_statement: bool = False) -> int:
    """Do it in another process that kills itself at its n-th step: before a file is opened for writing, renamed,
    linked, removed or locked, and before each begin and commit (or every statement) of SQLite on our databases.
    """
    return ended(fork(lambda: _with_steps(step, every_statement, work)))


def forked(work: Callable[[], object]) -> int:
    """Do it in another process; its exit code."""
    return ended(fork(work))


def fork(work: Callable[[], object]) -> int:
    """Begin it in another process; its number."""
    child = os.fork()
    if child:
        return child
    code = 99
    try:
        code = int(work() or 0)  # type: ignore[call-overload]
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else 98
    finally:
        os._exit(code)


def ended(child: int) -> int:
    """Wait for it; its exit code, or minus the signal that ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


_FILE_STEPS = {"os.rename", "os.link", "os.remove", "os.truncate", "os.mkdir", "fcntl.flock"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def _with_steps(step: int, every_statement: bool, work: Callable[[], object]) -> None:
    left = [step]

    def count() -> None:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_event(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _FILE_STEPS or (event == "open" and isinstance(arguments[2], int) and arguments[2] & _WRITES):
            count()

    def on_statement(statement: str) -> None:
        if every_statement or statement.startswith(("BEGIN", "COMMIT", "PRAGMA user_version=")):
            count()

    real = sqlite3.connect

    def connect(database: Any, *args: Any, **named: Any) -> sqlite3.Connection:
        made = real(database, *args, **named)
        if "world.db" not in str(database):
            made.set_trace_callback(on_statement)
        return made

    sqlite3.connect = connect  # type: ignore[assignment]
    sys.addaudithook(on_event)
    work()


# The program as a process: forked, not started anew, which is ten times as fast


_STOPS = {signal.SIGINT, signal.SIGTERM}


class Program:
    """A command in a process of its own, with files for its streams and the real machine below."""

    def __init__(
        self, shop: Shop, *words: str, stdout: int | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        self._streams = shop.shell.home / f"streams-{os.urandom(4).hex()}"  # type: ignore[operator]
        self._streams.mkdir()
        self._stdout = stdout
        environment = {"LENGOWCTL_DATA_DIR": str(shop.shell.data), **shop.shell.env, **(env or {})}
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)  # until the program has begun
        self.pid = fork(lambda: self._main(words, environment))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def _main(self, words: tuple[str, ...], environment: Mapping[str, str]) -> None:
        for number, name in ((1, "out"), (2, "err")):
            target = os.open(self._streams / name, os.O_WRONLY | os.O_CREAT)
            os.dup2(self._stdout if number == 1 and self._stdout is not None else target, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.closerange(3, 256)
        sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr
        sys.argv = ["lengowctl", *words]
        os.environ.clear()
        os.environ.update(environment)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        except KeyboardInterrupt:
            os._exit(130)
        try:
            main()
        except KeyboardInterrupt as stop:
            begun = stop.__traceback__ and stop.__traceback__.tb_next and stop.__traceback__.tb_next.tb_next
            if not begun:  # before its first line, as while Python itself starts
                os._exit(130)
            os.write(2, traceback.format_exc().encode())
            raise
        sys.stdout.flush()

    def send(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def wait(self, patience: float = 600) -> Ended:
        """How it ended; one that hangs for so many seconds is killed, which its code tells."""
        hang = threading.Timer(patience, self.send, (signal.SIGKILL,))
        hang.start()
        code = ended(self.pid)
        hang.cancel()
        hang.join()
        out, err = (self._streams / name for name in ("out", "err"))
        return Ended(code, out.read_text() if out.exists() else "", err.read_text() if err.exists() else "")
